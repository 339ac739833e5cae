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

PEOPLE = ROLES[:2]

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


COMMENT = "comment"
"""What a regulator or the pharmacy may say at any time; it changes no state."""

OPEN = "open"
"""How a case begins that no rule found: a regulator opens it, after a citizen's report. It changes no state either."""


def refuse_step(action: str, role: str, *, why: str = "") -> None:
    """Raise what is wrong with a step in whatever state a case is.

    Invalid for one that does not exist or does not say why, Forbidden for one that is not `role`'s to take.

    >>> refuse_step("screen", "regulator")
    """
    roles: tuple[str, ...]
    if action == COMMENT:
        roles, says_why = PEOPLE, True
    elif action in STEPS:
        roles, says_why = (STEPS[action].role,), STEPS[action].says_why
    else:
        raise Invalid("unknown_step", field="action", value=action, choices=", ".join((*STEPS, COMMENT)))
    if role not in roles:
        raise Forbidden("not_your_step", field="action", value=action, role=", ".join(roles))
    if says_why and not why.strip():
        raise Invalid("step_needs_why", field="why", value=action)


def taken(state: str, action: str, role: str, *, why: str = "", overdue: bool = False) -> str:
    """Return the state after a step; a comment leaves it as it is.

    A reminder that nobody answered in time (`overdue`) may be reviewed without an answer. Raises what `refuse_step`
    does, and Conflict for a step whose turn it is not.

    >>> taken("found", "screen", "regulator"), taken("reminded", "explain", "pharmacy", why="进价上涨")
    ('screened', 'explained')
    """
    refuse_step(action, role, why=why)
    if action == COMMENT:
        return state
    steps = open_to(state, role, overdue=overdue)
    if action not in steps:
        raise Conflict(
            "step_out_of_turn", field="action", value=action, state=state, choices=", ".join((*steps, COMMENT))
        )
    return STEPS[action].after


def mended(class_: str, was: int, now: int) -> bool:
    """Say whether a price is put right that was `was` when it was flagged: one too low comes up, any other comes down.

    >>> mended("high", 2000, 1050), mended("error_low", 100, 1050), mended("high", 2000, 2000)
    (True, True, False)
    """
    return now > was if class_ == "error_low" else now < was


def comes_back(state: str, *, same: bool, mended: bool) -> bool:
    """Say whether a case begins again now that its price is flagged (again).

    One that was re-priced does. One that is over does with another price; with the `same` only when that was put right
    (`mended`) in between, and never when a person found nothing wrong with it: nobody is flagged twice for one price.

    >>> comes_back("closed", same=True, mended=False), comes_back("closed", same=True, mended=True)
    (False, True)
    >>> comes_back("dismissed", same=True, mended=True), comes_back("dismissed", same=False, mended=False)
    (False, True)
    """
    return state == "repriced" or (state in OVER and (not same or (mended and state != "dismissed")))


def open_to(state: str, role: str, *, overdue: bool = False) -> tuple[str, ...]:
    """Return the steps that somebody may take now.

    >>> open_to("reviewed", "regulator")
    ('interview', 'dismiss', 'close')
    """
    unanswered = ("review",) if state == "reminded" and overdue and role == "regulator" else ()
    return unanswered + tuple(name for name, step in STEPS.items() if state in step.before and step.role == role)
