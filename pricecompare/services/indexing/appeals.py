"""Appeals: a pharmacy disputes what a run rests on; what is accepted changes the next run, never an earlier one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.money import yuan
from pricecompare.calc.periods import period
from pricecompare.errors import Conflict, Invalid, Moved, NotFound
from pricecompare.models import Pharmacy
from pricecompare.models.audit import Hand
from pricecompare.models.indexing import APPEAL_EFFECTS, APPEAL_SUBJECTS, Appeal, AppealStep, IndexRun
from pricecompare.services import audit
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.cases.steps import refuse_hand
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.indexing.panels import limits_of
from pricecompare.services.indexing.runs import run_of
from pricecompare.services.searching.search import known_drug, page_size

ACTIONS = {"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a pharmacy disputes: of which run and drug, and what is true instead, as far as it says."""

    run: int
    drug: str
    about: str
    quantity: float | None = None
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of an appeal: accepted with an effect (and totals, for a correction), rejected or withdrawn.

    `revision` is that of the appeal as its asker saw it, None to take it as it is.
    """

    action: str
    effect: str = ""
    quantity: float | None = None
    amount_fen: int | None = None
    revision: int | None = None


def file(desk: Desk, this: Pharmacy, dispute: Dispute, *, by: Hand) -> Appeal:
    """File an appeal of a pharmacy against a run and return it.

    Raises NotFound for a run that is not confirmed or says nothing of the pharmacy, or a drug it did not sell;
    Conflict after the time for appeals, or for the same appeal again; Invalid for one that does not say why.
    """
    _refuse_unsaid(by)
    if dispute.about not in APPEAL_SUBJECTS:
        raise Invalid("bad_choice", field="about", value=dispute.about, choices=", ".join(APPEAL_SUBJECTS))
    with desk.store.writing():
        run = _run(desk, this, dispute.run)
        drug = known_drug(desk, dispute.drug)
        _refuse_unsold(desk, this, run, drug.id, dispute.drug)
        limits = limits_of(desk, run.region_id, period(run.period).year)
        _refuse_late(desk, run, round(limits.appeal_days))
        narrow: dict[str, Any] = {"run_id": run.id, "pharmacy_id": this.id, "state": "filed"}
        if any(one.drug_id == drug.id for one in desk.store.appeals(most=1000, **narrow)):
            raise Conflict("appeal_exists", field="drug", value=dispute.drug)
        due = (desk.today() + timedelta(days=round(limits.answer_days))).isoformat()
        told = (run.period, dispute.about, "filed", "", dispute.quantity, dispute.amount_fen, 1, due, desk.now())
        appeal = Appeal(desk.store.next_appeal(), run.id, this.id, drug.id, *told)
        return _write(desk, appeal, "file", "", "pharmacy", by)


def _refuse_unsaid(by: Hand) -> None:
    refuse_hand(by)
    if not by.why.strip():
        raise Invalid("step_needs_why", field="why", value="file")


def _run(desk: Desk, this: Pharmacy, run_id: int) -> IndexRun:
    run = run_of(desk, run_id)
    if run.state != "confirmed" or all(one.pharmacy_id != this.id for one in desk.store.index_values(run_id)):
        raise NotFound("unknown_run", field="run", value=str(run_id))
    return run


def _refuse_unsold(desk: Desk, this: Pharmacy, run: IndexRun, drug_id: int, code: str) -> None:
    months = period(run.period).months
    sold = (desk.store.sales_of_pharmacy(this.region_id, month, this.id) for month in months)
    if all(sale.drug_id != drug_id for sales in sold for sale in sales):
        raise NotFound("appeal_not_sold", field="drug", value=code, period=run.period)


def _refuse_late(desk: Desk, run: IndexRun, within: int) -> None:
    last = days.date_of(run.decided_at or 0) + timedelta(days=within)
    if desk.today() > last:
        raise Conflict("appeal_too_late", field="run", value=str(run.id), last=last.isoformat())


def rule(desk: Desk, appeal_id: int, ruling: Ruling, *, role: str, by: Hand) -> Appeal:
    """Decide an appeal (a regulator) or withdraw it (its pharmacy), and return it.

    Raises NotFound for no appeal, Moved for one that moved since it was looked at, Conflict for one that is decided,
    Invalid for a ruling that does not say why, or a correction without totals.
    """
    _refuse_unsaid(by)
    choices = ("withdraw",) if role == "pharmacy" else ("accept", "reject")
    if ruling.action not in choices:
        raise Invalid("bad_choice", field="action", value=ruling.action, choices=", ".join(choices))
    with desk.store.writing():
        appeal = appeal_of(desk, appeal_id)
        if ruling.revision is not None and ruling.revision != appeal.revision:
            raise Moved("case_moved", field="revision", now=appeal.revision)
        if appeal.state != "filed":
            raise Conflict("appeal_decided", field="action", value=str(appeal_id), state=appeal.state)
        moved = appeal._replace(state=ACTIONS[ruling.action], revision=appeal.revision + 1, due_on=None)
        if ruling.action == "accept":
            moved = _accepted(moved, ruling)
        done = _write(desk, moved, ruling.action, appeal.state, role, by)
        if ruling.action == "accept":
            run = run_of(desk, appeal.run_id)
            # What is computed of sales as they stand is another now.
            desk.store.touch_prices(desk.store.next_version(), [run.region_id])
        return done


def _accepted(appeal: Appeal, ruling: Ruling) -> Appeal:
    """Return an appeal with what it does: the totals that are decided, or else those the pharmacy named."""
    if ruling.effect not in APPEAL_EFFECTS:
        raise Invalid("bad_choice", field="effect", value=ruling.effect, choices=", ".join(APPEAL_EFFECTS))
    if ruling.effect != "correct":
        return appeal._replace(effect=ruling.effect, quantity=None, amount_fen=None)
    quantity = appeal.quantity if ruling.quantity is None else ruling.quantity
    amount = appeal.amount_fen if ruling.amount_fen is None else ruling.amount_fen
    if not quantity or not amount or quantity <= 0 or amount <= 0:
        raise Invalid("appeal_needs_totals", field="quantity")
    return appeal._replace(effect="correct", quantity=quantity, amount_fen=amount)


def _write(desk: Desk, appeal: Appeal, action: str, was: str, role: str, by: Hand) -> Appeal:
    """Write an appeal with the step that led there, noted in the audit trail; use inside `writing`."""
    said = (action, was, appeal.state, role, by.who.strip(), by.why.strip())
    desk.store.put_appeal(appeal, AppealStep(appeal.revision, desk.now(), *said))
    names = ("run_id", "state", "about", "effect", "quantity", "amount_fen", "revision")
    after_ = {name: getattr(appeal, name) for name in names}
    before = {"state": was, "revision": appeal.revision - 1} if was else None
    audit.note(desk, f"appeal_{action}", f"appeal {appeal.id}", by=by, before=before, after=after_)
    return appeal


def appeal_of(desk: Desk, appeal_id: int) -> Appeal:
    """Return the appeal with that number; NotFound when there is none."""
    if (found := desk.store.appeal(appeal_id)) is None:
        raise NotFound("unknown_appeal", field="number", value=str(appeal_id))
    return found


def own(desk: Desk, this: Pharmacy, appeal_id: int) -> Appeal:
    """Return an appeal of a pharmacy; NotFound for another's, as for one that there is not."""
    found = appeal_of(desk, appeal_id)
    if found.pharmacy_id != this.id:
        raise NotFound("unknown_appeal", field="number", value=str(appeal_id))
    return found


def told(desk: Desk, appeal: Appeal) -> dict[str, Any]:
    """Return an appeal with all that was done about it."""
    steps = [one._asdict() | {"at": days.iso(one.at)} for one in desk.store.appeal_steps(appeal.id)]
    return _listed(desk, appeal) | {"steps": steps}


def appeals(
    desk: Desk,
    region: str | None = None,
    *,
    late: bool = False,
    limit: int | None = None,
    cursor_given: str | None = None,
    **narrow: Any,
) -> dict[str, Any]:
    """Return appeals, oldest first: of a region, a pharmacy, a run, in a state, or those that are overdue."""
    question, size = f"appeals {region} {late} {sorted(narrow.items())}", page_size(desk, limit)
    (last,) = after(desk, question, cursor_given) or (0,)
    with desk.store.reading():
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        place = None if region is None else pooling_of(atlas, region_of(atlas, region))
        before = desk.today().isoformat() if late else None
        wanted = {**narrow, "region_id": place, "due_before": before}
        found = desk.store.appeals(most=size + 1, after=int(last), **wanted)
        items = [_listed(desk, one) for one in found[:size]]
    following = cursor(desk, question, (found[size - 1].id,)) if len(found) > size else None
    return {"items": items, "next": following}


def _listed(desk: Desk, appeal: Appeal) -> dict[str, Any]:
    code, name = desk.store.pharmacy_name(appeal.pharmacy_id)
    drug_code, drug = desk.store.drug_name(appeal.drug_id)
    return {
        "id": appeal.id,
        "run": appeal.run_id,
        "period": appeal.period,
        "pharmacy": {"code": code, "name": name},
        "drug": {"code": drug_code, "name": drug},
        "about": appeal.about,
        "state": appeal.state,
        "effect": appeal.effect or None,
        "quantity": appeal.quantity,
        "amount": None if appeal.amount_fen is None else yuan(appeal.amount_fen),
        "revision": appeal.revision,
        "due_on": appeal.due_on,
        "overdue": appeal.due_on is not None and appeal.due_on < desk.today().isoformat(),
        "filed_at": days.iso(appeal.filed_at),
    }
