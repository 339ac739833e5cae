"""Every preset, for one pack, for a product and for a generic: tried and in force it finds what a person would find."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.models import Standard
from pricecompare.models.rules import RuleUse
from pricecompare.schemas.rule import rule as parsed
from pricecompare.services.ruling import using
from pricecompare.services.ruling.rules import add, rule_named, shipped
from pricecompare.services.ruling.trying import tried
from pricecompare.store import create_store
from tests.made import Ask, Shop, filled
from tests.packed import DRUGS, GENERIC, PRODUCT
from tests.plain_rules import Plain

UNITS = {one.id: one.pack_count for one in DRUGS}
FAMILIES = {
    "product": {one: those for those in PRODUCT.values() for one in those},
    "generic": {one: those for those in GENERIC.values() for one in those},
}
ONE_PACK = [one for one in shipped() if one.name != DEFAULT_RULE.id]


def changed(name, **put):
    """Return a shipped rule under another name, with lines of its text replaced or put in."""
    text = next(one.text for one in shipped() if one.name == name)
    (line, value), *_ = put.items()
    text = text.replace(f'name = "{name}"', f'name = "{name}-{line.replace("_", "-")}-{str(value).replace(".", "")}"')
    lines = [one for one in text.splitlines() if not one.startswith(f"{line} =")]
    at = next(number for number, one in enumerate(lines) if one.startswith("version"))
    written = f'"{value}"' if isinstance(value, str) else value
    return parsed("\n".join([*lines[: at + 1], f"{line} = {written}", *lines[at + 1 :]]))


GROUPS = [
    changed(name, group=group)
    for name in ("plain-150", "interval-130", "tiers-2-5-10", "too-low")
    for group in ("product", "generic")
]
RULES = [*ONE_PACK, *GROUPS, changed("ceiling", tolerance=0.1)]
FEN = st.sampled_from([1000, 1050, 1100, 1300, 1500, 1950, 2000, 3900, 400, 250, 10_000, 60, 1001, 1365])
STANDARDS = [(1, 440300, 1000), (1, 440000, 900), (2, 0, 1950), (4, 440400, 1300)]


@st.composite
def towns(draw):
    places = st.sampled_from([440305, 440305, 440306, 440402, 450102])
    shops = [Shop(number, draw(places), None, None) for number in range(1, draw(st.integers(2, 9)) + 1)]
    sold = st.sets(st.tuples(st.integers(1, 5), st.sampled_from(["listed", "insured", "online"])), max_size=9)
    ages = st.sampled_from([0, 0, 0, 3, 40])
    return shops, [Ask(one.id, draw(FEN), draw(ages), 1, kind, drug) for one in shops for drug, kind in draw(sold)]


def told(desk, region):
    """Return what is stored of a region by rule, tiers and ratios."""
    rows = desk.store.rule_flags(region, most=100_000)
    found = {one.name: {} for one in RULES}
    for this, _ in rows:
        ratio = pytest.approx(this.gravity if "low" not in this.rule_id else 1 / this.gravity, rel=1e-9)
        found[this.rule_id][this.drug_id, this.kind, this.pharmacy_id] = (this.tier, ratio)
    return found


@settings(max_examples=20, deadline=None)
@given(towns())
def test_every_preset_is_what_a_person_would_find(town):
    shops, asks = town
    plain = Plain(shops, asks, STANDARDS, UNITS, FAMILIES)
    with TemporaryDirectory() as folder:
        desk = filled(create_store(str(Path(folder) / "p.db"), cursor_key="k", max_age_days=30), shops, asks, DRUGS)
        with desk.store.writing():
            desk.store.put_standards(
                Standard(drug, place, "2026-01-01", None, fen, "vbp", False) for drug, place, fen in STANDARDS
            )
            desk.store.put_meta(standards_version=desk.store.next_version())
        for number, one in enumerate(RULES, 1):
            add(desk, one.text, made_by="王", why="试") if one not in ONE_PACK else None
            desk.store.put_rule_use(RuleUse(number, 0, one.name, one.version, "2026-01-01", None, 0, "王", "试"))
        using.run(desk)
        for region in (440300, 440400, 450100):
            found = told(desk, region)
            for one in RULES:
                expected = plain.flags(one, region)
                assert found[one.name] == expected, one.name
                trial = tried(desk, rule_named(desk, one.name), str(region))
                assert (trial["flagged"], sum(trial["tiers"].values())) == (len(expected), len(expected))
        assert using.run(desk).moved == 0
        desk.store.close()


def test_the_presets_are_seen_to_find_something(store):
    """Nine shops of which some do all that a preset is about; and a half pack for the price of a whole one."""
    shops = [Shop(number, 440305, None, None) for number in range(1, 10)]
    prices = [1000, 1000, 1010, 1020, 1000, 1000, 1000, 2100, 400]
    asks = [Ask(shop.id, fen, drug=drug) for shop, fen in zip(shops, prices, strict=True) for drug in (1, 5)]
    asks += [Ask(1, 1300, kind="online"), Ask(1, 1200, kind="insured")]
    desk = filled(store, shops, asks, DRUGS)
    with store.writing():
        store.put_standards([Standard(1, 440000, "2026-01-01", None, 2000, "negotiated", False)])
        store.put_meta(standards_version=store.next_version())
    assert {one.name: tried(desk, one, "440300")["flagged"] for one in RULES} == {
        "ceiling": 1, "insured-listed": 1, "interval-130": 2, "online-counter": 1, "plain-130": 2, "plain-150": 2,
        "plain-200": 0, "tiers-2-5-10": 2, "too-low": 2, "plain-150-group-product": 2, "plain-150-group-generic": 1,
        "interval-130-group-product": 2, "interval-130-group-generic": 9, "tiers-2-5-10-group-product": 2,
        "tiers-2-5-10-group-generic": 9, "too-low-group-product": 2, "too-low-group-generic": 1,
        "ceiling-tolerance-01": 0,
    }  # fmt: skip
