"""Examples of questions, answers and refusals, put together from those of their values."""

from typing import Any

from werkzeug.http import HTTP_STATUS_CODES

from pricecompare.web.codes import sentence

Schema = dict[str, Any]

MOMENT = "2026-10-31T08:05:00+08:00"
ID = "6f1d0c2e9b7a4f53a1c8e0d2b4f69713"
OF_MEDIA: dict[str, Any] = {
    "text/csv": "pharmacy_code,drug_code,price\nP99010200001,XJ01CAA501A001010190008,10.00\n",
    "application/json": {"manifest": {}, "columns": [], "rows": []},
    "application/jsonl": '{"pharmacy_code": "P99010200001", "price": "abc", "errors": "price: …"}\n',
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "PK\x03\x04…",
    "application/octet-stream": "%PDF-1.4 …",
    "application/pdf": "%PDF-1.4 …",
    "image/jpeg": "\xff\xd8\xff\xe0…",
    "image/png": "\x89PNG…",
    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" role="img"/>',
}
"""How files begin."""

PLAIN: dict[str, Any] = {"boolean": False, "integer": 1, "number": 1.0, "string": ""}


def answer(schema: Schema, schemas: dict[str, Schema]) -> Any:
    """Return an example of all that a schema describes; where nothing else is said, null if that may be."""
    if "$ref" in schema:
        return answer(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema:
        return answer(schema["anyOf"][0], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "array" in (kind := schema.get("type", "null")) and "items" in schema:
        return [answer(schema["items"], schemas)]
    if kind == "object":
        return {name: answer(value, schemas) for name, value in schema.get("properties", {}).items()}
    if "null" in kind:
        return MOMENT if schema.get("format") == "date-time" else None
    return PLAIN[kind]


def question(schema: Schema, schemas: dict[str, Schema]) -> Any:
    """Return an example of a body that is sent: what it must have, and what has an example of its own."""
    whole = schemas[schema["$ref"].rpartition("/")[2]]
    needed = whole.get("required", [])
    chosen = {name: value for name, value in whole["properties"].items() if "examples" in value or name in needed}
    return answer(whole | {"properties": chosen}, schemas)


def problem(status: int, code: str) -> dict[str, Any]:
    """Return an example of a refusal; what is filled in into its sentences is named in braces."""
    return {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "code": code,
        "detail": sentence(code, "en"),
        "detail_zh": sentence(code, "zh"),
        "request_id": ID,
    }


def envelope() -> dict[str, Any]:
    """Return an example of an envelope: that of a refusal, which any endpoint may have."""
    told = problem(404, "no_such_page")
    return {"code": told["code"], "message": told["detail"], "data": told, "request_id": ID}
