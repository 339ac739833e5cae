"""Endpoints for those who have a key, and those that change something: what each takes, what it gives, and one call."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from pricecompare.schemas import uploads as shapes
from pricecompare.schemas.questions import Plain
from pricecompare.schemas.shown import Answer
from pricecompare.web.answering import desk
from pricecompare.web.keys import ANYBODY, Role, admit, caller
from pricecompare.web.nouns import API
from pricecompare.web.reaching import refuse_asked, refuse_beyond
from pricecompare.web.receiving import body, instance, read

RETRY_SECONDS = 30
CSV = ("text/csv",)

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A word of the sender's own: the same key with the same body is answered the same way and has one "
    "effect, for 30 days. A dry run has none and needs no key.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$", "examples": ["chain-a-2026-10-31"]},
}
REFUSALS = {
    401: "Unauthorised", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 413: "TooLarge", 422: "Unclear",
    503: "Unavailable",
}  # fmt: skip
CONDITIONAL = {412: "Moved", 428: "Unseen"}
LIMITED = {429: "TooMany"}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "ETag of the flag as it was looked at; when it has moved since, nothing is done.",
    "schema": {"type": "string", "examples": ['"3"']},
}
TRIED = {
    "application/json": {"schema": {"anyOf": [shapes.Upload, shapes.Trial]}},
    "text/csv": {"schema": {"type": "string"}},
}
LOCATION = {"Location": {"description": "Where the upload is.", "schema": {"type": "string"}}}


def _admitted(view: Callable, role: Role) -> Callable:
    """Return a view that nobody reaches without the key, or beyond what that opens, whatever hooks there are."""

    def answer(**path: Any) -> Any:
        refuse_beyond(desk(), admit(desk(), role), path)
        return view(**path)

    return answer


def _with(path: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked in the path and beside it, once it is known to be within the asker's reach."""
    return refuse_asked(desk(), caller(), path | given)


def json(answer: Any, status: int = 200) -> Response:
    """Return an answer as JSON; one that has a revision is tagged with it, and nothing else is."""
    response = Response(orjson.dumps(answer), status, mimetype="application/json")
    if isinstance(answer, dict) and "revision" in answer:
        response.set_etag(str(answer["revision"]))
    return response


class Locked(Blueprint):
    """Endpoints for those who have the key of a role; nothing of them is ever kept on the way."""

    def __init__(self, name: str, role: Role, description: str) -> None:
        super().__init__(name, __name__, description=description)
        self._role = role
        self.after_request(self._unkept)

    def _unkept(self, response: Response) -> Response:
        """Let nobody keep an answer, and tell how to come again."""
        response.headers["Cache-Control"] = "no-store"
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = f'Bearer realm="{self._role.name}"'
        if response.status_code == 503:
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    def shows(self, rule: str, asked: type[Schema], shown: type[Answer], *path: dict[str, Any]) -> Callable:
        """Publish a function that answers a question about the ledger."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return json(answer(**_with(path, read(instance(asked), request.args.items(multi=True)))))

            described = self.response(200, shown)(self.arguments(asked, location="query")(answer))
            return self._at("GET", rule, view, described, path)

        return published

    def hands_out(
        self, rule: str, *path: dict[str, Any], asked: type[Schema] = Plain, media: Iterable[str] = CSV
    ) -> Callable:
        """Publish a function that answers with a file of one of the sorts in `media`."""

        def published(file: Callable[..., Response]) -> Callable:
            @wraps(file)
            def view(**path: Any) -> Response:
                return file(**_with(path, read(instance(asked), request.args.items(multi=True))))

            says = self.arguments(asked, location="query") if asked is not Plain else lambda plain: plain
            content = {kind: {"schema": {"type": "string"}} for kind in media}
            described = self.doc(responses={200: {"description": "The file.", "content": content}})(says(file))
            return self._at("GET", rule, view, described, path)

        return published

    def decides(self, rule: str, asked: type[Schema], *path: dict[str, Any]) -> Callable:
        """Publish a function that does what a small JSON object says, and answers with a row of the ledger."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return json(answer(**_with(path, body(instance(asked)))))

            described = self.response(200, shapes.Upload)(self.arguments(asked)(answer))
            return self._at("PUT", rule, view, described, path)

        return published

    def acts(
        self, rule: str, asked: type[Schema], shown: type[Answer], *path: dict[str, Any], status: int = 200
    ) -> Callable:
        """Publish a function that does what a small JSON object says, and answers with what came of it."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return json(answer(**_with(path, body(instance(asked)))), status)

            described = self.response(status, shown)(self.arguments(asked)(answer))
            return self._at("POST", rule, view, described, path)

        return published

    def puts(self, rule: str, asked: type[Schema], shown: type[Answer], *path: dict[str, Any]) -> Callable:
        """Publish a function that sets what a small JSON object says, and answers with what came of it."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return json(answer(**_with(path, body(instance(asked)))))

            described = self.response(200, shown)(self.arguments(asked)(answer))
            return self._at("PUT", rule, view, described, path)

        return published

    def takes_bytes(self, rule: str, asked: type[Schema], shown: type[Answer], *path: dict[str, Any]) -> Callable:
        """Publish a function that takes a file as it is; what else is to be said stands in the query."""

        def published(answer: Callable[..., dict[str, Any]]) -> Callable:
            @wraps(answer)
            def view(**path: Any) -> Response:
                return json(answer(**_with(path, read(instance(asked), request.args.items(multi=True)))), 201)

            content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
            described = self.doc(requestBody={"required": True, "content": content})(answer)
            described = self.response(201, shown)(self.arguments(asked, location="query")(described))
            return self._at("POST", rule, view, described, path)

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
        security: list[dict[str, Any]] = [{self._role.scheme: []}] if self._role.scheme else []
        refusals = REFUSALS | (CONDITIONAL if IF_MATCH in path else {}) | (LIMITED if self._role is ANYBODY else {})
        about = {"operationId": view.__name__, "security": security, "responses": refusals}
        documented = wraps(self.doc(**about)(described))(_admitted(view, self._role))
        places = [dict(one) for one in path if one["in"] == "path"]
        rest = [dict(one) for one in path if one["in"] != "path"]
        documented = self.doc(parameters=rest)(documented) if rest else documented
        return self.route(API + rule, methods=[method], parameters=places)(documented)
