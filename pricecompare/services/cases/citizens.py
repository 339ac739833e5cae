"""What citizens report: taken without knowing who they are, merged, and shown to nobody but the regulator."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.money import fen, yuan
from pricecompare.errors import Conflict, Invalid, NotFound, TooMany
from pricecompare.models import CitizenReport, Pharmacy
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.answers import views
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.cases.reported import open_case
from pricecompare.services.cases.steps import refuse_hand
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.searching.search import page_size

LONGEST_AGO = 92
"""Days for which what somebody saw can still be looked into."""

DAY = 86_400

DECISIONS = {"dismiss": "dismissed", "settle": "settled", "open": "opened"}
"""What a regulator may do about a report, and what it is then."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody reports: codes, what is wrong, and as far as they tell it the price they saw and the day."""

    pharmacy: str
    what: str
    drug: str | None = None
    kind: str = "listed"
    price: str | None = None
    seen_on: date | None = None


def take(desk: Desk, said: Said) -> None:
    """Keep a report; one that says the same as another nobody has looked at yet is counted with it.

    Nothing is kept of who sent it. Raises NotFound for a pharmacy or drug that nobody knows, Invalid for a day that
    makes no sense, TooMany when more came about that pharmacy today than are taken.
    """
    shop = _pharmacy(desk, said.pharmacy)
    new = _read(desk, said, shop)
    with desk.store.writing():
        _counted(desk, shop)
        same = desk.store.same_report(new)
        if same is None:
            return desk.store.put_report(new._replace(id=desk.store.next_report()))
        newest = max(filter(None, (same.seen_on, new.seen_on)), default=None)
        desk.store.put_report(same._replace(times=same.times + 1, last_at=new.last_at, seen_on=newest))


def _pharmacy(desk: Desk, code: str) -> Pharmacy:
    if (found := desk.store.pharmacy(code.strip().upper())) is None:
        raise NotFound("unknown_pharmacy", field="pharmacy", value=code)
    return found


def _read(desk: Desk, said: Said, shop: Pharmacy) -> CitizenReport:
    """Return what somebody reports as it is kept; of a pharmacy that is closed, no drug and no price."""
    about_drug = said.what != "closed"
    return CitizenReport(
        id=0,
        region_id=shop.region_id,
        pharmacy_id=shop.id,
        drug_id=_drug_id(desk, said.drug) if about_drug else None,
        kind=said.kind if about_drug else "",
        what=said.what,
        fen=fen(said.price) if said.price and said.what == "wrong_price" else None,
        seen_on=_seen_on(desk, said.seen_on),
        times=1,
        first_at=desk.now(),
        last_at=desk.now(),
        state="new",
        who="",
        why="",
    )


def _drug_id(desk: Desk, code: str | None) -> int:
    if code is None:
        raise Invalid("missing_value", field="drug", value="drug")
    if (found := desk.store.drug(code.strip().upper())) is None:
        raise NotFound("unknown_drug", field="drug", value=code)
    return found.id


def _seen_on(desk: Desk, day: date | None) -> str | None:
    if day is None:
        return None
    if not desk.today() - timedelta(days=LONGEST_AGO) <= day <= desk.today():
        raise Invalid("bad_seen_on", field="seen_on", value=day.isoformat(), most=LONGEST_AGO)
    return day.isoformat()


def _counted(desk: Desk, shop: Pharmacy) -> None:
    """Count a report about a pharmacy; TooMany beyond what is taken on a day."""
    today = desk.today()
    before = desk.store.reports_on(shop.id, today.isoformat())
    if before >= desk.settings.reports_per_day:
        tomorrow = days.instant(today + timedelta(days=1))
        raise TooMany("too_many_reports", seconds=max(tomorrow - desk.now(), 1))
    desk.store.put_reports_on(shop.id, today.isoformat(), before + 1)


def listed(
    desk: Desk,
    region: str,
    *,
    state: str | None = None,
    what: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return the reports about pharmacies of a region or district page by page, oldest first."""
    question, size = f"reports {region} {state} {what}", page_size(desk, limit)
    with desk.store.reading():
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        here = region_of(atlas, region)
        pooling, narrow = pooling_of(atlas, here), {"state": state, "what": what, "district_id": district_of(here)}
        (last,) = after(desk, question, cursor_given, endless=True) or (0,)
        found = desk.store.reports(pooling, most=size + 1, after=last, **narrow)
        items = [shown(desk, one) for one in found[:size]]
    return {
        "region": views.place_name(atlas, here.id),
        "items": items,
        "next": cursor(desk, question, (found[size - 1].id,)) if len(found) > size else None,
    }


def shown(desk: Desk, this: CitizenReport) -> dict[str, Any]:
    """Return a report as a regulator sees it."""
    code, name = desk.store.pharmacy_name(this.pharmacy_id)
    drug = desk.store.drug_name(this.drug_id) if this.drug_id is not None else None
    return {
        "id": this.id,
        "pharmacy": {"code": code, "name": name},
        "drug": {"code": drug[0], "name": drug[1]} if drug else None,
        "kind": this.kind or None,
        "what": this.what,
        "price": None if this.fen is None else yuan(this.fen),
        "seen_on": this.seen_on,
        "times": this.times,
        "first_at": days.iso(this.first_at),
        "last_at": days.iso(this.last_at),
        "state": this.state,
        "who": this.who,
        "why": this.why,
    }


def decide(desk: Desk, report_id: int, action: str, *, by: Hand) -> dict[str, Any]:
    """Do what a regulator decides about a report and return it: dismiss or settle it, or open a case.

    `flag` names the case. Raises NotFound for a report there is not, Conflict for one that somebody decided about
    before and for a case about a whole pharmacy, Invalid without who or why.
    """
    refuse_hand(by)
    if not by.why.strip():
        raise Invalid("step_needs_why", field="why", value=action)
    if action not in DECISIONS:
        raise Invalid("bad_choice", field="action", value=action, choices=", ".join(DECISIONS))
    with desk.store.writing():
        this = desk.store.report(report_id)
        if this is None:
            raise NotFound("unknown_report", field="id", value=str(report_id))
        if this.state != "new":
            raise Conflict("report_decided", field="id", value=report_id, state=this.state)
        flag = open_case(desk, this, by) if action == "open" else None
        after = this._replace(state=DECISIONS[action], who=by.who.strip(), why=by.why.strip())
        desk.store.put_report(after)
        was, now = {"state": this.state, "times": this.times}, {"state": after.state, "flag": flag}
        audit.note(desk, f"report_{after.state}", f"report {this.id}", by=by, before=was, after=now)
        return shown(desk, after) | {"flag": flag}
