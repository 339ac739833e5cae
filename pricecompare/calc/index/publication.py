"""What an index may be shown as: published, indicative or not at all, and whether it may be ranked."""

from dataclasses import dataclass
from typing import Literal

Shown = Literal["published", "indicative", "suppressed"]
Reason = Literal["", "few_drugs", "small_basket", "low_coverage", "low_reliability"]

INDICATIVE_DRUGS, PUBLISHED_DRUGS, PUBLISHED_COVERAGE = 3, 5, 0.6
"""Effective numbers of drugs, and the compared share of turnover, from which an index may be shown."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which effective numbers of drugs, share of turnover compared and reliability an index is shown or ranked."""

    indicative_drugs: float = INDICATIVE_DRUGS
    published_drugs: float = PUBLISHED_DRUGS
    published_coverage: float = PUBLISHED_COVERAGE
    published_reliability: float = 0.5
    ranked_reliability: float = 0.7


@dataclass(frozen=True, slots=True)
class Standing:
    """How an index may be shown, why not better (empty when published), and whether it may be ranked."""

    status: Shown
    reason: Reason
    ranked: bool


DEFAULT_THRESHOLDS = Thresholds()


def publication(n_eff: float, coverage: float) -> Shown:
    """Return how an index may be shown: "indicative" is without a rank, "suppressed" is not at all.

    Published needs 5 effective drugs and 60 % of the turnover compared; below 3 effective drugs nothing is shown.

    >>> publication(5.0, 0.6), publication(12.0, 0.5), publication(4.9, 1.0), publication(2.9, 1.0)
    ('published', 'indicative', 'indicative', 'suppressed')
    """
    return standing(n_eff, coverage).status


def standing(
    n_eff: float, coverage: float, reliability: float | None = None, limits: Thresholds = DEFAULT_THRESHOLDS
) -> Standing:
    """Return how an index may be shown and why; `reliability` is None where it is not asked for, and nan is unknown.

    Ranked is only what is published and reliable enough; without a reliability nothing is ranked.

    >>> standing(12.0, 0.9, 0.8), standing(12.0, 0.9, 0.6).ranked, standing(12.0, 0.9, 0.4).reason
    (Standing(status='published', reason='', ranked=True), False, 'low_reliability')
    """
    # Five drugs of equal weight must count as five whatever the last bit of 1/Σw² says.
    drugs, covered, sure = n_eff + 1e-9, coverage + 1e-9, 1.0 if reliability is None else reliability + 1e-9
    if not drugs >= limits.indicative_drugs:
        return Standing("suppressed", "few_drugs", False)
    if drugs < limits.published_drugs:
        return Standing("indicative", "small_basket", False)
    if not covered >= limits.published_coverage:
        return Standing("indicative", "low_coverage", False)
    if not sure >= limits.published_reliability:
        return Standing("indicative", "low_reliability", False)
    return Standing("published", "", reliability is not None and sure >= limits.ranked_reliability)
