"""Sellers of many markets: rows of offers put in heaps and grouped, so that no upload or rebuild holds all at once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from pricecompare.calc import groups
from pricecompare.calc.market import HELD, SELLER, UNMARKED, Sellers
from pricecompare.calc.quotes import offer_key, parts
from pricecompare.models import KINDS, MarketKey
from pricecompare.services.markets.pile import Pile, spread_over
from pricecompare.store import Store

Changes = dict[MarketKey, Sellers]
"""Sellers to add, replace or (with 0 fen) take out, by market."""

Heaps = Callable[[], Iterable[Changes]]
"""Changes heap by heap, all of one drug in one heap; can be asked for more than once."""

ROW = np.dtype(
    [("region", "<i4"), ("drug", "<i4"), ("kind", "i1"), ("pharmacy", "<i4"), ("fen", "<i4"), ("observed", "<i8"),
     ("stock", "i1"), ("held", "i1")]
)  # fmt: skip
"""One seller of one market; `kind` is a position in models.KINDS, 0 fen takes the seller out."""

AT_ONCE = 100_000
"""Rows of a table that are turned into arrays together."""


def pile_of_sellers(store: Store) -> Pile:
    """Return an empty pile of ROW, to be divided by drugs."""
    heap_of = spread_over(max(store.next_ids().drug, 1))
    return Pile(ROW, lambda rows: heap_of(rows["drug"]))


def heaps_of(pile: Pile) -> Heaps:
    """Return what lies on a pile of ROW, to which nothing is added any more, as changes; of a small pile once made."""
    made: list[Changes] = []

    def heaps() -> Iterable[Changes]:
        if not pile.is_held:
            return (grouped(rows) for rows in pile.heaps())
        made[:] = made or [grouped(rows) for rows in pile.heaps()]
        return made

    return heaps


def offers_of_regions(store: Store, regions: Iterable[int], pile: Pile) -> None:
    """Put all that is asked in some regions on a pile, but for pharmacies that are closed for good."""
    closed = store.closed_pharmacies()
    for region_id in regions:
        offers = (row for row in store.offers_of_region(region_id) if row[0] not in closed)
        while piece := list(islice(_rows(region_id, offers), AT_ONCE)):
            pile.add(np.array(piece, ROW))


def _rows(region: int, offers: Iterator[tuple]) -> Iterator[tuple[Any, ...]]:
    """Yield offers as ROW."""
    numbers = {kind: at for at, kind in enumerate(KINDS)}
    for pharmacy, drug, kind, fen, stock, held, observed in offers:
        yield region, drug, numbers[kind], pharmacy, fen, observed, stock, held


def grouped(rows: np.ndarray) -> Changes:
    """Return rows (ROW) as sellers by market, in the order of pharmacies."""
    # One number for a market sorts in half the time of three.
    places = offer_key(*(rows[name].astype(np.int64) for name in ("region", "drug", "kind")))
    order = np.lexsort((rows["pharmacy"], places))
    rows, places = rows[order], places[order]
    these = np.zeros(len(rows), SELLER)
    for name in ("pharmacy", "fen", "observed", "stock"):
        these[name] = rows[name]
    these["mark"] = np.where(rows["held"] > 0, HELD, UNMARKED)
    starts = np.flatnonzero(groups.starts(places))
    pieces = np.split(these, starts[1:]) if len(rows) else []
    columns = (column.tolist() for column in parts(places[starts]))
    return {
        MarketKey(region, drug, KINDS[kind]): piece for region, drug, kind, piece in zip(*columns, pieces, strict=True)
    }
