"""What rules found in a region, page by page."""

from datetime import timedelta
from typing import Any

from pricecompare.calc import days
from pricecompare.models.rules import RuleFlag
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.ruling.reasons import shown, texts_of
from pricecompare.services.searching.search import page_size


def found(
    desk: Desk,
    region: str,
    *,
    rule: str | None = None,
    tier: str | None = None,
    kind: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return what rules in force besides the default one found in a region or district, gravest first.

    What rests on a payment standard that must not be published is not among them.
    """
    question, size = f"rule-flags {region} {rule} {tier} {kind}", page_size(desk, limit)
    asked = {"rule": rule, "tier": tier, "kind": kind, "secret": 0, "oldest": oldest(desk)}
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        place = region_of(atlas, region)
        pooling, last = pooling_of(atlas, place), after(desk, question, cursor_given)
        rows = desk.store.rule_flags(pooling, most=size + 1, after=last, district_id=district_of(place), **asked)
        texts, version = texts_of(desk) if rows else {}, basis(desk, versions, [pooling]).version
    return {
        "region": views.place_name(atlas, place.id),
        "items": [_public(shown(atlas, texts, *row)) for row in rows[:size]],
        "next": cursor(desk, question, rank(rows[size - 1][0])) if len(rows) > size else None,
        "data_version": version,
    }


def _public(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "confidential"}


def oldest(desk: Desk) -> int:
    """Return the second from which on a price is not stale."""
    return days.instant(desk.today() - timedelta(days=desk.max_age_days))


def rank(this: RuleFlag) -> tuple:
    """Return where what a rule found stands in a list."""
    return this.gravity, this.drug_id, this.pharmacy_id, this.kind, this.rule_id, this.secret
