"""Uploads over HTTP: files that come, the ledger of them, and decisions about them."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import orjson
from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema

from pricecompare.calc.packing import EFFECTS
from pricecompare.errors import Reason
from pricecompare.files.write import content_disposition
from pricecompare.schemas import uploads as shapes
from pricecompare.schemas.questions import Plain
from pricecompare.schemas.shown import Answer
from pricecompare.services import ledger, receiving, trial
from pricecompare.services.spool import spool
from pricecompare.web import problems
from pricecompare.web.answering import as_csv, desk
from pricecompare.web.nouns import API
from pricecompare.web.receiving import admit, body, instance, read, received, request_key

SECURITY = "uploadKey"
RETRY_SECONDS = 30

ID = {"in": "path", "name": "id", "description": "Number of an upload in the ledger.", "example": 6}
PHARMACY = {"in": "path", "name": "code", "description": "Code of a pharmacy.", "example": "P99010200001"}
DRUG = {"in": "path", "name": "drug", "description": "National drug code.", "example": "XJ01CAA501A001010190008"}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A word of the sender's own: the same key with the same body is answered the same way and has one "
    "effect, for 30 days. A dry run has none and needs no key.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
}
REFUSALS = {
    401: "Unauthorised", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 413: "TooLarge", 422: "Unclear",
    503: "Unavailable",
}  # fmt: skip
TRIED = {
    "application/json": {"schema": {"anyOf": [shapes.Upload, shapes.Trial]}},
    "text/csv": {"schema": {"type": "string"}},
}
LOCATION = {"Location": {"description": "Where the upload is.", "schema": {"type": "string"}}}


def _admitted(view: Callable) -> Callable:
    """Return a view that nobody reaches without the key, whatever hooks an application runs."""

    def answer(**path: Any) -> Any:
        admit(desk())
        return view(**path)

    return answer


def _unkept(response: Response) -> Response:
    """Let nobody keep an answer, and tell how to come again."""
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="uploads"'
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


class Ledger(Blueprint):
    """Endpoints for those who have the key; nothing of them is ever kept on the way."""

    def __init__(self) -> None:
        super().__init__("uploads", __name__, description="Files that come, what became of them, and decisions")
        self.after_request(_unkept)

    def shows(self, rule: str, asked: type[Schema], shown: type[Answer], *path: dict[str, Any]) -> Callable:
        """Publish a function that answers a question about the ledger."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return _json(answer(**path, **read(instance(asked), request.args.items(multi=True))))

            described = self.response(200, shown)(self.arguments(asked, location="query")(answer))
            return self._at("GET", rule, view, described, path)

        return published

    def hands_out(self, rule: str, *path: dict[str, Any]) -> Callable:
        """Publish a function that answers with a file."""

        def published(file: Callable[..., Response]) -> Callable:
            @wraps(file)
            def view(**path: Any) -> Response:
                return file(**path, **read(instance(Plain), request.args.items(multi=True)))

            described = self.response(200, {"type": "string"}, content_type="text/csv")(file)
            return self._at("GET", rule, view, described, path)

        return published

    def decides(self, rule: str, asked: type[Schema], *path: dict[str, Any]) -> Callable:
        """Publish a function that does what a small JSON object says, and answers with a row of the ledger."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return _json(answer(**path, **body(instance(asked))))

            described = self.response(200, shapes.Upload)(self.arguments(asked)(answer))
            return self._at("PUT", rule, view, described, path)

        return published

    def takes(self, rule: str, form: type[Schema]) -> Callable:
        """Publish a function that takes a form with a file."""

        def published(view: Callable[..., Response]) -> Callable:
            described = self.response(202, shapes.Upload, description="It waits.", headers=LOCATION)(view)
            described = self.response(201, shapes.Upload, description="It is in the ledger.", headers=LOCATION)(
                described
            )
            content = {"multipart/form-data": {"schema": form}}
            known = {"description": "It was taken before, or only tried.", "content": TRIED}
            described = self.doc(requestBody={"required": True, "content": content}, responses={200: known})(described)
            return self._at("POST", rule, view, described, (IDEMPOTENCY_KEY,))

        return published

    def _at(self, method: str, rule: str, view: Callable, described: Callable, path: tuple[dict[str, Any], ...]) -> Any:
        """Put a view at its path; the decorators of flask-smorest only describe it."""
        about = {"operationId": view.__name__, "security": [{SECURITY: []}], "responses": REFUSALS}
        documented = wraps(self.doc(**about)(described))(_admitted(view))
        places = [dict(one) for one in path if one["in"] == "path"]
        rest = [dict(one) for one in path if one["in"] != "path"]
        documented = self.doc(parameters=rest)(documented) if rest else documented
        return self.route(API + rule, methods=[method], parameters=places)(documented)


uploads = Ledger()


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(answer), status, mimetype="application/json")


def linked(this: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the ledger with where more about it is; what was only tried is nowhere."""
    if this["id"] is None:
        return this | {"links": None}
    here = f"{API}/uploads/{this['id']}"
    refused = f"{here}/refused" if this["refused"] else None
    return this | {"links": {"self": here, "changes": f"{here}/changes", "refused": refused}}


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
        answer = receiving.receive(desk(), found.sent, key=key)
    if answer.body["state"] == "waiting":
        current_app.extensions["waiting"].wake()
    if answer.status >= 400:
        response = problems.problem(answer.status, Reason(**answer.body["reasons"][0]), upload=answer.body["id"])
    else:
        response = _json(linked(answer.body), answer.status)
    response.headers["Location"] = f"{API}/uploads/{answer.body['id']}"
    return response


def _tried(sent: receiving.Sent) -> Response:
    """Return what a file would change, streamed: there may be a million changes."""
    lines = spool(desk()).scratch()
    try:
        done = trial.tried(desk(), sent.what, sent.path, sent.asked, lines)
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
    found = ledger.uploads(desk(), **asked)
    return found | {"items": [linked(one) for one in found["items"]]}


@uploads.shows("/uploads/<int(max=9007199254740991):id>", Plain, shapes.Upload, ID)
def show_upload(id: int) -> dict[str, Any]:
    """One upload: what became of it, why, and what was decided about it."""
    return linked(ledger.upload(desk(), id))


@uploads.shows("/uploads/<int(max=9007199254740991):id>/changes", shapes.Changes, shapes.ChangesMade, ID)
def list_upload_changes(id: int, what: str | None = None, **asked: Any) -> dict[str, Any]:
    """What an upload or decision did, price by price."""
    return ledger.changes(desk(), id, what=(what,) if what else EFFECTS, **asked)


@uploads.hands_out("/uploads/<int(max=9007199254740991):id>/changes.csv", ID)
def export_upload_changes(id: int) -> Response:
    """All that an upload or decision did, as a file for spreadsheets."""
    return as_csv(ledger.COLUMNS, ledger.change_table(desk(), id), name=f"changes-{id}.csv")


@uploads.hands_out("/uploads/<int(max=9007199254740991):id>/refused", ID)
def export_refused_rows(id: int) -> Response:
    """The refused rows in the sender's own form with the reasons in two more columns: correct it and send it again."""
    file = ledger.refused(desk(), id)
    kind = "application/jsonl" if file.form.format == "json" else "text/csv"
    response = Response(file.pieces, content_type=f"{kind}; charset={file.form.encoding}")
    response.headers["Content-Disposition"] = content_disposition(file.name)
    return response


@uploads.decides("/uploads/<int(max=9007199254740991):id>/decision", shapes.Decision, ID)
def decide_upload(id: int, **asked: Any) -> dict[str, Any]:
    """Confirm or reject an upload in quarantine, or retract one that counts: all is then as if it had never come."""
    return linked(receiving.decide(desk(), id, **asked))


@uploads.decides("/pharmacies/<code>/offers/<drug>/release", shapes.Release, PHARMACY, DRUG)
def release_offer(code: str, drug: str, **asked: Any) -> dict[str, Any]:
    """Vouch for a price that is held as suspicious; the answer is the decision."""
    return linked(dict(receiving.release(desk(), code, drug, **asked)))
