"""The life of a flag: which step follows which, who may take it, and until when; no step can be skipped.

found → screened → reminded → explained, re-priced or appealed → reviewed → interviewed → rectified; a flag may end
dismissed (after it was screened or reviewed) or closed. The steps are those seen in practice (domain.md, "Abnormal
prices"); no legal deadlines were found, so that days are settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pricecompare.errors import Conflict, Forbidden, Invalid

STATES = (
    "found", "screened", "reminded", "explained", "repriced", "appealed", "reviewed", "interviewed", "rectified",
    "dismissed", "closed",
)  # fmt: skip

ROLES = ("regulator", "pharmacy", "system")
"""Who takes steps: a person of the region's regulator, the pharmacy that the flag is about, or the program itself."""

OVER = frozenset({"dismissed", "closed", "rectified"})
"""States in which nobody has to do anything any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which states, to which, who may take it, and whether it must say why."""

    before: frozenset[str]
    after: str
    role: str
    says_why: bool = False


def _step(before: str, after: str, role: str = "regulator", *, says_why: bool = False) -> Step:
    return Step(frozenset(before.split()), after, role, says_why)


STEPS: Mapping[str, Step] = {
    "screen": _step("found", "screened"),
    "remind": _step("screened", "reminded"),
    "explain": _step("reminded", "explained", "pharmacy", says_why=True),
    "appeal": _step("reminded explained", "appealed", "pharmacy", says_why=True),
    "reprice": _step("found screened reminded explained appealed reviewed interviewed", "repriced", "system"),
    "review": _step("explained repriced appealed", "reviewed", says_why=True),
    "interview": _step("reviewed", "interviewed"),
    "rectify": _step("interviewed", "rectified", says_why=True),
    "dismiss": _step("screened reviewed", "dismissed", says_why=True),
    "close": _step("reviewed rectified", "closed"),
    "reopen": _step("repriced rectified dismissed closed", "found", "system"),
}
"""Every step by its name."""

DAYS: Mapping[str, int] = {
    "found": 7, "screened": 3, "reminded": 7, "explained": 10, "repriced": 30, "appealed": 10, "reviewed": 10,
    "interviewed": 30,
}  # fmt: skip
"""Within how many days the next step is due, by state; settings may say otherwise."""


def taken(state: str, action: str, role: str, *, why: str = "", overdue: bool = False) -> str:
    """Return the state after a step.

    A reminder that nobody answered in time (`overdue`) may be reviewed without an answer. Raises Invalid for a step
    that does not exist or does not say why, Forbidden for one that is not `role`'s to take, Conflict for one whose turn
    it is not.

    >>> taken("found", "screen", "regulator"), taken("reminded", "explain", "pharmacy", why="进价上涨")
    ('screened', 'explained')
    """
    if action not in STEPS:
        raise Invalid("unknown_step", field="action", value=action, choices=", ".join(STEPS))
    step = STEPS[action]
    if role != step.role:
        raise Forbidden("not_your_step", field="action", value=action, role=step.role)
    if step.says_why and not why.strip():
        raise Invalid("step_needs_why", field="why", value=action)
    unanswered = action == "review" and state == "reminded" and overdue
    if state not in step.before and not unanswered:
        raise Conflict("step_out_of_turn", field="action", value=action, state=state)
    return step.after


def open_to(state: str, role: str, *, overdue: bool = False) -> tuple[str, ...]:
    """Return the steps that somebody may take now.

    >>> open_to("reviewed", "regulator")
    ('interview', 'dismiss', 'close')
    """
    unanswered = ("review",) if state == "reminded" and overdue and role == "regulator" else ()
    return unanswered + tuple(name for name, step in STEPS.items() if state in step.before and step.role == role)
