"""Cases as people are told about them: where a flag stands, what was done, and everything its numbers rest on."""

import json
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.cases import open_to
from pricecompare.calc.money import yuan
from pricecompare.errors import NotFound
from pricecompare.files.strip import strip
from pricecompare.models import Attachment, Case, CaseStep, FlagRow, Pharmacy
from pricecompare.services import monitor, views
from pricecompare.services.cases.frozen import NUMBERS, compared, kept_compared, settled
from pricecompare.services.cases.named import FlagId, flag_id, name_of
from pricecompare.services.cases.steps import overdue
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.places import pooling_of, region_of
from pricecompare.services.search import page_size

WORDS = {"zh": ("本店", "中位价", "平均价"), "en": ("this price", "median", "mean")}


def told(desk: Desk, name: str) -> dict[str, Any]:
    """Return a flag as it is now, and what became of it; NotFound for what is neither flagged nor taken up."""
    with desk.store.reading():
        this, case, row = _both(desk, name)
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        steps = desk.store.steps(case.id) if case else []
        files = desk.store.attachments(case.id) if case else []
    return {
        "id": this.name,
        "region": views.place_name(atlas, this.region_id),
        "flag": monitor.shown(atlas, row) if row else None,
        **_standing(desk, case),
        "steps": [_step(one) for one in steps],
        "attachments": [attachment(one) for one in files],
    }


def attachment(this: Attachment) -> dict[str, Any]:
    """Return a file of a case as people are told about it."""
    return this._asdict() | {"at": days.iso(this.at)}


def _both(desk: Desk, name: str) -> tuple[FlagId, Case | None, FlagRow | None]:
    """Return the case and the flag of a name, one of which there is."""
    this = flag_id(desk, name)
    case = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
    row = desk.store.flag_of(*this)
    if case is None and row is None:
        raise NotFound("not_flagged", field="id", value=name)
    return this, case, row


def _standing(desk: Desk, case: Case | None) -> dict[str, Any]:
    """Return where a case stands and who may do what; a flag that nobody has taken up is found."""
    late = case is not None and overdue(desk, case)
    state = case.state if case else "found"
    return {
        "state": state,
        "standing": bool(case.standing) if case else True,
        "revision": case.revision if case else 0,
        "due_on": case.due_on if case else None,
        "overdue": late,
        "taken_up": _frozen(case) if case else None,
        "open_to": {role: open_to(state, role, overdue=late) for role in ("regulator", "pharmacy")},
    }


def _frozen(case: Case) -> dict[str, Any]:
    """Return the numbers that a flag was taken up with."""
    numbers = json.loads(case.numbers)
    return {
        "at": days.iso(case.opened_at),
        "class": case.class_,
        "grade": case.grade,
        "price": yuan(case.fen),
        "fen": case.fen,
        **numbers,
        "observed_at": days.iso(numbers["observed_at"]),
        "ref_median": yuan(numbers["ref_median"]),
        "ref_mean": yuan(numbers["ref_mean"]),
        "prices_sha256": case.prices_hash,
    }


def _step(one: CaseStep) -> dict[str, Any]:
    names = ("revision", "action", "before", "after", "role", "who", "why")
    said = {name: getattr(one, name) for name in names}
    return said | {"at": days.iso(one.at), "price": yuan(one.fen), "batch": one.batch_id}


def explained(desk: Desk, name: str, *, lang: str = "zh", now: bool = False) -> dict[str, Any]:
    """Return why a price is flagged: the sentence, every number, the prices it was compared with, and their picture.

    What was taken up is explained as it was then, by the prices kept with it; else, and with `now`, as it is now.
    Raises NotFound for what is neither flagged nor taken up; with `now` for all that is not flagged.
    """
    with desk.store.reading():
        this, case, row = _both(desk, name)
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        if now and row is None:
            raise NotFound("not_flagged", field="id", value=name)
        if case is None or now:
            assert row is not None
            case, prices = None, compared(desk, row)
            flag = settled(row, prices)
        else:
            prices, flag = kept_compared(desk, case.prices_hash), _as_taken_up(desk, case, row)
    return {
        "id": this.name,
        "flag": monitor.shown(atlas, flag),
        "frozen": case is not None,
        "prices_sha256": case.prices_hash if case else None,
        "compared_with": {"n": len(prices), "fen": sorted(prices["fen"].tolist())},
        "svg": _picture(flag, prices["fen"].tolist(), monitor.sentences(atlas, flag)[f"text_{lang}"], lang),
        "today": desk.today().isoformat(),
        "data_version": versions.data,
    }


def _picture(flag: FlagRow, others: list[int], title: str, lang: str) -> str:
    references = {"median": flag.ref_median, "mean": flag.ref_mean}
    return strip(others or [flag.fen], flag.fen, **references, title=title, words=WORDS[lang])


def _as_taken_up(desk: Desk, case: Case, row: FlagRow | None) -> FlagRow:
    """Return a flag with the numbers it was taken up with."""
    names = desk.store.flag_names(case.pharmacy_id, case.drug_id) if row is None else row[21:]
    numbers = json.loads(case.numbers)
    said = {name: numbers[name] for name in NUMBERS}
    frozen = {"class_": case.class_, "grade": case.grade, "fen": case.fen, **said}
    place = (case.region_id, case.drug_id, case.kind, case.pharmacy_id)
    return FlagRow._make((*place, *([None] * 17), *names))._replace(**frozen)


def listed(
    desk: Desk,
    region: str,
    *,
    state: str | None = None,
    late: bool = False,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return the cases of a pooling region page by page: those in a state, or those whose next step is overdue."""
    question, size = f"cases {region} {state} {late}", page_size(desk, limit)
    with desk.store.reading():
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        before = desk.today().isoformat() if late else None
        page = _page(desk, question, size, cursor_given, region_id=pooling, state=state, due_before=before)
    return {"region": views.place_name(atlas, pooling), **page}


def of_pharmacy(
    desk: Desk, pharmacy: Pharmacy, *, limit: int | None = None, cursor_given: str | None = None
) -> dict[str, Any]:
    """Return the cases of one pharmacy page by page."""
    question, size = f"cases of {pharmacy.code}", page_size(desk, limit)
    with desk.store.reading():
        narrow = {"region_id": pharmacy.region_id, "pharmacy_id": pharmacy.id}
        return _page(desk, question, size, cursor_given, **narrow)


def _page(desk: Desk, question: str, size: int, cursor_given: str | None, **narrow: Any) -> dict[str, Any]:
    (last,) = after(desk, question, cursor_given, endless=True) or (0,)
    found = desk.store.cases(most=size + 1, after=last, **narrow)
    return {
        "items": [_listed(desk, case) for case in found[:size]],
        "next": cursor(desk, question, (found[size - 1].id,)) if len(found) > size else None,
    }


def _listed(desk: Desk, case: Case) -> dict[str, Any]:
    code, name = desk.store.pharmacy_name(case.pharmacy_id)
    drug_code, drug = desk.store.drug_name(case.drug_id)
    return {
        "id": name_of(case),
        "pharmacy": {"code": code, "name": name},
        "drug": {"code": drug_code, "name": drug},
        "kind": case.kind,
        "price": yuan(case.fen),
        **{name: value for name, value in _standing(desk, case).items() if name not in ("taken_up", "open_to")},
    }
