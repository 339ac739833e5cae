"""Which rules hold where today, as the store says it."""

from dataclasses import replace
from datetime import date

from pricecompare.calc.flags import DEFAULT_RULE, GRADES, Rule
from pricecompare.calc.in_force import holding
from pricecompare.errors import Invalid
from pricecompare.schemas.rule import PriceRule
from pricecompare.services.markets.books import upwards
from pricecompare.services.ruling.rules import known, shipped
from pricecompare.store import Store

SAME_EVERYWHERE = ("error_ratio", "prior_quotes", "spread_floor", "error_min_quotes", "typical")
"""What the default rule asks of whole provinces: every region's prices are told from errors in the same way."""


def versions_in_force(store: Store, day: date) -> dict[int, dict[str, int]]:
    """Return by pooling region which version of each rule (0: none) was said to hold on a day; usually nothing."""
    uses = store.rule_uses()
    if not uses:
        return {}
    places = {region.id: region for region in store.regions()}
    today = day.isoformat()
    said = {one: holding(uses, upwards(places, one), today) for one, region in places.items() if region.pooling}
    return {region: rules for region, rules in said.items() if rules}


def rules_in_force(store: Store, day: date) -> dict[int, list[PriceRule]]:
    """Return by pooling region the rules besides the default one that hold on a day, by name."""
    return {
        region: [one for one in rules if one.name != DEFAULT_RULE.id]
        for region, rules in all_in_force(store, day).items()
    }


def all_in_force(store: Store, day: date) -> dict[int, list[PriceRule]]:
    """Return by pooling region every rule that was said to hold on a day, and does by its own text, by name."""
    said = versions_in_force(store, day)
    if not said:
        return {}
    texts = {(one.rule.name, one.rule.version): one.rule for one in known(store)}
    return {
        region: [
            texts[name, rules[name]] for name in sorted(rules) if _holds(texts.get((name, rules[name])), region, day)
        ]
        for region, rules in said.items()
    }


def holding_in(store: Store, region: int, day: date) -> list[PriceRule]:
    """Return the rules that hold in a pooling region on a day, the default one first."""
    found = {DEFAULT_RULE.id: _default()} | {one.name: one for one in all_in_force(store, day).get(region, [])}
    return list(found.values())


def _default() -> PriceRule:
    return next(one for one in shipped() if one.name == DEFAULT_RULE.id)


def _holds(rule: PriceRule | None, region: int, day: date) -> bool:
    """Say whether a rule's own text lets it hold in a region on a day."""
    if rule is None or (rule.regions and f"{region:06d}" not in rule.regions):
        return False
    return (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until)


def thresholds(store: Store, day: date) -> dict[int, Rule]:
    """Return the default rule of the pooling regions where another version of it holds than the shipped one."""
    found = {
        region: as_default(one)
        for region, rules in all_in_force(store, day).items()
        for one in rules
        if one.name == DEFAULT_RULE.id
    }
    return {region: rule for region, rule in found.items() if rule != DEFAULT_RULE}


def as_default(rule: PriceRule) -> Rule:
    """Return a version of the default rule as the default rule is computed.

    Raises Invalid ``rule_not_default`` for one that is more than other thresholds.
    """
    terms, above = rule.terms, dict(rule.terms.above)
    same = all(getattr(terms.base, name) == getattr(DEFAULT_RULE, name) for name in SAME_EVERYWHERE)
    tiers = tuple(name for name, _ in terms.tiers) == GRADES[1:] and rule.group == "sku" and terms.wider
    if set(above) != {"median", "mean"} or len(set(above.values())) > 1 or terms.z is None or not (same and tiers):
        raise Invalid("rule_not_default", field="rule", value=rule.label)
    notice, high, very_high = (at for _, at in terms.tiers)
    return replace(
        terms.base,
        version=rule.version,
        ratio=above["median"],
        z=terms.z,
        min_excess=terms.min_excess,
        grades=(notice, high, very_high),
    )
