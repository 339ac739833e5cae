"""Rules over HTTP and on the command line: read by everybody, changed by those with the regulator's key."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.schemas import ruling as shapes
from pricecompare.services import audit
from tests.conftest import NOW
from tests.taken_up import KEY, REGION, served, seven_shops
from tests.test_ruling import TEXTS, found, version

REGULATOR = {"Authorization": f"Bearer {KEY}"}
SAID = {"who": "王", "why": "试行"}
CHANGES = [
    ("post", "/rules", {"text": version("plain-130", 2), **SAID}, 201),
    ("post", "/rules/try", {"rule": "plain-130", "region": REGION}, 200),
    ("put", f"/regions/{REGION}/rules/plain-130", SAID, 200),
]


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


@pytest.fixture
def client(url, town, tmp_path):
    with served(url, town, tmp_path / "spool") as app:
        yield app.test_client()


def ask(client, method, path, body=None, headers=REGULATOR):
    return client.open(f"/api/v1{path}", method=method.upper(), json=body, headers=headers)


def right(shape, answer):
    """Return an answer once it has the shape that is published."""
    assert answer.status_code in (200, 201), answer.json
    assert shape().validate(answer.json) == {}
    assert set(answer.json) == {field.data_key or name for name, field in shape().fields.items()}
    return answer.json


@pytest.mark.parametrize(("method", "path", "body", "status"), CHANGES)
def test_who_has_no_key_changes_nothing(client, town, method, path, body, status):
    before = town.dump()
    assert ask(client, method, path, body, headers={}).status_code == 401
    assert ask(client, method, path, body, headers={"Authorization": "Bearer no"}).status_code == 401
    assert town.dump() == before
    assert ask(client, method, path, body).status_code == status


def test_everybody_reads_rules(client):
    names = {one["name"] for one in right(shapes.RuleList, client.get("/api/v1/rules"))["items"]}
    assert names == set(TEXTS)
    shown = right(shapes.ShownRule, client.get("/api/v1/rules/ceiling"))
    assert (shown["text"], shown["made_at"]) == (TEXTS["ceiling"], None)
    assert client.get("/api/v1/rules/ceilin").json["code"] == "unknown_rule"
    assert client.get("/api/v1/rules/ceiling?version=2").status_code == 404


def test_a_rule_is_added_tried_used_and_ended(client, town):
    text = version("plain-130", 2, ("1.3", "1.4"))
    tag = client.get("/api/v1/rules").headers["ETag"]
    assert right(shapes.RuleName, ask(client, "post", "/rules", {"text": text, **SAID}))["version"] == 2
    assert client.get("/api/v1/rules").headers["ETag"] != tag
    for tried in ({"rule": "plain-130@2"}, {"text": text}):
        trial = right(shapes.RuleTrial, ask(client, "post", "/rules/try", {"region": REGION, **tried}))
        assert (trial["flagged"], trial["same"]) == (1, 1)
    tag = client.get(f"/api/v1/regions/{REGION}/rules").headers["ETag"]
    used = right(shapes.RuleUseDone, ask(client, "put", f"/regions/{REGION}/rules/plain-130", SAID))
    assert (used["version"], used["moved"], used["region"]["code"]) == (2, 1, REGION)
    answer = client.get(f"/api/v1/regions/{REGION}/rules")
    assert answer.headers["ETag"] != tag
    assert [one["version"] for one in right(shapes.RulesInForce, answer)["rules"]] == [1, 2]
    flags = right(shapes.RuleFlags, client.get(f"/api/v1/regions/{REGION}/rule-flags?rule=plain-130"))
    assert [(one["price"], one["rule"]["version"]) for one in flags["items"]] == [("20.00", 2)]
    ended = ask(client, "put", f"/regions/{REGION}/rules/plain-130", {"in_force": False, **SAID}).json
    assert (ended["version"], ended["moved"]) == (None, 1)
    assert client.get(f"/api/v1/regions/{REGION}/rule-flags").json["items"] == []
    noted = [one["what"] for one in audit.entries(town.desk)["items"] if one["what"].startswith("rule")]
    assert noted == ["rule_use", "rule_use", "rule_add"]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("post", "/rules", {"text": "name = 1", **SAID}, "bad_rule"),
        ("post", "/rules", {"text": TEXTS["ceiling"], "who": "王"}, "rule_needs_why"),
        ("post", "/rules/try", {"region": REGION}, "rule_or_text"),
        ("post", "/rules/try", {"region": REGION, "rule": "ceiling", "text": "x"}, "rule_or_text"),
        ("put", f"/regions/{REGION}/rules/ceiling", {"who": "王"}, "rule_needs_why"),
        ("put", f"/regions/{REGION}/rules/ceiling", {"since": "2026-10-31", **SAID}, "rule_use_days"),
        ("put", f"/regions/{REGION}/rules/ceiling", {"version": 3, **SAID}, "unknown_rule"),
        ("put", "/regions/999999/rules/ceiling", SAID, "unknown_region"),
    ],
)
def test_refusals(client, town, method, path, body, code):
    before = town.dump()
    answer = ask(client, method, path, body)
    assert (answer.json["code"], town.dump()) == (code, before)


def test_on_the_command_line(tmp_path, store, url):
    town = seven_shops(store, tmp_path)

    def run(*words):
        found = CliRunner().invoke(main, ["--db", url, "rule", *words], env={"PRICECOMPARE_NOW": NOW.isoformat()})
        return found.exit_code, found.output

    by = ("--by", "王", "--why", "试行")
    assert run("use", "plain-130", "--region", REGION, "--until", "2026-12-31", *by) == (
        0,
        "plain-130@1 is in force in 990100 from 2026-11-01 to 2026-12-31.\n7 prices looked at, 1 flags moved.\n",
    )
    assert run("run") == (0, "7 prices looked at, 0 flags moved.\n")
    code, output = run("found", REGION)
    assert code == 0 and "plain-130@1" in output and "20.00" in output
    for words in (("show",), ("explain", "--now")):
        line = ["--db", url, "flag", words[0], "7-1-listed", *words[1:]]
        told = CliRunner().invoke(main, line, env={"PRICECOMPARE_NOW": NOW.isoformat()})
        assert told.exit_code == 0 and "rule plain-130@1 (above): ¥20.00" in told.output
    assert [one["id"] for one in json.loads(run("found", REGION, "--json")[1])["items"]] == ["7-1-listed"]
    assert run("end", "plain-130", "--region", REGION, *by) == (
        0, "plain-130 is out of force in 990100 from 2026-11-01; 1 flags moved.\n",
    )  # fmt: skip
    assert [one["version"] for one in json.loads(run("uses", "--json")[1])] == [1, None]
    assert run("uses")[1].count("试行") == 2 and found(town.desk) == []
    code, output = run("use", "plain-13", "--region", REGION, *by)
    assert code == 1 and "unknown_rule" in output
