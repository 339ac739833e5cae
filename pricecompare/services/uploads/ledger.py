"""The ledger as people see it: what came, what became of it, what it changed, and the rows that were refused."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.money import yuan
from pricecompare.calc.packing import EFFECT, EFFECTS, unpacked
from pricecompare.calc.stocked import TOLD
from pricecompare.errors import NotFound
from pricecompare.files.tables import Form
from pricecompare.files.write import table_lines
from pricecompare.models import Upload
from pricecompare.schemas.layouts import PLAIN as PLAIN_LAYOUT
from pricecompare.schemas.layouts import Layout
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.decisions import known_upload
from pricecompare.services.ingest.refused import refusals
from pricecompare.services.ingest.told import reasons_read
from pricecompare.services.searching.search import page_size
from pricecompare.services.uploads.layouts import layout_named
from pricecompare.store import Store
from pricecompare.store.uploads import NEWEST

COLUMNS = (
    "pharmacy_code", "pharmacy_name", "drug_code", "drug_name", "kind", "what", "before", "price", "percent",
    "observed_at", "stock", "held",
)  # fmt: skip
"""Columns of the table of changes, in order; prices in yuan, how much dearer in per cent."""

PLAIN = (
    "id", "what", "state", "sender", "source", "file_name", "layout", "mode", "sha256", "bytes", "rows", "added",
    "changed", "unchanged", "late", "gone", "held", "refused", "filtered", "warnings", "data_version",
)  # fmt: skip
BEGINNING = (0, "", 0)
"""Before every pharmacy, kind and place in its list."""

LISTS = 200
"""Lists of one pharmacy and kind that are read together."""


def uploads(
    desk: Desk,
    *,
    state: str | None = None,
    source: str | None = None,
    what: str | None = None,
    owner: str = "",
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return the ledger, newest first: uploads and decisions about them; of one `owner` where that is given."""
    question, size = f"uploads {state} {source} {what} {owner}", page_size(desk, limit)
    last = after(desk, question, cursor_given, endless=True)
    before = int(last[0]) if last else NEWEST
    with desk.store.reading():
        narrow = {"state": state, "source": source, "what": what, "owner": owner or None}
        found = desk.store.uploads(most=size + 1, before=before, **narrow)
        items = [shown(desk, one) for one in found[:size]]
    more = len(found) > size
    return {"items": items, "next": cursor(desk, question, (items[-1]["id"],)) if more else None}


def upload(desk: Desk, upload_id: int) -> dict[str, Any]:
    """Return one upload or decision; NotFound when there is none with that id."""
    with desk.store.reading():
        return shown(desk, known_upload(desk.store, upload_id))


def shown(desk: Desk, this: Upload) -> dict[str, Any]:
    """Return a row of the ledger as people see it, with what was decided about it."""
    return {
        **{name: getattr(this, name) for name in PLAIN},
        "about": this.about_id,
        "declared": json.loads(this.declared),
        **{name: _iso(getattr(this, name)) for name in ("came_at", "taken_at", "newest_at")},
        "reasons": reasons_read(this.reasons),
        "decisions": [
            {"id": one.id, "what": one.what, "by": one.sender, "at": _iso(one.came_at)}
            for one in desk.store.uploads_about(this.id)
        ],
    }


def _iso(instant: int | None) -> str | None:
    return None if instant is None else days.iso(instant)


@dataclass(slots=True)
class _Names:
    """Codes and names by id, each asked for once."""

    store: Store
    pharmacies: dict[int, dict[str, str]] = field(default_factory=dict)
    drugs: dict[int, dict[str, str]] = field(default_factory=dict)

    def pharmacy(self, pharmacy_id: int) -> dict[str, str]:
        if pharmacy_id not in self.pharmacies:
            code, name = self.store.pharmacy_name(pharmacy_id)
            self.pharmacies[pharmacy_id] = {"code": code, "name": name}
        return self.pharmacies[pharmacy_id]

    def drug(self, drug_id: int) -> dict[str, str]:
        if drug_id not in self.drugs:
            code, name = self.store.drug_name(drug_id)
            self.drugs[drug_id] = {"code": code, "name": name}
        return self.drugs[drug_id]


def changes(
    desk: Desk,
    upload_id: int,
    *,
    what: Collection[str] = EFFECTS,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return what an upload or decision did, price by price, by pharmacy, kind and drug; only effects in `what`."""
    question, size = f"changes {upload_id} {what}", page_size(desk, limit)
    start = after(desk, question, cursor_given, endless=True) or BEGINNING
    with desk.store.reading():
        known_upload(desk.store, upload_id)
        found = list(islice(_changes(desk.store, upload_id, *start, what=what), size + 1))
    more = len(found) > size
    return {
        "upload": upload_id,
        "items": [change for _, change in found[:size]],
        "next": cursor(desk, question, found[size][0]) if more else None,
    }


def all_changes(store: Store, upload_id: int) -> Iterator[dict[str, Any]]:
    """Yield all that an upload or decision did; use inside `reading` or `writing`."""
    return (change for _, change in _changes(store, upload_id, *BEGINNING))


def change_table(desk: Desk, upload_id: int) -> Iterator[tuple]:
    """Return the rows of the table of changes, columns as in COLUMNS; NotFound at once when there is no such upload."""
    known_upload(desk.store, upload_id)
    return _table(desk, upload_id)


def _table(desk: Desk, upload_id: int) -> Iterator[tuple]:
    with desk.store.reading():
        yield from map(cells, all_changes(desk.store, upload_id))


def cells(change: dict[str, Any]) -> tuple:
    """Return a change as a row of the table of changes."""
    named = {f"{of}_{part}": change[of][part] for of in ("pharmacy", "drug") for part in ("code", "name")}
    return tuple((named | change)[column] for column in COLUMNS)


def _changes(
    store: Store, upload_id: int, pharmacy_id: int, kind: str, place: int, *, what: Collection[str] = EFFECTS
) -> Iterator[tuple[tuple[int, str, int], dict[str, Any]]]:
    """Yield (place, change) from one place on."""
    names, wanted = _Names(store), [EFFECTS.index(one) for one in what]
    while lists := store.effects_from(upload_id, pharmacy_id, kind, most=LISTS):
        for pharmacy_id, kind, _, layout, effects in lists:
            table = unpacked(effects, EFFECT, layout=layout)
            found = np.flatnonzero(np.isin(table["what"], wanted))
            for at in found[found >= place].tolist():
                yield (pharmacy_id, kind, at), _change(names, pharmacy_id, kind, table[at].item())
            place = 0
        # No kind is a longer text that begins with another.
        kind += "~"


def _change(names: _Names, pharmacy_id: int, kind: str, effect: tuple) -> dict[str, Any]:
    drug_id, what, fen, before, observed, stock, held = effect
    return {
        "pharmacy": names.pharmacy(pharmacy_id),
        "drug": names.drug(drug_id),
        "kind": kind,
        "what": EFFECTS[what],
        "before": yuan(before) if before else None,
        "before_fen": before or None,
        "price": yuan(fen) if fen else None,
        "fen": fen or None,
        "percent": round((fen / before - 1) * 100, 1) if fen and before else None,
        "observed_at": days.iso(observed),
        **TOLD[stock],
        "held": bool(held),
    }


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """The refused rows of an upload as the sender's own file: its name, its form, and its bytes piece by piece."""

    name: str
    form: Form
    pieces: Iterator[bytes]


def refused(desk: Desk, upload_id: int) -> RefusedFile:
    """Return the refused rows of an upload, each with its reasons; NotFound when none was refused."""
    this, kept = known_upload(desk.store, upload_id), desk.store.refused_file(upload_id)
    if kept is None:
        raise NotFound("nothing_refused", value=upload_id)
    told = json.loads(kept)
    columns, form = told.pop("columns"), Form(**told | {"titles": tuple(told["titles"])})
    stem, _, ending = this.file_name.rpartition(".")
    ending = "jsonl" if form.format == "json" else "csv" if form.format == "sheet" or not stem else ending
    pieces = _pieces(desk, this, columns, form)
    return RefusedFile(f"{stem or this.file_name}-refused.{ending}", form, pieces)


def _pieces(desk: Desk, this: Upload, columns: list[str], form: Form) -> Iterator[bytes]:
    with desk.store.reading():
        yield from table_lines(columns, refusals(desk.store, this.id), form, layout=_layout(desk, this))


def _layout(desk: Desk, this: Upload) -> Layout:
    """Return the layout an upload was read by; the plain one when it had none, or it is gone."""
    try:
        return layout_named(desk, this.layout) if this.layout else PLAIN_LAYOUT
    except NotFound:
        return PLAIN_LAYOUT
