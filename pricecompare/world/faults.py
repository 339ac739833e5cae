"""Faults planted in a pharmacy's last price list, each with its label."""

from typing import NamedTuple

import numpy as np

from pricecompare.world.catalogue import Item, product
from pricecompare.world.market import Floats, Ints

OVERPRICED, SLIP, WRONG_PACK, STALE, CHEAP = LABELS = ("overpriced", "slip", "wrong_pack", "stale", "too_cheap")
"""Far above the market; a decimal point slipped; the price of another pack; no longer reported; far below."""

_SHARES = (0.5, 0.12, 0.13, 0.13, 0.12)
_RATE, _CARELESS_RATE, _CARELESS = 0.0125, 0.0625, 0.05  # 1.5 % in all


class Faults(NamedTuple):
    """Which offers are faulty: their places, a position in `LABELS`, the wrong fen, and the factor that was used."""

    places: Ints
    labels: Ints
    fen: Ints
    factors: Floats


def other_packs(items: tuple[Item, ...]) -> Floats:
    """Return for each drug the factor of a price meant for another pack of its product, or for one unit if none is."""
    by_product: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        by_product.setdefault(product(item.drug.code), []).append(place)
    factors = np.array([_other_count(item.drug.pack_count or 1) for item in items])
    for places in by_product.values():
        for place, other in zip(places, places[1:] + places[:1], strict=True):
            factors[place] = items[other].price / items[place].price if other != place else factors[place]
    return factors


def _other_count(pack_count: int) -> float:
    """Return the factor of a price that was meant for one unit of a pack, or for a carton of single packs."""
    return 1 / pack_count if pack_count > 1 else 10.0


def faults(rng: np.random.Generator, *, fen: Ints, market_fen: Ints, other_pack: Floats) -> Faults:
    """Return the faults among offers at `fen`; `market_fen` and `other_pack` belong to the drug of each offer."""
    rate = _CARELESS_RATE if rng.random() < _CARELESS else _RATE
    places = np.flatnonzero(rng.random(len(fen)) < rate)
    kind, size, direction = rng.random((3, len(places)))
    labels = np.searchsorted(np.cumsum(_SHARES[:-1]), kind, side="right")
    by_label = np.stack(
        [
            1.4 + 1.6 * size,
            np.where(direction < 0.8, 10.0, 0.1),
            other_pack[places],
            np.ones(len(places)),
            0.2 + 0.25 * size,
        ]
    )
    factors = by_label[labels, np.arange(len(places))]
    from_market = (labels == LABELS.index(OVERPRICED)) | (labels == LABELS.index(CHEAP))
    right = np.where(from_market, market_fen[places], fen[places])
    wrong = np.maximum(np.floor(right * factors + 0.5), 1).astype(np.int64)
    return Faults(places, labels, wrong, factors)
