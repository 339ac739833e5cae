"""Runs of the index: for everybody once they are confirmed, and the regulator's hand in them."""

from typing import Any

from pricecompare.schemas import runs as shapes
from pricecompare.schemas.questions import Plain
from pricecompare.services.indexing import runs, showing
from pricecompare.services.indexing.verifying import verified
from pricecompare.web.answering import desk
from pricecompare.web.keys import REGULATOR, hand
from pricecompare.web.limits import costs
from pricecompare.web.locked import Locked
from pricecompare.web.nouns import Noun

REGION = {"in": "path", "name": "region", "description": "Six-digit code of a pooling region.", "example": "990100"}
NUMBER = {"in": "path", "name": "number", "description": "Number of a run.", "example": 1}
WHOLE = "<int(max=9007199254740991):number>"

published = Noun(
    "index-runs",
    description="Published runs of the price-volume index",
    code="Number of a run.",
    example="1",
    parameter="number",
)
publishing = Locked("publishing", REGULATOR, "Runs of the price-volume index: computed, previewed, confirmed, verified")


@published.answers("/index-runs", shapes.Runs, shapes.PublicRuns)
def list_published_runs(**asked: Any) -> dict[str, Any]:
    """Confirmed runs of the index, newest first; one that another took the place of says by which."""
    return showing.public_runs(desk(), **asked)


@published.answers("/index-runs/<number>", Plain, shapes.OneRun)
def show_published_run(number: str) -> dict[str, Any]:
    """A confirmed run: of what it was computed, by which limits, with the hashes of inputs and values."""
    return showing.public_run(desk(), number)


@costs(5)
@published.answers("/index-runs/<number>/indices", shapes.RunPage, shapes.RunValues)
def list_run_indices(number: str, **asked: Any) -> dict[str, Any]:
    """What a confirmed run says of every pharmacy, dearest first, whatever took its place later."""
    return showing.values_of(desk(), number, **asked)


@publishing.shows("/regions/<region>/index-runs", shapes.RegionRuns, shapes.RunList, REGION)
def list_region_runs(region: str, **asked: Any) -> dict[str, Any]:
    """Runs of a region in any state, newest first."""
    return showing.runs(desk(), region, **asked)


@costs(50)
@publishing.acts("/regions/<region>/index-runs", shapes.RunAsked, shapes.Preview, REGION, status=201)
def draft_run(region: str, who: str, why: str, **asked: Any) -> dict[str, Any]:
    """Compute an index of sales as they stand and keep it as a draft; the answer shows who changes most."""
    run = runs.publish(desk(), runs.Wish(region, **asked), by=hand(who, why))
    return showing.preview(desk(), run.id)


@costs(10)
@publishing.shows(f"/index-runs/{WHOLE}/preview", Plain, shapes.Preview, NUMBER)
def preview_run(number: int) -> dict[str, Any]:
    """A run in any state with who changes most, against the run it corrects or that of the period before."""
    return showing.preview(desk(), number)


@publishing.acts(f"/index-runs/{WHOLE}/steps", shapes.RunDecision, shapes.Run, NUMBER)
def decide_run(number: int, action: str, who: str, why: str) -> dict[str, Any]:
    """Confirm a draft, which everybody sees from then on, or drop it; nothing of it changes after that."""
    run = runs.decide(desk(), number, action, by=hand(who, why))
    return showing.shown_run(desk(), run.id)


@costs(50)
@publishing.shows(f"/index-runs/{WHOLE}/verification", Plain, shapes.Verified, NUMBER)
def verify_run(number: int) -> dict[str, Any]:
    """Compute a run again from the inputs that are kept with it, and compare all values and hashes."""
    return verified(desk(), number)
