"""Questions and decisions about uploads that make no sense: each is told why."""

import pytest

from pricecompare.store import create_store
from tests.made import CODES
from tests.sent import BEARER, UPLOADS, Sender
from tests.town import SHOPS

PROBLEM = "application/problem+json"
RELEASE = f"/api/v1/pharmacies/{SHOPS[0]}/offers/{CODES[0]}/release"


@pytest.fixture(scope="module")
def sender(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    url = str(folder / "prices.db")
    store = create_store(url, cursor_key="test", max_age_days=30)
    sender = Sender(url, store, folder)
    yield sender
    sender.close()
    store.close()


@pytest.fixture
def unmoved(sender):
    """A sender after whom nothing has changed."""
    before = sender.town.dump(), sender.town.ledger()
    yield sender
    assert (sender.town.dump(), sender.town.ledger()) == before


def refusal(answer):
    """Return status and code of a refusal."""
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (PROBLEM, "no-store")
    assert answer.json["detail_zh"]
    return answer.status_code, answer.json["code"]


PATHS = {
    "0": (404, "unknown_upload"),
    "999": (404, "unknown_upload"),
    "99999999999999999999999": (404, "no_such_page"),
    "-1": (404, "no_such_page"),
    "x": (404, "no_such_page"),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("more", ["", "/changes", "/changes.csv", "/refused", "/decision"])
def test_an_upload_that_is_not_there_is_not_found(unmoved, path, more):
    if more == "/decision":
        answer = unmoved.client.put(f"{UPLOADS}/{path}{more}", json={"decision": "confirm"}, headers=BEARER)
    else:
        answer = unmoved.ask(f"/{path}{more}")
    status, code = answer.status_code, answer.json["code"]
    assert (status, code) == PATHS[path]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("", "state=lost", "bad_choice"),
        ("", "limit=0", "bad_limit"),
        ("", "limit=many", "bad_number"),
        ("", "cursor=x", "bad_cursor"),
        ("", "source=%00", "nul_in_question"),
        ("", "what=prices&what=drugs", "repeated_parameter"),
        ("/1", "x=1", "unknown_parameter"),
        ("/1/changes", "limit=201", "bad_limit"),
        ("/1/changes.csv", "limit=1", "unknown_parameter"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(unmoved, path, query, code):
    assert refusal(unmoved.client.get(f"{UPLOADS}{path}?{query}", headers=BEARER)) == (422, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "missing_value"),
        (b"[]", 422, "bad_body"),
        (b"{", 422, "bad_body"),
        (b"\xff", 422, "bad_body"),
        (b'{"decision": 1}', 422, "not_a_text"),
        (b'{"decision": null}', 422, "bad_body"),
        (b"[" * 5000, 422, "bad_body"),
        (b'{"decision": "keep"}', 422, "bad_choice"),
        (b'{"decision": "confirm", "because": "x"}', 422, "unknown_parameter"),
        (b'{"decision": "confirm", "by": "\\u0000"}', 422, "control_character"),
        (b'{"decision": "confirm"}', 409, "not_quarantined"),
        (b'{"decision": "retract"}', 409, "register_stays"),
        (b" " * 20_000, 413, "upload_too_large"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(unmoved, body, status, code):
    answer = unmoved.client.put(f"{UPLOADS}/1/decision", data=body, headers=BEARER)
    assert refusal(answer) == (status, code)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (RELEASE, 409, "not_held"),
        (RELEASE.replace(SHOPS[0], "P9"), 404, "unknown_pharmacy"),
        (RELEASE.replace(CODES[0], "X"), 404, "unknown_drug"),
    ],
)
def test_only_what_is_held_is_released(unmoved, path, status, code):
    assert refusal(unmoved.client.put(path, json={}, headers=BEARER)) == (status, code)
