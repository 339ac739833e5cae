"""The API page and the document behind it: complete, current, true, and without any other host."""

import json
import re
from pathlib import Path

import pytest

from pricecompare.services.desk import Settings
from pricecompare.web.openapi import document
from tests.operations import BASKET, KEYS, PATHS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = json.loads(document())
OPERATIONS = {
    f"{method} {path}": operation
    | {
        "parameters": operation.get("parameters", [])
        + [one for one in operations.get("parameters", []) if "$ref" not in one]
    }
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if method != "parameters"
}
PUBLIC = {name: operation for name, operation in OPERATIONS.items() if "security" not in operation}
DUMPS = ("get /api/v1/dumps", "get /api/v1/dumps/{file}")
"""What is there only after a dump was made, under names that depend on it."""

NAMESPACE = "http://www.w3.org/2000/svg"


def test_the_committed_document_is_what_the_code_says():
    assert (ROOT / "docs" / "openapi.json").read_text("utf-8") == document(), "run make openapi"


def test_the_server_hands_out_the_same_document(client):
    assert client.get("/openapi.json").text == document()


def test_every_endpoint_is_described():
    assert PUBLIC.keys() == {f"get {path}" for path in PATHS.split()} | {BASKET}
    assert OPERATIONS.keys() - PUBLIC.keys() == KEYS.keys()
    assert DOCUMENT["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_described_whole(name):
    operation = OPERATIONS[name]
    assert operation["summary"].endswith(".")
    assert re.fullmatch("[a-z_]+", operation["operationId"])
    assert [one["name"] for one in operation["parameters"] if not one.get("description")] == []


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - PUBLIC.keys()))
def test_what_needs_a_key_says_so(name):
    operation = OPERATIONS[name]
    assert operation["security"] == KEYS[name]
    assert {"401", "403", "422"} <= operation["responses"].keys()


@pytest.mark.parametrize("name", PUBLIC)
def test_an_answer_to_everybody_is_described_whole(name):
    operation = OPERATIONS[name]
    # Only what takes parameters can find them unclear.
    refused = {"503"} if name in ("get /healthz", "get /readyz", "get /metrics") else {"304", "422"}
    refused = {"404", "413", "415", "422"} if name == BASKET else refused
    refused |= {"403"} if name == "get /metrics" else set()
    # All under /api/v1 may be too much for a minute, or for the database.
    refused |= {"429", "503"} if " /api/" in name else set()
    refused |= {"404"} if any(one["in"] != "query" for one in operation["parameters"]) else set()
    assert operation["responses"].keys() == {"200", "default"} | refused
    refusals = [DOCUMENT["components"]["responses"][ref(operation["responses"][code])] for code in refused - {"304"}]
    assert [list(refusal["content"]) for refusal in refusals] == [["application/problem+json"]] * len(refusals)


@pytest.mark.parametrize(("parameter", "most"), [("limit", 200), ("radius_km", 200)])
def test_what_has_a_cap_says_so(parameter, most):
    schemas = [
        one["schema"]
        for name, asked in OPERATIONS.items()
        for one in asked["parameters"]
        # A mirror takes more at a time.
        if one["name"] == parameter and name != "get /api/v1/changes"
    ]
    assert [schema["maximum"] for schema in schemas] == [most] * len(schemas)
    assert schemas
    assert getattr(Settings(), {"limit": "max_page"}.get(parameter, "max_radius_km")) == most


def ref(response):
    """Return the name that a reference ends with."""
    return response["$ref"].rpartition("/")[2]


def test_operations_have_names_of_their_own():
    assert len({operation["operationId"] for operation in OPERATIONS.values()}) == len(OPERATIONS)


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_value_is_described(name):
    schema = DOCUMENT["components"]["schemas"][name]
    assert schema["description"].endswith(".")
    values = {key: value for key, value in schema["properties"].items() if "$ref" not in value and "anyOf" not in value}
    assert [key for key, value in values.items() if not value.get("description")] == []


EXAMPLES = {
    name: [
        (one["in"], one["name"], example)
        for one in operation["parameters"]
        for example in [one.get("example"), *one["schema"].get("examples", [])]
        if example is not None
    ]
    for name, operation in PUBLIC.items()
}


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {BASKET, *DUMPS}))
def test_the_examples_work(client, name):
    path = name.split()[1]
    asked = {key: written(value) for place, key, value in EXAMPLES[name] if place == "query"}
    for place, key, value in EXAMPLES[name]:
        path = path.replace(f"{{{key}}}", str(value)) if place == "path" else path
    answer = client.get(path, query_string=asked)
    assert answer.status_code == 200, answer.text


def written(value):
    """Return a value as a query has it."""
    return json.dumps(value) if isinstance(value, bool) else value


def test_the_example_of_a_body_works(client):
    values = DOCUMENT["components"]["schemas"]["Basket"]["properties"]
    body = {name: value["examples"][0] for name, value in values.items() if "examples" in value}
    assert body.keys() >= {"drugs", "lat", "lng", "radius_km", "cost_per_km", "max_stops"}
    answer = client.post(BASKET.split()[1], json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("address", ["/docs", "/openapi.json", "/api/v1/regions", "/nope", "/static/docs.js"])
def test_nothing_is_taken_for_something_else(client, address):
    answer = client.get(address)
    answer.close()
    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("address", ["/docs", "/"])
def test_a_page_may_load_nothing_from_elsewhere(client, address):
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {source for sources in policy.values() for source in sources.split()} == {"'self'", "'none'", "data:"}
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_loads_its_own_files_only(client):
    page = client.get("/docs").text
    files = re.findall(r'(?:src|href|data-document)="([^"]+)"', page)
    assert len(files) == 7
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200, file
        answer.close()
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page)


@pytest.mark.parametrize("file", ["/docs", "/static/docs.js", "/static/docs.css", "/static/swagger-ui/swagger-ui.css"])
def test_the_page_names_no_other_host(client, file):
    answer = client.get(file)
    found = re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+", answer.text.replace(NAMESPACE, ""))
    answer.close()
    assert found == []


def test_the_page_calls_no_validator(client):
    answer = client.get("/static/docs.js")
    assert "validatorUrl: null" in answer.text
    answer.close()


def test_what_was_taken_from_others_keeps_its_licence():
    folder = ROOT / "pricecompare" / "web" / "static" / "swagger-ui"
    assert "Apache License" in (folder / "LICENSE").read_text("utf-8")
    assert (folder / "NOTICE").is_file()
    assert (folder / "swagger-ui-bundle.js.LICENSE.txt").is_file()
