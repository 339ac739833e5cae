"""What regulators are shown over HTTP: only with their key, lists and files that agree, every file noted."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Invalid
from pricecompare.schemas.lists import FILTERS
from pricecompare.services import audit
from pricecompare.services.exports.registry import LISTS
from pricecompare.services.opening import limits
from pricecompare.web import create_app
from pricecompare.web.keys import origin
from tests.conftest import NOW
from tests.regulated import CITY, busy

KEY, OTHER = "a key of regulators", "a key that senders know"
API = "/api/v1"
PATHS = [f"{API}/audit", f"{API}/audit/1"] + [
    f"{API}/{path}"
    for name in FILTERS
    for path in (f"regions/{CITY}/lists/{name}", f"exports/{name}.csv?region={CITY}")
]  # fmt: skip


@pytest.fixture
def desk(store, tmp_path, once):
    return busy(store, tmp_path, once)


@pytest.fixture
def client(url, desk, tmp_path):
    settings = {"REGULATOR_KEY": KEY, "UPLOAD_KEY": OTHER, "SPOOL": str(tmp_path / "spool"), "NOW": NOW.isoformat()}
    app = create_app(DB=url, **settings)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    yield client
    if app.extensions["pricecompare"].store.engine is not desk.store.engine:
        app.extensions["pricecompare"].store.close()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_the_key_of_regulators(client, desk, path):
    head = desk.store.audit_head()
    for headers in ({"Authorization": f"Bearer {OTHER}"}, {"Authorization": KEY}, {"Authorization": ""}):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json["code"]) in {(401, "no_key"), (401, "wrong_key")}
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="regulator"'
    assert desk.store.audit_head() == head


def test_a_server_without_a_key_shows_regulators_nothing(url, desk, tmp_path):
    app = create_app(DB=url, UPLOAD_KEY=OTHER, SPOOL=str(tmp_path))
    answer = app.test_client().get(f"{API}/audit", headers={"Authorization": f"Bearer {OTHER}"})
    assert (answer.status_code, answer.json["code"]) == (403, "regulator_off")
    app.extensions["pricecompare"].store.close()


def test_the_key_of_regulators_takes_no_uploads(client):
    assert client.get(f"{API}/uploads").json["code"] == "wrong_key"


@pytest.mark.parametrize("key", ["short", "秘密的密钥秘密的密钥秘密的密钥", 1234567890123456789])
def test_a_key_that_can_be_guessed_is_refused(key):
    with pytest.raises(Invalid) as caught:
        limits({"REGULATOR_KEY": key})
    assert (caught.value.code, caught.value.field) == ("bad_upload_key", "regulator_key")


@pytest.mark.parametrize("name", FILTERS)
def test_a_file_has_the_totals_of_the_list_and_leads_to_its_manifest(client, name):
    listed = client.get(f"{API}/regions/{CITY}/lists/{name}?limit=2").json
    answer = client.get(f"{API}/exports/{name}.json?region={CITY}&why=季度检查")
    told = json.loads(answer.data)
    assert listed["totals"].items() <= told["manifest"]["totals"].items()
    noted = [column.name for column in LISTS[name].columns if column.noted]
    assert [one["name"] for one in told["columns"]] == [one["name"] for one in listed["columns"]] + noted
    link = answer.headers["Link"].partition(">")[0].removeprefix("<")
    entry = client.get(link).json
    assert (entry["who"], entry["origin"], entry["why"]) == ("regulator", "api:127.0.0.0/24", "季度检查")
    assert entry["after"]["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert entry["after"]["totals"] == told["manifest"]["totals"]
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/json", "no-store")


def test_files_have_a_name_and_a_type(client):
    for ending, kind in (("csv", "text/csv"), ("xlsx", "spreadsheetml.sheet"), ("zip", "application/zip")):
        answer = client.get(f"{API}/exports/flags.{ending}?region={CITY}&lang=en")
        assert answer.data
        assert kind in answer.mimetype
        assert f'filename="flags-{CITY}-2026-11-01.{ending}"' in answer.headers["Content-Disposition"]


def test_flags_are_narrowed_alike_on_pages_and_in_files(client):
    asked = "state=appealed&min_ratio=1.5&rule=plain-130"
    listed = client.get(f"{API}/regions/{CITY}/lists/flags?{asked}").json
    told = client.get(f"{API}/exports/flags.json?region={CITY}&{asked}").json
    assert listed["filters"] == {"min_ratio": "1.5", "rule": "plain-130", "state": "appealed"}
    assert listed["totals"]["rows"] == len(listed["items"]) == len(told["rows"]) == 1
    for wrong, status in (("rule=plain", 404), ("state=lost", 422), ("min_ratio=-1", 422)):
        assert client.get(f"{API}/regions/{CITY}/lists/flags?{wrong}").status_code == status


@pytest.mark.parametrize("where", ["regions/990100/lists/{}?{}", "exports/{}.csv?region=990100&{}"])
@pytest.mark.parametrize(
    ("name", "asked"),
    [("flags", "min_ratio=abc"), ("pharmacies", "min_ratio=1.234"), ("ruled", "min_ratio=-1"), ("jumps", "times=x")],
)
def test_a_multiple_that_is_none_is_not_called_a_difference(client, where, name, asked):
    answer = client.get(f"{API}/{where.format(name, asked)}")
    assert (answer.status_code, answer.json["code"]) == (422, "bad_multiple")
    assert answer.json["field"] == asked.partition("=")[0]


def test_pages_follow_each_other(client):
    path, found, cursor = f"{API}/regions/{CITY}/lists/offers?kind=listed&limit=7", [], ""
    while cursor is not None:
        answer = client.get(path + (f"&cursor={cursor}" if cursor else "")).json
        found += answer["items"]
        cursor = answer["next"]
    assert len(found) == answer["totals"]["rows"] == 28
    assert answer["filters"] == {"kind": "listed"}


REFUSED = {
    "unknown list": ("/exports/flag.csv?region=990100", 404, "no_such_page"),
    "unknown format": ("/exports/flags.pdf?region=990100", 404, "no_such_page"),
    "no region": ("/exports/flags.csv", 422, "missing_value"),
    "unknown language": ("/exports/flags.csv?region=990100&lang=fr", 422, "bad_choice"),
    "filter of another list": ("/exports/flags.csv?region=990100&least_sellers=3", 422, "unknown_parameter"),
    "filter of a file for a page": ("/regions/990100/lists/flags?lang=zh", 422, "unknown_parameter"),
    "region unknown": ("/exports/flags.csv?region=123456", 404, "unknown_region"),
    "region with a line break": ("/exports/flags.csv?region=990100%0d%0aX-Evil:1", 404, "unknown_region"),
    "region beyond digits": ("/regions/%EF%BC%99%EF%BC%99/lists/flags", 404, "unknown_region"),
    "why with a line break": ("/exports/flags.csv?region=990100&why=a%0db", 422, "control_character"),
    "none of the rows": ("/exports/flags.csv?region=990100&most=0", 422, "out_of_range"),
    "days out of range": ("/regions/990100/lists/stale?days=0", 422, "out_of_range"),
    "no day": ("/regions/990100/lists/changes?since=2026-13-01", 422, "bad_day"),
    "unknown grade": ("/regions/990100/lists/flags?grade=worst", 422, "bad_choice"),
    "cursor of another list": ("/regions/990100/lists/low?cursor=W10.x", 422, "bad_cursor"),
    "a page too long": ("/regions/990100/lists/low?limit=201", 422, "bad_limit"),
    "entry unknown": ("/audit/999", 404, "unknown_entry"),
    "entry no number": ("/audit/x", 404, "no_such_page"),
    "trail of no day": ("/audit?since=x", 422, "bad_day"),
}


@pytest.mark.parametrize(("path", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused(client, desk, path, status, code):
    head = desk.store.audit_head()
    answer = client.get(API + path)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert "X-Evil" not in answer.headers and desk.store.audit_head() == head


def test_the_trail_is_listed_and_narrowed(client, desk):
    assert client.get(f"{API}/exports/low.csv?region={CITY}").data
    found = client.get(f"{API}/audit?what=exported&about=list low").json
    assert [(one["about"], one["after"]["list"]) for one in found["items"]] == [(f"list low of {CITY}", "low")]
    assert found["head"] == audit.verified(desk)["head"]
    assert audit.verified(desk)["first_break"] is None


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "api:203.0.113.0/24"), ("::1", "api:::/48"), ("fe80::1%eth0", "api:fe80::/48"),
        ("::ffff:203.0.113.77", "api:203.0.113.0/24"), ("unix:", "api"), ("", "api"),
    ],
)  # fmt: skip
def test_an_address_is_cut_to_its_network(address, kept):
    assert origin(address) == kept


def run(url, tmp_path, *command):
    environment = {"PRICECOMPARE_NOW": NOW.isoformat(), "PRICECOMPARE_SPOOL": str(tmp_path / "spool")}
    return CliRunner().invoke(main, ["--db", url, *command], env=environment)


def test_the_command_writes_the_same_bytes_as_the_server(url, desk, client, tmp_path):
    path = tmp_path / "flags.xlsx"
    where = ("--where", "class=high", "--where", "kind=listed")
    done = run(url, tmp_path, "export", "flags", "--region", CITY, "--out", str(path), *where, "--by", "李")
    assert (done.exit_code, done.output.splitlines()[0].split()[:3]) == (0, [done.output.split()[0], "rows", "written"])
    sent = client.get(f"{API}/exports/flags.xlsx?region={CITY}&class=high&kind=listed")
    assert sent.data == path.read_bytes()
    entry = audit.entries(desk, what="exported", who="李")["items"][0]
    assert entry["after"]["filters"] == {"class": "high", "kind": "listed"}


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("flag", "--region", CITY, "--out", "x.csv"), "unknown_list"),
        (("flags", "--region", CITY, "--out", "x.pdf"), "bad_choice"),
        (("flags", "--region", CITY, "--out", "x"), "bad_choice"),
        (("flags", "--region", "1", "--out", "x.csv"), "unknown_region"),
        (("flags", "--region", CITY, "--out", "x.csv", "--where", "days=3"), "unknown_parameter"),
        (("flags", "--region", CITY, "--out", "x.csv", "--where", "kind"), "bad_choice"),
        (("flags", "--region", CITY, "--out", "none/x.csv"), "file_unusable"),
    ],
)
def test_a_command_that_makes_no_sense_writes_nothing(url, desk, tmp_path, monkeypatch, command, told):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    done = run(url, tmp_path, "export", *command)
    assert (done.exit_code, told in done.output) == (1, True)
    assert list((tmp_path / "out").iterdir()) == []
