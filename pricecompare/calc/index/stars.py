"""Each outlet against the region as if it were one shop: its volume-weighted average prices and all its quantities.

Each function returns one level per outlet, shape (outlets,), nan where nothing was compared; S_j are the drugs of
outlet j, p̄_i and Q_i the region's price and quantity. Bilateral indices, so ratios of two outlets may differ from a
direct comparison.
"""

import numpy as np

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.references import reference_of_rows
from pricecompare.calc.index.sums import ratio, sums
from pricecompare.calc.sold import Floats


def region_volume(quotes: Quotes) -> Floats:
    """Return Σ_{S_j} p_ij Q_i / Σ_{S_j} p̄_i Q_i (Lowe; Laspeyres): an outlet's own quantities have no say in it.

    The audit column: whoever reports more of what it sells cheaply lowers the headline, and hardly this.
    """
    packs = quotes.packs[quotes.drug]
    return _quotient(quotes, quotes.price * packs, reference_of_rows(quotes, "mean") * packs)


def paasche(quotes: Quotes) -> Floats:
    """Return Σ_{S_j} p_ij q_ij / Σ_{S_j} p̄_i q_ij: the headline."""
    return _quotient(quotes, quotes.value, reference_of_rows(quotes, "mean") * quotes.quantity)


def fisher(quotes: Quotes) -> Floats:
    """Return the geometric mean of Laspeyres and Paasche."""
    return np.sqrt(region_volume(quotes) * paasche(quotes))


def walsh(quotes: Quotes) -> Floats:
    """Return Σ p √(q Q) / Σ p̄ √(q Q) over S_j."""
    packs = np.sqrt(quotes.quantity * quotes.packs[quotes.drug])
    return _quotient(quotes, quotes.price * packs, reference_of_rows(quotes, "mean") * packs)


def tornqvist(quotes: Quotes) -> Floats:
    """Return exp Σ ½ (s_ij + s̄_i) ln(p_ij / p̄_i), the region's shares s̄ of the drugs in S_j."""
    reference = reference_of_rows(quotes, "mean")
    regional = reference * quotes.packs[quotes.drug]
    share = regional / sums(quotes.outlet, regional, quotes.n_outlets)[quotes.outlet]
    return _exp_of_sum(quotes, (quotes.share + share) / 2 * np.log(quotes.price / reference))


def jevons(quotes: Quotes) -> Floats:
    """Return the geometric mean of p_ij / p̄_i over S_j."""
    count = np.bincount(quotes.outlet, minlength=quotes.n_outlets)
    logs = np.log(quotes.price / reference_of_rows(quotes, "mean"))
    return np.exp(ratio(sums(quotes.outlet, logs, quotes.n_outlets), count))


def _quotient(quotes: Quotes, above: Floats, below: Floats) -> Floats:
    return ratio(*(sums(quotes.outlet, amount, quotes.n_outlets) for amount in (above, below)))


def _exp_of_sum(quotes: Quotes, logs: Floats) -> Floats:
    return np.where(quotes.paid > 0, np.exp(sums(quotes.outlet, logs, quotes.n_outlets)), np.nan)
