"""What a rule would say before it is in force: how many prices, which, and what differs from the flags there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.money import yuan
from pricecompare.schemas.rule import PriceRule
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.markets.books import province_of
from pricecompare.services.ruling.force import holding_in
from pricecompare.services.ruling.listing import rank
from pricecompare.services.ruling.prices import Prices
from pricecompare.services.ruling.reasons import area_name, sentences
from pricecompare.services.ruling.rules import named
from pricecompare.services.ruling.verdicts import Found, found_by

EXAMPLES = 10
PIECE = 1000


@dataclass(slots=True)
class Tried:
    """What a rule says of a region: how many prices it saw, which it flags, how many of each tier, the gravest."""

    looked: int = 0
    tiers: Counter[str] = field(default_factory=Counter)
    keys: set[tuple[int, str, int]] = field(default_factory=set)
    gravest: list[Found] = field(default_factory=list)


def tried(desk: Desk, rule: PriceRule, region: str) -> dict[str, Any]:
    """Return what `rule` would flag in a pooling region today; nothing is written.

    `new`, `same` and `gone` compare with what the version of this rule that is in force flags now, or else the
    default rule. Public payment standards alone are looked at. Raises NotFound for an unknown region.
    """
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        said = _said(desk, rule, pooling)
        present = _present(desk, rule, pooling)
        now = _flagged_now(desk, pooling, rule.kinds, present)
        names = {area: area_name(atlas, pooling, area) for area in ("local", "wider")}
        shown = [_example(desk, rule, one, names[one.numbers["ref_area"]]) for one in said.gravest]
    return {
        "rule": named(rule),
        "against": named(present),
        "region": views.place_name(atlas, pooling),
        "looked": said.looked,
        "flagged": len(said.keys),
        "tiers": {tier: said.tiers[tier] for tier, _ in rule.terms.tiers},
        "new": len(said.keys - now),
        "same": len(said.keys & now),
        "gone": len(now - said.keys),
        "examples": shown,
        "today": desk.today().isoformat(),
        "data_version": versions.data,
    }


def _said(desk: Desk, rule: PriceRule, region: int) -> Tried:
    """Return what a rule says of all prices of a region."""
    found = Tried()
    if rule.regions and f"{region:06d}" not in rule.regions:
        return found
    prices, province = Prices(desk.store, desk.today(), desk.max_age_days), province_of(region)
    for key in desk.store.market_keys(region):
        if key.kind in rule.kinds:
            looked, flagged = found_by(prices, rule, key.drug_id, key.kind, [region], province=province)
            found.looked += looked
            found.tiers.update(one.tier for one in flagged)
            found.keys |= {(one.drug_id, one.kind, one.pharmacy_id) for one in flagged}
            found.gravest = sorted([*found.gravest, *flagged], key=_rank)[:EXAMPLES]
    return found


def _rank(one: Found) -> tuple[float, int, int]:
    """Return by what the gravest come first."""
    return -one.gravity, one.drug_id, one.pharmacy_id


def _present(desk: Desk, rule: PriceRule, region: int) -> PriceRule:
    """Return the rule in force that a rule would take the place of."""
    default, *others = holding_in(desk.store, region, desk.today())
    return next((one for one in others if one.name == rule.name), default)


def _flagged_now(desk: Desk, region: int, kinds: Iterable[str], present: PriceRule) -> set[tuple[int, str, int]]:
    """Return the prices that a rule in force flags now, of the default rule those that are overpriced."""
    found, last = set(), None
    if present.name != DEFAULT_RULE.id:
        while flags := desk.store.rule_flags(region, most=PIECE, after=last, rule=present.name, secret=0):
            found |= {(this.drug_id, this.kind, this.pharmacy_id) for this, _ in flags if this.kind in kinds}
            last = rank(flags[-1][0])
        return found
    while rows := desk.store.flags(region, most=PIECE, after=last, class_="high"):
        found |= {(row.drug_id, row.kind, row.pharmacy_id) for row in rows if row.kind in kinds}
        last = rows[-1].ratio_median, rows[-1].drug_id, rows[-1].pharmacy_id, rows[-1].kind
    return found


def _example(desk: Desk, rule: PriceRule, one: Found, area: str) -> dict[str, Any]:
    """Return a flagged price as it is shown, with the sentence its pharmacy would read."""
    drug, pharmacy = desk.store.drug_name(one.drug_id), desk.store.pharmacy_name(one.pharmacy_id)
    numbers = one.numbers
    return {
        "drug": dict(zip(("code", "name"), drug, strict=True)),
        "pharmacy": dict(zip(("code", "name"), pharmacy, strict=True)),
        "price": yuan(one.fen),
        **{name: getattr(one, name) for name in ("kind", "fen", "tier", "ratio")},
        **{name: numbers[name] for name in ("others", "ref_area", "z")},
        "observed_at": days.iso(one.observed_at),
        "references": {name: yuan(fen) for name, fen in numbers["references"].items()},
        **sentences(rule, numbers, fen=one.fen, observed_at=one.observed_at, area=area),
    }
