"""Rules that come with the program and rules people add: who, when and why, and never changed afterwards."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.services.desk import Desk
from pricecompare.services.ruling import rules as kept
from tests.conftest import NOW
from tests.test_rule_text import GOOD, SHIPPED

SECOND = GOOD.replace("version = 1", "version = 2").replace("1.3 }", "1.4 }")


@pytest.fixture
def desk(store):
    return Desk(store, lambda: NOW)


def test_shipped_rules_are_there(desk):
    assert [one.rule.name for one in kept.rules(desk)] == SHIPPED


def test_every_version_stays_with_who_when_and_why(desk):
    kept.add(desk, GOOD, made_by="王", why="试行")
    kept.add(desk, SECOND, made_by="李", why="首月误报多")
    kept.add(desk, SECOND, made_by="李", why="again")
    mine = [one for one in kept.rules(desk) if one.rule.name == "mine"]
    assert [(one.rule.version, one.made_by, one.why) for one in mine] == [(2, "李", "首月误报多"), (1, "王", "试行")]
    assert {one.made_at for one in mine} == {int(NOW.timestamp())}
    assert kept.rule_named(desk, "mine").terms.above == (("median", 1.4),)
    assert kept.rule_named(desk, "mine@1").terms.above == (("median", 1.3),)


@pytest.mark.parametrize(
    ("act", "error", "code"),
    [
        (lambda desk: kept.add(desk, SECOND.replace("1.4", "1.5"), made_by="a", why="b"), Conflict, "rule_exists"),
        (lambda desk: kept.add(desk, GOOD, made_by="a", why="b"), Conflict, "rule_version_old"),
        (lambda desk: kept.add(desk, SECOND, made_by="a", why=" "), Invalid, "rule_needs_why"),
        (lambda desk: kept.add(desk, SECOND, made_by="", why="b"), Invalid, "rule_needs_why"),
        (lambda desk: kept.rule_named(desk, "loo-poled"), NotFound, "unknown_rule"),
        (lambda desk: kept.rule_named(desk, "loo-pooled@9"), NotFound, "unknown_rule"),
    ],
)
def test_refusals(desk, act, error, code):
    kept.add(desk, SECOND, made_by="a", why="b")
    before = desk.store.rules()
    with pytest.raises(error) as refused:
        act(desk)
    assert refused.value.code == code
    assert desk.store.rules() == before


def test_on_the_command_line(tmp_path):
    def run(*words):
        found = CliRunner().invoke(main, ["--db", str(tmp_path / "p.db"), *words], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.output

    run("init")
    (tmp_path / "mine.toml").write_text(GOOD, "utf-8")
    assert "Kept mine@1." in run("rule", "add", str(tmp_path / "mine.toml"), "--by", "王", "--why", "试行")
    assert run("rule", "show", "mine").strip() == GOOD.strip()
    (mine,) = [one for one in json.loads(run("rule", "list", "--json")) if one["name"] == "mine"]
    assert (mine["made_by"], mine["why"], mine["version"]) == ("王", "试行", 1)
    assert "loo-pooled" in run("rule", "list")
