"""Steps of cases: one by one by those whose turn it is, many at once by a regulator, and taken back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pricecompare.calc.cases import STEPS, taken
from pricecompare.errors import Conflict, Invalid, NotFound, PriceCompareError
from pricecompare.models import Case, CaseStep, FlagRow
from pricecompare.services.cases.frozen import keep_compared, numbers_of
from pricecompare.services.cases.named import FlagId, flag_id, id_of
from pricecompare.services.desk import Desk
from pricecompare.services.monitor import every_flag

MOST_AT_ONCE = 20_000
"""Flags of the largest batch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do about flags: a step of calc/cases.py, in which role, by whom and why.

    `revision` is that of the case as its asker saw it, None to take it as it is.
    """

    action: str
    role: str
    who: str
    why: str = ""
    revision: int | None = None


def step(desk: Desk, name: str, asked: Asked) -> Case:
    """Take one step with a flag and return its case.

    Raises NotFound for what is neither flagged nor taken up, Conflict when the case has moved since it was looked at or
    it is not the step's turn, Forbidden for another's step, Invalid for one that does not say who or why.
    """
    _known(asked)
    with desk.store.writing():
        this = flag_id(desk, name)
        return _stepped(desk, _case(desk, this), asked)


def _known(asked: Asked) -> None:
    if not asked.who.strip():
        raise Invalid("step_needs_who", field="who")


def _case(desk: Desk, this: FlagId) -> Case:
    """Return the case of a flag, opened when nobody has taken it up yet."""
    found = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
    if found is not None:
        return found
    row = desk.store.flag_of(*this)
    if row is None:
        raise NotFound("not_flagged", field="id", value=f"{this.pharmacy_id}-{this.drug_id}-{this.kind}")
    return opened(desk, row, desk.store.next_case())


def opened(desk: Desk, row: FlagRow, number: int, *, again: Case | None = None) -> Case:
    """Return a case as it begins, or begins `again`, with what the flag rests on now; use inside `writing`."""
    return Case(
        id=again.id if again else number,
        region_id=row.region_id,
        drug_id=row.drug_id,
        kind=row.kind,
        pharmacy_id=row.pharmacy_id,
        state="found",
        standing=1,
        revision=again.revision if again else 0,
        due_on=None,
        opened_at=again.opened_at if again else desk.now(),
        class_=row.class_,
        grade=row.grade,
        fen=row.fen,
        numbers=numbers_of(row),
        prices_hash=keep_compared(desk, row),
    )


def _stepped(desk: Desk, case: Case, asked: Asked, batch_id: int | None = None) -> Case:
    """Write one step of a case, and return the case after it."""
    if asked.revision is not None and asked.revision != case.revision:
        raise Conflict("case_moved", field="revision", value=asked.revision, now=case.revision)
    state = taken(case.state, asked.action, asked.role, why=asked.why, overdue=overdue(desk, case))
    return write(desk, case, state, asked, batch_id)


def write(desk: Desk, case: Case, state: str, asked: Asked, batch_id: int | None = None) -> Case:
    """Write a case into another state with the step that led there; use inside `writing`."""
    after = case._replace(state=state, revision=case.revision + 1, due_on=_due(desk, state))
    said = (asked.action, case.state, state, asked.role, asked.who.strip(), asked.why.strip())
    desk.store.put_cases([after])
    desk.store.put_steps([(case.id, CaseStep(after.revision, desk.now(), *said, case.fen, batch_id))])
    return after


def _due(desk: Desk, state: str) -> str | None:
    """Return until which day the step after a state is due; None when nobody has to do anything."""
    within = desk.settings.step_days.get(state)
    return None if within is None else (desk.today() + timedelta(days=within)).isoformat()


def overdue(desk: Desk, case: Case) -> bool:
    """Say whether the day has passed until which a step was due."""
    return case.due_on is not None and case.due_on < desk.today().isoformat()


def batch(desk: Desk, region: str, asked: Asked, *, dry: bool = False, **narrow: Any) -> dict[str, Any]:
    """Take one step with every flag of a region that `narrow` leaves (as `monitor.every_flag`), and say what became.

    Flags whose turn it is not are left as they are and counted by why; with `dry` nothing is done. `batch` names what
    was done together: `undo` takes it back.
    """
    _known(asked)
    if asked.role != "regulator" or asked.action not in STEPS:
        taken("found", asked.action, asked.role, why=asked.why)
    counts: Counter[str] = Counter()
    with desk.store.writing():
        rows = list(every_flag(desk, region, most=MOST_AT_ONCE + 1, **narrow))
        if len(rows) > MOST_AT_ONCE:
            raise Invalid("batch_too_large", limit=MOST_AT_ONCE)
        number = desk.store.next_batch()
        done = _each(desk, rows, asked, number, counts, dry=dry)
    return {"batch": number if done and not dry else None, "done": done, "left": dict(counts), "dry_run": dry}


def _each(desk: Desk, rows: Iterable[FlagRow], asked: Asked, number: int, counts: Counter[str], *, dry: bool) -> int:
    """Take a step with each flag, or only say whether it could be; return how many."""
    done = 0
    for row in rows:
        try:
            if dry:
                _could(desk, row, asked)
            else:
                _stepped(desk, _case(desk, id_of(row)), asked, number)
            done += 1
        except PriceCompareError as error:
            counts[error.code] += 1
    return done


def _could(desk: Desk, row: FlagRow, asked: Asked) -> None:
    """Raise what a step with a flag would raise."""
    case = desk.store.case_of(row.pharmacy_id, row.drug_id, row.kind)
    late = case is not None and overdue(desk, case)
    taken(case.state if case else "found", asked.action, asked.role, why=asked.why, overdue=late)


def undo(desk: Desk, batch_id: int, *, who: str, why: str) -> dict[str, Any]:
    """Take a batch back wherever nothing has been done since; return how many cases were and were not.

    Nothing is taken out of a case's history: the way back is a step of its own. NotFound for a batch there is not.
    """
    back = Asked("undo", "regulator", who, why)
    _known(back)
    if not why.strip():
        raise Invalid("step_needs_why", field="why", value="undo")
    with desk.store.writing():
        cases, size = desk.store.cases_of_batch(batch_id), desk.store.size_of_batch(batch_id)
        if not size:
            raise NotFound("unknown_batch", field="batch", value=str(batch_id))
        for case in cases:
            write(desk, case, desk.store.steps(case.id)[-1].before, back)
    return {"batch": batch_id, "undone": len(cases), "moved_since": size - len(cases)}
