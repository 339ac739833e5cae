"""Abnormal-price rules as people write them: TOML, read key by key, every mistake told at once."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from string import Formatter
from typing import Any

from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.money import amount_fen
from pricecompare.calc.rules import REFERENCES, Terms
from pricecompare.errors import Invalid
from pricecompare.models import KINDS
from pricecompare.schemas.layout_keys import NAME
from pricecompare.schemas.mistakes import Mistakes

GROUPS = ("sku", "product", "generic")
"""What prices are compared within: this pack, all packs of the product, all makers' packs; brought to one scale."""

BASES = ("negotiated", "bid", "vbp")
"""What a ceiling may rest on."""

WORDS = ("price", "area", "day", "others", "usual", "times", "percent", *REFERENCES)
"""What the sentences of a rule may name in braces; references are amounts of yuan."""

NEEDED = ("name", "version", "title", "tiers", "text")
LONGEST = 50_000
MOST_TIMES = 1000.0


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A rule: what it asks of prices, where, when and of which kinds, and how it explains itself.

    Empty `regions` are all; `since` and `until` are days on which it may be used, both included. `other_kind` is what a
    rule about two kinds of price compares with, `ceilings` what a rule about ceilings rests on, `tolerance` the part by
    which a ceiling may be passed. `text` is the TOML it was read from.
    """

    name: str = ""
    version: int = 0
    title_zh: str = ""
    title_en: str = ""
    kinds: tuple[str, ...] = KINDS
    regions: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    group: str = "sku"
    terms: Terms = field(default_factory=Terms)
    other_kind: str = ""
    ceilings: tuple[str, ...] = ()
    tolerance: float = 0.0
    text_zh: str = ""
    text_en: str = ""
    text: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """Name and version, as flags keep it."""
        return f"{self.name}@{self.version}"


def rule(text: str) -> PriceRule:
    """Return the rule that a TOML text says; raises Invalid ``bad_rule`` that names every mistake."""
    if len(text) > LONGEST:
        raise Invalid("rule_too_long", limit=LONGEST)
    try:
        written = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid("rule_no_toml", reason=str(error)) from error
    mistakes = Mistakes()
    found = _rule(mistakes, written, text)
    if mistakes.told:
        english, chinese = ("; ".join(one) for one in zip(*((r.en, r.zh) for _, r in mistakes.told), strict=True))
        near = tuple(dict.fromkeys(mistakes.near))
        raise Invalid("bad_rule", field=mistakes.told[0][0], suggestions=near, mistakes=english, mistakes_zh=chinese)
    return found


def _rule(mistakes: Mistakes, written: dict[str, Any], text: str) -> PriceRule:
    mistakes.unknown("", written, PARTS)
    for name in NEEDED:
        if name not in written:
            mistakes.note(name, "layout_missing_key")
    said: dict[str, Any] = {"text": text}
    for name, part in PARTS.items():
        if name in written:
            said |= part(mistakes, name, written[name])
    terms = {name: said.pop(name) for name in TERMS if name in said}
    base = {name: said.pop(name) for name in BASE if name in said}
    found = replace(PriceRule(terms=Terms(**terms, base=replace(DEFAULT_RULE, **base))), **said)
    _agree(mistakes, found)
    return found


def _agree(mistakes: Mistakes, found: PriceRule) -> None:
    """Note what is right by itself but does not go together."""
    named = found.terms.named
    if bool(found.terms.above) == bool(found.terms.below):
        mistakes.note("above", "rule_one_side")
    if ("other_kind" in named) != bool(found.other_kind) or found.other_kind in found.kinds:
        mistakes.note("other_kind", "rule_other_kind")
    if ("ceiling" in named) != bool(found.ceilings):
        mistakes.note("ceilings", "rule_ceilings")
    begins = [at for _, at in found.terms.tiers]
    if begins != sorted(set(begins), reverse=bool(found.terms.below)):
        mistakes.note("tiers", "rule_tiers_order")
    if found.since and found.until and found.since > found.until:
        mistakes.note("until", "rule_dates")


def _title(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    return _two(mistakes, name, value, "title")


def _sentences(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    said = _two(mistakes, name, value, "text")
    for field_name, sentence in said.items():
        mistakes.tried(f"text.{field_name[-2:]}", sentence, _sentence, '"{price} … {median} … {others}"')
    return said


def _sentence(text: str) -> None:
    """Raise ValueError for a sentence that names anything but WORDS, or looks into them."""
    for _, word, spec, conversion in Formatter().parse(text):
        if word is not None and (word not in WORDS or spec or conversion):
            raise ValueError(text)


def _two(mistakes: Mistakes, name: str, value: Any, start: str) -> dict[str, Any]:
    table = mistakes.table(name, value)
    mistakes.unknown(f"{name}.", table, ("zh", "en"))
    return {f"{start}_{key}": mistakes.text(f"{name}.{key}", table.get(key)) for key in ("zh", "en")}


def _name(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    good = isinstance(value, str) and len(value) <= 60 and NAME.fullmatch(value)
    if not good:
        mistakes.note(name, "layout_bad_value", value=str(value), example='"my-rule"')
    return {name: value if good else ""}


def _times(mistakes: Mistakes, where: str, value: Any) -> float:
    def number(one: Any) -> float:
        if isinstance(one, bool) or not isinstance(one, int | float) or not 0 < one <= MOST_TIMES:
            raise ValueError(one)
        return float(one)

    return mistakes.tried(where, value, number, "1.5") or 1.0


def _lines(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    """Return references and the multiples of them."""
    table = mistakes.table(name, value)
    mistakes.unknown(f"{name}.", table, REFERENCES)
    return {
        name: tuple((key, _times(mistakes, f"{name}.{key}", one)) for key, one in table.items() if key in REFERENCES)
    }


def _tiers(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    table = mistakes.table(name, value)
    if not table:
        mistakes.note(name, "layout_missing_key")
    return {name: tuple((key, _times(mistakes, f"{name}.{key}", one)) for key, one in table.items())}


def _kinds(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    return {name: tuple(mistakes.choice(name, one, KINDS) for one in mistakes.texts(name, value))}


def _bases(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    return {name: tuple(mistakes.choice(name, one, BASES) for one in mistakes.texts(name, value))}


def _regions(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    found = mistakes.texts(name, value)
    for one in found:
        if not (len(one) == 6 and one.isascii() and one.isdigit()):
            mistakes.note(name, "layout_bad_value", value=one, example='["990100"]')
    return {name: found}


def _day(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    return {name: mistakes.tried(name, value, lambda one: date.fromisoformat(str(one)), '"2026-01-01"')}


def _money(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
    def amount(one: Any) -> float:
        try:
            found = amount_fen(one)
        except (Invalid, TypeError) as error:
            raise ValueError(one) from error
        if found < 0:
            raise ValueError(one)
        return float(found)

    return {name: mistakes.tried(name, value, amount, '"1.00"') or 0.0}


def _number(low: float, high: float) -> Callable[[Mistakes, str, Any], dict[str, Any]]:
    def read(mistakes: Mistakes, name: str, value: Any) -> dict[str, Any]:
        good = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if not good:
            mistakes.note(name, "layout_bad_value", value=str(value), example=f"{low:g}…{high:g}")
        return {name: float(value) if good else low}

    return read


PARTS: Mapping[str, Callable[[Mistakes, str, Any], dict[str, Any]]] = {
    "name": _name,
    "version": lambda mistakes, name, value: {name: mistakes.whole(name, value, 1, 1_000_000)},
    "title": _title, "text": _sentences,
    "kinds": _kinds, "regions": _regions, "since": _day, "until": _day,
    "group": lambda mistakes, name, value: {name: mistakes.choice(name, value, GROUPS)},
    "above": _lines, "below": _lines, "tiers": _tiers, "min_excess": _money, "z": _number(0, 100),
    "wider": lambda mistakes, name, value: {name: mistakes.flag(name, value)},
    "min_others": lambda mistakes, name, value: {name: mistakes.whole(name, value, 1, 1000)},
    "error_ratio": _number(2, 1000), "prior_quotes": _number(0, 1000), "spread_floor": _number(0.001, 1),
    "strong_z": _number(0, 100),
    "strong_others": lambda mistakes, name, value: {name: mistakes.whole(name, value, 1, 1000)},
    "other_kind": lambda mistakes, name, value: {name: mistakes.choice(name, value, KINDS)},
    "ceilings": _bases, "tolerance": _number(0, 10),
}  # fmt: skip
"""Every key of a rule."""

TERMS = ("above", "below", "tiers", "min_excess", "z", "wider")
BASE = ("min_others", "error_ratio", "prior_quotes", "spread_floor", "strong_z", "strong_others")
