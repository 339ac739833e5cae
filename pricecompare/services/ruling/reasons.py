"""Why a price is flagged, rule by rule: the numbers of each and its sentence in Chinese and English."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.codes import flag_name
from pricecompare.calc.money import yuan
from pricecompare.models import FlagRow
from pricecompare.models.rules import RuleFlag
from pricecompare.schemas.rule import WORDS, PriceRule
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.markets.books import province_of
from pricecompare.services.ruling.rules import rules

CLASS = "rule"
"""The class of a price that a rule found and the default rule did not."""

SINGLE = "sku"
"""The group of rules that compare single packs."""

Price = tuple[int, int, int, str]
"""Which price of which pharmacy: region, pharmacy, drug, kind."""

Texts = Mapping[str, PriceRule]
"""Rules by name and version (``name@version``)."""


def texts_of(desk: Desk) -> Texts:
    """Return every version of every rule."""
    return {one.rule.label: one.rule for one in rules(desk)}


def area_name(atlas: Atlas, region_id: int, area: str) -> str:
    """Return the name of where the prices lie that one was compared with."""
    province = atlas.regions.get(province_of(region_id) * 10_000)
    # A file of regions may leave provinces out.
    return province.name if province and area == "wider" else atlas.regions[region_id].name


def sentences(rule: PriceRule, numbers: Mapping[str, Any], *, fen: int, observed_at: int, area: str) -> dict[str, str]:
    """Return what a rule says of one price, a dash where it names what there is not."""
    ratio, spread = numbers["ratio"], numbers["spread"]
    away = ratio - 1 if rule.terms.above else ratio
    said = (
        dict.fromkeys(WORDS, "–")
        | {name: yuan(value) for name, value in numbers["references"].items()}
        | {
            "price": yuan(fen),
            "area": area,
            "day": days.date_of(observed_at).isoformat(),
            "others": numbers["others"],
            "usual": round(spread * 100),
            "times": f"{ratio:.2f}",
            "percent": round(away * 100),
        }
    )
    return {"text_zh": rule.text_zh.format(**said), "text_en": rule.text_en.format(**said)}


def reason(atlas: Atlas, texts: Texts, this: RuleFlag) -> dict[str, Any]:
    """Return what a rule found as it is told: rule and version, tier, every number, and its sentences."""
    rule, numbers = texts[f"{this.rule_id}@{this.rule_version}"], json.loads(this.numbers)
    area = area_name(atlas, this.region_id, numbers["ref_area"])
    said = sentences(rule, numbers, fen=this.fen, observed_at=this.observed_at, area=area)
    references = [
        {"name": name, "price": yuan(fen), "fen": fen, "ratio": numbers["ratios"][name]}
        for name, fen in numbers["references"].items()
    ]
    return {
        "rule": {"id": rule.name, "version": rule.version, "title_zh": rule.title_zh, "title_en": rule.title_en},
        "tier": this.tier,
        "ratio": numbers["ratio"],
        "references": references,
        "group": numbers["group"],
        "others": numbers["others"],
        "ref_area": numbers["ref_area"],
        "z": numbers["z"],
        "spread": numbers["spread"],
        "confidential": bool(this.secret),
        "data_version": this.data_version,
        **said,
    }


def reasons_of(desk: Desk, this: Price, *, secret: bool = False) -> list[RuleFlag]:
    """Return what rules besides the default one say of a price, the gravest first.

    Without `secret` nothing that rests on a payment standard that must not be published.
    """
    found = desk.store.rule_flags_of_price(*this)
    return sorted((one for one in found if secret or not one.secret), key=lambda one: (-one.gravity, one.rule_id))


def flag_row(desk: Desk, this: Price, *, secret: bool = False) -> FlagRow | None:
    """Return the flag of one price: the default rule's, or else what another rule found; None when none did."""
    row = desk.store.flag_of(*this)
    if row is not None or not (found := reasons_of(desk, this, secret=secret)):
        return row
    return row_of(found[0], desk.store.flag_names(*this[1:3]))


def flags_by_rule(desk: Desk, rule: str, *, region_id: int, most: int, **narrow: Any) -> Iterator[FlagRow]:
    """Yield the flags of all prices that a rule found in a region, each once, gravest first; for regulators.

    `narrow` is as `store.rule_flags` takes it; what only the default rule's flags have leaves nothing.
    """
    of_default = [narrow.pop(name, None) for name in ("class_", "grade", "strong")]
    if any(one is not None for one in of_default):
        return
    seen: set[Price] = set()
    for this, _ in desk.store.rule_flags(region_id, most=2 * most, rule=rule, **narrow):
        price = (this.region_id, this.pharmacy_id, this.drug_id, this.kind)
        if price not in seen and (row := flag_row(desk, price, secret=True)) is not None:
            seen.add(price)
            yield row
            if len(seen) == most:
                return


def row_of(this: RuleFlag, names: tuple) -> FlagRow:
    """Return what a rule found with the numbers that every flag has: how it stands to what others ask."""
    numbers = json.loads(this.numbers)
    compared = (numbers["ref_median"], numbers["ref_mean"], numbers["base_others"], numbers["base_area"])
    ratios = (numbers["ratio_median"], numbers["ratio_mean"], numbers["z"], numbers["spread"], None)
    # That a confidential standard is passed is told to regulators alone, with the reason itself.
    rule = (CLASS, 1) if this.secret else (this.rule_id, this.rule_version)
    place = (*this[:4], CLASS, CLASS, 0, this.fen, this.observed_at)
    return FlagRow._make((*place, *compared, *ratios, *rule, this.data_version, *names))


def shown(atlas: Atlas, texts: Texts, this: RuleFlag, names: tuple) -> dict[str, Any]:
    """Return what a rule found as a row of a list."""
    code, name, district, drug, *pack = names
    return {
        "id": flag_name(this.pharmacy_id, this.drug_id, this.kind),
        "pharmacy": {"code": code, "id": this.pharmacy_id, "name": name, "district": views.place_name(atlas, district)},
        "drug": {"code": drug, "id": this.drug_id} | dict(zip(("name", "form", "spec", "maker"), pack, strict=True)),
        "kind": this.kind,
        "price": yuan(this.fen),
        "fen": this.fen,
        "observed_at": days.iso(this.observed_at),
        **reason(atlas, texts, this),
    }
