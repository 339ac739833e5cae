"""Rules put in force and out of force by people, and the run that brings every flag in line with what holds today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pricecompare.calc import days, standards
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.errors import Conflict, Invalid
from pricecompare.models import NATIONAL
from pricecompare.models.audit import Hand
from pricecompare.models.rules import RuleUse
from pricecompare.schemas.rule import PriceRule
from pricecompare.services import audit
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.cases.following import follow
from pricecompare.services.cases.steps import refuse_hand
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.ingest.taken import Told, nothing_told
from pricecompare.services.markets.books import upwards
from pricecompare.services.markets.looked import EMPTY
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.ruling.force import as_default, holding_in
from pricecompare.services.ruling.rules import named, rule_named, rules
from pricecompare.services.ruling.running import Rulings


@dataclass(frozen=True, slots=True)
class Ran:
    """How many prices rules looked at, and how many flags came, changed or went."""

    looked: int
    moved: int


def use(
    desk: Desk,
    region: str,
    name: str,
    *,
    version: int | None = None,
    in_force: bool = True,
    since: date | None = None,
    until: date | None = None,
    by: Hand,
) -> dict[str, Any]:
    """Put a rule in force in a region, a province or everywhere (000000) from a day to a day, or out of force.

    The newest version unless one is named. What holds from today on is found at once. Returns what was said, and how
    many flags moved. Raises NotFound for a rule or region that nobody knows; Conflict for a rule that by its own text
    does not hold there; Invalid for days that are over or turned round, and for who does not say who and why.
    """
    first = _first(desk, since, until, by)
    rule = _version(desk, name, version)
    kept = rule if in_force else None
    with desk.store.writing():
        place = _place(desk, region)
        said = _said(desk, place, rule.name, kept, first, until, by)
        before = _at(desk, place)
        desk.store.put_rule_use(said)
        audit.note(desk, "rule_use", f"rule {rule.name} {place:06d}", by=by, before=before, after=_noted(said))
        reached = desk.store.next_version()
        desk.store.touch_prices(reached, _under(desk, {place}))
        ran = _run(desk, reached)[0] if first == desk.today() else Ran(0, 0)
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    return {**shown(atlas, said, kept), "looked": ran.looked, "moved": ran.moved}


def _first(desk: Desk, since: date | None, until: date | None, by: Hand) -> date:
    """Return the first day of what somebody says; Invalid for who does not say who and why, and for other days."""
    refuse_hand(by)
    if not by.why.strip():
        raise Invalid("rule_needs_why", field="why")
    first = since or desk.today()
    if first < desk.today() or (until is not None and until < first):
        raise Invalid("rule_use_days", field="since" if first < desk.today() else "until")
    return first


def _version(desk: Desk, name: str, version: int | None) -> PriceRule:
    """Return a version of a rule; of the default rule only one with other thresholds."""
    rule = rule_named(desk, name if version is None else f"{name}@{version}")
    if rule.name == DEFAULT_RULE.id:
        as_default(rule)
    return rule


def _place(desk: Desk, region: str) -> int:
    """Return the pooling region, province or 0 that a code stands for; Invalid for a part of a pooling region."""
    if region in standards.EVERYWHERE:
        return NATIONAL
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    found = region_of(atlas, region)
    if atlas.pooling_of(found.id) not in (None, found.id):
        raise Invalid("whole_region_only", field="region", value=region, pooling=f"{pooling_of(atlas, found):06d}")
    return found.id


def _said(
    desk: Desk, place: int, name: str, rule: PriceRule | None, since: date, until: date | None, by: Hand
) -> RuleUse:
    """Return what is said; Conflict for a rule whose own text lets it say nothing there and then."""
    if rule is not None:
        elsewhere = rule.regions and place and f"{place:06d}" not in rule.regions and place % 10_000
        too_late = rule.until is not None and rule.until < since
        too_soon = rule.since is not None and until is not None and until < rule.since
        if elsewhere or too_late or too_soon:
            raise Conflict("rule_not_for_this", field="rule", value=rule.label)
    last = desk.store.rule_uses()
    when = since.isoformat(), until.isoformat() if until else None
    number = last[-1].id + 1 if last else 1
    return RuleUse(number, place, name, rule.version if rule else 0, *when, desk.now(), by.who.strip(), by.why.strip())


def _at(desk: Desk, place: int) -> list[dict[str, Any]]:
    """Return what was said of rules in a place, for the audit trail."""
    return [_noted(one) for one in desk.store.rule_uses() if one.region_id == place]


def _noted(one: RuleUse) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "name", "version", "since_on", "until_on")}


def run(desk: Desk, *, told: Told = nothing_told) -> Ran:
    """Bring all flags in line with the rules, ceilings and prices of today; for every night."""
    with desk.store.writing():
        ran, changed = _run(desk, desk.store.versions().data + 1, told)
        if changed:
            desk.store.next_version()
    return ran


def _run(desk: Desk, version: int, told: Told = nothing_told) -> tuple[Ran, bool]:
    """Do the same as that data version, and say whether the public sees a difference."""
    store = desk.store
    refresh = Refresh(
        store, version=version, today=desk.today(), told=lambda *step: told("markets", *step), ruled=False
    )
    said = {one.region_id for one in store.rule_uses() if one.name == DEFAULT_RULE.id}
    refresh.changed({key: EMPTY for region in _under(desk, said) for key in store.market_keys(region)})
    rulings = Rulings(
        store, version=version, today=desk.today(), max_age=desk.max_age_days, told=lambda *step: told("rules", *step)
    )
    rulings.everything()
    store.touch_prices(version, rulings.regions)
    moved = [*refresh.flags_moved, *rulings.moved]
    follow(desk, moved)
    return Ran(rulings.looked, len(moved)), bool(refresh.written or refresh.spreads_moved or rulings.regions)


def _under(desk: Desk, places: set[int]) -> list[int]:
    """Return the pooling regions that are, or lie in, one of some places."""
    known = {region.id: region for region in desk.store.regions()}
    return [one for one, region in known.items() if region.pooling and places & set(upwards(known, one))]


def in_force(desk: Desk, region: str) -> dict[str, Any]:
    """Return the rules that hold in a pooling region today, the default one first, and what comes to hold."""
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        found = holding_in(desk.store, pooling, desk.today())
        uses = desk.store.rule_uses()
        known = {one.rule.label: one.rule for one in rules(desk)}
        version = basis(desk, versions, [pooling]).version
    places, today = upwards(atlas.regions, pooling), desk.today().isoformat()
    to_come = [one for one in uses if one.region_id in places and one.since_on > today]
    return {
        "region": views.place_name(atlas, pooling),
        "rules": [named(one) for one in found],
        "to_come": [shown(atlas, one, known.get(f"{one.name}@{one.version}")) for one in to_come],
        "today": today,
        "data_version": version,
    }


def shown(atlas: Atlas, this: RuleUse, rule: PriceRule | None) -> dict[str, Any]:
    """Return what was said of a rule, as it is shown; without a rule it is out of force."""
    place = views.place_name(atlas, this.region_id) if this.region_id in atlas.regions else None
    return {
        "name": this.name,
        "version": this.version or None,
        "rule": named(rule) if rule else None,
        "region": place,
        "since": this.since_on,
        "until": this.until_on,
    }


def uses(desk: Desk) -> list[dict[str, Any]]:
    """Return all that was ever said of rules in force, with who said it, when and why, in that order."""
    with desk.store.reading():
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        known = {one.rule.label: one.rule for one in rules(desk)}
        said = desk.store.rule_uses()
    return [
        shown(atlas, one, known.get(f"{one.name}@{one.version}"))
        | {"id": one.id, "made_at": days.iso(one.made_at), "made_by": one.made_by, "why": one.why}
        for one in said
    ]
