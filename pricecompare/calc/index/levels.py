"""What a method answers: one level per outlet, its standard error where it has one, and how it was reached."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.components import components, each_component
from pricecompare.calc.sold import Floats


@dataclass(frozen=True, slots=True)
class Levels:
    """Arrays of shape (outlets,), place j for outlet code j.

    `level` is 1.0 at the region's average and nan where nothing could be compared; `se` is the standard error of
    ln level, nan where one outlet has none, None where the method has none. `component` is the group of outlets a
    level may be compared within: 0 is the largest, -1 is without a compared quote; numbers of different groups say
    nothing about each other. `iterations` is the most that any group needed, None where nothing is iterated.
    """

    level: Floats
    component: NDArray[np.intp]
    se: Floats | None = None
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Logs:
    """ln level of one connected group, shape (outlets,), up to a constant, with what `Levels` says of it."""

    log: Floats
    se: Floats | None = None
    iterations: int | None = None


def money(log: Floats, paid: Floats) -> Floats:
    """Return ln level moved so that Σ E_j / PPP_j = Σ E_j: turnover at the region's level stays what it was.

    >>> np.exp(money(np.log([1.0, 2.0]), np.array([100.0, 200.0]))).round(6).tolist()
    [0.666667, 1.333333]
    """
    return log + np.log((paid * np.exp(-log)).sum() / paid.sum())


def geometric(log: Floats, paid: Floats) -> Floats:
    """Return ln level moved so that the geometric mean over outlets is 1.

    >>> np.exp(geometric(np.log([1.0, 4.0]), np.array([100.0, 200.0]))).round(6).tolist()
    [0.5, 2.0]
    """
    return log - log.mean()


def grouped_levels(
    quotes: Quotes, method: Callable[[Quotes], Logs], centred: Callable[[Floats, Floats], Floats] = money
) -> Levels:
    """Return the levels that `method` finds in each connected group by itself, each group centred by itself."""
    group = components(quotes)
    level, se = np.full(quotes.n_outlets, np.nan), np.full(quotes.n_outlets, np.nan)
    iterations, has_se = [], False
    for outlets, part in each_component(quotes, group):
        found = _found(part, method)
        level[outlets] = np.exp(centred(found.log, part.paid))
        if found.se is not None:
            se[outlets], has_se = found.se, True
        iterations.append(found.iterations)
    most = max((one for one in iterations if one is not None), default=None)
    return Levels(level, group, se if has_se else None, most)


def _found(part: Quotes, method: Callable[[Quotes], Logs]) -> Logs:
    """Return what the method finds; nan where a group hangs together by less than rounding leaves."""
    try:
        return method(part)
    except np.linalg.LinAlgError:
        return Logs(np.full(part.n_outlets, np.nan))


def apart(quotes: Quotes, level: Floats, se: Floats | None = None) -> Levels:
    """Return the levels of a method that holds each outlet against reference prices, with their groups."""
    return Levels(level, components(quotes), se)
