"""What the default rule finds in a book: the few prices that are marked, as rows to be stored, and a digest of them."""

from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.flags import GRADES, Findings
from pricecompare.calc.market import ERROR_HIGH, ERROR_LOW, NOTICE, Sellers
from pricecompare.calc.reference import LOCAL
from pricecompare.calc.slips import likely_factor


class Found(NamedTuple):
    """The prices that are flagged or probable errors, shape (k,): `at` says which ones, rising; else as flags.Findings.

    `ref_median` is nan where a price could not be compared.
    """

    at: NDArray[np.intp]
    error: NDArray[np.int8]
    grade: NDArray[np.int8]
    strong: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    ref_median: NDArray[np.float64]
    ref_area: NDArray[np.int8]
    ratio_median: NDArray[np.float64]

    def chosen(self, here: NDArray) -> "Found":
        """Return some of them, by their places here or by whether they are wanted."""
        columns: tuple[NDArray, ...] = self
        return Found(*[column[here] for column in columns])


def of_interest(at: NDArray[np.intp], error: NDArray[np.int8], grade: NDArray[np.int8], *rest: NDArray) -> Found:
    """Return, in the order of `at`, those of looked-at prices that are errors or have a grade; columns as in Found."""
    here = ((grade != 0) | (error != 0)).nonzero()[0]
    return Found(at, error, grade, *rest).chosen(here[at[here].argsort()])


def found_of(these: Findings) -> Found:
    """Return those of all prices that are flagged or errors."""
    names = ("error", "grade", "strong", "counted", "ref_median", "ref_area", "ratio_median")
    return of_interest(np.arange(len(these.error)), *(getattr(these, name) for name in names))


def marks(these: Found) -> NDArray[np.int8]:
    """Return the position in market.MARKS of each price that was found."""
    wrong = np.where(these.error > 0, ERROR_HIGH, ERROR_LOW)
    return np.where(these.error != 0, wrong, NOTICE - GRADES.index("notice") + these.grade).astype(np.int8)


class Flag(NamedTuple):
    """A price the rule found, as it is stored; money in fen. What else its numbers are follows from its market.

    `place`: what its market is told by (Flagged). `counted`: it is itself among the prices of its area that others are
    compared with; that and `strong` are 1 or 0.
    """

    place: int
    pharmacy_id: int
    class_: str
    grade: str
    strong: int
    counted: int
    fen: int
    observed_at: int
    ref_median: float
    ref_area: str
    ratio_median: float
    factor: float | None


CLASSES = {0: "high", 1: "error_high", -1: "error_low"}
"""The class of a flag by the error of its price."""

FACT = np.dtype(
    [("pharmacy", "<i4"), ("fen", "<i4"), ("observed", "<i8"), ("error", "i1"), ("grade", "i1"), ("strong", "i1"),
     ("counted", "i1"), ("ref_area", "i1"), ("ref_median", "<f8"), ("pack", "<i8")]
)  # fmt: skip
"""All that a flag of a market rests on besides its rule: ratio and factor follow from these."""

DIGEST = 16
"""Bytes of a digest: two lists of flags that have one by accident are less likely than any fault of a machine."""


class Flagged:
    """The prices of several markets that are flags: a digest tells whether they need be made rows at all."""

    def __init__(self, these: Found, sellers: Sellers, place: NDArray[np.int64], pack: NDArray[np.int64] | int | None):
        """Take all `sellers` with the `place` of each, which rises, and those of them that were found.

        A place tells a market: its region in a book, its number on a shelf. `pack` is how many units a pack has, of
        each seller or of all, 0 or None where that is not known.
        """
        told = these.ref_median == these.ref_median
        self._found = found = these if told.all() else these.chosen(told)
        self._place = place[found.at]
        self._facts = facts = np.empty(len(found.at), FACT)
        for name in ("pharmacy", "fen", "observed"):
            facts[name] = sellers[name][found.at]
        for name in ("error", "grade", "strong", "counted", "ref_area", "ref_median"):
            facts[name] = getattr(found, name)
        facts["pack"] = (found.error != 0) * (pack[found.at] if isinstance(pack, np.ndarray) else pack or 0)

    def digests(self, rules: Mapping[int, tuple[str, int]]) -> dict[int, bytes]:
        """Return, by place, what is equal for equal flags made by its rule and version; nothing for no flags."""
        places, size = np.array([*rules]), FACT.itemsize
        bounds = (self._place.searchsorted(places + after).tolist() for after in (0, 1))
        stored, told = self._facts.tobytes(), {rule: repr(rule).encode() for rule in set(rules.values())}
        return {
            place: blake2b(stored[low * size : high * size] + told[rule], digest_size=DIGEST).digest()
            if low < high
            else b""
            for (place, rule), low, high in zip(rules.items(), *bounds, strict=True)
        }

    def rows(self, places: Collection[int] | None = None) -> list[Flag]:
        """Return the flags of all markets or of those at `places`, one after the other, those of each by pharmacy."""
        # Whole columns at once: reading an array value by value costs more than all the rest.
        found, facts, place = self._found, self._facts, self._place
        if places is not None and len(here := np.isin(place, [*places]).nonzero()[0]) < len(place):
            found, facts, place = found.chosen(here), facts[here], place[here]
        error, ratio = found.error.tolist(), found.ratio_median.tolist()
        packed = zip(error, ratio, facts["pack"].tolist(), strict=True)
        columns = (
            place.tolist(),
            facts["pharmacy"].tolist(),
            [CLASSES[one] for one in error],
            ["error" if one else GRADES[its] for one, its in zip(error, found.grade.tolist(), strict=True)],
            facts["strong"].tolist(),
            facts["counted"].tolist(),
            facts["fen"].tolist(),
            facts["observed"].tolist(),
            facts["ref_median"].tolist(),
            ["local" if one == LOCAL else "wider" for one in found.ref_area.tolist()],
            ratio,
            [likely_factor(its, pack or None) if one else None for one, its, pack in packed],
        )
        return list(map(Flag._make, zip(*columns, strict=True)))
