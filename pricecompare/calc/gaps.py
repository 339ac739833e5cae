"""How far apart one pharmacy's counter and online prices of a drug are."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.market import HELD, Sellers
from pricecompare.errors import Invalid

GAP = np.dtype(
    [("drug", "<i4"), ("pharmacy", "<i4"), ("counter", "<i4"), ("online", "<i4"), ("counter_seen", "<i8"),
     ("online_seen", "<i8")]
)  # fmt: skip
"""What one pharmacy asks for one drug at the counter and online, fen, and the seconds at which that was seen."""

Gaps = NDArray[np.void]

Rank = tuple[float, int, int, int]
"""Share of the counter price and fen by which two prices differ, both below zero; drug; pharmacy: worst come first."""

_HUNDREDTHS = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")


class Limits(NamedTuple):
    """From which difference on two prices are told of: hundredths of a per cent of the counter price, and fen."""

    percent: int
    fen: int


def hundredths(text: str, *, refusal: str = "bad_gap") -> int:
    """Return a number with at most two decimals in hundredths; Invalid (`refusal`) for anything else.

    >>> hundredths("10"), hundredths("0.5"), hundredths("12.34")
    (1000, 50, 1234)
    """
    found = _HUNDREDTHS.fullmatch(text.strip())
    if not found:
        raise Invalid(refusal, value=text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def gaps(drug: int, counter: Sellers, online: Sellers, limits: Limits) -> Gaps:
    """Return where a pharmacy's counter and online prices of a drug differ, by at least both limits.

    Both are in the order of pharmacies, each once. A difference of nothing is none; a held price is not compared.
    """
    counter, online = (these[these["mark"] != HELD] for these in (counter, online))
    ours, theirs = _pairs(counter["pharmacy"], online["pharmacy"])
    found = np.zeros(len(ours), GAP)
    found["drug"], found["pharmacy"] = drug, counter["pharmacy"][ours]
    found["counter"], found["counter_seen"] = counter["fen"][ours], counter["observed"][ours]
    found["online"], found["online_seen"] = online["fen"][theirs], online["observed"][theirs]
    apart = _apart(found)
    enough = (apart * 10_000 >= limits.percent * found["counter"].astype(np.int64)) & (apart >= max(limits.fen, 1))
    return found[enough]


def _pairs(some: NDArray[np.int32], others: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the values of two rising arrays that are in both stand in each.

    >>> [places.tolist() for places in _pairs(np.array([2, 5, 9], np.int32), np.array([1, 5, 9, 11], np.int32))]
    [[1, 2], [1, 2]]
    """
    some = np.ascontiguousarray(some)
    # A search in the one for each of the other takes a third of the time of numpy's own intersection.
    at = np.minimum(np.searchsorted(some, others), max(len(some) - 1, 0))
    theirs = np.flatnonzero(some[at] == others) if len(some) else np.zeros(0, np.intp)
    return at[theirs], theirs


def _apart(these: Gaps) -> NDArray[np.int64]:
    return np.abs(these["online"].astype(np.int64) - these["counter"])


def worst_first(these: Gaps) -> Gaps:
    """Return gaps by share of the counter price, then by fen, then by drug and pharmacy."""
    share, apart, drug, pharmacy = _ranks(these)
    return these[np.lexsort((pharmacy, drug, apart, share))]


def _ranks(these: Gaps) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    apart = _apart(these)
    return -(apart / these["counter"]), -apart, these["drug"], these["pharmacy"]


def rank(this: np.void) -> Rank:
    """Return where a gap stands in the order of all."""
    apart = abs(int(this["online"]) - int(this["counter"]))
    return -(apart / int(this["counter"])), -apart, int(this["drug"]), int(this["pharmacy"])


def after(these: Gaps, last: Rank) -> Gaps:
    """Return those that rank after `last`."""
    later = np.zeros(len(these), bool)
    for column, value in reversed(list(zip(_ranks(these), last, strict=True))):
        later = (column > value) | ((column == value) & later)
    return these[later]
