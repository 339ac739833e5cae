"""What citizens report: taken from anybody, shown to regulators."""

import math
import time
from typing import Any

from flask import current_app, request

from pricecompare.calc.pace import Pace
from pricecompare.errors import TooMany
from pricecompare.schemas import citizens as shapes
from pricecompare.services.access.often import HOUR, network
from pricecompare.services.cases import citizens
from pricecompare.web.answering import desk
from pricecompare.web.cases import REGION, WHOLE, cases
from pricecompare.web.keys import ANYBODY, hand
from pricecompare.web.locked import Locked

REPORT = {"in": "path", "name": "number", "description": "Number of a report.", "example": 1}

sent = Locked("reports", ANYBODY, "What citizens report")


@sent.acts("/reports", shapes.ReportMade, shapes.Thanks, status=202)
def create_report(**said: Any) -> dict[str, Any]:
    """Report a wrong price, a pharmacy that is closed, or a drug that is not there.

    No login is wanted and nothing is kept of who reports. Nobody but the regulator sees it.
    """
    _counted(request.remote_addr or "")
    citizens.take(desk(), citizens.Said(**said))
    return {"taken": True}


def _counted(address: str) -> None:
    """Count a report from an address; raise TooMany for one too many."""
    pace = Pace(desk().settings.reports_per_hour, HOUR)
    verdict = current_app.extensions["often"].take(f"reports {network(address)}", pace, time.monotonic())
    if verdict.wait:
        raise TooMany("too_many_reports", seconds=math.ceil(verdict.wait))


@cases.shows("/regions/<region>/reports", shapes.Reports, shapes.ReportList, REGION)
def list_region_reports(region: str, **asked: Any) -> dict[str, Any]:
    """What citizens reported about pharmacies of a region, oldest first."""
    return citizens.listed(desk(), region, **asked)


@cases.acts(f"/reports/{WHOLE}/steps", shapes.ReportDecision, shapes.DecidedReport, REPORT)
def decide_report(number: int, action: str, who: str, why: str) -> dict[str, Any]:
    """Dismiss or settle a report, or open a case about the price it names."""
    return citizens.decide(desk(), number, action, by=hand(who, why))
