"""Every list there is, by name."""

from difflib import get_close_matches

from pricecompare.errors import NotFound
from pricecompare.services.exports import flagged, followed, indexed, jumped, priced, reporting, ruled
from pricecompare.services.exports.listing import Listing

LISTS: dict[str, Listing] = {
    one.name: one
    for one in (
        *(flagged.flags, flagged.pharmacies, flagged.low, ruled.ruled),
        *(followed.cases, followed.appeals, followed.overdue),
        *(priced.drugs, priced.changes, jumped.jumps, priced.offers),
        *(reporting.uploads, reporting.stale),
        indexed.indices,
    )
}


def listing_named(name: str) -> Listing:
    """Return the list with that name; NotFound with similar names."""
    if name not in LISTS:
        near = tuple(get_close_matches(name, LISTS))
        raise NotFound("unknown_list", field="list", value=name, choices=", ".join(LISTS), suggestions=near)
    return LISTS[name]
