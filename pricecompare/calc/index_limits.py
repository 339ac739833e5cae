"""What decides how an index may be shown: limits that people set, and the reason each of them gives."""

from dataclasses import dataclass, fields

from pricecompare.calc.index.publication import Thresholds


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of publication and ranking (statistics.md §0.5, §1.6), the usual ones unless set otherwise.

    Numbers of drugs are effective ones, 1 ÷ Σ weight². A line or cut point that is nan is not in force.
    """

    indicative_drugs: float = 3.0
    """Below so many nothing is told."""
    published_drugs: float = 5.0
    """From so many on an index is published and not only indicative."""
    published_coverage: float = 0.6
    """The compared share of the turnover that publication needs."""
    published_reliability: float = 0.5
    """The reliability that publication needs."""
    rank_reliability: float = 0.7
    """The reliability a rank needs."""
    min_others: float = 3.0
    """How many other pharmacies must have sold a drug."""
    error_ratio: float = 5.0
    """How many times the median a price is a gross error, or that part of it."""
    appeal_days: float = 30.0
    """For how many days after its confirmation a run may be appealed against."""
    answer_days: float = 15.0
    """Within how many days an appeal is to be decided."""
    warning_line: float = float("nan")
    """The index from which on a pharmacy's prices as a whole are to be looked at (年度监测值)."""
    star_5: float = float("nan")
    """Up to which index a pharmacy has five stars."""
    star_4: float = float("nan")
    star_3: float = float("nan")
    star_2: float = float("nan")

    @property
    def thresholds(self) -> Thresholds:
        """Those of publication and ranking."""
        return Thresholds(
            self.indicative_drugs, self.published_drugs, self.published_coverage, self.published_reliability,
            self.rank_reliability,
        )  # fmt: skip


NAMES = tuple(field.name for field in fields(Limits))

LINES = ("warning_line", "star_5", "star_4", "star_3", "star_2")
"""Settings that mark pharmacies; without a value they are not in force."""

RANGES = {
    "indicative_drugs": (1, 1000), "published_drugs": (1, 1000), "published_coverage": (0, 1),
    "published_reliability": (0, 1), "rank_reliability": (0, 1),
    "min_others": (1, 1000), "error_ratio": (1.1, 1_000_000), "appeal_days": (0, 3650), "answer_days": (1, 3650),
    **dict.fromkeys(LINES, (1, 10_000)),
}  # fmt: skip
"""The lowest and the highest value of each."""

STARS = ("star_5", "star_4", "star_3", "star_2")


def stars(index: float, limits: Limits) -> int | None:
    """Return how many stars an index has by the cut points in force, 1 beyond the last; None while there are none.

    >>> stars(99.0, Limits(star_5=95, star_4=100)), stars(120.0, Limits(star_5=95)), stars(120.0, Limits())
    (4, 1, None)
    """
    cuts = [(number, getattr(limits, f"star_{number}")) for number in (5, 4, 3, 2)]
    known = [(number, cut) for number, cut in cuts if cut == cut]
    if not known:
        return None
    return next((number for number, cut in known if index <= cut), 1)


def above(index: float, low: float | None, limits: Limits) -> str | None:
    """Return whether an index lies above the warning line: no, perhaps (its interval reaches below) or clearly.

    None while no line is in force.

    >>> above(112, 104, Limits(warning_line=110)), above(112, 111, Limits(warning_line=110)), above(1, 0, Limits())
    ('perhaps', 'clearly', None)
    """
    line = limits.warning_line
    if line != line:
        return None
    if index < line:
        return "no"
    return "clearly" if low is not None and low >= line else "perhaps"
