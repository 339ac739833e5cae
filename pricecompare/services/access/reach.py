"""What somebody reaches: regulators their regions, pharmacies and chains their own rows; the rest is out of sight."""

import json
from collections.abc import Iterable
from typing import Any

from pricecompare.calc.standards import EVERYWHERE
from pricecompare.errors import Forbidden, NotFound
from pricecompare.models import Upload
from pricecompare.models.access import OWNERS, Caller
from pricecompare.services.cases.named import flag_id
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.grounds.catalogue import known_pharmacy
from pricecompare.services.grounds.places import region_of

OWN_FILES = ("prices", "sales")
"""What a pharmacy or chain may send: what it says of itself."""

OWN_DECISIONS = ("reject", "retract")
"""What it may decide about its uploads: to take them back. That one counts after all, somebody else decides."""


def atlas_of(desk: Desk) -> Atlas:
    """Return the regions as they are now."""
    return desk.grounds.atlas(desk.store, desk.store.versions().places)


def covers(atlas: Atlas, scope: Iterable[str], region_id: int | None) -> bool:
    """Say whether a region lies in one of those of a scope, or is one of them."""
    wanted, at = {int(code) for code in scope}, region_id
    while at is not None and at not in wanted:
        at = atlas.regions[at].parent_id if at in atlas.regions else None
    return at is not None


def region(desk: Desk, who: Caller, code: str) -> None:
    """Raise Forbidden for a region that somebody does not reach, NotFound for one that nobody knows."""
    if who.scope and not covers(atlas := atlas_of(desk), who.scope, region_of(atlas, code).id):
        raise Forbidden("not_your_region", field="region", value=code)


def pooled(desk: Desk, who: Caller, code: str) -> None:
    """Raise Forbidden unless somebody reaches a region and all of the pooling region that it lies in."""
    if not who.scope:
        return
    if code in EVERYWHERE:
        return everything(who)
    atlas = atlas_of(desk)
    found = region_of(atlas, code)
    if not covers(atlas, who.scope, atlas.pooling_of(found.id) or found.id):
        raise Forbidden("not_your_region", field="region", value=code)


def shop(desk: Desk, who: Caller, code: str) -> None:
    """Raise Forbidden for a pharmacy elsewhere, NotFound for one that nobody knows."""
    if who.scope and not covers(atlas_of(desk), who.scope, known_pharmacy(desk, code).district_id):
        raise Forbidden("not_your_region", field="code", value=code)


def run(desk: Desk, who: Caller, number: int) -> None:
    """Raise NotFound for a run of a pooling region that somebody does not reach all of, as for one there is not."""
    if who.scope and not _run(desk, who, number):
        raise NotFound("unknown_run", field="number", value=str(number))


def appeal(desk: Desk, who: Caller, number: int) -> None:
    """Raise NotFound for an appeal against a run that somebody does not reach, as for one there is not."""
    if not who.scope:
        return
    found = desk.store.appeal(number)
    if found is None or not _run(desk, who, found.run_id):
        raise NotFound("unknown_appeal", field="number", value=str(number))


def _run(desk: Desk, who: Caller, number: int) -> bool:
    """Say whether somebody reaches the pooling region of a run."""
    found = desk.store.index_run(number)
    return found is not None and covers(atlas_of(desk), who.scope, found.region_id)


def flag(desk: Desk, who: Caller, name: str) -> None:
    """Raise Forbidden for a flag of a pharmacy elsewhere, whether or not there is one; NotFound for no flag's name."""
    if not who.scope:
        return
    place = desk.store.place_of_pharmacy(flag_id(desk, name).pharmacy_id)
    if place is None or not covers(atlas_of(desk), who.scope, place[1]):
        raise Forbidden("not_your_region", field="id", value=name)


def batch(desk: Desk, who: Caller, number: int) -> None:
    """Raise NotFound for a batch that has to do with a pharmacy elsewhere, as for one there is not."""
    if not who.scope:
        return
    places, atlas = desk.store.districts_of_batch(number), atlas_of(desk)
    if not places or not all(covers(atlas, who.scope, one) for one in places):
        raise NotFound("unknown_batch", field="batch", value=str(number))


def report(desk: Desk, who: Caller, number: int) -> None:
    """Raise NotFound for a report about a pharmacy elsewhere, as for one there is not."""
    if not who.scope:
        return
    found = desk.store.report(number)
    place = desk.store.place_of_pharmacy(found.pharmacy_id) if found else None
    if place is None or not covers(atlas_of(desk), who.scope, place[1]):
        raise NotFound("unknown_report", field="id", value=str(number))


def entry(desk: Desk, who: Caller, number: int) -> None:
    """Raise NotFound for an entry of the audit trail that somebody who oversees a region did not make themselves."""
    if not who.scope:
        return
    found = desk.store.entry(number)
    if found is None or not found.origin.endswith(f" {who.by}"):
        raise NotFound("unknown_entry", field="id", value=str(number))


def upload(desk: Desk, who: Caller, number: int) -> None:
    """Raise NotFound for an upload of somebody else, as for one there is not."""
    if not who.owner:
        return
    found: Upload | None = desk.store.upload(number)
    if found is None or found.owner != who.owner:
        raise NotFound("unknown_upload", field="upload", value=str(number))


def everything(who: Caller) -> None:
    """Raise Forbidden for somebody who reaches only a part, where a question is about all."""
    if who.scope:
        raise Forbidden("only_for_all")


def pharmacy(desk: Desk, who: Caller, code: str) -> bool:
    """Say whether a pharmacy is somebody's own."""
    if who.role == "chain":
        found = desk.store.pharmacy(code)
        return found is not None and found.chain in who.scope
    return who.role == "pharmacy" and code in who.scope


def refuse_file(who: Caller, what: str) -> None:
    """Raise Forbidden for a file that somebody with rows of their own may not send."""
    if who.role in OWNERS and what not in OWN_FILES:
        raise Forbidden("not_your_file", field="what", value=what, choices=", ".join(OWN_FILES))


def refuse_decision(who: Caller, decision: str) -> None:
    """Raise Forbidden for what somebody with rows of their own may not decide."""
    if who.role in OWNERS and decision not in OWN_DECISIONS:
        raise Forbidden("not_your_decision", field="decision", value=decision)


def own_codes(desk: Desk, owner: str) -> frozenset[str] | None:
    """Return whose rows alone an upload of an owner may hold; None for everybody's."""
    if not owner:
        return None
    role, *scope = json.loads(owner)
    return frozenset(scope if role == "pharmacy" else desk.store.codes_of_chains(tuple(scope)))


def reached(desk: Desk, who: Caller, given: dict[str, Any]) -> None:
    """Raise Forbidden unless somebody reaches the region and the district of a question, where they are asked for."""
    for name in ("region", "district"):
        if given.get(name) is not None:
            region(desk, who, str(given[name]))
