"""The application does what its document says: examples, corners, random questions, and one after another."""

import os
import warnings

import pytest
import schemathesis

from tests.conforming import OF_STATUSES, asked, configured, served, taken_up
from tests.understood import DOCUMENT

MOST = int(os.environ.get("PRICECOMPARE_CONTRACT_EXAMPLES", "15"))
"""How many random questions are put to each endpoint; a thousand take an hour."""

UNANSWERED = {
    "POST /api/v1/batches/{number}/undo": "there is one batch at most, and it can be taken back once",
    "POST /api/v1/reports/{number}/steps": "there is one report, and it can be decided once",
    "POST /api/v1/flags/{id}/answer": "the flag has one step left for its pharmacy",
    "PUT /api/v1/uploads/{id}/decision": "no upload of the city is in quarantine",
    "PUT /api/v1/pharmacies/{code}/offers/{drug}/release": "no price of the city is held",
    "GET /api/v1/uploads/{id}/refused": "no row of the city was refused",
}
"""Endpoints that need not say anything but no here, and why; other tests have their good answers."""


@pytest.fixture
def app(city, tmp_path):
    app = served(city, tmp_path)
    yield app
    app.extensions["pricecompare"].store.close()


def run(app, without=(), **how):
    """Return what came of asking; what schemathesis says of its own doings is no warning of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return asked(app, configured(*taken_up(app), **how), without=without)


def told(found):
    """Return every failure as text."""
    return "\n\n".join(f"{name}\n{said}" for name, said in found.failures.items())


@pytest.mark.timeout(900)
def test_the_application_does_what_its_document_says(app):
    # Nobody can make up a cursor, so a question with one is always refused: the pages are turned by other tests.
    found = run(app, without=("cursor",), most=MOST)
    assert not found.failures, told(found)
    assert max(found.statuses) < 500
    assert sum(found.cases.values()) > 5000
    assert {name for name, times in found.cases.items() if times} >= {"examples", "coverage", "fuzzing", "stateful"}
    names = set(schemathesis.checks.CHECKS.get_all_names()) - {"max_response_time"}
    assert {name for name in names if not found.checks[name]} == set()
    operations = {f"{method.upper()} {path}" for path, parts in DOCUMENT["paths"].items() for method in parts}
    operations = {one for one in operations if not one.startswith("PARAMETERS")}
    assert {one for one in operations if not found.good[one]} - UNANSWERED.keys() == set()


def test_in_an_envelope_too(app):
    found = run(app, most=max(6, MOST // 4), enveloped=True)
    assert not found.failures, told(found)
    assert found.statuses.keys() == {200}
    assert sum(found.cases.values()) > 400
    assert not any(found.checks[name] for name in OF_STATUSES)
    assert found.checks["response_schema_conformance"] > 400
