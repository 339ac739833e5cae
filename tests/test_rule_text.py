"""Rules as people write them: the shipped ones, and what a wrong one is told."""

from dataclasses import replace
from importlib.resources import files

import pytest

from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.errors import Invalid
from pricecompare.schemas.rule import WORDS, rule

SHIPPED = sorted(one.name.removesuffix(".toml") for one in files("pricecompare").joinpath("rules").iterdir())
GOOD = """
name = "mine"
version = 1
title = { zh = "我的", en = "Mine" }
above = { median = 1.3 }
tiers = { high = 1.3, higher = 2.0 }
[text]
zh = "{price} {median}"
en = "{price} {median}"
"""


def text_of(name):
    return files("pricecompare").joinpath("rules", f"{name}.toml").read_text("utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rule_is_right_and_bears_the_name_of_its_file(name):
    found = rule(text_of(name))
    assert (found.name, found.version) == (name, 1)
    for sentence in (found.text_zh, found.text_en):
        assert sentence.format(**dict.fromkeys(WORDS, "1"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_sentence_asks_and_never_accuses(name):
    found = rule(text_of(name))
    assert "请核对" in found.text_zh
    assert "lease check" in found.text_en


def test_the_default_rule_is_what_the_code_calls_so():
    terms = rule(text_of("loo-pooled")).terms
    assert replace(terms.base, ratio=DEFAULT_RULE.ratio) == DEFAULT_RULE
    assert terms.above == (("median", DEFAULT_RULE.ratio), ("mean", DEFAULT_RULE.ratio))
    assert (terms.z, terms.min_excess) == (DEFAULT_RULE.z, DEFAULT_RULE.min_excess)
    assert tuple(at for _, at in terms.tiers) == DEFAULT_RULE.grades


@pytest.mark.parametrize(
    ("change", "to", "field", "said"),
    [
        ("above = { median = 1.3 }", "above = { mode = 1.3 }", "above.mode", "there is no such key"),
        ("above = { median = 1.3 }", "", "above", "either above or below"),
        ("above = { median = 1.3 }", "above = { median = 1.3 }\nbelow = { median = 0.5 }", "above", "either"),
        ("above = { median = 1.3 }", "above = { median = 0 }", "above.median", "cannot be used"),
        ("above = { median = 1.3 }", "above = { ceiling = 1.0 }", "ceilings", "reference ceiling"),
        ("above = { median = 1.3 }", "above = { other_kind = 1.0 }", "other_kind", "kind of price"),
        ("high = 1.3, higher = 2.0", "high = 2.0, higher = 1.3", "tiers", "mildest"),
        ("{ high = 1.3, higher = 2.0 }", "{}", "tiers", "missing"),
        ('name = "mine"', 'name = "My Rule"', "name", "cannot be used"),
        ('name = "mine"\n', "", "name", "missing"),
        ("version = 1", "version = 0", "version", "cannot be used"),
        ("version = 1", 'version = 1\nmin_excess = "-1"', "min_excess", "cannot be used"),
        ("version = 1", 'version = 1\nmin_exces = "1"', "min_exces", "there is no such key"),
        ("version = 1", 'version = 1\nkinds = ["cash"]', "kinds", "is not one of"),
        ("version = 1", 'version = 1\nregions = ["9901"]', "regions", "cannot be used"),
        ("version = 1", 'version = 1\nsince = "2026-02-30"', "since", "cannot be used"),
        ("version = 1", 'version = 1\nsince = "2026-02-02"\nuntil = "2026-02-01"', "until", "before since"),
        ('en = "{price} {median}"', 'en = "{price.__class__}"', "text.en", "cannot be used"),
        ('en = "{price} {median}"', 'en = "{price!r}"', "text.en", "cannot be used"),
        ('en = "{price} {median}"', 'en = "{patient}"', "text.en", "cannot be used"),
        ('en = "{price} {median}"', 'en = "{"', "text.en", "cannot be used"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_told_where(change, to, field, said):
    assert change in GOOD
    with pytest.raises(Invalid) as refused:
        rule(GOOD.replace(change, to))
    assert (refused.value.code, refused.value.field) == ("bad_rule", field)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "code"), [("name = ", "rule_no_toml"), ("#" * 50_001, "rule_too_long"), ("[" * 9000, "rule_no_toml")]
)
def test_what_is_no_rule_at_all(text, code):
    with pytest.raises(Invalid) as refused:
        rule(text)
    assert refused.value.code == code
