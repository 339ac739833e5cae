"""Levels of the country-product-dummy model, like for like, with errors that can be believed."""

from typing import Literal

import numpy as np

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.components import components
from pricecompare.calc.index.dummies import Weights, factor, of_outlets, refined, solved, system
from pricecompare.calc.index.dummy_errors import SURE, Fit, Kind, fit, inverse_of, standard_errors
from pricecompare.calc.index.levels import Levels, Logs, geometric, grouped_levels, money
from pricecompare.calc.sold import Floats

Centre = Literal["money", "geometric"]

WIDEST = 8000
"""Up to how many unknowns on the smaller side, outlets or drugs, standard errors are given: they need its square."""


def cpd(quotes: Quotes, weights: Weights = "shares", errors: Kind | None = "HC2", centre: Centre = "money") -> Levels:
    """Return the CPD level of every outlet, and the standard error of its logarithm.

    Weights by shares of turnover (the like-for-like level) or equal ones (of shelf prices). Centred in each group
    so that Σ E_j / PPP_j = Σ E_j ("money"), or to a geometric mean of 1; the errors are those of the centred level.
    Without `errors`, or where both sides of a group exceed `WIDEST`, there are none.
    """

    def logs(part: Quotes) -> Logs:
        model = system(part, weights)
        if errors is None or len(model.columns) > WIDEST:
            kept, steps = solved(model)
            return Logs(of_outlets(model, kept), None, steps)
        lower = factor(model)
        kept = refined(model, lower)
        theta = of_outlets(model, kept)
        found = fit(model, kept, inverse_of(lower))
        return Logs(theta, _sure(part, found, standard_errors(found, errors, _weights(part, theta, centre)), errors))

    return grouped_levels(quotes, logs, money if centre == "money" else geometric)


def _weights(part: Quotes, theta: Floats, centre: Centre) -> Floats:
    """Return by what the mean is weighted from which a level's distance is measured, adding up to 1."""
    weight = part.paid * np.exp(-theta) if centre == "money" else np.ones(len(theta))
    return weight / weight.sum()


def _sure(part: Quotes, found: Fit, se: Floats, errors: Kind) -> Floats:
    """Return the errors, nan for outlets that hang on the largest group by a single quote."""
    if errors not in ("HC2", "HC3") or not (found.leverage >= SURE).any():
        return se
    leverage = found.like(found.leverage)
    by_quote = leverage if found.model.by_outlet else leverage.T.tocsr()
    return np.where(components(part.rows(by_quote.data < SURE)) == 0, se, np.nan)
