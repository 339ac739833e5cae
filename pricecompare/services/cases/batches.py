"""Many flags at once: one step with each of them by a regulator, tried before, and taken back."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pricecompare.calc.cases import COMMENT, taken
from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models import Case, CaseStep, FlagRow
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.cases.following import mend
from pricecompare.services.cases.named import name_of
from pricecompare.services.cases.steps import Asked, opened, overdue, refuse, refuse_hand, stepped
from pricecompare.services.desk import Desk
from pricecompare.services.exports.listing import ids_of, multiple
from pricecompare.services.grounds.places import within
from pricecompare.services.statistics.monitor import every_flag

MOST_AT_ONCE = 20_000
"""Flags of the largest batch."""

CODES = ("drug", "pharmacy")
"""What is named by its code."""


@dataclass(slots=True)
class Taken:
    """What became of flags: cases after their steps, and how many were left for which reason."""

    steps: list[tuple[Case, CaseStep]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    done: int = 0


def batch(
    desk: Desk, region: str, asked: Asked, *, dry: bool = False, district: str | None = None, **narrow: Any
) -> dict[str, Any]:
    """Take one step with every flag of a region that `narrow` leaves, and say what became of them.

    `narrow` may give ``class_``, ``kind``, ``grade``, ``strong``, ``state``, ``min_ratio`` (as it is written), the
    codes of a ``drug`` and a ``pharmacy``, or a ``rule`` and a ``tier`` of it. Flags whose turn it is not are left as
    they are and counted by why; with `dry` nothing is done. `batch` names what was done together: `undo` takes it back.
    """
    refuse(asked)
    if asked.action == COMMENT:
        raise Invalid("not_in_batch", field="action", value=asked.action)
    if narrow.get("tier") is not None and narrow.get("rule") is None:
        raise Invalid("missing_value", field="rule")
    with desk.store.reading() if dry else desk.store.writing():
        number = None if dry else desk.store.next_batch()
        where = within(desk, region, district)
        rows = list(every_flag(desk, where, most=MOST_AT_ONCE + 1, **_plain(narrow), **ids_of(desk, narrow)))
        if len(rows) > MOST_AT_ONCE:
            raise Invalid("batch_too_large", limit=MOST_AT_ONCE)
        found = _each(desk, rows, asked, number)
        if number is not None and found.done:
            _kept(desk, found.steps)
            what = {"batch": number, "action": asked.action, **_counts(found), "steps_sha256": _hash(found.steps)}
            filters = {name: value for name, value in narrow.items() if value is not None}
            audit.note(desk, "flags_batch", f"region {where}", by=asked.by, before=filters, after=what)
    return {"batch": number if found.done else None, **_counts(found), "dry_run": dry}


def _plain(narrow: dict[str, Any]) -> dict[str, Any]:
    """Return what narrows flags besides codes, a truth value as the store keeps it."""
    told = {name: value for name, value in narrow.items() if name not in CODES}
    if told.get("min_ratio") is not None:
        told["min_ratio"] = multiple(told["min_ratio"], "min_ratio") / 100
    return {name: int(value) if isinstance(value, bool) else value for name, value in told.items()}


def _each(desk: Desk, rows: list[FlagRow], asked: Asked, number: int | None) -> Taken:
    """Return what a step with each flag comes to; without a `number` nothing is written."""
    found = Taken()
    known = desk.store.cases_of((row.pharmacy_id, row.drug_id, row.kind) for row in rows)
    fresh = desk.store.next_case()
    for row, case in zip(rows, known, strict=True):
        late = case is not None and overdue(desk, case)
        before = case.state if case else "found"
        try:
            state = taken(before, asked.action, asked.role, why=asked.by.why, overdue=late)
        except Conflict as error:
            found.left[error.code] += 1
            continue
        found.done += 1
        if number is not None:
            if case is None:
                case, fresh = opened(desk, row)._replace(id=fresh), fresh + 1
            found.steps.append(stepped(desk, case, state, asked, number))
    return found


def _kept(desk: Desk, steps: list[tuple[Case, CaseStep]]) -> None:
    desk.store.put_cases(case for case, _ in steps)
    desk.store.put_steps((case.id, one) for case, one in steps)


def _counts(found: Taken) -> dict[str, Any]:
    return {"done": found.done, "left": dict(found.left)}


def _hash(steps: list[tuple[Case, CaseStep]]) -> str:
    """Return the SHA-256 of which flags a batch was about, and at which revision each is since."""
    lines = sorted(f"{name_of(case)} {case.revision}\n" for case, _ in steps)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def undo(desk: Desk, batch_id: int, *, by: Hand) -> dict[str, Any]:
    """Take a batch back wherever nothing has been done since; return how many cases were and were not.

    Nothing is taken out of a case's history: the way back is a step of its own. NotFound for a batch there is not.
    """
    refuse_hand(by)
    if not by.why.strip():
        raise Invalid("step_needs_why", field="why", value="undo")
    back = Asked("undo", "regulator", by)
    with desk.store.writing():
        cases, size = desk.store.cases_of_batch(batch_id), desk.store.size_of_batch(batch_id)
        if not size:
            raise NotFound("unknown_batch", field="batch", value=str(batch_id))
        steps = [_back(desk, case, back) for case in cases]
        _kept(desk, steps)
        done = {"batch": batch_id, "undone": len(cases), "moved_since": size - len(cases)}
        audit.note(desk, "flags_undone", f"batch {batch_id}", by=by, after=done | {"steps_sha256": _hash(steps)})
        mend(desk)
    return done


def _back(desk: Desk, case: Case, asked: Asked) -> tuple[Case, CaseStep]:
    state = desk.store.steps(case.id)[-1].before
    # A price that was put right while its case was over is then looked at once more.
    mended = case.mended if state == "reviewed" else 0
    return stepped(desk, case._replace(mended=mended), state, asked)
