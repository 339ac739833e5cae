"""Citizens' reports over HTTP: taken from anybody, so often, and shown to regulators alone."""

import pytest

from tests.made import CODES
from tests.taken_up import KEY, REGION, client_of, only, served, seven_shops
from tests.town import SHOPS

API = "/api/v1"


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


@pytest.fixture
def name(town):
    return only(town)


@pytest.fixture
def app(url, town, tmp_path):
    with served(url, town, tmp_path, REPORTS_PER_HOUR=3) as app:
        yield app


@pytest.fixture
def anybody(app):
    return app.test_client()


@pytest.fixture
def regulator(app):
    return client_of(app, KEY)


REPORT = {"pharmacy": SHOPS[6], "what": "wrong_price", "drug": CODES[0], "price": 26.5, "seen_on": "2026-10-30"}


def test_a_report_is_taken_from_anybody_and_shown_to_regulators_alone(anybody, regulator, town, name):
    answer = anybody.post(f"{API}/reports", json=REPORT)
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (202, {"taken": True}, "no-store")
    assert "26.50" not in anybody.get(f"{API}/flags/{name}/explain").text
    (found,) = regulator.get(f"{API}/regions/{REGION}/reports?state=new").json["items"]
    assert (found["price"], found["times"], found["pharmacy"]["code"]) == ("26.50", 1, SHOPS[6])
    done = regulator.post(f"{API}/reports/1/steps", json={"action": "open", "who": "王", "why": "核实"}).json
    assert (done["state"], done["flag"]) == ("opened", name)
    kept = repr(town.dump()) + repr(town.ledger())
    assert "127.0.0.1" not in kept


def test_who_reports_too_often_is_told_when_to_come_again(anybody):
    statuses = [anybody.post(f"{API}/reports", json=REPORT) for _ in range(4)]
    assert [one.status_code for one in statuses] == [202, 202, 202, 429]
    assert (statuses[3].json["code"], statuses[3].headers["Retry-After"]) == ("too_many_reports", "1200")
    elsewhere = anybody.post(f"{API}/reports", json=REPORT, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 202


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"what": "rude"}, "bad_choice"),
        ({"drug": "X1"}, "unknown_drug"),
        ({"price": "cheap"}, "bad_price"),
        ({"note": "a text"}, "unknown_parameter"),
        ({"seen_on": "2027-01-01"}, "bad_seen_on"),
        ({"pharmacy": "P" * 300}, "text_too_long"),
    ],
)
def test_reports_that_make_no_sense(anybody, said, code):
    assert anybody.post(f"{API}/reports", json=REPORT | said).json["code"] == code
