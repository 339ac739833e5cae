"""Runs, limits and appeals over HTTP and on the command line, end to end, and for nobody without a key."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli.main import main
from pricecompare.services.cases.answering import answer_code
from pricecompare.services.indexing import index, reporting
from tests.conftest import NOW
from tests.made import CODES
from tests.sold import CITY, MONTH, SHOPS, sales, sold
from tests.taken_up import KEY, served

API = "/api/v1"
RUN = {"period": MONTH, "who": "王", "why": "月度发布"}


@pytest.fixture
def town(store, tmp_path):
    return sold(store, tmp_path)


@pytest.fixture
def app(url, town, tmp_path):
    with served(url, town, tmp_path) as app:
        yield app


def client_of(app, key=None):
    client = app.test_client()
    if key is not None:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


@pytest.fixture
def regulator(app):
    return client_of(app, KEY)


@pytest.fixture
def pharmacy(app, town):
    return client_of(app, answer_code(town.desk, SHOPS[6]))


def published(regulator, **more):
    drafted = regulator.post(f"{API}/regions/{CITY}/index-runs", json=RUN | more)
    assert drafted.status_code == 201, drafted.text
    number = drafted.json["id"]
    step = {"action": "confirm", "who": "王"}
    assert regulator.post(f"{API}/index-runs/{number}/steps", json=step).json["state"] == "confirmed"
    return number


def test_from_a_draft_to_an_appeal_to_a_correction(app, regulator, pharmacy):
    everybody = client_of(app)
    before = everybody.get(f"{API}/pharmacies/{SHOPS[6]}/index?period={MONTH}")
    assert before.json["run"] is None
    first = published(regulator)
    held = {"If-None-Match": before.headers["ETag"]}
    now = everybody.get(f"{API}/pharmacies/{SHOPS[6]}/index?period={MONTH}", headers=held)
    assert (now.status_code, now.json["run"]["id"]) == (200, first), "an old copy is not taken for the new one"
    dispute = {"run": first, "drug": CODES[0], "about": "quantity", "quantity": 5, "amount": "50.00"}
    said = {"who": "李", "why": "按盒报成了板"}
    appeals = f"{API}/pharmacies/{SHOPS[6]}/index/appeals"
    filed = pharmacy.post(appeals, json=dispute | said)
    assert (filed.status_code, filed.json["state"], filed.json["amount"]) == (201, "filed", "50.00")
    assert [one["id"] for one in regulator.get(f"{API}/regions/{CITY}/appeals").json["items"]] == [filed.json["id"]]
    ruling = {"action": "accept", "effect": "correct", "who": "王", "why": "核实", "revision": 1}
    done = regulator.post(f"{API}/appeals/{filed.json['id']}/steps", json=ruling)
    assert (done.json["state"], done.json["effect"]) == ("accepted", "correct")
    assert pharmacy.get(appeals).json["items"][0]["state"] == "accepted"
    second = published(regulator, corrects=first)
    assert everybody.get(f"{API}/index-runs/{first}").json["corrected_by"] == second
    told = everybody.get(f"{API}/pharmacies/{SHOPS[6]}/index?period={MONTH}").json
    assert (told["run"]["id"], told["run"]["corrects"]) == (second, first)
    assert told["index"] != now.json["index"]
    for number in (first, second):
        assert regulator.get(f"{API}/index-runs/{number}/verification").json["verified"]


def test_limits_are_tried_set_and_shown(app, regulator):
    path = f"{API}/regions/{CITY}/index-limits"
    told = regulator.get(f"{path}/trial?period={MONTH}&warning_line=102").json
    assert told["then"]["warning"] and not told["now"]["warning"]
    limit = {"name": "warning_line", "value": 102, "year": 2026, "who": "王"}
    held = {one["name"]: one["value"] for one in regulator.post(path, json=limit).json["items"]}
    assert held["warning_line"] == 102
    public = client_of(app).get(f"{API}/regions/{CITY}/indices?period={MONTH}").json
    assert public["warning_line"] == 102
    marked = sum(one["warning"] in ("perhaps", "clearly") for one in public["items"])
    assert marked == sum(told["then"]["warning"].get(name, 0) for name in ("perhaps", "clearly")) > 0
    bad = regulator.post(path, json=limit | {"value": -5})
    assert (bad.status_code, bad.json["code"], bad.json["field"]) == (422, "bad_setting", "value")


def test_an_appeal_is_withdrawn_by_its_pharmacy_alone(app, town, regulator, pharmacy):
    number = published(regulator)
    appeals = f"{API}/pharmacies/{SHOPS[6]}/index/appeals"
    body = {"run": number, "drug": CODES[1], "about": "price", "who": "李", "why": "价格有误"}
    filed = pharmacy.post(appeals, json=body).json["id"]
    other = client_of(app, answer_code(town.desk, SHOPS[0]))
    said = {"who": "李", "why": "已核对"}
    theirs = f"{API}/pharmacies/{SHOPS[0]}/index/appeals/{filed}/withdrawal"
    assert other.post(theirs, json=said).json["code"] == "unknown_appeal"
    assert other.post(f"{appeals}/{filed}/withdrawal", json=said).json["code"] == "wrong_key"
    assert pharmacy.post(f"{appeals}/{filed}/withdrawal", json=said).json["state"] == "withdrawn"


SAID = {"who": "x", "why": "x"}
LOCKED = [
    ("get", f"regions/{CITY}/index-runs"), ("post", f"regions/{CITY}/index-runs"), ("get", "index-runs/1/preview"),
    ("post", "index-runs/1/steps"), ("get", "index-runs/1/verification"), ("get", f"regions/{CITY}/index-limits"),
    ("post", f"regions/{CITY}/index-limits"), ("get", f"regions/{CITY}/index-limits/trial"),
    ("get", f"regions/{CITY}/appeals"), ("get", "appeals/1"), ("post", "appeals/1/steps"),
    ("get", f"regions/{CITY}/index-report"), ("get", f"pharmacies/{SHOPS[6]}/index/full"),
    ("get", f"pharmacies/{SHOPS[6]}/index/full.csv"),
]  # fmt: skip
OWN = [
    ("get", f"pharmacies/{SHOPS[6]}/index/own"), ("get", f"pharmacies/{SHOPS[6]}/index/own.csv"),
    ("get", f"pharmacies/{SHOPS[6]}/index/appeals"), ("post", f"pharmacies/{SHOPS[6]}/index/appeals"),
    ("post", f"pharmacies/{SHOPS[6]}/index/appeals/1/withdrawal"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), LOCKED + OWN)
def test_nothing_of_it_without_the_right_key(app, town, pharmacy, regulator, method, path):
    before, wrong = town.dump(), pharmacy if (method, path) in LOCKED else regulator
    for client, code in ((client_of(app), "no_key"), (wrong, "wrong_key")):
        said = SAID if path.endswith("withdrawal") else SAID | {"run": 1, "drug": CODES[0], "about": "price"}
        body = {"json": said} if method == "post" else {}
        answer = getattr(client, method)(f"{API}/{path}", **body)
        assert (answer.status_code, answer.json["code"]) == (401, code)
    assert town.dump() == before


def test_a_report_is_what_a_plain_count_gives(town):
    town.take("sales", sales(dear=0, month="2026-10"))
    told = reporting.report(town.desk, CITY, period="2026-10")
    listed = index.of_region(town.desk, CITY, period="2026-10", limit=200)["items"]
    before = {one["pharmacy"]["code"]: one["index"] for one in
              index.of_region(town.desk, CITY, period=MONTH, limit=200)["items"]}  # fmt: skip
    values = sorted(one["index"] for one in listed)
    assert [told["distribution"][name] for name in ("low", "median", "high")] == [
        round(values[at], 2) for at in (0, 3, 6)
    ]
    for one in told["distribution"]["histogram"]:
        inside = sum(one["from"] <= round(value, 2) < one["below"] for value in values)
        assert one["pharmacies"] == inside
    moved = [one["index"] - before[one["pharmacy"]["code"]] for one in listed]
    since = told["since"]
    assert (since["dearer"], since["cheaper"]) == (sum(by > 0 for by in moved), sum(by < 0 for by in moved))
    (district,) = told["districts"]
    assert (district["pharmacies"], district["index"]) == (7, 100.0), "together they are the region"
    assert told["chains"] == []
    features = reporting.index_map(town.desk, CITY, period="2026-10")["features"]
    assert [one["geometry"]["coordinates"][0] < 180 for one in features] == [True] * 7


def ran(database, *words, fails=0):
    found = CliRunner().invoke(main, ["--db", database, *words], env={"PRICECOMPARE_NOW": NOW.isoformat()})
    assert found.exit_code == fails, found.output
    return found.output


def test_the_same_on_the_command_line(url, town, tmp_path):
    who = ("--who", "王")
    where = ("--region", CITY, "--period", MONTH)
    assert "Nothing is published yet" in ran(url, "index", "publish", *where, *who)
    assert "run 1 of 云泽市, 2026-09: confirmed" in ran(url, "index", "confirm", "1", *who)
    assert "run_in_force" in ran(url, "index", "publish", *where, *who, fails=1)
    assert "every value comes out again: yes" in ran(url, "index", "verify", "1")
    appeal = ("index", "appeal", SHOPS[6], "1", CODES[0], "price", *who, "--why", "价格有误")
    assert "filed" in ran(url, *appeal, "--quantity", "5", "--amount", "50.00")
    assert "accepted" in ran(url, "index", "rule", "1", "accept", "--effect", "correct", *who, "--why", "核实")
    assert "filed" not in ran(url, "index", "appeals", "--state", "accepted")
    assert "corrects run 1" in ran(url, "index", "publish", *where, "--corrects", "1", *who)
    assert "most changed" in ran(url, "index", "preview", "2")
    assert "dropped" in ran(url, "index", "drop", "2", *who)
    assert [one["state"] for one in json.loads(ran(url, "index", "runs", "--json"))["items"]] == [
        "dropped",
        "confirmed",
    ]
    assert "published" in ran(url, "index", "run", "1")
    assert "102" in ran(url, "index", "limit", "warning_line", "102", "--region", CITY, "--year", "2026", *who)
    assert "warning_line" in ran(url, "index", "limits", "--region", CITY, "--year", "2026")
    assert "off" in ran(url, "index", "limit", "warning_line", "off", "--region", CITY, "--year", "2026", *who)
    assert "would be marked otherwise" in ran(url, "index", "try", "warning_line=102", *where)
    sheet, chart = tmp_path / "sheet.csv", tmp_path / "map.json"
    ran(url, "index", SHOPS[6], "--period", MONTH, "--csv", str(sheet))
    assert "公式" in sheet.read_text("utf-8-sig")
    assert "sales as they stand" not in ran(url, "index", "report", CITY, "--period", MONTH, "--map", str(chart))
    assert len(json.loads(chart.read_text("utf-8"))["features"]) == 7
    assert "published in run 1" in ran(url, "index", SHOPS[6], "--period", MONTH)
    with town.store.writing():
        town.store.engine.rows("UPDATE index_value SET value = 2 WHERE pharmacy_id = 3", {})
    assert "every value comes out again: no" in ran(url, "index", "verify", "1", fails=5)


def test_a_list_of_indices_is_a_file_with_a_manifest(url, town, tmp_path):
    file = tmp_path / "indices.csv"
    ran(url, "export", "indices", "--region", CITY, "--out", str(file), "--where", f"period={MONTH}", "--lang", "en")
    manifest = json.loads((tmp_path / "indices.csv.manifest.json").read_text("utf-8"))
    assert (manifest["rows"], manifest["filters"]["period"], manifest["list"]) == (7, MONTH, "indices")
    assert file.read_text("utf-8-sig").splitlines()[0].startswith("Pharmacy code,Pharmacy,District")
