"""``python -m benchmarks.intervals`` says how often 95 % intervals of like-for-like levels hold what is true.

Regions are invented: ln price = the drug's + the pharmacy's level + a scatter of the drug's own size, quantities
log-normal; 80 pharmacies × 300 drugs, of which each sells 40 %, unless said otherwise.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.city import ROOT, say
from pricecompare.calc.index import quotes
from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.footing import footing
from pricecompare.calc.index.levels import money
from pricecompare.calc.index.shrinkage import interval

DOCUMENT = ROOT / "docs" / "statistics.md"
BETWEEN = re.compile(r"(?<=<!-- intervals -->\n).*(?=<!-- end of intervals -->)", re.DOTALL)
LEVELS, USUAL, VOLUMES = 0.085, 0.9, 1.0
"""Standard deviations of logarithms: of true levels, of drugs' usual prices, of quantities."""
SPREAD, SPREADS = 0.10, 0.6
"""A drug's usual scatter, and how much scatters differ from drug to drug (both of logarithms)."""
SHOWN, PUBLISHED = 3.0, 5.0
"""Effective numbers of drugs from which an index is shown, and published."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One sort of region: its size, who sells how much of what."""

    title: str
    outlets: int = 80
    drugs: int = 300
    filled: float = 0.4
    one_giant: bool = False
    sorted_by_level: bool = False
    half_tiny: bool = False


SCENARIOS = {
    "S1": Scenario("60 % gaps"),
    "S2": Scenario("95 % gaps", filled=0.05),
    "S3": Scenario("8 pharmacies, one as big as all others", outlets=8, one_giant=True),
    "S4": Scenario("dear pharmacies sell other drugs", sorted_by_level=True),
    "S7": Scenario("half of them have 1 to 5 drugs", half_tiny=True),
}

KINDS: dict[str, tuple[str, bool]] = {
    "classical, 1.96": ("const", False),
    "HC1, 1.96": ("HC1", False),
    "HC2, t(n_eff − 1)": ("HC2", True),
    "HC3, 1.96": ("HC3", False),
}
"""The standard error of each interval, and whether Student's t replaces 1.96."""


@dataclass(frozen=True, slots=True)
class Region:
    """Quotes of an invented region and the true ln level of each pharmacy."""

    quotes: Quotes
    truth: NDArray[np.float64]


def region(scenario: Scenario, seed: int) -> Region:
    """Return the region of one draw."""
    rng = np.random.default_rng(seed)
    truth = LEVELS * rng.standard_normal(scenario.outlets)
    outlet, drug = np.nonzero(_sold(rng, scenario, truth))
    usual = np.log(2500) + USUAL * rng.standard_normal(scenario.drugs)
    spread = SPREAD * np.exp(SPREADS * rng.standard_normal(scenario.drugs))
    price = np.exp(usual[drug] + truth[outlet] + spread[drug] * rng.standard_normal(len(drug)))
    packs = np.exp(VOLUMES * rng.standard_normal(len(drug)) + 2)
    if scenario.one_giant:
        packs *= np.where(outlet == 0, scenario.outlets - 1, 1)
    return Region(quotes(outlet, drug, price * packs, packs, n_outlets=scenario.outlets), truth)


def _sold(rng: np.random.Generator, scenario: Scenario, truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return who sells what, shape (outlets, drugs)."""
    shape = (scenario.outlets, scenario.drugs)
    if not scenario.sorted_by_level:
        sold = rng.random(shape) < scenario.filled
    else:
        taste = 1.5 * np.multiply.outer(truth / LEVELS, rng.standard_normal(scenario.drugs))
        sold = rng.random(shape) < 1 / (1 + np.exp(-taste - np.log(scenario.filled / (1 - scenario.filled))))
    if scenario.half_tiny:
        for tiny in range(0, scenario.outlets, 2):
            sold[tiny] = False
            sold[tiny, rng.choice(scenario.drugs, rng.integers(1, 6), replace=False)] = True
    return sold


@dataclass(slots=True)
class Tally:
    """How many intervals there were and how many held the truth, from a number of effective drugs on."""

    least: float
    there: int = 0
    held: int = 0

    def add(self, n_eff: NDArray[np.float64], known: NDArray[np.bool_], held: NDArray[np.bool_]) -> None:
        """Count the intervals of one draw."""
        here = known & (n_eff >= self.least)
        self.there += int(here.sum())
        self.held += int((held & here).sum())

    @property
    def coverage(self) -> float:
        """The share of intervals that held the truth."""
        return self.held / max(self.there, 1)


def coverage(
    scenario: Scenario, draws: int, seed: int = 1, kinds: Sequence[str] = tuple(KINDS)
) -> dict[str, tuple[Tally, Tally]]:
    """Return for each of some kinds of interval its tally over levels published, and over all that are shown."""
    found = {name: (Tally(PUBLISHED), Tally(SHOWN)) for name in kinds}
    for draw in range(draws):
        made = region(scenario, 1000 * seed + draw)
        n_eff = footing(made.quotes).n_eff
        for name in kinds:
            errors, student = KINDS[name]
            levels = cpd(made.quotes, "shares", errors)
            here = levels.component == 0
            truth = np.full(scenario.outlets, np.nan)
            truth[here] = np.exp(money(made.truth[here], made.quotes.paid[here]))
            low, high = interval(levels.level, levels.se, n_eff if student else None)
            known = here & ~np.isnan(levels.se)
            for tally in found[name]:
                tally.add(np.nan_to_num(n_eff), known, (low <= truth) & (truth <= high))
    return found


def report(draws: int) -> str:
    """Return the table: coverage of each interval in each scenario, among the published / among all shown."""
    found = {name: coverage(scenario, draws) for name, scenario in SCENARIOS.items()}
    titles = (f"{name}: {one.title}" for name, one in SCENARIOS.items())
    lines = [("interval", *titles), ("---",) * (len(SCENARIOS) + 1)]
    for kind in KINDS:
        cells = [" / ".join(f"{tally.coverage:.3f}" for tally in found[name][kind]) for name in SCENARIOS]
        lines.append((kind, *cells))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{draws} regions of each sort; `python -m benchmarks.intervals --write`\n\n{table}"


def main() -> None:
    """Print the table, and put it into the document when asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intervals", description=__doc__)
    parser.add_argument("--draws", type=int, default=200, help="regions of each sort")
    parser.add_argument("--short", action="store_true", help="five regions of each sort; the figures say little")
    parser.add_argument("--write", action="store_true", help=f"write the table into {DOCUMENT.relative_to(ROOT)}")
    asked = parser.parse_args()
    told = report(5 if asked.short else asked.draws)
    say(told)
    if asked.write:
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(BETWEEN.sub(lambda _: f"\n{told}\n", text), "utf-8")


if __name__ == "__main__":
    main()
