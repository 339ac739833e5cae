"""Limits of the index and appeals against it: the regulator's and the pharmacy's hands in them."""

from typing import Any

from pricecompare.schemas import appeals as shapes
from pricecompare.schemas.index_trial import Trial
from pricecompare.schemas.questions import Plain
from pricecompare.services.cases import answering
from pricecompare.services.indexing import appeals, settings
from pricecompare.web.answering import desk
from pricecompare.web.keys import PHARMACY, REGULATOR, hand, own_pass
from pricecompare.web.limits import costs
from pricecompare.web.locked import Locked

CODE = {"in": "path", "name": "code", "description": "Code of a pharmacy.", "example": "P99010200001"}
REGION = {"in": "path", "name": "region", "description": "Six-digit code of a pooling region.", "example": "990100"}
NUMBER = {"in": "path", "name": "number", "description": "Number of an appeal.", "example": 1}
WHOLE = "<int(max=9007199254740991):number>"

limiting = Locked("index-limits", REGULATOR, "Limits of the index: publication, ranking, warning lines, stars")
hearing = Locked("appeals", REGULATOR, "Appeals against runs of the index, for the regulator")
appealing = Locked("own-appeals", PHARMACY, "Appeals against runs of the index, for the pharmacy")


@limiting.shows("/regions/<region>/index-limits", shapes.Limits, shapes.LimitList, REGION)
def list_index_limits(region: str, year: int) -> dict[str, Any]:
    """Limits of the index as they hold for a region and year, and all that was set."""
    return settings.settings(desk(), region, year)


@limiting.acts("/regions/<region>/index-limits", shapes.LimitAsked, shapes.LimitList, REGION)
def set_index_limit(
    region: str, name: str, year: int, who: str, why: str, value: float | None = None
) -> dict[str, Any]:
    """Set a limit for a region and year, or take the setting back."""
    settings.set_limit(desk(), region, year, name, value, by=hand(who, why))
    return settings.settings(desk(), region, year)


@costs(20)
@limiting.shows("/regions/<region>/index-limits/trial", Trial, shapes.TriedLimits, REGION)
def try_index_limits(region: str, period: str | None = None, **limits: float) -> dict[str, Any]:
    """What limits would mark, a warning line or stars above all, before they are in force; nothing is changed."""
    return settings.tried(desk(), region, limits, period=period)


@hearing.shows("/regions/<region>/appeals", shapes.Appeals, shapes.AppealList, REGION)
def list_region_appeals(region: str, **asked: Any) -> dict[str, Any]:
    """Appeals of a region's pharmacies, oldest first."""
    return appeals.appeals(desk(), region, **asked)


@hearing.shows(f"/appeals/{WHOLE}", Plain, shapes.Appeal, NUMBER)
def show_appeal(number: int) -> dict[str, Any]:
    """An appeal with all that was done about it."""
    return appeals.told(desk(), appeals.appeal_of(desk(), number))


@hearing.acts(f"/appeals/{WHOLE}/steps", shapes.RulingAsked, shapes.Appeal, NUMBER)
def rule_appeal(number: int, who: str, why: str, **asked: Any) -> dict[str, Any]:
    """Accept or reject an appeal; an accepted one changes what later runs rest on."""
    done = appeals.rule(desk(), number, appeals.Ruling(**asked), role="regulator", by=hand(who, why))
    return appeals.told(desk(), done)


@appealing.shows("/pharmacies/<code>/index/appeals", shapes.OwnAppeals, shapes.AppealList, CODE)
def list_own_appeals(code: str, **asked: Any) -> dict[str, Any]:
    """Appeals of a pharmacy, for itself."""
    this = answering.itself(desk(), code, own_pass())
    return appeals.appeals(desk(), pharmacy_id=this.id, **asked)


@appealing.acts("/pharmacies/<code>/index/appeals", shapes.AppealAsked, shapes.Appeal, CODE, status=201)
def file_appeal(code: str, who: str, why: str, **asked: Any) -> dict[str, Any]:
    """Dispute a drug's price, quantity or grouping in a confirmed run."""
    this = answering.itself(desk(), code, own_pass())
    return appeals.told(desk(), appeals.file(desk(), this, appeals.Dispute(**asked), by=hand(who, why)))


@appealing.acts(f"/pharmacies/<code>/index/appeals/{WHOLE}/withdrawal", shapes.Withdrawal, shapes.Appeal, CODE, NUMBER)
def withdraw_appeal(code: str, number: int, who: str, why: str) -> dict[str, Any]:
    """Withdraw an appeal of one's own that is not decided yet."""
    mine = appeals.own(desk(), answering.itself(desk(), code, own_pass()), number)
    done = appeals.rule(desk(), mine.id, appeals.Ruling("withdraw"), role="pharmacy", by=hand(who, why))
    return appeals.told(desk(), done)
