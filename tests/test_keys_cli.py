"""Keys and people at the command line: what is shown once opens what it should, and lists tell no secret."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.calc.signing import is_key
from pricecompare.cli import main
from pricecompare.store import create_store, open_store
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.overseen import CHAINS, OWN
from tests.town import REGIONS, Town

BY = ["--by", "王", "--why", "新店"]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "prices.db"
    town = Town(create_store(str(path), cursor_key="test", max_age_days=30), tmp_path)
    town.take_all(until="prices")
    assert town.take("regions", REGIONS + "990103,白水区,990100,county,0\n").errors == []
    assert town.take("pharmacies", CHAINS).errors == []
    town.store.close()
    return path


@pytest.fixture
def run(path):
    def ran(*words, code=0, **more):
        found = CliRunner().invoke(main, ["--db", str(path), *words], env={"PRICECOMPARE_NOW": NOW.isoformat()}, **more)
        assert found.exit_code == code, found.output
        return found.output

    return ran


@pytest.mark.parametrize(
    ("hours", "said"), [("0", "open nothing any more."), ("24", "count until 2026-11-02T12:00:00+08:00.")]
)
def test_another_secret_says_how_long_the_old_one_counts(run, hours, said):
    assert run("key", "rotate-secret", "--overlap-hours", hours, *BY).splitlines()[0].endswith(said)


def status(path, key, address):
    app = create_app(DB=str(path), NOW=NOW.isoformat())
    answer = app.test_client().get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {key}"})
    app.extensions["pricecompare"].store.close()
    return answer.status_code


def test_a_key_lives_from_create_to_revoke(run, path):
    text = run("key", "create", "pharmacy", "--name", "第7药店", "--pharmacy", OWN, *BY).splitlines()[-1]
    assert status(path, text, "uploads") == 200
    new = json.loads(run("key", "rotate", "1", "--overlap-hours", "1", "--json", *BY))
    assert (new["id"], new["follows"], new["scope"]) == (2, 1, [OWN])
    listed = run("key", "list")
    assert text not in listed and new["key"] not in listed
    found = json.loads(run("key", "list", "--json", "--role", "pharmacy"))["items"]
    assert [(one["id"], one["state"]) for one in found] == [(1, "active"), (2, "active")]
    assert json.loads(run("key", "revoke", "1", "--why", "换钥匙", "--json"))["state"] == "revoked"
    assert (status(path, text, "uploads"), status(path, new["key"], "uploads")) == (401, 200)
    store = open_store(str(path))
    assert is_key(store.key(2).hash, new["key"])
    told = [(one.what, one.about, one.why) for one in store.entries(most=4, before=10**9)]
    store.close()
    assert told == [
        ("key_revoked", "key 1", "换钥匙"),
        ("key_created", "key 2", "新店"),
        ("key_rotated", "key 1", "新店"),
        ("key_created", "key 1", "新店"),
    ]


@pytest.mark.parametrize(
    ("code", "words", "told"),
    [
        (1, ["pharmacy", "--name", "a"], "scope_wanted"),
        (1, ["pharmacy", "--name", "a", "--pharmacy", "P00000000000"], "unknown_pharmacy"),
        (1, ["chain", "--name", "a", "--chain", "没有"], "unknown_chain"),
        (1, ["regulator", "--name", "a", "--region", "123456"], "unknown_region"),
        (2, ["operator", "--name", "a", "--region", "990100"], "--region is not for the role operator"),
        (2, ["regulator", "--name", "a", "--days", "0"], "--days"),
        (2, ["nobody", "--name", "a"], "nobody"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_in_words(run, code, words, told):
    assert told in run("key", "create", *words, code=code)
    assert json.loads(run("key", "list", "--json"))["items"] == []


def test_a_key_there_is_not_is_told(run):
    for words in (["rotate", "7"], ["revoke", "7", "--why", "x"]):
        assert "unknown_key" in run("key", *words, code=1)


def test_a_person_lives_from_create_to_disable(run):
    made = json.loads(run("user", "create", "wang", "--region", "990100", "--json", *BY))
    assert made["otpauth"].startswith("otpauth://totp/pricecompare:wang?secret=")
    assert (len(made["recovery"]), made["scope"], len(made["password"]) >= 20) == (8, ["990100"], True)
    told = run("user", "reset", "wang", *BY)
    again = told.splitlines()[1].split()[-1]
    assert again != made["password"]
    listed = run("user", "list") + run("user", "list", "--json")
    assert again not in listed and made["password"] not in listed and "scrypt" not in listed
    assert "shut out" in run("user", "disable", "wang", "--why", "离职")
    assert json.loads(run("user", "list", "--json"))["items"][0]["disabled_at"]
    assert "unknown_user" in run("user", "disable", "li", "--why", "x", code=1)


def test_a_person_may_choose_a_password(run):
    long = "correct horse battery"
    out = run("user", "create", "li", "--role", "operator", "--ask-password", *BY, input=f"{long}\n{long}\n")
    assert f"password   {long}" in out
    assert "bad_password_length" in run("user", "create", "liu", "--ask-password", *BY, input="short\nshort\n", code=1)
