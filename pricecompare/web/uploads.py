"""Uploads over HTTP: files that come, the ledger of them, and decisions about them."""

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response, current_app, request

from pricecompare.calc.packing import EFFECTS
from pricecompare.errors import Reason
from pricecompare.files.write import content_disposition
from pricecompare.schemas import uploads as shapes
from pricecompare.schemas.questions import Plain
from pricecompare.services.access.reach import refuse_decision
from pricecompare.services.uploads import ledger, receiving, trial
from pricecompare.services.uploads.spool import spool
from pricecompare.web import problems
from pricecompare.web.answering import as_csv, desk
from pricecompare.web.errands import beside
from pricecompare.web.keys import SENDER, caller, hand
from pricecompare.web.limits import costs
from pricecompare.web.locked import Locked, json
from pricecompare.web.nouns import API
from pricecompare.web.receiving import instance, received, request_key

ID = {"in": "path", "name": "id", "description": "Number of an upload in the ledger.", "example": 6}
PHARMACY = {"in": "path", "name": "code", "description": "Code of a pharmacy.", "example": "P99010200001"}
DRUG = {"in": "path", "name": "drug", "description": "National drug code.", "example": "XJ01CAA501A001010190008"}


uploads = Locked("uploads", SENDER, "Files that come, what became of them, and decisions")


def linked(this: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the ledger with where more about it is; what was only tried is nowhere."""
    if this["id"] is None:
        return this | {"links": None}
    here = f"{API}/uploads/{this['id']}"
    refused = f"{here}/refused" if this["refused"] else None
    return this | {"links": {"self": here, "changes": f"{here}/changes", "refused": refused}}


@costs(10)
@uploads.takes("/uploads", shapes.Form)
def create_upload() -> Response:
    """Take a file of regions, drugs, pharmacies, prices or sales; a large one waits, and is asked about again.

    Rows that are wrong are refused one by one; a file that cannot be read is refused as a whole and stays in the
    ledger. With dry_run nothing is taken, and the answer says what would change: as CSV where that is accepted.
    """
    key = request_key()
    with received(desk(), instance(shapes.Fields)) as found:
        if found.dry:
            return _tried(found.sent)
        answer = beside(receiving.receive, found.sent, key=key)
    if answer.body["state"] == "waiting":
        current_app.extensions["waiting"].wake()
    if answer.status >= 400:
        response = problems.problem(answer.status, Reason(**answer.body["reasons"][0]), upload=answer.body["id"])
    else:
        response = json(linked(answer.body), answer.status)
    response.headers["Location"] = f"{API}/uploads/{answer.body['id']}"
    return response


def _tried(sent: receiving.Sent) -> Response:
    """Return what a file would change, streamed: there may be a million changes."""
    part = spool(desk()).part()
    try:
        report = beside(trial.noted, sent.what, sent.path, sent.asked, part.path)
        lines = part.path.open("rb")
    finally:
        part.remove()
    try:
        done = trial.Trial(report, lines)
        if request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
            response = as_csv(ledger.COLUMNS, done.table(), name=f"{sent.asked.file_name}-changes.csv")
        else:
            shown = trial.shown(desk(), done)
            shown["upload"] = linked(shown["upload"])
            response = Response(_with_changes(shown, done.changes()), mimetype="application/json")
    except BaseException:
        lines.close()
        raise
    response.call_on_close(lines.close)
    return response


def _with_changes(shown: dict[str, Any], changes: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a JSON object with its changes as the last value."""
    yield orjson.dumps(shown)[:-1] + b',"changes":['
    for at, change in enumerate(changes):
        yield b"," * (at > 0) + change
    yield b"]}"


@uploads.shows("/uploads", shapes.Uploads, shapes.Ledger)
def list_uploads(**asked: Any) -> dict[str, Any]:
    """The ledger, newest first: every file that came and every decision."""
    found = ledger.uploads(desk(), owner=caller().owner, **asked)
    return found | {"items": [linked(one) for one in found["items"]]}


@uploads.shows("/uploads/<int(max=9007199254740991):id>", Plain, shapes.Upload, ID)
def show_upload(id: int) -> dict[str, Any]:
    """One upload: what became of it, why, and what was decided about it."""
    return linked(ledger.upload(desk(), id))


@uploads.shows("/uploads/<int(max=9007199254740991):id>/changes", shapes.Changes, shapes.ChangesMade, ID)
def list_upload_changes(id: int, what: str | None = None, **asked: Any) -> dict[str, Any]:
    """What an upload or decision did, price by price."""
    return ledger.changes(desk(), id, what=(what,) if what else EFFECTS, **asked)


@costs(20)
@uploads.hands_out("/uploads/<int(max=9007199254740991):id>/changes.csv", ID)
def export_upload_changes(id: int) -> Response:
    """All that an upload or decision did, as a file for spreadsheets."""
    return as_csv(ledger.COLUMNS, ledger.change_table(desk(), id), name=f"changes-{id}.csv")


@costs(20)
@uploads.hands_out("/uploads/<int(max=9007199254740991):id>/refused", ID, media=("text/csv", "application/jsonl"))
def export_refused_rows(id: int) -> Response:
    """The refused rows in the sender's own form with the reasons in two more columns: correct it and send it again."""
    file = ledger.refused(desk(), id)
    kind = "application/jsonl" if file.form.format == "json" else "text/csv"
    response = Response(file.pieces, content_type=f"{kind}; charset={file.form.encoding}")
    response.headers["Content-Disposition"] = content_disposition(file.name)
    return response


@uploads.decides("/uploads/<int(max=9007199254740991):id>/decision", shapes.Decision, ID)
def decide_upload(id: int, decision: str, by: str, why: str) -> dict[str, Any]:
    """Confirm or reject an upload in quarantine, or retract one that counts: all is then as if it had never come."""
    refuse_decision(caller(), decision)
    return linked(beside(receiving.decide, id, decision=decision, by=hand(by, why)))


@uploads.decides("/pharmacies/<code>/offers/<drug>/release", shapes.Release, PHARMACY, DRUG)
def release_offer(code: str, drug: str, kind: str, by: str, why: str) -> dict[str, Any]:
    """Vouch for a price that is held as suspicious; the answer is the decision."""
    return linked(dict(beside(receiving.release, code, drug, kind=kind, by=hand(by, why))))
