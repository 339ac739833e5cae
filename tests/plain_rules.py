"""What a rule flags, as a person would find it: price by price, in plain Python, from all that is asked."""

import math
import statistics
from collections import defaultdict

from pricecompare.calc.flags import DEFAULT_RULE
from tests.made import POOLING

FEW = DEFAULT_RULE.error_min_quotes
FRESH_DAYS = 30


def is_error(fen, those, ratio):
    """Say whether a price is no price among all `those`, itself among them."""
    middle = statistics.median(those) if len(those) >= FEW else None
    return middle is not None and (fen / middle >= ratio or middle / fen >= ratio)


class Plain:
    """All that is asked, and the regions of shops; `standards` are (drug, region, fen) that hold today."""

    def __init__(self, shops, asks, standards, units, families):
        self.region = {shop.id: POOLING[shop.district] for shop in shops}
        self.standards = {(drug, place): fen for drug, place, fen in standards}
        self.units, self.families = units, families
        self.fresh = defaultdict(dict)
        for one in asks:
            if one.age <= FRESH_DAYS:
                self.fresh[self.region[one.shop] // 10_000, one.kind, one.drug][one.shop] = one.fen

    def sound(self, province, kind, drug):
        """Return the prices of a province by shop that the default rule takes for no error."""
        those = self.fresh[province, kind, drug]
        return {
            shop: fen
            for shop, fen in those.items()
            if not is_error(fen, list(those.values()), DEFAULT_RULE.error_ratio)
        }

    def flags(self, rule, region):
        """Return {(drug, kind, shop): (tier, ratio to the first reference)} of what a rule flags in a region."""
        found = {}
        for (province, kind, drug), those in list(self.fresh.items()):
            if province == region // 10_000 and kind in rule.kinds:
                for shop, fen in those.items():
                    if self.region[shop] == region and (said := self._said(rule, province, kind, drug, shop, fen)):
                        found[drug, kind, shop] = said
        return found

    def _said(self, rule, province, kind, drug, shop, fen):
        pool = self._pool(rule, province, kind, drug)
        if is_error(fen, list(pool.values()), rule.terms.base.error_ratio):
            return None
        ratios, first = [], None
        for name, multiple in (*rule.terms.above, *rule.terms.below):
            reference, ratio = self._reference(rule, name, province, kind, drug, shop, fen, pool)
            if reference is None:
                return None
            limit = multiple * (1 + rule.tolerance) if name == "ceiling" else multiple
            if (ratio < limit) if rule.terms.above else (ratio > limit):
                return None
            ratios.append(ratio)
            first = reference if first is None else first
        if abs(fen - first) < rule.terms.min_excess:
            return None
        reached = [name for name, at in rule.terms.tiers if (ratios[0] >= at if rule.terms.above else ratios[0] <= at)]
        return (reached or [rule.terms.tiers[0][0]])[-1], ratios[0]

    def _pool(self, rule, province, kind, drug):
        """Return what a price is compared with, by shop: prices of the drug, or votes of its group."""
        if rule.group == "sku":
            return self.fresh[province, kind, drug]
        votes = defaultdict(list)
        for other in self.families[rule.group].get(drug, {drug}):
            k = 1.95 ** math.log2(self.units[other] / self.units[drug])
            for shop, fen in self.sound(province, kind, other).items():
                votes[shop].append(round(fen / k, 6))
        return {shop: statistics.median(those) for shop, those in votes.items()}

    def _reference(self, rule, name, province, kind, drug, shop, fen, pool):
        if name == "ceiling":
            region = self.region[shop]
            places = (region, province * 10_000, 0)
            limit = next((self.standards[drug, one] for one in places if (drug, one) in self.standards), None)
            return limit, fen / limit if limit else None
        if name == "other_kind":
            other = self.sound(province, rule.other_kind, drug).get(shop)
            return other, fen / other if other else None
        ratio = rule.terms.base.error_ratio
        clean = {one: x for one, x in pool.items() if not is_error(x, list(pool.values()), ratio)}
        here = [x for one, x in clean.items() if one != shop and self.region[one] == self.region[shop]]
        there = [x for one, x in clean.items() if one != shop]
        few = rule.terms.base.min_others
        others = here if len(here) >= few else there if rule.terms.wider and len(there) >= few else None
        if others is None:
            return None, None
        everybody = others + ([clean[shop]] if shop in clean else [])
        return _number(name, fen, others, everybody)


def _number(name, fen, others, everybody):
    """Return a reference made of prices, and what part or multiple of it a price is."""
    those = everybody if name.startswith("all_") else others
    if name.endswith("mean"):
        return sum(those) / len(those), fen * len(those) / sum(those)
    if name == "upper":
        middle = statistics.quantiles(those, n=4, method="inclusive")[2]
    else:
        middle = statistics.median(those)
    return middle, fen / middle
