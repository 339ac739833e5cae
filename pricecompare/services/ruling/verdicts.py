"""What one rule says of one drug's prices in the regions of a province, with every number behind it."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import Book
from pricecompare.calc.reference import LOCAL
from pricecompare.calc.rules import Judged, Quotes, Terms, judged, judged_among
from pricecompare.calc.votes import Votes, votes
from pricecompare.schemas.rule import PriceRule
from pricecompare.services.ruling.prices import Prices, sound


class Found(NamedTuple):
    """A price that a rule flags; money in fen, `tier` a name of the rule's, `numbers` as `told` keeps them."""

    region_id: int
    drug_id: int
    kind: str
    pharmacy_id: int
    fen: int
    observed_at: int
    tier: str
    ratio: float
    gravity: float
    numbers: dict[str, Any]

    @property
    def told(self) -> str:
        """The numbers as they are stored."""
        return json.dumps(self.numbers, separators=(",", ":"))


def found_by(
    prices: Prices,
    rule: PriceRule,
    drug_id: int,
    kind: str,
    regions: Collection[int],
    *,
    province: int,
    secret: bool = False,
) -> tuple[int, list[Found]]:
    """Return how many fresh prices of a drug `regions` of a province have, and which of them a rule flags.

    With `secret` those above a payment standard that must not be published; without, none of these is looked at.
    """
    this = prices.book(province, drug_id, kind)
    fen, area = this.quotes
    here = _within(area, regions)
    if not here.any():
        return 0, []
    quotes = Quotes(fen, area, this.aside, _given(prices, rule, this, drug_id, province, secret=secret))
    verdict = _verdict(prices, rule, quotes, this, drug_id, kind, province)
    return int(here.sum()), list(_found(rule, this, verdict, (drug_id, kind), np.flatnonzero(verdict.flagged & here)))


def _within(area: NDArray[np.int64], regions: Collection[int]) -> NDArray[np.bool_]:
    """Say which areas, rising, are among `regions`: np.isin takes ten times as long."""
    found, wanted = np.zeros(len(area), bool), sorted(regions)
    bounds = area.searchsorted(wanted).tolist(), area.searchsorted(wanted, side="right").tolist()
    for low, high in zip(*bounds, strict=True):
        found[low:high] = True
    return found


def _given(
    prices: Prices, rule: PriceRule, this: Book, drug_id: int, province: int, *, secret: bool
) -> dict[str, NDArray[np.float64]]:
    """Return the references of a rule that come with each price."""
    found = {}
    if rule.other_kind:
        found["other_kind"] = prices.beside(this, province, drug_id, rule.other_kind)
    if rule.ceilings:
        found["ceiling"] = prices.ceilings(rule, drug_id, this.quotes[1], secret=secret)
    return found


def _verdict(
    prices: Prices, rule: PriceRule, quotes: Quotes, this: Book, drug_id: int, kind: str, province: int
) -> Judged:
    terms, usual = _tolerant(rule), prices.usual(province, kind)
    if rule.group == "sku":
        return judged(quotes, terms, usual)
    among = votes_of(prices, rule.group, drug_id, kind, province)
    at = np.searchsorted(among.pharmacy, this.sellers["pharmacy"][this.fresh])
    return judged_among(quotes, at, Quotes(among.fen, among.area, among.aside), terms, usual)


def _tolerant(rule: PriceRule) -> Terms:
    """Return what a rule asks, its tolerance put on what may be charged."""
    if not rule.tolerance:
        return rule.terms
    lines = tuple(
        (name, multiple * (1 + rule.tolerance) if name == "ceiling" else multiple)
        for name, multiple in rule.terms.above
    )
    return replace(rule.terms, above=lines)


def votes_of(prices: Prices, group: str, drug_id: int, kind: str, province: int) -> Votes:
    """Return what each pharmacy asks for anything of a drug's group, brought to the pack of that drug (差比价)."""
    parts = []
    for member in prices.family(drug_id, group).members:
        this = prices.book(province, member.drug.id, kind)
        # Equal prices must not be told apart by the last digit of a float.
        scaled = (this.sellers["fen"] / float(member.k)).round(6)
        columns = scaled, this.sellers["pharmacy"], this.area, sound(this)
        parts.append([column[this.fresh] for column in columns])
    return votes(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _found(
    rule: PriceRule, this: Book, verdict: Judged, what: tuple[int, str], places: NDArray[np.intp]
) -> Iterator[Found]:
    """Yield the prices at `places` of a book's fresh ones."""
    first, names = rule.terms.named[0], [name for name, _ in rule.terms.tiers]
    fresh, area = this.sellers[this.fresh], this.area[this.fresh]
    for at in places.tolist():
        ratio = float(verdict.ratios[first][at])
        yield Found(
            int(area[at]),
            *what,
            pharmacy_id=int(fresh["pharmacy"][at]),
            fen=int(fresh["fen"][at]),
            observed_at=int(fresh["observed"][at]),
            tier=names[verdict.tier[at] - 1],
            ratio=ratio,
            gravity=ratio if rule.terms.above else 1 / ratio,
            numbers=_numbers(rule, verdict, at, ratio),
        )


def _numbers(rule: PriceRule, verdict: Judged, at: int, ratio: float) -> dict[str, Any]:
    """Return all that is needed to check a flag by hand: each reference and what others ask besides."""
    base = verdict.base
    return {
        "ratio": ratio,
        "references": {name: float(values[at]) for name, values in verdict.references.items()},
        "ratios": {name: float(values[at]) for name, values in verdict.ratios.items()},
        "others": int(verdict.others[at]),
        "ref_area": "local" if verdict.area[at] == LOCAL else "wider",
        "group": rule.group,
        "ref_median": _known(base.ref_median[at]),
        "ref_mean": _known(base.ref_mean[at]),
        "ratio_median": _known(base.ratio_median[at]),
        "ratio_mean": _known(base.ratio_mean[at]),
        "base_others": int(base.others[at]),
        "base_area": "local" if base.ref_area[at] == LOCAL else "wider",
        "z": _known(base.z[at]),
        "spread": base.spread,
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
