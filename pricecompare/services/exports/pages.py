"""Lists page by page, made of the very rows that the files are made of."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pricecompare.files.typed import shown
from pricecompare.models.listing import LANGUAGES
from pricecompare.services.answers import views
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.exports.listing import Listing, Rank, Ranked, Scope, scoped
from pricecompare.services.exports.making import Tally, plain
from pricecompare.services.exports.registry import listing_named
from pricecompare.services.searching.search import page_size


def page(
    desk: Desk,
    name: str,
    region: str,
    *,
    filters: Mapping[str, Any],
    limit: int | None = None,
    cursor_given: str | None = None,
    linked: bool = False,
) -> dict[str, Any]:
    """Return a page of a list of a region, with the totals of all of it.

    With `linked` each item also has the name of the ``case`` it is about, None where the list is about no flags.
    Raises NotFound for a list, region, drug or pharmacy that nobody knows, Invalid for what cannot be asked.
    """
    listing, told = listing_named(name), plain(filters)
    question, size = f"list {name} {region} {told}", page_size(desk, limit)
    last = after(desk, question, cursor_given, endless=True)
    with desk.store.reading():
        scope = scoped(desk, listing, region, filters)
        found, totals = (_counted if listing.count else _passed)(listing, scope, last, size + 1)
    return {
        **_described(listing),
        "region": views.place_name(scope.atlas, scope.region.id),
        "filters": told,
        "totals": totals,
        "items": [_item(listing, one[1]) | (_link(listing, one) if linked else {}) for one in found[:size]],
        "next": cursor(desk, question, found[size - 1][0]) if len(found) > size else None,
        "data_version": scope.versions.data,
    }


def _described(listing: Listing) -> dict[str, Any]:
    """Return what a list is called, and its columns."""
    columns = [
        {"name": one.name, "type": one.type, "zh": one.zh, "en": one.en} for one in listing.columns if not one.noted
    ]
    return {"list": listing.name, "titles": {lang: listing.title(lang) for lang in LANGUAGES}, "columns": columns}


def _counted(listing: Listing, scope: Scope, last: Rank | None, most: int) -> tuple[list[Ranked], dict[str, Any]]:
    """Return rows from one rank on, and how many there are in all."""
    assert listing.count is not None
    return list(islice(listing.rows(scope, last), most)), {"rows": listing.count(scope)}


def _passed(listing: Listing, scope: Scope, last: Rank | None, most: int) -> tuple[list[Ranked], dict[str, Any]]:
    """Return rows from one rank on, and the totals of all, which were passed over once."""
    tally = Tally(listing, None)
    found: list[Ranked] = []

    def seen() -> Iterator[Ranked]:
        for rank, row in listing.rows(scope, None):
            if len(found) < most and (last is None or rank > last):
                found.append((rank, row))
            yield rank, row

    for _ in tally.passing(seen()):
        pass
    return found, tally.told()["totals"]


def _link(listing: Listing, ranked: Ranked) -> dict[str, Any]:
    return {"case": listing.flag_of(ranked) if listing.flag_of else None}


def _item(listing: Listing, row: tuple[Any, ...]) -> dict[str, Any]:
    cells = zip(listing.columns, row, strict=True)
    return {column.name: shown(column, value) for column, value in cells if not column.noted}
