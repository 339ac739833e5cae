"""Endpoints as declarations: what each takes, what it gives, and one call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_smorest import Blueprint

from pricecompare.schemas.questions import Question
from pricecompare.schemas.shown import Answer
from pricecompare.web.answering import View, as_json, fresh, taking

API = "/api/v1"

ETAG = {
    "ETag": {
        "description": "Names this answer: send it as If-None-Match, and get 304 while nothing has changed.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {"description": "For how long not to ask again.", "schema": {"type": "string"}},
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

    def answers(self, rule: str, asked: type[Question], shown: type[Answer]) -> Callable[[Callable[..., Any]], View]:
        """Publish a function that answers `asked` with what `shown` describes; so is its docstring."""

        def published(answer: Callable[..., Any]) -> View:
            described = self.response(200, shown, headers=ETAG)(self._says(asked)(answer))
            view = fresh(taking(asked(), answer), as_json, dated="data_version" in shown().fields)
            return self._at(API + rule, view, described)

        return published

    def exports(self, rule: str, asked: type[Question], *, media: str = "text/csv") -> Callable[[View], View]:
        """Publish a function that answers `asked` with a file."""

        def published(file: View) -> View:
            text = self.response(200, {"type": "string"}, content_type=media, headers=ETAG)
            view = fresh(taking(asked(), file), lambda response: response)
            return self._at(API + rule, view, text(self._says(asked)(file)))

        return published

    def tells(self, rule: str, shown: type[Answer]) -> Callable[[Callable[..., Any]], View]:
        """Publish a function that takes no parameters, whose answer is never kept, and which may find no database."""

        def published(answer: Callable[..., Any]) -> View:
            return self._at(rule, lambda: as_json(answer()), self.response(200, shown)(answer))

        return published

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
