"""Cases that people open: after a citizen's report or by a file, about a flag there is or a price no rule found."""

from typing import Any

from pricecompare.calc.cases import OPEN, OVER
from pricecompare.errors import Conflict
from pricecompare.models import Case, CitizenReport, FlagRow
from pricecompare.models.audit import Hand
from pricecompare.services.cases.named import FlagId
from pricecompare.services.cases.steps import Asked, opened, write
from pricecompare.services.desk import Desk
from pricecompare.services.ruling.reasons import flag_row

REPORTED, IMPORTED = "reported", "imported"
"""Classes of cases that no rule found: a citizen reported the price, or a file named it."""


def open_case(desk: Desk, report: CitizenReport, by: Hand) -> str:
    """Open a case about what was reported, or that there is once more, and return its name; use inside `writing`.

    Raises Conflict for a report about a whole pharmacy, and for a drug that the pharmacy does not sell any more.
    """
    if report.drug_id is None:
        raise Conflict("report_without_drug", field="action", value=report.id)
    this = FlagId(report.region_id, report.pharmacy_id, report.drug_id, report.kind)
    case = _case(desk, this, REPORTED)
    _open(desk, case, by, report=report.id)
    return this.name


def open_price(desk: Desk, this: FlagId, by: Hand, *, class_: str, **more: Any) -> bool:
    """Open a case about a price and return True; False where there is one that goes on. Use inside `writing`.

    `more` is noted in the audit trail. Raises Conflict for a drug that the pharmacy does not sell.
    """
    before = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
    if before is not None and before.state not in OVER:
        return False
    _open(desk, _case(desk, this, class_), by, **more)
    return True


def _open(desk: Desk, case: Case, by: Hand, **more: Any) -> None:
    state = "found" if case.state in OVER else case.state
    write(desk, case, state, Asked(OPEN, "regulator", by), **more)


def _case(desk: Desk, this: FlagId, class_: str) -> Case:
    """Return the case as it is, or as it begins (again) with what is asked now."""
    case = desk.store.case_of(this.pharmacy_id, this.drug_id, this.kind)
    if case is not None and case.state not in OVER:
        return case
    row = flag_row(desk, this, secret=True)
    if row is not None:
        return opened(desk, row, again=case)
    return opened(desk, _row(desk, this, class_), again=case, standing=0)


def _row(desk: Desk, this: FlagId, class_: str) -> FlagRow:
    """Return a price that is not flagged as if it were, compared with the others of its region."""
    asked = desk.store.asked_now(*this)
    if asked is None:
        raise Conflict("not_sold", field="action", value=this.name)
    row = FlagRow._make((*([None] * 21), *desk.store.flag_names(this.pharmacy_id, this.drug_id)))
    fen, observed_at = asked
    same = float(fen)
    said: dict[str, Any] = {"class_": class_, "grade": class_, "strong": 0, "fen": fen, "observed_at": observed_at}
    against: dict[str, Any] = {"ref_area": "local", "others": 0, "ref_median": same, "ref_mean": same}
    ratios: dict[str, Any] = {"ratio_median": 1.0, "ratio_mean": 1.0}
    rule: dict[str, Any] = {"rule_id": class_, "rule_version": 1, "data_version": desk.store.versions().data}
    return row._replace(**this._asdict(), **said, **against, **ratios, **rule)
