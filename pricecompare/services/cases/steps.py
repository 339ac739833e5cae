"""Steps of cases, one by one: by a regulator, by the pharmacy that a flag is about, and by the program."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pricecompare.calc.cases import OVER, refuse_step, taken
from pricecompare.errors import Invalid, Moved, NotFound
from pricecompare.models import Case, CaseStep, FlagRow
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.cases.frozen import keep_compared, numbers_of, settled
from pricecompare.services.cases.named import FlagId, flag_id
from pricecompare.services.desk import Desk
from pricecompare.services.ruling.reasons import flag_row, reasons_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do about flags: a step of calc/cases.py, in which role, by whom, from where and why.

    `revision` is that of the case as its asker saw it, None to take it as it is.
    """

    action: str
    role: str
    by: Hand
    revision: int | None = None


def step(desk: Desk, name: str, asked: Asked) -> Case:
    """Take one step with a flag and return its case.

    Raises NotFound for what is neither flagged nor taken up, Moved when the case has moved since it was looked at,
    Conflict when it is not the step's turn, Forbidden for another's step, Invalid for one that does not say who or why.
    """
    refuse(asked)
    with desk.store.writing():
        case = case_of(desk, flag_id(desk, name))
        if asked.revision is not None and asked.revision != case.revision:
            raise Moved("case_moved", field="revision", now=case.revision)
        state = taken(case.state, asked.action, asked.role, why=asked.by.why, overdue=overdue(desk, case))
        return write(desk, case, state, asked)


def refuse(asked: Asked) -> None:
    """Raise what is wrong with a step whatever it is about."""
    refuse_hand(asked.by)
    refuse_step(asked.action, asked.role, why=asked.by.why)


def refuse_hand(by: Hand) -> None:
    """Raise Invalid for somebody without a name, or with more to say than is kept."""
    if not by.who.strip():
        raise Invalid("step_needs_who", field="who")
    for field, text in (("who", by.who), ("why", by.why)):
        if len(text) > audit.LONGEST:
            raise Invalid("text_too_long", field=field, limit=audit.LONGEST)


def case_of(desk: Desk, this: FlagId) -> Case:
    """Return the case of a flag, begun when nobody has taken it up yet; use inside `writing`."""
    found = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
    if found is not None:
        return found
    row = flag_row(desk, this, secret=True)
    if row is None:
        raise NotFound("not_flagged", field="id", value=this.name)
    return opened(desk, row)


def opened(desk: Desk, row: FlagRow, *, again: Case | None = None, standing: int = 1) -> Case:
    """Return a case as it begins, or begins `again`, with what the flag rests on now; use inside `writing`.

    What it was compared with is written, the case itself is not.
    """
    reasons = reasons_of(desk, (row.region_id, row.pharmacy_id, row.drug_id, row.kind), secret=True)
    prices = keep_compared(desk, row, reasons)
    row = settled(row, prices.table)
    return Case(
        id=again.id if again else desk.store.next_case(),
        region_id=row.region_id,
        drug_id=row.drug_id,
        kind=row.kind,
        pharmacy_id=row.pharmacy_id,
        state=again.state if again else "found",
        standing=standing,
        mended=0,
        judged=None,
        revision=again.revision if again else 0,
        due_on=due(desk, "found"),
        opened_at=again.opened_at if again else desk.now(),
        class_=row.class_,
        grade=row.grade,
        fen=row.fen,
        numbers=numbers_of(desk, row, reasons),
        prices_hash=prices.hash,
    )


def write(desk: Desk, case: Case, state: str, asked: Asked, **more: Any) -> Case:
    """Write a case into a state with the step that led there, noted in the audit trail; use inside `writing`.

    `more` is noted beside the state.
    """
    after, done = stepped(desk, case, state, asked)
    desk.store.put_cases([after])
    desk.store.put_steps([(case.id, done)])
    name = FlagId(case.region_id, case.pharmacy_id, case.drug_id, case.kind).name
    was, now = noted(case), noted(after) | more
    audit.note(desk, f"flag_{asked.action}", f"flag {name}", by=asked.by, before=was, after=now)
    return after


def stepped(desk: Desk, case: Case, state: str, asked: Asked, batch_id: int | None = None) -> tuple[Case, CaseStep]:
    """Return a case in another state and the step that led there; one that leaves the state leaves its day, too."""
    due_on = case.due_on if state == case.state else due(desk, state)
    judged = _asked_now(desk, case) if state in OVER else None
    after = case._replace(state=state, revision=case.revision + 1, due_on=due_on, judged=judged)
    said = (asked.action, case.state, state, asked.role, asked.by.who.strip(), asked.by.why.strip())
    return after, CaseStep(after.revision, desk.now(), *said, case.fen, batch_id)


def _asked_now(desk: Desk, case: Case) -> int:
    """Return what is asked when a case ends; what it is about when that is not sold any more."""
    found = desk.store.asked_now(case.region_id, case.pharmacy_id, case.drug_id, case.kind)
    return found[0] if found else case.fen


def noted(case: Case) -> dict[str, Any]:
    """Return what the audit trail says of a case."""
    return {"state": case.state, "revision": case.revision, "due_on": case.due_on, "fen": case.fen}


def due(desk: Desk, state: str) -> str | None:
    """Return until which day the step after a state is due; None when nobody has to do anything."""
    within = desk.settings.step_days.get(state)
    return None if within is None else (desk.today() + timedelta(days=within)).isoformat()


def overdue(desk: Desk, case: Case) -> bool:
    """Say whether the day has passed until which a step was due."""
    return case.due_on is not None and case.due_on < desk.today().isoformat()
