"""Labelled panels: invented prices of one province in which it is known who is overpriced and which price is a slip.

Thirty regions and four hundred drugs. A drug's price in a region is its usual price, the region's and the shop's own
level, and the drug's own scatter: tight (list prices), normal, or wide and skewed to the right. Six chains follow a
central price nine times in ten. Prices end as prices do. A few per cent are overpriced 1.3 to 3 times, half of them by
few shops that do it often; six in a thousand are slips of ten, a hundred or the pack count, up or down.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REGIONS, DRUGS, CHAINS = 30, 400, 6
KINDS = ("tight", "normal", "wide")
SHARES, SPREADS = (0.25, 0.60, 0.15), (0.03, 0.10, 0.27)
FOLLOWED = 0.9
SLIPS = 0.006
PACKS = (6, 10, 12, 20, 24, 30, 36, 48)
HONEST, OVERPRICED, SLIP_UP, SLIP_DOWN = range(4)


@dataclass(frozen=True, slots=True)
class Quotes:
    """Prices of one drug in all regions; arrays of shape (n,), prices in fen, labels and places in KINDS."""

    fen: NDArray[np.int64]
    region: NDArray[np.int64]
    label: NDArray[np.int64]
    multiple: NDArray[np.float64]
    kind: str


def panel(seed: int, share: float) -> list[Quotes]:
    """Return the quotes of each drug of one panel; `share` of all prices are overpriced."""
    rng = np.random.default_rng([seed, round(1000 * share)])
    shops = _Shops.of(rng)
    return [_drug(rng, shops, share) for _ in range(DRUGS)]


@dataclass(frozen=True, slots=True)
class _Shops:
    """The pharmacies: region, chain (0: none), own level, and whether they are of the few that overprice often."""

    region: NDArray[np.int64]
    chain: NDArray[np.int64]
    level: NDArray[np.float64]
    often: NDArray[np.bool_]
    regions: NDArray[np.float64]

    @classmethod
    def of(cls, rng: np.random.Generator) -> "_Shops":
        """Return the pharmacies of a province: regions of 20 to some 800, the largest rare."""
        sizes = np.clip(20 * np.exp(rng.exponential(0.9, REGIONS)), 20, 800).astype(int)
        region = np.repeat(np.arange(REGIONS), sizes)
        chain = np.where(rng.random(len(region)) < 0.45, rng.integers(1, CHAINS + 1, len(region)), 0)
        often = rng.random(len(region)) < 0.05
        return cls(region, chain, 0.04 * rng.standard_normal(len(region)), often, 0.05 * rng.standard_normal(REGIONS))


def _drug(rng: np.random.Generator, shops: _Shops, share: float) -> Quotes:
    """Return one drug's quotes: who sells it, at which honest price, and what was planted."""
    kind = int(rng.choice(len(KINDS), p=SHARES))
    usual = np.exp(rng.normal(np.log(2500), 0.9))
    sold = np.flatnonzero(rng.random(len(shops.region)) < np.minimum(rng.exponential(0.13), 0.9))
    honest = usual * np.exp(_scatter(rng, kind, shops, sold))
    multiple, label = _planted(rng, shops.often[sold], share, int(rng.choice(PACKS)))
    fen = np.maximum(np.where(label == OVERPRICED, _ended(rng, honest * multiple), _ended(rng, honest)), 1)
    slipped = (label == SLIP_UP) | (label == SLIP_DOWN)
    fen = np.where(slipped, np.maximum(np.rint(fen * multiple), 1), fen).astype(np.int64)
    return Quotes(fen, shops.region[sold], label, multiple, KINDS[kind])


def _scatter(rng: np.random.Generator, kind: int, shops: _Shops, sold: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far each honest price lies from the usual one, as a logarithm."""
    spread, n = SPREADS[kind], len(sold)
    own = rng.standard_normal(n) if KINDS[kind] != "wide" else (rng.gamma(4.0, 1.0, n) - 4.0) / 2.0
    free = spread * own + (0.2 if KINDS[kind] == "tight" else 1.0) * shops.level[sold]
    central = spread * rng.standard_normal(CHAINS + 1)
    chain = shops.chain[sold]
    follows = (chain > 0) & (rng.random(n) < FOLLOWED)
    return np.where(follows, central[chain], free + shops.regions[shops.region[sold]])


def _planted(
    rng: np.random.Generator, often: NDArray[np.bool_], share: float, pack: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return by what each price is multiplied, and its label."""
    n = len(often)
    # Half of the overpriced ones stand in the shops that do it often.
    chance = np.where(often, 0.5 * share / max(often.mean(), 1 / max(n, 1)), 0.5 * share) if n else np.zeros(0)
    over = rng.random(n) < chance
    slip = ~over & (rng.random(n) < SLIPS)
    factor = rng.choice([10.0, 100.0, float(pack), 0.1, 0.01, 1 / pack], n)
    multiple = np.where(over, rng.uniform(1.3, 3.0, n), np.where(slip, factor, 1.0))
    label = np.select([over, slip & (factor > 1), slip], [OVERPRICED, SLIP_UP, SLIP_DOWN], HONEST)
    return multiple, label


def _ended(rng: np.random.Generator, fen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return prices as shops round them: to ten fen, half a yuan or a yuan, the dearer the coarser."""
    step = np.where(fen < 500, 10, np.where(rng.random(len(fen)) < 0.5, 50, 100))
    return np.maximum(np.rint(fen / step), 1) * step
