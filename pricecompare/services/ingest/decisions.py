"""What people decide about uploads: confirm or reject one put aside, take one back, vouch for a held price."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from pricecompare.calc.packing import unpacked
from pricecompare.calc.quotes import QUOTE, in_order, keys_of, pair
from pricecompare.calc.timeline import Said
from pricecompare.errors import Conflict, NotFound
from pricecompare.models import KINDS, Upload
from pricecompare.models.audit import NOBODY, Hand
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.applying import Applying, Gaps
from pricecompare.services.ingest.prices import pile_of_quotes
from pricecompare.services.ingest.sales import tell_sales_again
from pricecompare.services.ingest.taken import Told, nothing_told
from pricecompare.services.markets.pile import Pile

DECISIONS = ("confirmation", "rejection", "retraction", "release")
"""What stands in the ledger beside files."""

DATED = ("prices", "sales")
"""What is kept as it was said, so that it can be taken back."""


def confirm(desk: Desk, upload_id: int, *, by: Hand = NOBODY, told: Told = nothing_told) -> Upload:
    """Let a quarantined upload count; return its row of the ledger. Conflict when it is not in quarantine."""
    store = desk.store
    with store.writing():
        upload = _in_quarantine(store, upload_id)
        decision = _decided(desk, "confirmation", upload, by)
        pile, gaps = _quotes_of(store, upload.id)
        store.delete_lists(upload.id)
        upload = replace(upload, state="taken", taken_at=desk.now())
        store.put_upload(upload)
        applying = Applying(desk, upload, newest=False, gaps=gaps)
        with pile:
            for heap in pile.heaps():
                if len(heap):
                    applying.take(in_order(heap))
        version = _refreshed(desk, applying, told)
        found = applying.outcome
        counts = {name: getattr(found, name) for name in ("added", "changed", "unchanged", "late", "gone", "held")}
        counts["unchanged"] += upload.rows - upload.refused - upload.filtered - pile.rows
        upload = replace(upload, **counts, data_version=version)
        store.put_upload(upload)
        store.put_upload(replace(decision, data_version=version))
        _noted(desk, "upload_confirmed", upload.id, by, decision, state="quarantined", then=upload)
    return upload


def reject(desk: Desk, upload_id: int, *, by: Hand = NOBODY) -> Upload:
    """Let a quarantined upload never count; return its row of the ledger. Conflict when it is not in quarantine."""
    store = desk.store
    with store.writing():
        upload = replace(_in_quarantine(store, upload_id), state="rejected")
        store.put_upload(upload)
        decision = _decided(desk, "rejection", upload, by)
        _noted(desk, "upload_rejected", upload.id, by, decision, state="quarantined", then=upload)
    return upload


def retract(desk: Desk, upload_id: int, *, by: Hand = NOBODY, told: Told = nothing_told) -> Upload:
    """Take an upload of prices or sales back: all is as if it had never come; return the decision.

    Conflict when it does not count (any more), or is a register, which a corrected file replaces.
    """
    store = desk.store
    with store.writing():
        upload = known_upload(store, upload_id)
        if upload.state != "taken" or upload.what in DECISIONS:
            state = upload.what if upload.what in DECISIONS else upload.state
            raise Conflict("not_taken", value=upload_id, state=state)
        if upload.what not in DATED:
            raise Conflict("register_stays", value=upload_id, what=upload.what)
        decision = _decided(desk, "retraction", upload, by)
        store.put_upload(replace(upload, state="retracted"))
        if upload.what == "sales":
            changed = tell_sales_again(store, upload.id)
            done = replace(decision, changed=changed, data_version=store.next_version() if changed else None)
            if done.data_version is not None:
                store.touch_prices_of_upload(done.data_version, done.id, upload.id)
        else:
            done = _prices_taken_back(desk, upload, decision, told)
        store.put_upload(done)
        _noted(desk, "upload_retracted", upload.id, by, done, state="taken", then=replace(done, state="retracted"))
    return done


def release(desk: Desk, pharmacy: str, drug: str, *, kind: str = "listed", by: Hand = NOBODY) -> Upload:
    """Vouch for a price that is held as suspicious; return the decision. Conflict when it is not held."""
    store = desk.store
    with store.writing():
        shop, item = store.pharmacy(pharmacy.strip().upper()), store.drug(drug.strip().upper())
        if shop is None:
            raise NotFound("unknown_pharmacy", field="pharmacy", value=pharmacy)
        if item is None:
            raise NotFound("unknown_drug", field="drug", value=drug)
        offers = {row[:2]: row for row in store.offers_of_pharmacy(shop.region_id, shop.id)}
        row = offers.get((item.id, kind))
        if row is None or not row[4]:
            raise Conflict("not_held", pharmacy=shop.code, drug=item.code)
        decision = _decided(desk, "release", None, by)
        store.put_vouched(
            [{"pharmacy_id": shop.id, "drug_id": item.id, "kind": kind, "fen": row[2], "upload_id": decision.id}]
        )
        applying = Applying(desk, decision)
        applying.retell(pair(shop.id, KINDS.index(kind)), np.array([item.id]), whole=False)
        decision = replace(decision, changed=1, data_version=_refreshed(desk, applying, nothing_told))
        store.put_upload(decision)
        about = f"price {shop.code} {item.code} {kind}"
        was, now = {"fen": row[2], "held": True}, {"fen": row[2], "held": False, "decision": decision.id}
        audit.note(desk, "price_released", about, by=by, before=was, after=now)
    return decision


def known_upload(store: Any, upload_id: int) -> Upload:
    """Return the upload with that id; NotFound when there is none."""
    if (upload := store.upload(upload_id)) is None:
        raise NotFound("unknown_upload", field="upload", value=str(upload_id))
    return upload


def _in_quarantine(store: Any, upload_id: int) -> Upload:
    upload = known_upload(store, upload_id)
    if upload.state != "quarantined":
        raise Conflict("not_quarantined", value=upload_id, state=upload.state)
    return upload


def _decided(desk: Desk, what: str, upload: Upload | None, by: Hand) -> Upload:
    """Return a decision, in the ledger."""
    now = desk.now()
    about: dict[str, Any] = {"about_id": upload.id, "source": upload.source, "owner": upload.owner} if upload else {}
    decision = Upload(desk.store.next_ids().upload, what, sender=by.who, came_at=now, taken_at=now, **about)
    desk.store.put_upload(decision)
    return decision


def _noted(desk: Desk, what: str, upload_id: int, by: Hand, decision: Upload, *, state: str, then: Upload) -> None:
    """Note a decision about an upload in the audit trail: its state before, and what came of it."""
    counts = {name: count for name in ("added", "changed", "gone", "held") if (count := getattr(then, name))}
    after = {"state": then.state, "decision": decision.id, **counts}
    audit.note(desk, what, f"upload {upload_id}", by=by, before={"state": state}, after=after)


def _prices_taken_back(desk: Desk, upload: Upload, decision: Upload, told: Told) -> Upload:
    """Return the completed decision to take an upload of prices back."""
    applying = Applying(desk, decision)
    lists = list(desk.store.lists_of_upload(upload.id))
    for done, (_, pharmacy, kind, full_at, layout, quotes) in enumerate(lists):
        said = Said(upload.id, full_at, unpacked(quotes, layout=layout))
        where, drugs = pair(pharmacy, KINDS.index(kind)), np.unique(said.quotes["drug"])
        applying.retell(where, drugs, whole=full_at is not None, taken_back=said)
        told("lists", done + 1, len(lists))
    version = _refreshed(desk, applying, told)
    counts = {name: getattr(applying.outcome, name) for name in ("added", "changed", "gone", "held")}
    return replace(decision, **counts, data_version=version)


def _refreshed(desk: Desk, applying: Applying, told: Callable[[str, int, int], None]) -> int | None:
    """Return the data version of what was applied, markets refreshed; None when nothing is different."""
    if not applying.outcome.told:
        return None
    version = desk.store.next_version()
    applying.refresh(version, lambda done, total: told("markets", done, total))
    return version


def _quotes_of(store: Any, upload_id: int) -> tuple[Pile, Gaps]:
    """Return what an upload says, as a pile of quotes, and whose lists in it are not whole."""
    pile, gaps = pile_of_quotes(store), Gaps()
    for _, pharmacy, kind, full_at, layout, stored in store.lists_of_upload(upload_id):
        said = unpacked(stored, layout=layout)
        quotes = np.zeros(len(said), QUOTE)
        quotes["key"] = keys_of(pharmacy, said["drug"], KINDS.index(kind))
        for name in ("fen", "observed", "stock"):
            quotes[name] = said[name]
        pile.add(quotes)
        if full_at is None:
            gaps.pharmacies.add(pharmacy)
    return pile, gaps
