"""Endpoints as declarations: what each takes, what it gives, and one call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_smorest import Blueprint

from pricecompare.schemas.questions import Question
from pricecompare.schemas.shown import Answer
from pricecompare.services.answers.basis import whole
from pricecompare.web.answering import RestsOn, View, Write, as_json, fresh

API = "/api/v1"

ETAG = {
    "ETag": {
        "description": "Names this answer: send it as If-None-Match, and get 304 while nothing has changed.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {"description": "For how long not to ask again.", "schema": {"type": "string"}},
    "Last-Modified": {
        "description": "When the newest upload came that the answer rests on, or time changed it: not always known.",
        "schema": {"type": "string"},
    },
}

IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "ETag of the answer that the client has.",
    "schema": {"type": "string"},
}


class Noun(Blueprint):
    """The endpoints about one noun; `code` describes what stands in their paths, under the name of `parameter`."""

    def __init__(self, name: str, *, description: str, code: str = "", example: str = "", parameter: str = "code"):
        super().__init__(name, __name__, description=description)
        self._code = {"in": "path", "name": parameter, "description": code, "example": example}

    def answers(
        self,
        rule: str,
        asked: type[Question],
        shown: type[Answer],
        rests_on: RestsOn = whole,
        *,
        write: Write = as_json,
        varies: bool = False,
        also: dict[str, type[Answer]] | None = None,
    ) -> Callable[[Callable[..., Any]], View]:
        """Publish a function that answers `asked` with what `shown` describes; so is its docstring.

        `rests_on`, `write` and `varies` are as `fresh` takes them; `also` describes its other forms by media type.
        """

        def published(answer: Callable[..., Any]) -> View:
            described = self.response(200, shown, headers=ETAG)(self._says(asked)(answer))
            forms = {kind: {"schema": form} for kind, form in (also or {}).items()}
            described = self.doc(responses={200: {"content": forms}})(described) if forms else described
            view = fresh(asked(), answer, write, rests_on, varies=varies)
            return self._at(API + rule, view, described)

        return published

    def exports(
        self, rule: str, asked: type[Question], rests_on: RestsOn = whole, *, media: str = "text/csv"
    ) -> Callable[[View], View]:
        """Publish a function that answers `asked` with a file."""

        def published(file: View) -> View:
            text = self.response(200, {"type": "string"}, content_type=media, headers=ETAG)
            view = fresh(asked(), file, lambda response: response, rests_on)
            return self._at(API + rule, view, text(self._says(asked)(file)))

        return published

    def tells(self, rule: str, shown: type[Answer]) -> Callable[[Callable[..., Any]], View]:
        """Publish a function that takes no parameters, whose answer is never kept, and which may find no database."""

        def published(answer: Callable[..., Any]) -> View:
            return self._at(rule, lambda: as_json(answer()), self.response(200, shown)(answer))

        return published

    def hands(self, rule: str, view: View) -> None:
        """Publish a view that takes no parameters and makes its answer by itself."""
        self._at(rule, view, view)

    def _says(self, asked: type[Question]) -> Callable[[View], View]:
        """Describe what a function takes."""
        return self.arguments(asked, location="query")

    def _at(self, rule: str, view: View, described: Callable[..., Any]) -> View:
        """Put a view at its path, with all that `described` says of it and what else it may answer.

        The decorators of flask-smorest write the document only: none of them stands around the view that is called.
        """
        parameters: list[dict[str, Any]] = [dict(self._code)] if "<" in rule else []
        responses: dict[int, str] = {503: "Unavailable"}
        if rule.startswith(API):
            parameters.append(IF_NONE_MATCH)
            responses = {422: "Unclear", 304: "NotModified"}
        if parameters:
            responses |= {404: "NotFound"}
        described = self.doc(operationId=described.__name__, responses=responses)(described)
        return self.route(rule, parameters=parameters)(wraps(described)(view))
