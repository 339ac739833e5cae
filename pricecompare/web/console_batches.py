"""One step with all that a list shows, at the console: first only tried, then taken, then perhaps taken back."""

from typing import Any

from flask import Response, request

from pricecompare.calc.cases import STEPS
from pricecompare.errors import NotFound
from pricecompare.schemas.cases import REGULATORS, BatchAsked, UndoAsked
from pricecompare.services.access import reach
from pricecompare.services.cases import Asked, batch, undo
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.cases import WHOLE
from pricecompare.web.console import console
from pricecompare.web.entered import SESSION, entered, hand, rendered, user
from pricecompare.web.errands import beside
from pricecompare.web.narrowing import filled, given

ASKED_BESIDE = ("action", "who", "why", "do", "dry_run", "region", "revision", "token")
"""What may be said with a batch besides what narrows it."""


@console.get("/batch")
@entered("regulator")
def ask_batch() -> Response:
    """Ask which step is to be tried with all that a list shows."""
    region = request.args.get("region", "")
    reach.region(desk(), user().caller, region)
    narrowed = _narrowing(given())
    filled(BatchAsked, narrowed, action=REGULATORS[0])
    return _page(region, narrowed)


def _narrowing(said: dict[str, str]) -> dict[str, str]:
    # Were the step itself among it, the form would say it twice, and an address would win over whoever chooses.
    return {name: value for name, value in said.items() if value and name not in ASKED_BESIDE}


def _page(region: str, narrowed: dict[str, str], **more: Any) -> Response:
    """Return the page of a batch, which says all that narrows it."""
    whys = [name for name in REGULATORS if STEPS[name].says_why]
    return rendered("batch", region=region, narrowed=narrowed, actions=REGULATORS, whys=whys, **more)


@console.post("/batch")
@entered("regulator")
def step_batch() -> Response:
    """Say what a step with many flags would come to; with the button of that page, take it."""
    said = cookies.form(cookies.given(desk(), SESSION))
    narrowed = _narrowing(said)
    region, why, trying = said.get("region", ""), said.get("why", ""), "do" not in said
    reach.region(desk(), user().caller, region)
    asked = filled(BatchAsked, narrowed, action=said.get("action", ""), who=user().name, why=why, dry_run=_word(trying))
    if asked.get("district"):
        reach.region(desk(), user().caller, asked["district"])
    action, by = asked.pop("action"), hand(asked.pop("who"), asked.pop("why"))
    done = beside(batch, region, Asked(action, "regulator", by), **asked)
    return _page(region, narrowed, done=done, action=action, why=why)


def _word(value: bool) -> str:
    return "true" if value else "false"


@console.get(f"/batches/{WHOLE}")
@entered("regulator")
def show_batch(number: int) -> Response:
    """How many steps were taken in a batch, and the form that takes it back."""
    reach.batch(desk(), user().caller, number)
    size = desk().store.size_of_batch(number)
    if not size:
        raise NotFound("unknown_batch", field="batch", value=str(number))
    return rendered("undo", number=number, size=size)


@console.post(f"/batches/{WHOLE}/undo")
@entered("regulator")
def undo_batch(number: int) -> Response:
    """Take a batch back wherever nothing has been done since."""
    said = cookies.form(cookies.given(desk(), SESSION))
    reach.batch(desk(), user().caller, number)
    asked = filled(UndoAsked, {"why": said.get("why", "")}, who=user().name)
    done = beside(undo, number, by=hand(asked["who"], asked["why"]))
    return rendered("undo", number=number, undone=done)
