"""The real application with the invented city, asked by schemathesis whatever the document allows, and more."""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.transport.wsgi import WSGITransport

from pricecompare.services.desk import Desk
from pricecompare.web import create_app
from pricecompare.web.codes import OF_FILES
from pricecompare.web.openapi import document
from tests.conftest import NOW

SENDER, REGULATOR = "a key that senders know", "a key of regulators"
DRUG, PHARMACY, REGION = "XJ01CAA501A001010190008", "P99010200001", "990100"
UNREFUSED = {"XEnvelope", "XRequestId", "AcceptLanguage"}
"""Headers of which no value is refused."""

COMBINED = set(
    """no_place half_a_coordinate radius_needs_point sort_needs_point cost_needs_point not_pooling not_in_region
    bad_cursor
    bad_query pharmacy_or_region days_turned_round too_many_days date_in_future open_in_the_past unknown_facet_value
    empty_query query_too_long whole_region_only step_needs_who step_needs_why not_in_batch bad_since bad_age
    attachment_unknown bad_form not_said_here layout_for_other bad_seen_on""".split()
)
"""What a question is refused for although each of its values, looked at alone, is what the document says."""


DOCUMENT = json.loads(document())
SHOWN = {
    name: set(refusal["content"]["application/problem+json"]["examples"])
    for name, refusal in DOCUMENT["components"]["responses"].items()
    if "content" in refusal
}
"""Codes by the name of the answer that shows them."""

ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428"]
"""How a good question may end. 422 is looked into by `refused_only_as_a_whole`: a JSON schema describes one parameter
at a time, and cannot say that lat wants lng; 412 is an If-Match of another revision."""

OUTSIDE = ("max_redirects", "verify", "cert", "proxies")


@schemathesis.check
def refused_only_as_a_whole(ctx: Any, response: Any, case: Any) -> None:
    """What fits the document value by value is refused only for what values say together, or for what is not there."""
    mode = case.meta.generation.mode if case.meta else None
    if response.status_code != 422 or mode is None or not mode.is_positive:
        return
    told = response.json()
    said = f"{told['code']} {told.get('field')}: {told['detail']}"
    assert told["code"] in COMBINED | ALSO.get(case.operation.label, set()), said


@schemathesis.check
def code_is_shown(ctx: Any, response: Any, case: Any) -> None:
    """Every refusal has a code that the document shows for its status, and the id of its request."""
    if response.status_code < 400:
        return
    told, answers = response.json(), DOCUMENT["paths"][case.operation.path][case.operation.method]["responses"]
    name = answers.get(str(response.status_code), answers["default"])["$ref"].rpartition("/")[2]
    assert told["code"] in SHOWN[name], f"{response.status_code} {told['code']} is not among those of {name}"
    assert told["request_id"] == response.headers["x-request-id"][0]


def _without_sockets(send: Any) -> Any:
    """Return how a case is sent to an application of this process: schemathesis 4.32 forgets that it has no sockets."""

    def sent(transport: Any, case: Any, **how: Any) -> Any:
        return send(transport, case, **{name: value for name, value in how.items() if name not in OUTSIDE})

    return sent


WSGITransport.send = _without_sockets(WSGITransport.send)  # type: ignore[method-assign]


ALSO = {"POST /api/v1/uploads": set(OF_FILES), "POST /api/v1/reports": {"missing_value"}}
"""The same of single operations: a file is looked into, and all reports but one sort name a drug."""

OWN = "^/api/v1/(flags/.id./(own|answer)|pharmacies/.code./cases)"
"""Here the key is an answer code, and one that does not open a flag must not learn whether there is one: 404."""


@dataclass
class Found:
    """How often what was asked, and what was wrong."""

    cases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


def served(city: Desk, folder: Path, **settings: Any) -> Flask:
    """Return the application over a copy of the city, which may be written to, with every key."""
    copy = folder / "prices.db"
    with sqlite3.connect(str(city.store.engine.path)) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    keys = {"UPLOAD_KEY": SENDER, "REGULATOR_KEY": REGULATOR, "SPOOL": str(folder / "spool")}
    return create_app(DB=str(copy), NOW=NOW.isoformat(), REPORTS_PER_HOUR=10_000, **keys, **settings)


def taken_up(app: Flask) -> tuple[str, str, str]:
    """Return a flag that is with its pharmacy, with a file and a report, the pharmacy, and its answer code."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {REGULATOR}"
    flag = client.get(f"/api/v1/regions/{REGION}/flags").json["items"][0]
    steps = f"/api/v1/flags/{flag['id']}/steps"
    for revision, action in enumerate(("screen", "remind")):
        answer = client.post(steps, json={"action": action, "who": "王"}, headers={"If-Match": f'"{revision}"'})
    client.post(f"/api/v1/flags/{flag['id']}/attachments?name=a.pdf&who=wang", data=b"%PDF-1.4\n%%EOF\n")
    client.post("/api/v1/reports", json={"pharmacy": PHARMACY, "what": "closed"})
    return flag["id"], flag["pharmacy"]["code"], answer.json["answer_code"]


def configured(flag: str, pharmacy: str, code: str, *, most: int, steps: int) -> SchemathesisConfig:
    """Return how schemathesis asks: with keys, and mostly with codes that exist, which no generator hits upon."""
    known = {
        "drugs": [DRUG],
        "shops": [pharmacy, PHARMACY],
        "regions": [REGION],
        "flags": [flag],
        "small": [1, 2, 3],
        "cursors": [""],
    }
    paths = {
        "^/api/v1/drugs": {"path.code": "drugs"},
        "^/api/v1/pharmacies": {"path.code": "shops", "path.drug": "drugs"},
        "^/api/v1/flags": {"path.id": "flags", "path.number": "small"},
        "^/api/v1/(uploads|audit)": {"path.id": "small"},
        "^/api/v1/(batches|reports)": {"path.number": "small"},
    }
    return SchemathesisConfig.from_dict(
        {
            "seed": 20261101,
            "auth": {
                "openapi": {
                    "uploadKey": {"bearer": SENDER},
                    "regulatorKey": {"bearer": REGULATOR},
                    "answerCode": {"bearer": code},
                }
            },
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            "parameters": {
                "path.region": {"dictionary": "regions", "probability": 0.9},
                "query.cursor": {"dictionary": "cursors", "probability": 0.8},
                "query.region": {"dictionary": "regions", "probability": 0.7},
            },
            "operations": [
                {"include-path-regex": OWN, "checks": {"ignored_auth": {"enabled": False}}},
                *(
                    {
                        "include-path-regex": path,
                        "parameters": {
                            name: {"dictionary": values, "probability": 0.9} for name, values in these.items()
                        },
                    }
                    for path, these in paths.items()
                ),
            ],
            "continue-on-failure": True,
            "generation": {"max-examples": most, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"max-steps": steps}},
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
        }
    )


def asked(app: Flask, document: dict[str, Any], config: SchemathesisConfig) -> Found:
    """Return what came of asking all that the document allows, and much that it does not."""
    schema = schemathesis.openapi.from_dict(_plain(document), config=config)
    schema.app = app
    found = Found()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(found, event)
        elif isinstance(event, events.NonFatalError):
            found.failures[f"{event.phase} {event.label}"] = str(event.value)
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in UNREFUSED]
    paths = {
        path: parts | {"parameters": [one for one in parts.get("parameters", []) if one not in refs]}
        for path, parts in document["paths"].items()
    }
    return document | {"paths": paths}


def _count(found: Found, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    found.cases[event.phase.value] += len(recorder.cases)
    for case_id, interaction in recorder.interactions.items():
        response = interaction.response
        if response is not None:
            found.statuses[response.status_code] += 1
            if "problem+json" in (response.headers.get("content-type") or [""])[0]:
                found.codes[
                    (recorder.cases[case_id].value.operation.label, response.status_code, response.json()["code"])
                ] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            found.checks[check.name] += 1
            if check.status is Status.FAILURE:
                info = check.failure_info
                case = recorder.cases[case_id].value
                said = f"{case.operation.label} {check.name} {info.failure.title}"
                found.failures.setdefault(said, f"{info.failure.message}\n{info.code_sample}")
