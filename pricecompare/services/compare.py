"""Where a drug is nearest, cheapest or best value: one market row a region, ranked whole before the limit cuts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import MARKS, Sellers, best, tiers, unpacked
from pricecompare.calc.money import fen as fen_of
from pricecompare.calc.money import unit_price, yuan
from pricecompare.errors import Invalid
from pricecompare.models import STOCKS, Drug, MarketKey, MarketRow
from pricecompare.services import views
from pricecompare.services.atlas import Ground
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.places import Where, where
from pricecompare.services.search import known_drug
from pricecompare.services.standing import current, standing

SORTS = ("price", "distance", "value")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everybody who could be an answer, arrays of shape (n,): `source` is the ground of each, `slot` its place."""

    sellers: Sellers
    metres: NDArray[np.float64]
    stale: NDArray[np.bool_]
    source: NDArray[np.int64]
    slot: NDArray[np.int32]


def offers(
    desk: Desk,
    code: str,
    *,
    sort: str = "price",
    kind: str = "listed",
    in_stock: bool = False,
    max_age_days: int | None = None,
    cost_per_km: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
    coord_type: str = "gcj02",
    **place: Any,
) -> dict[str, Any]:
    """Return who sells a drug near a point or in a region, ranked by price, distance or value.

    Prices that are sound come first, probable data errors after them, stale prices last. Raises NotFound for a
    drug or region nobody knows, Invalid for a question that makes no sense.
    """
    with desk.store.reading():
        versions = desk.store.versions()
        drug = known_drug(desk, code)
        at = where(desk, version=versions.places, coord_type=coord_type, **place)
        markets = [desk.store.market(MarketKey(ground.region_id, drug.id, kind)) for ground in at.grounds]
    if sort != "price" and at.here is None:
        raise Invalid("sort_needs_point", field="sort", value=sort)
    found = _wanted(_candidates(desk, at, markets), in_stock=in_stock, oldest=_oldest(desk, max_age_days))
    fen_per_km = fen_of(cost_per_km or desk.settings.cost_per_km)
    question = (
        f"offers {code} {sort} {kind} {in_stock} {max_age_days} {fen_per_km} {coord_type} {sorted(place.items())}"
    )
    page = _page(desk, found, sort, fen_per_km, limit or desk.settings.page, after(desk, question, cursor_given))
    shown = _Shown(desk, drug, at, markets, found, fen_per_km if sort == "value" else None, coord_type)
    return {
        "drug": views.drug(drug),
        "kind": kind,
        "sort": sort,
        "cost_per_km": yuan(fen_per_km) if sort == "value" else None,
        "max_age_days": desk.max_age_days,
        "total": len(found.sellers),
        "items": [shown.item(row) for row in page.rows],
        "next": cursor(desk, question, page.last) if page.last else None,
        "today": desk.today().isoformat(),
        "data_version": versions.data,
    }


def _oldest(desk: Desk, max_age_days: int | None) -> int | None:
    """Return the second before which a price is older than was asked for."""
    if max_age_days is None:
        return None
    return (days.number_of(desk.today()) - max_age_days) * 86_400 - 8 * 3600


def _candidates(desk: Desk, at: Where, markets: list[MarketRow | None]) -> Candidates:
    """Return the sellers inside the place asked about."""
    pieces = [_inside(at, number, row) for number, row in enumerate(markets) if row is not None]
    sellers = np.concatenate([piece[0] for piece in pieces]) if pieces else np.zeros(0, unpacked(b"").dtype)
    columns = [np.concatenate([piece[at] for piece in pieces]) if pieces else np.zeros(0) for at in (1, 2, 3)]
    stale = is_stale(sellers["observed"], today=days.number_of(desk.today()), max_age=desk.max_age_days)
    return Candidates(sellers, columns[0], stale, columns[1].astype(np.int64), columns[2].astype(np.int32))


def _inside(at: Where, number: int, row: MarketRow) -> tuple[Sellers, NDArray, NDArray, NDArray]:
    """Return one region's sellers inside the place, how far they are, whose they are and where they stand."""
    sellers = unpacked(row.sellers, layout=row.layout)
    slots = at.grounds[number].positions(sellers["pharmacy"])
    kept, far = at.inside(at.grounds[number], slots)
    return sellers[kept], far, np.full(len(kept), number), slots[kept]


def _wanted(found: Candidates, *, in_stock: bool, oldest: int | None) -> Candidates:
    """Return the candidates that pass the filters."""
    if not in_stock and oldest is None:
        return found
    kept = np.ones(len(found.sellers), bool)
    if in_stock:
        kept &= found.sellers["stock"] == STOCKS.index("in")
    if oldest is not None:
        kept &= found.sellers["observed"] >= oldest
    return Candidates(*(getattr(found, name)[kept] for name in ("sellers", "metres", "stale", "source", "slot")))


@dataclass(frozen=True, slots=True)
class _Page:
    """Positions of one page of candidates, and the rank of its last one when there are more."""

    rows: list[int]
    last: tuple[int, float, float, int] | None


def _page(desk: Desk, found: Candidates, sort: str, fen_per_km: int, limit: int, last: tuple | None) -> _Page:
    """Return one page: all candidates are ranked by tier, then by what was asked for, then the limit cuts."""
    if not 1 <= limit <= desk.settings.max_page:
        raise Invalid("bad_limit", field="limit", value=limit, limit=desk.settings.max_page)
    tier = tiers(found.stale, found.sellers["mark"])
    fen = found.sellers["fen"].astype(np.float64)
    first = {"price": fen, "distance": found.metres}.get(sort, fen + found.metres * (fen_per_km / 1000))
    second = fen if sort == "distance" else found.metres
    identity = found.sellers["pharmacy"]
    rows = best(tier, first, second, identity, limit=limit + 1, after=last)
    if len(rows) <= limit:
        return _Page(rows.tolist(), None)
    end = rows[limit - 1]
    return _Page(rows[:limit].tolist(), (int(tier[end]), float(first[end]), float(second[end]), int(identity[end])))


class _Shown:
    """Offers as they are shown, for one question."""

    def __init__(
        self,
        desk: Desk,
        drug: Drug,
        at: Where,
        markets: list[MarketRow | None],
        found: Candidates,
        fen_per_km: int | None,
        datum: str,
    ):
        self.today = days.number_of(desk.today())
        self.drug, self.at, self.found, self.fen_per_km, self.datum = drug, at, found, fen_per_km, datum
        self.local = [current(desk, row) if row is not None else None for row in markets]

    def item(self, row: int) -> dict[str, Any]:
        """Return one offer with its pharmacy, its age and how it stands to the local median."""
        _, fen, observed, stock, mark = self.found.sellers[row].item()
        number = int(self.found.source[row])
        ground: Ground = self.at.grounds[number]
        metres = float(self.found.metres[row])
        located = self.at.here is not None and metres != np.inf
        value = None if self.fen_per_km is None else fen + metres * self.fen_per_km / 1000
        return {
            "pharmacy": views.pharmacy(self.at.atlas, ground, int(self.found.slot[row]), self.datum),
            "price": yuan(fen),
            "fen": fen,
            "unit_price": unit_price(fen, self.drug.pack_count) if self.drug.pack_count else None,
            "unit": self.drug.unit,
            "distance_m": round(metres, 3) if located else None,
            "value": yuan(value) if value is not None and located else None,
            "observed_at": days.iso(observed),
            "age_days": self.today - days.day_number(observed),
            "stale": bool(self.found.stale[row]),
            "stock": STOCKS[stock],
            "flag": MARKS[mark] or None,
            "local": standing(fen, ground.region_id, self.local[number]),
        }
