"""Cases after prices have changed: one that came down is marked re-priced by itself, one that comes back re-opens."""

from collections.abc import Iterable

from pricecompare.calc.cases import OVER, STEPS
from pricecompare.models import Case
from pricecompare.services.cases.named import FlagId
from pricecompare.services.cases.steps import Asked, opened, write
from pricecompare.services.desk import Desk

PROGRAM = "pricecompare"


def follow(desk: Desk, moved: Iterable[tuple[int, int, str, int]]) -> None:
    """Bring cases in line with flags (region, drug, kind, pharmacy) that came, changed or went.

    Use inside `writing`, when offers and markets are as they will be.

    A price that is not flagged any more and is lower than it was is re-priced; one that is not flagged for another
    reason (it is not sold any more, or the market moved) only stands no longer, and its case waits for a person. A case
    that is over is opened again by another price than the one it ended with: nobody is flagged twice for the same.
    """
    if not desk.store.has_cases():
        return
    for region_id, drug_id, kind, pharmacy_id in moved:
        case = desk.store.case_of(pharmacy_id, drug_id, kind)
        if case is not None:
            _followed(desk, FlagId(region_id, pharmacy_id, drug_id, kind), case)


def _followed(desk: Desk, this: FlagId, case: Case) -> None:
    row = desk.store.flag_of(*this)
    if row is None:
        return _gone(desk, this, case._replace(region_id=this.region_id, standing=0))
    again = case._replace(region_id=this.region_id, standing=1)
    if case.state == "repriced" or (case.state in OVER and row.fen != case.fen):
        return _taken(desk, opened(desk, row, case.id, again=again)._replace(state=case.state), "reopen")
    if again != case:
        desk.store.put_cases([again])


def _gone(desk: Desk, this: FlagId, case: Case) -> None:
    asked = desk.store.fen_of(*this)
    if asked is not None and asked < case.fen and case.state in STEPS["reprice"].before:
        return _taken(desk, case, "reprice", f"{case.fen} → {asked}")
    desk.store.put_cases([case])


def _taken(desk: Desk, case: Case, action: str, why: str = "") -> None:
    write(desk, case, STEPS[action].after, Asked(action, "system", PROGRAM, why))
