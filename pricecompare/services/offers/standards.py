"""Payment standards as the public may see them: what is confidential is not even read here."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pricecompare.calc.money import yuan
from pricecompare.calc.standards import excess, in_force
from pricecompare.models import NATIONAL, MarketKey, Standard
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.searching.search import known_drug

NO_EXCESS = {"excess": None, "excess_fen": None}
"""What is said of prices where there is no standard."""


def standards_of(
    desk: Desk, atlas: Atlas, markets: Sequence[MarketKey], day: date, version: int
) -> list[Standard | None]:
    """Return the public standard that holds on a day in each of one drug's markets; ask inside `reading`.

    `version` is that of the standards.
    """
    today = day.isoformat()
    known = desk.published.standards(desk.store, markets[0].drug_id, version) if markets else ()
    return [in_force(known, atlas.upwards(key.region_id), today) if known else None for key in markets]


def common(standards: Iterable[Standard | None]) -> Standard | None:
    """Return the one standard of several regions; None where they have none or differ."""
    found = set(standards)
    return found.pop() if len(found) == 1 else None


def beyond(this: Standard | None, fen: int) -> dict[str, Any]:
    """Return what a patient pays beyond the standard; null where there is none."""
    if this is None or this.fen is None:
        return NO_EXCESS
    more = excess(fen, this.fen)
    return {"excess": yuan(more), "excess_fen": more}


def shown(atlas: Atlas, this: Standard | None) -> dict[str, Any] | None:
    """Return a standard as it is shown."""
    if this is None or this.fen is None:
        return None
    everywhere = this.region_id == NATIONAL
    return {
        "price": yuan(this.fen),
        "fen": this.fen,
        "basis": this.basis,
        "region": None if everywhere else views.place_name(atlas, this.region_id),
        "since": this.since_on,
        "until": this.until_on,
    }


def drug(desk: Desk, code: str) -> dict[str, Any]:
    """Return one drug with the public standards that hold today, that of the whole country first."""
    with desk.store.reading():
        versions = desk.store.versions()
        this = known_drug(desk, code, version=versions.drugs)
        known = desk.published.standards(desk.store, this.id, versions.standards)
        atlas = desk.grounds.atlas(desk.store, versions.places)
    today = desk.today().isoformat()
    places = sorted({one.region_id for one in known})
    holding = [one for place in places if (one := in_force(known, (place,), today)) is not None]
    vbp = any(one.basis == "vbp" for one in holding)
    return views.drug(this) | {"vbp": vbp, "standards": [shown(atlas, one) for one in holding]}
