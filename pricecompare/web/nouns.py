"""Endpoints as declarations: what each takes, what it gives, and one call."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from pricecompare.schemas.questions import Question
from pricecompare.schemas.shown import Answer
from pricecompare.web.answering import View, as_json, fresh
from pricecompare.web.query import QueryParser

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

    ARGUMENTS_PARSER = QueryParser()

    def __init__(self, name: str, *, description: str, code: str = "", example: str = "", parameter: str = "code"):
        super().__init__(name, __name__, description=description)
        self._code = {"in": "path", "name": parameter, "description": code, "example": example}

    def answers(self, rule: str, asked: type[Question], shown: type[Answer]) -> Callable[[Callable[..., Any]], View]:
        """Publish a function that answers `asked` with what `shown` describes; so is its docstring."""

        def published(answer: Callable[..., Any]) -> View:
            view = self.response(200, shown, headers=ETAG)(fresh(self._asked(asked)(as_json(answer))))
            return self._at(API + rule, view)

        return published

    def exports(self, rule: str, asked: type[Question]) -> Callable[[View], View]:
        """Publish a function that answers `asked` with a CSV file."""

        def published(file: View) -> View:
            described = self.response(200, {"type": "string"}, content_type="text/csv", headers=ETAG)
            return self._at(API + rule, described(fresh(self._asked(asked)(file))))

        return published

    def tells(self, rule: str, shown: type[Answer]) -> Callable[[Callable[..., Any]], View]:
        """Publish a function that takes no parameters, whose answer is never kept, and which may find no database."""

        def published(answer: Callable[..., Any]) -> View:
            return self._at(rule, self.response(200, shown)(as_json(answer)))

        return published

    def _asked(self, asked: type[Question]) -> Callable[[View], View]:
        # An instance: a class would be made into one at every request.
        return self.arguments(asked(), location="query", as_kwargs=True)

    def _at(self, rule: str, view: View) -> View:
        """Put a view at its path and describe all that it may answer."""
        parameters: list[dict[str, Any]] = [dict(self._code)] if "<" in rule else []
        responses: dict[int, str] = {503: "Unavailable"}
        if rule.startswith(API):
            parameters.append(IF_NONE_MATCH)
            responses = {422: "Unclear", 304: "NotModified"}
        if parameters:
            responses |= {404: "NotFound"}
        described = self.doc(operationId=view.__name__, responses=responses)(view)
        return self.route(rule, parameters=parameters)(described)
