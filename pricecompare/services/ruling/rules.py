"""The rules about abnormal prices there are, shipped and stored; no version is ever changed or taken away."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.schemas.rule import PriceRule, rule
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.uploads.layouts import LABEL
from pricecompare.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule with when (epoch seconds), by whom and why it was stored; None and "" for one that is shipped."""

    rule: PriceRule
    made_at: int | None = None
    made_by: str = ""
    why: str = ""


@cache
def shipped() -> tuple[PriceRule, ...]:
    """Return the rules that come with the program, by name."""
    texts = (one for one in files("pricecompare").joinpath("rules").iterdir() if one.name.endswith(".toml"))
    return tuple(sorted((rule(one.read_text("utf-8")) for one in texts), key=lambda one: one.name))


def rules(desk: Desk) -> list[Kept]:
    """Return every version of every rule, by name, the newest of a name first."""
    return known(desk.store)


def known(store: Store) -> list[Kept]:
    """Return what `rules` does, of a store."""
    stored = [Kept(rule(text), made_at, made_by, why) for _, _, text, made_at, made_by, why in store.rules()]
    kept = stored + [Kept(one) for one in shipped()]
    return sorted(kept, key=lambda one: (one.rule.name, -one.rule.version, one.made_at is None))


def rule_named(desk: Desk, label: str) -> PriceRule:
    """Return the rule ``name`` in its newest version, or ``name@version``; NotFound with similar names."""
    return kept_named(desk, label).rule


def kept_named(desk: Desk, label: str) -> Kept:
    """Return the same with when, by whom and why it was stored."""
    known = rules(desk)
    match = LABEL.fullmatch(label.strip())
    name, version = (match["name"], match["version"]) if match else (label, None)
    for one in known:
        if one.rule.name == name and version in (None, str(one.rule.version)):
            return one
    near = get_close_matches(name, dict.fromkeys(one.rule.name for one in known), 3, 0.5)
    raise NotFound("unknown_rule", field="rule", value=label, suggestions=tuple(near))


def named(rule: PriceRule) -> dict[str, Any]:
    """Return a rule as it is named."""
    said = {name: getattr(rule, name) for name in ("name", "version", "title_zh", "title_en", "group")}
    return said | {"kinds": list(rule.kinds)}


def add(desk: Desk, text: str, *, made_by: str, why: str, origin: str = "") -> PriceRule:
    """Store the rule that a TOML text says, and return it; the same text again changes nothing.

    Raises Invalid ``bad_rule`` and ``rule_needs_why``; Conflict when the version exists with another text, or is older
    than the newest.
    """
    found = rule(text)
    if not (made_by.strip() and why.strip()):
        raise Invalid("rule_needs_why", field="why")
    with desk.store.writing():
        versions = {one.rule.version: one.rule.text for one in rules(desk) if one.rule.name == found.name}
        if versions.get(found.version) == text:
            return found
        if found.version in versions:
            raise Conflict("rule_exists", field="version", value=found.label)
        if versions and found.version < max(versions):
            raise Conflict("rule_version_old", field="version", value=found.label, newest=max(versions))
        desk.store.put_rule(found.name, found.version, text, made_at=desk.now(), made_by=made_by, why=why)
        # Lists of rules are kept by their readers until the data version moves.
        desk.store.next_version()
        told = {"rule": found.label, "text": text}
        audit.note(desk, "rule_add", f"rule {found.label}", by=Hand(made_by, origin, why), after=told)
    return found
