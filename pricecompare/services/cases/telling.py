"""Cases as people are told about them: where a flag stands, what was done, and everything its numbers rest on."""

import json
from typing import Any, NamedTuple

from pricecompare.calc import days
from pricecompare.calc.cases import open_to
from pricecompare.calc.money import nearest, yuan
from pricecompare.calc.packing import Table
from pricecompare.errors import NotFound
from pricecompare.files.strip import strip
from pricecompare.models import Attachment, Case, CaseStep, FlagRow, Pharmacy
from pricecompare.services.answers import views
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.cases.frozen import NUMBERS, compared, kept_compared, settled
from pricecompare.services.cases.named import FlagId, flag_id, name_of
from pricecompare.services.cases.steps import overdue
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.ruling.reasons import CLASS, flag_row, reason, reasons_of, texts_of
from pricecompare.services.searching.search import page_size
from pricecompare.services.statistics import monitor

WORDS = {"zh": ("本店", "中位价", "平均价"), "en": ("this price", "median", "mean")}


class Explained(NamedTuple):
    """A flag, the prices it is compared with, and what rules besides the default one say of it."""

    flag: FlagRow
    prices: Table
    reasons: list[dict[str, Any]]


def told(desk: Desk, name: str, *, secret: bool = False) -> dict[str, Any]:
    """Return a flag as it is now, and what became of it; NotFound for what is neither flagged nor taken up.

    With `secret`, for regulators alone, also what rests on payment standards that must not be published.
    """
    with desk.store.reading():
        this, case, row = _both(desk, name, secret=secret)
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        steps = desk.store.steps(case.id) if case else []
        files = desk.store.attachments(case.id) if case else []
        reasons = _reasons(desk, atlas, this, secret=secret)
    return {
        "id": this.name,
        "region": views.place_name(atlas, this.region_id),
        "flag": _shown(atlas, row, reasons) if row else None,
        "reasons": reasons,
        **_standing(desk, case, secret=secret),
        "steps": [_step(one) for one in steps],
        "attachments": [attachment(one) for one in files],
    }


def _reasons(desk: Desk, atlas: Atlas, this: FlagId, *, secret: bool) -> list[dict[str, Any]]:
    """Return what rules besides the default one say of a price now, the gravest first."""
    found = reasons_of(desk, this, secret=secret)
    texts = texts_of(desk) if found else {}
    return [reason(atlas, texts, one) for one in found]


def _shown(atlas: Atlas, row: FlagRow, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a flag as it is shown; one that the default rule did not find says what the gravest reason says."""
    said = monitor.shown(atlas, row)
    if row.class_ == CLASS and reasons:
        said |= {name: reasons[0][name] for name in ("text_zh", "text_en")}
    return said


def attachment(this: Attachment) -> dict[str, Any]:
    """Return a file of a case as people are told about it."""
    return this._asdict() | {"at": days.iso(this.at)}


def _both(desk: Desk, name: str, *, secret: bool) -> tuple[FlagId, Case | None, FlagRow | None]:
    """Return the case and the flag of a name, one of which there is."""
    this = flag_id(desk, name)
    case = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
    row = flag_row(desk, this, secret=secret)
    if case is None and row is None:
        raise NotFound("not_flagged", field="id", value=name)
    return this, case, row


def _standing(desk: Desk, case: Case | None, *, secret: bool = False) -> dict[str, Any]:
    """Return where a case stands and who may do what; a flag that nobody has taken up is found."""
    late = case is not None and overdue(desk, case)
    state = case.state if case else "found"
    return {
        "state": state,
        "standing": bool(case.standing) if case else True,
        "revision": case.revision if case else 0,
        "due_on": case.due_on if case else None,
        "overdue": late,
        "taken_up": _frozen(case, secret=secret) if case else None,
        "open_to": {role: open_to(state, role, overdue=late) for role in ("regulator", "pharmacy")},
    }


def _kept_reasons(numbers: dict[str, Any], *, secret: bool) -> list[dict[str, Any]]:
    """Return what rules said of a price when it was taken up."""
    return [one for one in numbers.get("reasons", []) if secret or not one["confidential"]]


def _frozen(case: Case, *, secret: bool) -> dict[str, Any]:
    """Return the numbers that a flag was taken up with."""
    numbers = json.loads(case.numbers)
    return {
        "at": days.iso(case.opened_at),
        "class": case.class_,
        "grade": case.grade,
        "price": yuan(case.fen),
        "fen": case.fen,
        **{name: numbers[name] for name in NUMBERS},
        "observed_at": days.iso(numbers["observed_at"]),
        "ref_median": monitor.perhaps_yuan(numbers["ref_median"]),
        "ref_mean": monitor.perhaps_yuan(numbers["ref_mean"]),
        "reasons": _kept_reasons(numbers, secret=secret),
        "prices_sha256": case.prices_hash,
    }


def _step(one: CaseStep) -> dict[str, Any]:
    names = ("revision", "action", "before", "after", "role", "who", "why")
    said = {name: getattr(one, name) for name in names}
    return said | {"at": days.iso(one.at), "price": yuan(one.fen), "batch": one.batch_id}


def explained(desk: Desk, name: str, *, lang: str = "zh", now: bool = False, secret: bool = False) -> dict[str, Any]:
    """Return why a price is flagged: the sentence, every number, the prices it was compared with, and their picture.

    What was taken up is explained as it was then, by the prices kept with it; else, and with `now`, as it is now.
    Raises NotFound for what is neither flagged nor taken up; with `now` for all that is not flagged.
    """
    with desk.store.reading():
        this, case, row = _both(desk, name, secret=secret)
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        if now and row is None:
            raise NotFound("not_flagged", field="id", value=name)
        frozen = case is not None and not now
        flag, prices, reasons = _then(desk, case, row, secret) if frozen else _now(desk, atlas, this, row, secret)
    shown = _shown(atlas, flag, reasons)
    return {
        "id": this.name,
        "flag": shown,
        "reasons": reasons,
        "frozen": frozen,
        "prices_sha256": case.prices_hash if case and frozen else None,
        "compared_with": {"n": len(prices), "fen": sorted(nearest(fen) for fen in prices["fen"].tolist())},
        "svg": _picture(flag, prices["fen"].tolist(), shown[f"text_{lang}"], lang),
        "today": desk.today().isoformat(),
        "data_version": versions.data,
    }


def _now(desk: Desk, atlas: Atlas, this: FlagId, row: FlagRow | None, secret: bool) -> Explained:
    """Return a flag as it is now."""
    assert row is not None
    prices = compared(desk, row, reasons_of(desk, this, secret=secret))
    return Explained(settled(row, prices), prices, _reasons(desk, atlas, this, secret=secret))


def _then(desk: Desk, case: Case | None, row: FlagRow | None, secret: bool) -> Explained:
    """Return a flag as it was when it was taken up."""
    assert case is not None
    numbers = json.loads(case.numbers)
    prices = kept_compared(desk, case.prices_hash, voted=numbers.get("voted", False))
    return Explained(_as_taken_up(desk, case, row), prices, _kept_reasons(numbers, secret=secret))


def _picture(flag: FlagRow, others: list[float], title: str, lang: str) -> str:
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
    """Return the cases of a region or district page by page: those in a state, or those whose next step is overdue."""
    question, size = f"cases {region} {state} {late}", page_size(desk, limit)
    with desk.store.reading():
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        here = region_of(atlas, region)
        where = {"region_id": pooling_of(atlas, here), "district_id": district_of(here)}
        before = desk.today().isoformat() if late else None
        page = _page(desk, question, size, cursor_given, **where, state=state, due_before=before)
    return {"region": views.place_name(atlas, here.id), **page}


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
