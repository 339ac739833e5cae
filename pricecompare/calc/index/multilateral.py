"""Systems in which levels and regional prices define each other: Geary-Khamis, Iklé-Dikhanov-Balk, Rao, Gerardi.

Each function takes one connected group of quotes and returns ln level of each outlet, up to a constant. E_j is an
outlet's turnover, Q_i a drug's quantity, s_ij = v_ij / E_j, PPP_j the level, v_i the drug's regional price.
Formulas: Rao & Hajargasht (2016), J. Econometrics 191; equal to R's pricelevels 1.3.0.
"""

from collections.abc import Callable

import numpy as np

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.iterating import fixed_point
from pricecompare.calc.index.levels import Logs
from pricecompare.calc.index.sums import sums
from pricecompare.calc.index.tables import table
from pricecompare.calc.sold import Floats


def geary_khamis(quotes: Quotes) -> Logs:
    """Return v_i = Σ_j (v_ij / PPP_j) / Q_i, PPP_j = E_j / Σ_i v_i q_ij, to the last digits.

    Large outlets weigh most in the regional prices. Additive; Σ E_j / PPP_j = Σ E_j.
    """
    return _converged(quotes, _geary_khamis_step(quotes))


def geary_khamis_one_step(quotes: Quotes) -> Logs:
    """Return the first step of Geary-Khamis from PPP = 1, which is the headline index."""
    step = _geary_khamis_step(quotes)
    return Logs(step(np.zeros(quotes.n_outlets)), iterations=1)


def idb(quotes: Quotes) -> Logs:
    """Return v_i = Σ_j s_ij / Σ_j (s_ij PPP_j / p_ij), 1 / PPP_j = Σ_i s_ij v_i / p_ij: every outlet weighs the same.

    Iklé-Dikhanov-Balk: harmonic means of prices weighted by shares, on both sides.
    """
    per_price, share = table(quotes, quotes.share / quotes.price), _sum_of_shares(quotes)
    back = per_price.T

    def step(log: Floats) -> Floats:
        return -np.log(per_price @ (share / (back @ np.exp(log))))

    return _converged(quotes, step)


def rao_hajargasht(quotes: Quotes) -> Logs:
    """Return v_i = Σ_j s_ij p_ij / PPP_j / Σ_j s_ij, PPP_j = Σ_i s_ij p_ij / v_i: arithmetic means on both sides."""
    priced, share = table(quotes, quotes.share * quotes.price), _sum_of_shares(quotes)
    back = priced.T

    def step(log: Floats) -> Floats:
        return np.log(priced @ (share / (back @ np.exp(-log))))

    return _converged(quotes, step)


def rao(quotes: Quotes) -> Logs:
    """Return ln v_i = Σ_j s_ij ln(p_ij / PPP_j) / Σ_j s_ij, ln PPP_j = Σ_i s_ij ln(p_ij / v_i), by iteration.

    Equal to the weighted country-product-dummy level, which is found directly (`cpd.solved`).
    """
    share, total = table(quotes, quotes.share), _sum_of_shares(quotes)
    back, logs = share.T, table(quotes, quotes.share * np.log(quotes.price))
    of_outlet, of_drug = np.asarray(logs.sum(axis=1)), np.asarray(logs.sum(axis=0))

    def step(log: Floats) -> Floats:
        return of_outlet - share @ ((of_drug - back @ log) / total)

    return _converged(quotes, step)


def gerardi(quotes: Quotes) -> Logs:
    """Return v_i = exp(mean_j ln p_ij), PPP_j = 1 / Σ_i s_ij v_i / p_ij: the headline against geometric means."""
    total = sums(quotes.drug, np.log(quotes.price), quotes.n_drugs)
    price = np.exp(total / np.maximum(quotes.sellers, 1))
    cost = sums(quotes.outlet, price[quotes.drug] * quotes.quantity, quotes.n_outlets)
    return Logs(np.log(quotes.paid / cost))


def _geary_khamis_step(quotes: Quotes) -> Callable[[Floats], Floats]:
    """Return the map from ln PPP to ln PPP of one round."""
    packs, value = table(quotes, quotes.quantity), table(quotes, quotes.value).T

    def step(log: Floats) -> Floats:
        return np.log(quotes.paid / (packs @ ((value @ np.exp(-log)) / quotes.packs)))

    return step


def _converged(quotes: Quotes, step: Callable[[Floats], Floats]) -> Logs:
    found, iterations = fixed_point(step, np.zeros(quotes.n_outlets))
    return Logs(found, iterations=iterations)


def _sum_of_shares(quotes: Quotes) -> Floats:
    return sums(quotes.drug, quotes.share, quotes.n_drugs)
