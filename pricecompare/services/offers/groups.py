"""Which drugs belong together and who said so, and whose specifications cannot be read."""

from collections import Counter
from typing import Any

from pricecompare.calc import days, kinship
from pricecompare.errors import Invalid, Reason
from pricecompare.models import Drug, GroupWord
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.offers.across import group, kin_of, said, scale
from pricecompare.services.searching.search import known_drug


def groups(desk: Desk, code: str) -> dict[str, Any]:
    """Return what a drug is compared with as product and as generic, and all that people said of it, newest first."""
    with desk.store.reading():
        versions = desk.store.versions()
        drug = known_drug(desk, code, version=versions.drugs)
        kin, words = kin_of(desk, versions.drugs), desk.store.groups_of_drug(drug.id)
    families = {compare: kin.family(drug, compare) for compare in ("product", "generic")}
    return {
        "drug": views.drug(drug),
        **{
            name: group(family) | {"items": [{"drug": views.drug(one.drug), **scale(one)} for one in family.members]}
            for name, family in families.items()
        },
        "said": [_word(*one) for one in words],
        "data_version": versions.data,
    }


def _word(word: GroupWord, came_at: int) -> dict[str, Any]:
    """Return what somebody said of a drug."""
    told = word._asdict() | {"upload": word.upload_id, "at": days.iso(came_at)}
    return {name: told[name] for name in ("upload", "at", "product", "generic", "reason", "who")}


def unread(desk: Desk) -> dict[str, Any]:
    """Return how many drugs of the catalogue have a pack that can be read, and the others by specification.

    Each specification with how many drugs have it and why it is not read, the most frequent first.
    """
    with desk.store.reading():
        drugs = desk.store.drugs()
    refused: Counter[tuple[str, str]] = Counter()
    why: dict[tuple[str, str], Reason] = {}
    for drug in drugs:
        if (reason := _refusal(drug)) is not None:
            refused[drug.spec, reason.code] += 1
            why[drug.spec, reason.code] = reason
    listed = sorted(refused.items(), key=lambda one: (-one[1], one[0]))
    return {
        "drugs": len(drugs),
        "unread": refused.total(),
        "items": [{"spec": key[0], "drugs": number, **said(why[key])} for key, number in listed],
    }


def _refusal(drug: Drug) -> Reason | None:
    """Return why a drug is compared with itself alone."""
    try:
        kinship.pack(drug)
    except Invalid as error:
        return error.reason
    return None
