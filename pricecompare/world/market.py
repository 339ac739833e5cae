"""What drugs cost: a price level for each drug, lists of chains and single pharmacies, month after month."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.world.catalogue import Item

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

_TIGHT, _WIDE = 0.25, 0.85  # shares: a quarter has list prices, sixty in a hundred are normal, the rest wide
_ENDINGS = np.array([0, 50, 80, 90, 100])
_ENDING_BOUNDS = np.array([25, 65, 85, 95])
_CHEAP = 500  # fen: below this, endings of half a yuan would be too coarse
_CHANGED = 0.08  # share of prices that change from one month to the next


@dataclass(frozen=True, slots=True)
class Market:
    """What holds for each drug everywhere: arrays in the order of the drugs."""

    price: Ints
    tight: Marks
    wide: Marks
    popularity: Floats
    sold: Marks


def market(seed: int, items: tuple[Item, ...]) -> Market:
    """Return the market of these drugs: fen, kind of spread, popularity (mean about 1), whether anyone buys it."""
    spread, popularity, sold = np.random.default_rng([seed, 2]).random((3, len(items)))
    return Market(
        price=np.array([item.price for item in items], dtype=np.int64),
        tight=spread < _TIGHT,
        wide=spread >= _WIDE,
        popularity=0.6 + 0.8 * popularity,
        sold=sold >= 0.04,
    )


def price_lists(rng: np.random.Generator, market: Market, *, lists: int, level: float) -> Ints:
    """Return fen by list and drug for one seller whose prices stand `level` (a logarithm) above the market's.

    Log-normal around the market's price: nearly nothing for list prices, sd .08 for normal drugs, skewed to the right
    with sd .25 for wide ones; some prices change from each list to the next.
    """
    drugs = len(market.price)
    logs = np.empty((lists, drugs))
    logs[0] = np.where(market.tight, 0.0, level) + _deviation(rng, market)
    for after in range(1, lists):
        changed = rng.random(drugs) < _CHANGED
        logs[after] = logs[after - 1] + changed * (0.01 + 0.06 * rng.standard_normal(drugs))
    return usual_ending(market.price * np.exp(logs))


def usual_ending(fen: Floats | Ints) -> Ints:
    """Return prices as shops write them: ending in .00, .50, .80 or .90, cheap ones in whole tenths of a yuan.

    >>> usual_ending(np.array([1234.0, 1271.0, 1288.0, 1299.0, 312.0, 1.0]))
    array([1250, 1280, 1290, 1300,  310,   10])
    """
    whole = np.floor(fen + 0.5).astype(np.int64)
    ended = whole // 100 * 100 + _ENDINGS[np.searchsorted(_ENDING_BOUNDS, whole % 100)]
    return np.where(whole < _CHEAP, np.maximum((whole + 5) // 10 * 10, 10), ended)


def _deviation(rng: np.random.Generator, market: Market) -> Floats:
    drugs = len(market.price)
    normal = rng.standard_normal(drugs)
    listed = np.where(rng.random(drugs) < 0.85, 0.0, 0.04 * normal)
    skewed = 0.25 * (rng.standard_exponential(drugs) - 0.8)
    return np.where(market.tight, listed, np.where(market.wide, skewed, 0.08 * normal))
