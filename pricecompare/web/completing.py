"""What is the same for every endpoint, put into the OpenAPI document: headers, envelopes, codes and examples."""

from typing import Any

from pricecompare.web import examples
from pricecompare.web.codes import CODES, OF_FILES
from pricecompare.web.envelope import ENVELOPE
from pricecompare.web.nouns import API
from pricecompare.web.problems import PROBLEM

Part = dict[str, Any]

JSON = "application/json"
WITHOUT_NUL = r"^[^\u0000]*$"
METHODS = ("get", "put", "post", "delete")

PARAMETERS = {
    "XEnvelope": {
        "in": "header",
        "name": "X-Envelope",
        "description": "1 for clients that are given no body with a status of 4xx or 5xx: the status is always 200 "
        "then, and the answer or refusal is `data` of an Envelope. No conditional answer is given with it. A file is "
        "sent as it is.",
        "schema": {"type": "string", "enum": ["1"]},
    },
    "XRequestId": {
        "in": "header",
        "name": "X-Request-Id",
        "description": "An id for this request, 8 to 64 of A-Z a-z 0-9 . _ -; one that is none, or is not there, is "
        "made by the server.",
        "schema": {"type": "string", "examples": ["checkout-2026-10-31.17"]},
    },
    "AcceptLanguage": {
        "in": "header",
        "name": "Accept-Language",
        "description": "zh for `title` and `detail` of refusals in Chinese; English otherwise.",
        "schema": {"type": "string", "examples": ["zh-CN, en;q=0.5"]},
    },
}

COMMON = [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS]

HEADERS = {
    "XRequestId": {
        "description": "The id of this request: to be quoted to whoever runs the server. An answer that a proxy kept "
        "has that of the request that it was made for.",
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z._-]{8,64}$", "examples": [examples.ID]},
    },
    "ContentLanguage": {
        "description": "Language of `title` and `detail`.",
        "schema": {"type": "string", "enum": ["en", "zh"]},
    },
}

LEFT = {
    "Limit": "Units that are answered in a minute, for this network or key, whichever has less left. Not there where "
    "nothing is counted.",
    "Remaining": "Units that are left now.",
    "Reset": "Seconds until all of them are there again.",
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds after which to come again.", "schema": {"type": "integer"}}}
RETRIED = ("TooMany", "Unavailable")

HEADERS |= {
    name: {"description": said, "schema": {"type": "integer", "minimum": 0, "examples": [1]}}
    for name, said in LEFT.items()
}

OF_STATUS = {
    "Problem": (400, 405, 500), "Unauthorised": (401,), "Forbidden": (403,), "NotFound": (404,), "Conflict": (409,),
    "Moved": (412,), "TooLarge": (413,), "WrongType": (415,), "Unclear": (422,), "Unseen": (428,), "TooMany": (429,),
    "Unavailable": (503,),
}  # fmt: skip
"""Statuses that a described refusal stands for."""


def completed(spec: Part) -> Part:
    """Return the document with all that every endpoint has in common."""
    parts = spec["components"]
    parts["parameters"], parts["headers"] = PARAMETERS, HEADERS
    parts["examples"] = {"Envelope": {"value": examples.envelope()}}
    for name, refusal in parts["responses"].items():
        refusal["headers"] = refusal.get("headers", {}) | _headers(language=name in OF_STATUS)
        if name in RETRIED:
            refusal["headers"] |= RETRY_AFTER
        if name in OF_STATUS:
            refusal["content"][PROBLEM]["examples"] = _refusals(name)
    for place, path in spec["paths"].items():
        for parameter in path.get("parameters", []):
            _with_example(parameter["schema"])
        path["parameters"] = [*path.get("parameters", []), *COMMON]
        for operation in (path[method] for method in METHODS if method in path):
            _complete(operation, parts)
            if place.startswith(API):
                _limit(operation)
    parts["examples"] = dict(sorted(parts["examples"].items()))
    return spec


def _refusals(name: str) -> Part:
    """Return an example of each code that a described refusal may have."""
    known = [(status, code) for status in OF_STATUS[name] for code in CODES[status]]
    known += [(422, code) for code in OF_FILES if name == "Unclear"]
    return {code: {"summary": code, "value": examples.problem(status, code)} for status, code in known}


def _headers(*, language: bool = False) -> Part:
    named = {"X-Request-Id": {"$ref": "#/components/headers/XRequestId"}}
    return named | ({"Content-Language": {"$ref": "#/components/headers/ContentLanguage"}} if language else {})


def _complete(operation: Part, parts: Part) -> None:
    """Complete an operation."""
    for parameter in operation.get("parameters", []):
        _with_example(parameter["schema"])
        if parameter["in"] == "query":
            _without_nul(parameter["schema"])
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        if "$ref" in media["schema"]:
            _closed(media["schema"], parts["schemas"])
            media["example"] = examples.question(media["schema"], parts["schemas"])
        else:
            media["example"] = examples.OF_MEDIA.get(kind, "…")
    answers: Part = operation["responses"]
    for status in [status for status in answers if status < "3"]:
        answers[status]["headers"] = answers[status].get("headers", {}) | _headers()
        _with_examples(answers[status]["content"], parts)
    enveloped = {"description": "In an envelope, whatever the status would be without.", "headers": _headers()}
    whole = answers.setdefault("200", enveloped | {"content": {}})
    whole["content"][ENVELOPE] = _enveloped([answers[status]["content"] for status in answers if status < "3"])
    operation["responses"] = dict(sorted(answers.items()))


def _limit(operation: Part) -> None:
    """Say of an operation that its answers are counted, and given up when the database works too long for them."""
    answers: Part = operation["responses"]
    for refused, name in (("429", "TooMany"), ("503", "Unavailable")):
        answers.setdefault(refused, {"$ref": f"#/components/responses/{name}"})
    for status in [status for status in answers if status < "3"]:
        answers[status]["headers"] |= {f"RateLimit-{name}": {"$ref": f"#/components/headers/{name}"} for name in LEFT}
    operation["responses"] = dict(sorted(answers.items()))


def _closed(schema: Part, schemas: Part) -> None:
    """Say of a body that is sent, and of all in it, that a value it does not know is refused."""
    whole = schemas[schema["$ref"].rpartition("/")[2]]
    whole["additionalProperties"] = False
    for value in whole["properties"].values():
        if "$ref" in (inner := value.get("items", value)):
            _closed(inner, schemas)


def _with_example(schema: Part) -> None:
    """Give a parameter an example: what it is unless given, or the first that it may be."""
    if "examples" not in schema and ("default" in schema or "enum" in schema or schema.get("type") == "boolean"):
        schema["examples"] = [schema.get("default", schema.get("enum", [True])[0])]


def _without_nul(schema: Part) -> None:
    """Say of any text that an address has: no character NUL."""
    if schema.get("type") == "string" and not {"pattern", "enum", "format"} & schema.keys():
        schema["pattern"] = WITHOUT_NUL


def _with_examples(content: Part, parts: Part) -> None:
    """Give each form of an answer an example; one that several have in common is written once."""
    for kind, media in content.items():
        if kind == JSON and media["schema"] == {"type": "string"}:
            media["schema"] = {"type": "object"}
        if "$ref" in media["schema"]:
            name = media["schema"]["$ref"].rpartition("/")[2]
            parts["examples"][name] = {"value": examples.answer(media["schema"], parts["schemas"])}
            media["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
        elif "anyOf" in media["schema"]:
            media["example"] = examples.answer(media["schema"], parts["schemas"])
        else:
            media["example"] = examples.OF_MEDIA.get(kind, "…")


def _enveloped(contents: list[Part]) -> Part:
    """Return how the answers of an operation look in an envelope."""
    plain = [content[JSON]["schema"] for content in contents if JSON in content]
    shapes: list[Part] = [shape for schema in plain for shape in schema.get("anyOf", [schema])]
    told = [*({str(shape): shape for shape in shapes}.values()), {"$ref": "#/components/schemas/Problem"}]
    schema = {"allOf": [{"$ref": "#/components/schemas/Envelope"}, {"properties": {"data": {"anyOf": told}}}]}
    return {"schema": schema, "examples": {"refused": {"$ref": "#/components/examples/Envelope"}}}
