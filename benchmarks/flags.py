"""``python -m benchmarks.flags`` says how well rules find what was planted, on panels with known truth."""

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import panel
from benchmarks.city import ROOT, say
from pricecompare.calc.flags import DEFAULT_RULE, assessed, spread, typical_spread

DOCUMENT = ROOT / "docs" / "statistics.md"
BETWEEN = re.compile(r"(?<=<!-- flags -->\n).*(?=<!-- end of flags -->)", re.DOTALL)
SEEDS, PLANTED = (1, 2, 3), (0.01, 0.02, 0.03)
GROUPS = ((3, 4), (5, 10), (11, 30), (31, 10_000))
NAIVE = 1.5
HEADER = (
    "rule",
    "precision",
    "recall",
    "F1",
    *(f"F1, {low}–{high} sellers" for low, high in GROUPS[:3]),
    "31 and more",
)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was planted (`truth`), what a rule says, and how many sold the drug in the region; shape (n,)."""

    truth: NDArray[np.bool_]
    said: NDArray[np.bool_]
    sellers: NDArray[np.intp]

    def figures(self, least: int = 0, most: int = 1 << 30) -> tuple[float, float, float]:
        """Return precision, recall and F1 among groups of so many sellers."""
        here = (self.sellers >= least) & (self.sellers <= most)
        hit = int((self.truth & self.said & here).sum())
        precision = hit / max(int((self.said & here).sum()), 1)
        recall = hit / max(int((self.truth & here).sum()), 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def main() -> None:
    """Print the table, and put it into the document when asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flags", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the table into {DOCUMENT.relative_to(ROOT)}")
    parser.add_argument("--short", action="store_true", help="one panel of nine")
    asked = parser.parse_args()
    panels = [panel.panel(seed, share) for seed in SEEDS[: 1 if asked.short else None] for share in PLANTED]
    report = _report(panels)
    say(report)
    if asked.write:
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(BETWEEN.sub(lambda _: f"\n{report}\n", text), "utf-8")


def _report(panels: list[list[panel.Quotes]]) -> str:
    """Return the table of all rules over all panels."""
    rules: dict[str, Callable[[list[panel.Quotes]], Iterator[Verdicts]]] = {
        "the default rule": default, f"{NAIVE} × mean and median, the price itself among them": naive,
    }  # fmt: skip
    lines = [HEADER, ("---",) * len(HEADER)]
    for name, rule in rules.items():
        lines.append((name, *_row(joined(rule, panels))))
    lines.append(("data errors alone", *_row(joined(errors, panels))))
    quotes = sum(len(drug.fen) for one in panels for drug in one)
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{len(panels)} panels, {quotes:,} quotes; `python -m benchmarks.flags --write`\n\n{table}"


def _row(found: Verdicts) -> list[str]:
    return [f"{number:.3f}" for number in (*found.figures(), *(found.figures(*group)[2] for group in GROUPS))]


def joined(rule: Callable[[list[panel.Quotes]], Iterator[Verdicts]], panels: list[list[panel.Quotes]]) -> Verdicts:
    """Return what a rule says of all panels together."""
    parts = [verdicts for one in panels for verdicts in rule(one)]
    return Verdicts(*(np.concatenate([getattr(part, name) for part in parts]) for name in Verdicts.__slots__))


def _dear(drug: panel.Quotes) -> NDArray[np.bool_]:
    """Say which prices are to be found: overpriced ones, and slips upward."""
    return np.isin(drug.label, (panel.OVERPRICED, panel.SLIP_UP))


def _sellers(drug: panel.Quotes) -> NDArray[np.intp]:
    return np.bincount(drug.region, minlength=panel.REGIONS)[drug.region]


def _typical(drugs: list[panel.Quotes]) -> float:
    return typical_spread(np.array([spread(drug.fen, drug.region, DEFAULT_RULE).s for drug in drugs]), DEFAULT_RULE)


def default(drugs: list[panel.Quotes]) -> Iterator[Verdicts]:
    """Yield what the default rule says of each drug."""
    usual = _typical(drugs)
    for drug in drugs:
        found = assessed(drug.fen, drug.region, DEFAULT_RULE, usual)
        yield Verdicts(_dear(drug), found.flagged | (found.error > 0), _sellers(drug))


def errors(drugs: list[panel.Quotes]) -> Iterator[Verdicts]:
    """Yield which prices the default rule takes for slips, against those that are."""
    usual = _typical(drugs)
    for drug in drugs:
        found = assessed(drug.fen, drug.region, DEFAULT_RULE, usual)
        yield Verdicts(np.isin(drug.label, (panel.SLIP_UP, panel.SLIP_DOWN)), found.error != 0, _sellers(drug))


def naive(drugs: list[panel.Quotes]) -> Iterator[Verdicts]:
    """Yield which prices are so many times the mean and the median of their region, three sellers or more."""
    for drug in drugs:
        above = np.zeros(len(drug.fen), bool)
        for region in np.unique(drug.region):
            here = drug.region == region
            prices = drug.fen[here]
            if len(prices) >= 3:
                above[here] = (prices >= NAIVE * prices.mean()) & (prices >= NAIVE * np.median(prices))
        yield Verdicts(_dear(drug), above, _sellers(drug))


if __name__ == "__main__":
    main()
