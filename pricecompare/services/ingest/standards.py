"""Payment standards that come in. That a confidential one came must change nothing that the public can ask."""

from collections.abc import Iterable, Iterator
from typing import Any

from pricecompare.calc.standards import basis_of, ends_before_it_begins, in_force, known_as
from pricecompare.models import NATIONAL, Standard, Upload
from pricecompare.services.cases.following import follow
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas, atlas
from pricecompare.services.ingest.taken import Batch, one_of_each
from pricecompare.services.ruling.running import Rulings

Key = tuple[int, int, str]


def take_standards(batch: Batch) -> Upload:
    """Take payment standards; return the ledger row. The later file counts; one is ended by its last day."""
    store = batch.desk.store
    with batch.writing():
        known = {known_as(one): one for one in store.standards()}
        named = one_of_each(batch, _read(batch), known_as, "since")
        moved = [(row, one) for row, one in named if known.get(known_as(one)) != one]
        store.put_standards(one for _, one in moved)
        _remark(batch, known | {known_as(one): one for _, one in named}, moved)
        new = sum(known_as(one) not in known for _, one in moved)
        counts: dict[str, Any] = {"added": new, "changed": len(moved) - new, "unchanged": len(named) - len(moved)}
        version = None
        if any(_is_seen(one, known.get(known_as(one))) for _, one in moved):
            version = store.next_version()
            store.put_meta(standards_version=version)
        _rules_follow(batch.desk, {one.drug_id for _, one in moved})
        upload = batch.ledger(id=batch.number(), **counts, data_version=version)
        if moved:
            batch.note(upload)
        return batch.keep(upload)


def _rules_follow(desk: Desk, drugs: set[int]) -> None:
    """Ask the rules in force about drugs for which something else may be charged now."""
    version = desk.store.versions().data
    rulings = Rulings(desk.store, version=version, today=desk.today(), max_age=desk.max_age_days)
    rulings.touched_drugs(drugs)
    desk.store.touch_prices(version, rulings.regions)
    follow(desk, rulings.moved)


def _is_seen(one: Standard, before: Standard | None) -> bool:
    """Say whether a standard that came changes what may be published."""
    return not one.confidential or (before is not None and not before.confidential)


def _read(batch: Batch) -> Iterator[tuple[int, Standard]]:
    """Yield the standards of a file; a row that is none is passed over, one that cannot be is refused."""
    store = batch.desk.store
    drugs, places = batch.desk.registers.drugs(store, store.versions()), atlas(store)
    marked = batch.check.knows("vbp") or batch.check.knows("negotiated")
    for row, (drug, region, since, until, (fen, starred), basis, vbp, negotiated, told) in batch.values():
        rests_on = basis_of(basis, vbp=vbp, negotiated=negotiated)
        confidential = bool(starred or told)
        if rests_on is None and marked:
            batch.pass_over()
        elif (why := _wrong(places, region, since, until)) is not None:
            batch.refuse(row, why[0], why[1], **why[2])
        elif drug not in drugs:
            batch.refuse(row, "drug", "unknown_drug", drug, value=drug)
        elif rests_on is None:
            batch.refuse(row, "basis", "standard_no_basis")
        elif fen is None and not confidential:
            batch.refuse(row, "amount", "missing_value")
        else:
            yield row, Standard(drugs[drug], region, since, until, fen, rests_on, confidential)


def _wrong(places: Atlas, region: int, since: str, until: str | None) -> tuple[str, str, dict[str, Any]] | None:
    """Return what is wrong with where and when a standard holds: the value, the code and what its sentence says."""
    if region != NATIONAL:
        value = f"{region:06d}"
        if region not in places.regions:
            return "region", "unknown_region", {"value": value}
        if places.pooling_of(region) not in (None, region):
            return "region", "standard_of_district", {"value": value}
    if ends_before_it_begins(since, until):
        return "until", "standard_never_holds", {"since": since, "until": until}
    return None


def _remark(batch: Batch, known: dict[Key, Standard], moved: Iterable[tuple[int, Standard]]) -> None:
    """Remark on confidential standards beside which a public one of the same drug would go on being shown."""
    public: dict[int, list[Standard]] = {}
    for one in known.values():
        if not one.confidential:
            public.setdefault(one.drug_id, []).append(one)
    today = batch.desk.today().isoformat()
    for row, one in moved:
        day = max(one.since_on, today)
        if one.confidential and in_force(public.get(one.drug_id, ()), (one.region_id, NATIONAL), day) is not None:
            batch.doubt(row, "confidential", "standard_shown_beside")
