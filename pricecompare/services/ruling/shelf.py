"""Rules as they are listed, shown, added and tried by people."""

from typing import Any

from pricecompare.calc import days
from pricecompare.errors import Invalid
from pricecompare.models.audit import Hand
from pricecompare.schemas.rule import rule as parsed
from pricecompare.services.desk import Desk
from pricecompare.services.ruling.rules import add, kept_named, named, rule_named, rules
from pricecompare.services.ruling.trying import tried


def listed(desk: Desk) -> dict[str, Any]:
    """Return every version of every rule, the newest of a name first."""
    return {"items": [named(one.rule) for one in rules(desk)]}


def shown(desk: Desk, name: str, version: int | None = None) -> dict[str, Any]:
    """Return a rule with its text; NotFound with similar names."""
    kept = kept_named(desk, name if version is None else f"{name}@{version}")
    made_at = None if kept.made_at is None else days.iso(kept.made_at)
    return named(kept.rule) | {"made_at": made_at, "text": kept.rule.text}


def added(desk: Desk, text: str, *, by: Hand) -> dict[str, Any]:
    """Keep a rule and return how it is named; raises what `rules.add` does."""
    return named(add(desk, text, made_by=by.who, why=by.why, origin=by.origin))


def tried_on(desk: Desk, region: str, *, rule: str | None, text: str | None) -> dict[str, Any]:
    """Return what a rule that is kept, or a `text`, would flag; Invalid for neither or both."""
    if (rule is None) == (text is None):
        raise Invalid("rule_or_text", field="rule")
    return tried(desk, parsed(text) if text is not None else rule_named(desk, str(rule)), region)
