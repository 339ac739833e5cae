"""Cases after prices have changed: one put right is marked re-priced by itself, one that comes back re-opens."""

from collections.abc import Iterable

from pricecompare.calc.cases import STEPS, comes_back
from pricecompare.models import Case
from pricecompare.models.audit import Hand
from pricecompare.services.cases.named import FlagId
from pricecompare.services.cases.steps import Asked, opened, write
from pricecompare.services.desk import Desk
from pricecompare.services.ruling.reasons import flag_row

PROGRAM = "pricecompare"


def follow(desk: Desk, moved: Iterable[tuple[int, int, str, int]]) -> None:
    """Bring cases in line with flags (region, drug, kind, pharmacy) that came, changed or went.

    Use inside `writing`, when offers and markets are as they will be.

    A price that is not flagged any more and was put right (calc/cases.py) is re-priced; one that is not flagged for
    another reason (it is not sold any more, or the market moved) only stands no longer, and its case waits for
    a person.
    """
    if not desk.store.has_cases():
        return
    prices = sorted({(pharmacy_id, drug_id, kind) for _, drug_id, kind, pharmacy_id in moved})
    for case in filter(None, desk.store.cases_of(prices)):
        _followed(desk, case)
    mend(desk)


def mend(desk: Desk) -> None:
    """Mark cases re-priced whose price is not flagged any more and was put right; use inside `writing`."""
    for case, asked in desk.store.mended_cases():
        right = case._replace(mended=1)
        if case.state in STEPS["reprice"].before:
            _taken(desk, right, "reprice", f"{case.fen} → {asked}")
        else:
            desk.store.put_cases([right])


def _followed(desk: Desk, case: Case) -> None:
    # A pharmacy that moved has flags in the region that it left go, and in the other one come.
    region_id = desk.store.region_of_pharmacy(case.pharmacy_id) or case.region_id
    row = flag_row(desk, FlagId(region_id, case.pharmacy_id, case.drug_id, case.kind), secret=True)
    if row is None:
        return desk.store.put_cases([case._replace(region_id=region_id, standing=0)])
    if comes_back(case.state, same=row.fen == case.judged, mended=bool(case.mended)):
        return _taken(desk, opened(desk, row, again=case), "reopen")
    again = case._replace(region_id=region_id, standing=1, mended=0)
    if again != case:
        desk.store.put_cases([again])


def _taken(desk: Desk, case: Case, action: str, why: str = "") -> None:
    asked = Asked(action, "system", Hand(PROGRAM, PROGRAM, why))
    write(desk, case, STEPS[action].after, asked)
