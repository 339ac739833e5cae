"""The real application with the invented city, asked by schemathesis whatever the document allows, and more."""

import sqlite3
from collections import Counter
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from pricecompare.services.desk import Desk
from pricecompare.web import create_app
from pricecompare.web.completing import METHODS
from tests.conftest import NOW
from tests.understood import DOCUMENT

SENDER, REGULATOR = "a key that senders know", "a key of regulators"
DRUG, PHARMACY, REGION = "XJ01CAA501A001010190008", "P99010200001", "990100"
UNREFUSED = {"XEnvelope", "XRequestId", "AcceptLanguage"}
"""Headers of which no value is refused."""

ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428"]
"""How a good question may end. 422 is looked into by `refused_only_as_a_whole`: a JSON schema describes one parameter
at a time, and cannot say that lat wants lng; 412 is an If-Match of another revision."""

OWN = "^/api/v1/(flags/.id./(own|answer)|pharmacies/.code./cases)"
"""Here the key is an answer code, and one that does not open a flag must not learn whether there is one: 404."""

TRY = "^/api/v1/rules/try$"
"""For all that addresses know, a rule may be called `try`: GET is allowed there as well, by /rules/{rule}."""

OF_STATUSES = (
    "positive_data_acceptance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "allow_header_conformance", "ignored_auth", "object_level_authorization", "use_after_free",
    "ensure_resource_availability",
)  # fmt: skip
"""Checks that look at nothing but statuses, of which an envelope has one alone: 200."""


@dataclass
class Found:
    """How often what was asked and answered, by phase, check, status and operation, and all that was wrong."""

    cases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


def served(city: Desk, folder: Path, **settings: Any) -> Flask:
    """Return the application over a copy of the city, which may be written to, with every key."""
    copy = folder / "prices.db"
    with closing(sqlite3.connect(city.store.engine.path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    keys = {"UPLOAD_KEY": SENDER, "REGULATOR_KEY": REGULATOR, "SPOOL": str(folder / "spool")}
    return create_app(DB=str(copy), NOW=NOW.isoformat(), REPORTS_PER_HOUR=10_000, **keys, **settings)


def taken_up(app: Flask) -> tuple[str, str, str]:
    """Return a flag that is with its pharmacy, with a file and a report, the pharmacy, and its answer code.

    A run of the index is in force, of the month before the one of the examples.
    """
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {REGULATOR}"
    flags = client.get(f"/api/v1/regions/{REGION}/flags?limit=200").json["items"]
    flag = next(one for one in flags if one["pharmacy"]["code"] == PHARMACY)
    steps = f"/api/v1/flags/{flag['id']}/steps"
    for revision, action in enumerate(("screen", "remind")):
        answer = client.post(steps, json={"action": action, "who": "王"}, headers={"If-Match": f'"{revision}"'})
    client.post(f"/api/v1/flags/{flag['id']}/attachments?name=a.pdf&who=wang", data=b"%PDF-1.4\n%%EOF\n")
    client.post("/api/v1/reports", json={"pharmacy": PHARMACY, "what": "closed"})
    client.post(f"/api/v1/regions/{REGION}/index-runs", json={"period": "2026-09", "who": "王"})
    client.post("/api/v1/index-runs/1/steps", json={"action": "confirm", "who": "李", "why": "核对无误"})
    return flag["id"], flag["pharmacy"]["code"], answer.json["answer_code"]


def configured(flag: str, pharmacy: str, code: str, *, most: int, enveloped: bool = False) -> SchemathesisConfig:
    """Return how schemathesis asks: with keys, and mostly with codes that exist, which no generator hits upon."""
    known = {
        "drugs": [DRUG],
        "shops": [pharmacy, PHARMACY],
        "regions": [REGION],
        "flags": [flag],
        "small": [1, 2, 3],
    }
    paths = {
        "^/api/v1/drugs": {"path.code": "drugs"},
        "^/api/v1/pharmacies": {"path.code": "shops", "path.drug": "drugs"},
        "^/api/v1/flags": {"path.id": "flags", "path.number": "small"},
        "^/api/v1/(uploads|audit)": {"path.id": "small"},
        "^/api/v1/(batches|reports|index-runs)": {"path.number": "small"},
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
                "query.region": {"dictionary": "regions", "probability": 0.7},
            },
            "operations": [
                {"include-path-regex": OWN, "checks": {"ignored_auth": {"enabled": False}}},
                {"include-path-regex": TRY, "checks": {"allow_header_conformance": {"enabled": False}}},
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
            "headers": {"X-Envelope": "1"} if enveloped else {},
            "phases": {"coverage": {"enabled": not enveloped}, "stateful": {"max-steps": 8}},
            "checks": {name: {"enabled": not enveloped} for name in OF_STATUSES}
            | {"positive_data_acceptance": {"enabled": not enveloped, "expected-statuses": ACCEPTED}},
        }
    )


def asked(app: Flask, config: SchemathesisConfig, *, without: tuple[str, ...] = ()) -> Found:
    """Return what came of asking all that the document allows, and much that it does not.

    Parameters `without` which it is asked are left alone.
    """
    schema = schemathesis.openapi.from_dict(_plain(deepcopy(DOCUMENT), without), config=config)
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


def _plain(document: dict[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """Return a document without those headers of which no value is refused, and without some parameters."""
    refs = {f"#/components/parameters/{name}" for name in UNREFUSED}
    for path in document["paths"].values():
        for part in (path, *(path[method] for method in METHODS if method in path)):
            part["parameters"] = [
                one
                for one in part.get("parameters", [])
                if one.get("$ref") not in refs and one.get("name") not in without
            ]
    return document


def _count(found: Found, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    found.cases[event.phase.value] += len(recorder.cases)
    for case_id, interaction in recorder.interactions.items():
        if (response := interaction.response) is not None:
            found.statuses[response.status_code] += 1
            found.good[recorder.cases[case_id].value.operation.label] += response.status_code < 300
    for case_id, checks in recorder.checks.items():
        for check in checks:
            found.checks[check.name] += 1
            if check.status is Status.FAILURE:
                failure, case = check.failure_info, recorder.cases[case_id].value
                said = f"{case.operation.label}: {check.name}: {failure.failure.title}"
                found.failures.setdefault(said, f"{failure.failure.message}\n{failure.code_sample}")
