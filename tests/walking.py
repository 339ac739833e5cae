"""Every question the public can ask of a town, over HTTP and on the command line, and all that is answered."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from flask import Flask

from pricecompare.cli.main import main
from pricecompare.web import create_app
from pricecompare.web.openapi import document
from tests.conftest import NOW
from tests.town import CODES, SHOPS

PLACES = {
    "region": ["990100", "990102", "990000"], "id": ["1", "6", "1-1-listed"], "number": ["1"], "list": ["flags"],
    "rule": ["ceiling", "loo-pooled"],
    "format": ["csv"], "filename": ["docs.js"],
    "file": ["manifest.json"], "name": ["overdue"],
}  # fmt: skip
"""What stands in paths, but for codes of drugs and pharmacies."""

BASES: tuple[dict[str, str], ...] = (
    {}, {"region": "990100"}, {"region": "990000"}, {"lat": "28.22", "lng": "112.92"}, {"pharmacy": SHOPS[0]},
    {"q": "药"}, {"since": "0"},
)  # fmt: skip
"""Where a question may begin; each is asked wherever all its parameters are known."""

NUMBERS = ["0", "1", "5", "30"]
DAYS = ["2026-10-20", "2026-10-28", "2026-11-01"]
TEXTS = ["990100", "990102", "药1", "1.50", "2026-09", SHOPS[0], CODES[0]]
Told = dict[str, tuple[Any, ...]]


FORM_WORD = re.compile(rb'name="token" value="[0-9a-f]{64}"')
"""What the login page has for one browser alone."""


def answers(database: Path) -> Told:
    """Return status, headers and body of every answer of the API, by address."""
    app = create_app(DB=str(database), NOW=NOW.isoformat())
    described = app.test_client().get("/openapi.json").json["paths"]
    assert described == json.loads(document())["paths"]
    client, told = app.test_client(), {}
    client.environ_base["HTTP_X_REQUEST_ID"] = "the-same-for-every-walk"
    for address, query in addresses(app, described):
        asked = dict(query)
        while True:
            answer = client.get(address, query_string=asked)
            told[f"{address} {asked}"] = (answer.status_code, headers(answer), FORM_WORD.sub(b"", answer.data))
            answer.close()
            following = answer.json.get("next") if answer.status_code == 200 and answer.is_json else None
            if not following or len(told) > 20_000:
                break
            asked["cursor"] = following
    told["/metrics {}"] = (told["/metrics {}"][0], [], stored(told["/metrics {}"][2]))
    return told


def stored(measures: bytes) -> bytes:
    """Return the measures of what is stored: how long answers took differs each time."""
    own = (b"pricecompare_http", b"pricecompare_worker", b"pricecompare_disk")
    return b"\n".join(line for line in measures.splitlines() if not line.startswith(own))


def headers(answer: Any) -> list[tuple[str, str]]:
    """Return all that stands above an answer, but for the second at which a file was sent, and what is random."""
    return sorted((name, value) for name, value in answer.headers if name not in ("Date", "Set-Cookie"))


def addresses(app: Flask, described: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every address that can be got, with every question that can be put to it."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            template = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
            parameters = described.get(template, {}).get("get", {}).get("parameters", [])
            for address in filled(template):
                yield from ((address, query) for query in queries(parameters))


def filled(template: str) -> list[str]:
    """Return a path with everything that may stand in it; a name that is not known here is a KeyError."""
    found = [template]
    for name in [part[1:-1] for part in template.split("/") if part.startswith("{")]:
        codes = {"drug": CODES} | ({"code": CODES} if "/drugs/" in template else {"code": SHOPS[:2]})
        found = [one.replace(f"{{{name}}}", value) for one in found for value in (PLACES | codes)[name]]
    return found


def queries(parameters: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Yield each beginning of a question alone and with each value of each parameter."""
    known = {one["name"]: values(one["schema"]) for one in parameters if one["in"] == "query"}
    for base in BASES:
        if base.keys() <= known.keys():
            yield base
            for name, those in known.items():
                yield from (base | {name: value} for value in those if name not in base)


def values(schema: dict[str, Any]) -> list[str]:
    """Return values that a parameter may be given, some of them wrong."""
    examples = [str(one) for one in schema.get("examples", [])]
    if schema.get("type") == "boolean":
        return ["true", "false"]
    if schema.get("format") == "date":
        return DAYS
    if schema.get("type") in ("integer", "number"):
        return [*NUMBERS, *examples]
    return [*schema.get("enum", TEXTS), *examples]


OPERATORS = {
    "init", "import", "rebuild", "serve", "demo", "openapi", "world", "layout", "uploads", "retract", "release",
    "guards", "rule", "audit", "export", "dump", "flag", "reports", "key", "user",
    "upgrade", "backup", "restore", "doctor", "retention",
}  # fmt: skip
"""Commands that are not of the public: whoever runs them has the database."""

ARGUMENTS = {"query": ["药", "y1", CODES[0]], "region": ["990100", "990102"], "pharmacy": SHOPS[:2]}
ARGUMENTS |= {"drug": CODES, "drugs": CODES}
STARTS = ([], ["--region", "990100"], ["--lat", "28.22", "--lng", "112.92"], ["--pharmacy", SHOPS[0]])


def printed(database: Path, folder: Path) -> Told:
    """Return exit code, output and file of every question on the command line."""
    runner, told = CliRunner(), {}
    for name in sorted(main.commands.keys() - OPERATORS):
        for words in command_lines(main.commands[name]):
            file = folder / "out.csv"
            file.unlink(missing_ok=True)
            line = [str(file) if word == "FILE" else word for word in words]
            found = runner.invoke(main, ["--db", str(database), name, *line], env={"PRICECOMPARE_NOW": NOW.isoformat()})
            body = file.read_bytes() if file.exists() else b""
            told[" ".join([name, *words])] = (found.exit_code, found.output, body)
    return told


def command_lines(command: click.Command) -> Iterator[list[str]]:
    """Yield every way to ask with a command: each start alone and with each value of each option."""
    if isinstance(command, click.Group):
        # A group that shows when none of its commands is named; those are not of the public.
        yield from command_lines(command.commands["show"])
        return
    arguments = [one.name for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option) and one.name != "help"]
    known = {name for one in options for name in one.opts}
    places = [[value] for name in arguments for value in ARGUMENTS[str(name)]] or [[]]
    if command.name == "show":
        places.append([])
    for place in places:
        for start in STARTS:
            if {word for word in start if word.startswith("--")} <= known:
                yield [*place, *start]
                yield from ([*place, *start, *words] for one in options for words in said(one))


def said(option: click.Option) -> list[list[str]]:
    """Return what may be said with an option."""
    name = option.opts[0]
    if option.is_flag:
        return [[name]]
    if isinstance(option.type, click.Choice):
        return [[name, value] for value in option.type.choices]
    if isinstance(option.type, click.Path):
        return [[name, "FILE"]]
    if isinstance(option.type, click.DateTime):
        return [[name, day] for day in DAYS]
    return [[name, value] for value in (NUMBERS if option.type.name in ("integer", "float") else TEXTS)]
