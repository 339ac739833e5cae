"""Flags over HTTP: explained to everybody, stepped by the regulator, answered by the pharmacy, reported by citizens."""

import pytest

from pricecompare.services.cases import step, told
from pricecompare.services.cases.answering import answer_code
from tests.made import CODES
from tests.taken_up import KEY, OTHER, REGION, SCREEN, client_of, only, served, seven_shops
from tests.test_attachments import FILES, PDF
from tests.town import SHOPS

API = "/api/v1"
STEP = {"action": "screen", "who": "王"}
ANSWER = {"action": "explain", "who": "李", "why": "进价上涨"}


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


@pytest.fixture
def name(town):
    return only(town)


@pytest.fixture
def app(url, town, tmp_path):
    with served(url, town, tmp_path, ATTACHMENT_MB=0.01) as app:
        yield app


@pytest.fixture
def anybody(app):
    return app.test_client()


@pytest.fixture
def regulator(app):
    return client_of(app, KEY)


@pytest.fixture
def pharmacy(app, town):
    return client_of(app, answer_code(town.desk, SHOPS[6]))


def stepped(client, name, revision, **said):
    headers = {} if revision is None else {"If-Match": f'"{revision}"'}
    return client.post(f"{API}/flags/{name}/steps", json=STEP | said, headers=headers)


def reminded(regulator, name):
    stepped(regulator, name, 0)
    return stepped(regulator, name, 1, action="remind").json


def test_everybody_is_told_why_a_price_is_flagged_and_nothing_of_people(anybody, town, name):
    (listed,) = anybody.get(f"{API}/regions/{REGION}/flags").json["items"]
    assert listed["id"] == name
    before = anybody.get(f"{API}/flags/{name}/explain").json
    assert (before["flag"], before["compared_with"]["n"], before["frozen"]) == (listed, 6, False)
    step(town.desk, name, SCREEN)
    assert anybody.get(f"{API}/flags/{name}/explain").json == before
    assert "王" not in anybody.get(f"{API}/regions/{REGION}/flags").text
    picture = anybody.get(f"{API}/flags/{name}/picture.svg?lang=en")
    assert (picture.mimetype, picture.headers["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")
    assert "this price 20.00" in picture.text


def test_nothing_is_explained_to_everybody_that_is_not_flagged_now(anybody, town, regulator, name):
    step(town.desk, name, SCREEN)
    town.price(f"{SHOPS[6]},{CODES[0]},10.50,2026-10-25,listed,in")
    assert anybody.get(f"{API}/flags/{name}/explain").json["code"] == "not_flagged"
    assert regulator.get(f"{API}/flags/{name}/taken-up").json["flag"]["price"] == "20.00"
    assert regulator.get(f"{API}/flags/{name}").json["flag"] is None


LOCKED = [
    ("get", "flags/{}"), ("get", "flags/{}/taken-up"), ("post", "flags/{}/steps"), ("post", "flags/{}/attachments"),
    ("get", "flags/{}/attachments/1"), ("get", f"regions/{REGION}/cases"), ("post", f"regions/{REGION}/cases/batch"),
    ("post", "batches/1/undo"), ("get", f"regions/{REGION}/reports"), ("post", "reports/1/steps"),
]  # fmt: skip
OWN = [
    ("get", f"pharmacies/{SHOPS[6]}/cases"), ("get", "flags/{}/own"), ("post", "flags/{}/answer"),
    ("post", "flags/{}/own/attachments"), ("get", "flags/{}/own/attachments/1"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), LOCKED + OWN)
def test_nothing_of_it_without_a_key(anybody, town, name, method, path):
    before = town.dump()
    where, ask = f"{API}/{path.format(name)}", getattr(anybody, method)
    assert ask(where).json["code"] == "no_key"
    answer = ask(where, headers={"Authorization": f"Bearer {OTHER}"}, json=ANSWER if method == "post" else None)
    assert (answer.status_code, answer.json["code"]) in {(401, "wrong_key"), (404, "unknown_flag")}
    assert town.dump() == before


@pytest.mark.parametrize(("method", "path"), LOCKED)
def test_a_pharmacy_is_no_regulator(pharmacy, name, method, path):
    assert getattr(pharmacy, method)(f"{API}/{path.format(name)}").json["code"] == "wrong_key"


def test_two_regulators_who_look_at_the_same_flag(regulator, name):
    looked_at = regulator.get(f"{API}/flags/{name}").headers["ETag"]
    assert looked_at == '"0"'
    first = regulator.post(f"{API}/flags/{name}/steps", json=STEP, headers={"If-Match": looked_at})
    assert (first.status_code, first.json["state"], first.headers["ETag"]) == (200, "screened", '"1"')
    second = stepped(regulator, name, 0, action="remind", who="李")
    assert (second.status_code, second.mimetype) == (412, "application/problem+json")
    assert second.json["code"] == "case_moved"
    assert regulator.get(f"{API}/flags/{name}").json["revision"] == 1


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (None, 428),
        ('"0"', 200),
        ("*", 200),
        ('"1"', 412),
        ("0", 200),
        ('W/"0"', 200),
        ('W/"1"', 412),
        ('"0", "1"', 412),
        ('"x"', 412),
    ],
)
def test_if_match(regulator, name, given, status):
    headers = {} if given is None else {"If-Match": given}
    assert regulator.post(f"{API}/flags/{name}/steps", json=STEP, headers=headers).status_code == status


@pytest.mark.parametrize(("given", "status"), [(None, 200), ('"2"', 200), ("*", 200), ('"1"', 412), ('"x"', 412)])
def test_a_pharmacy_may_say_which_revision_it_answers(regulator, pharmacy, name, given, status):
    reminded(regulator, name)
    assert pharmacy.get(f"{API}/flags/{name}/own").headers["ETag"] == '"2"'
    headers = {} if given is None else {"If-Match": given}
    assert pharmacy.post(f"{API}/flags/{name}/answer", json=ANSWER, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"action": "punish"}, 422, "bad_choice"),
        ({"action": "explain"}, 422, "bad_choice"),
        ({"action": "remind"}, 409, "step_out_of_turn"),
        ({"who": ""}, 422, "step_needs_who"),
        ({"action": "comment"}, 422, "step_needs_why"),
        ({"why": "长" * 501}, 422, "text_too_long"),
        ({"why": "a\nb"}, 422, "control_character"),
        ({"to": "all"}, 422, "unknown_parameter"),
        ({"who": None}, 422, "bad_body"),
    ],
)
def test_steps_that_cannot_be(regulator, town, name, said, status, code):
    before = town.dump()
    answer = stepped(regulator, name, 0, **said)
    assert (answer.status_code, answer.json["code"], town.dump()) == (status, code, before)


def test_a_reminder_brings_the_code_by_which_the_pharmacy_answers(regulator, pharmacy, town, name):
    code = reminded(regulator, name)["answer_code"]
    assert code == answer_code(town.desk, SHOPS[6]) != answer_code(town.desk, SHOPS[5])
    (own,) = pharmacy.get(f"{API}/pharmacies/{SHOPS[6]}/cases").json["items"]
    assert (own["id"], own["state"]) == (name, "reminded")
    seen = pharmacy.get(f"{API}/flags/{name}/own").json
    assert ([one["who"] for one in seen["steps"]], seen["explained"]["compared_with"]["n"]) == (["王", "王"], 6)
    answer = pharmacy.post(f"{API}/flags/{name}/answer", json=ANSWER)
    assert (answer.status_code, answer.json["state"], answer.json["steps"][-1]["why"]) == (200, "explained", "进价上涨")


@pytest.mark.parametrize(("method", "path"), OWN[1:])
def test_a_flag_of_another_pharmacy_is_not_found(app, regulator, town, name, method, path):
    reminded(regulator, name)
    before, other = town.dump(), app.test_client()
    headers = {"Authorization": f"Bearer {answer_code(town.desk, SHOPS[0])}"}
    body = {"json": ANSWER} if method == "post" else {}
    answer = getattr(other, method)(f"{API}/{path.format(name)}", headers=headers, **body)
    assert (answer.status_code, answer.json["code"], town.dump()) == (404, "unknown_flag", before)


def test_the_list_of_another_pharmacy_is_not_shown(pharmacy):
    assert pharmacy.get(f"{API}/pharmacies/{SHOPS[0]}/cases").json["code"] == "wrong_key"


@pytest.mark.parametrize("action", ["screen", "review", "dismiss"])
def test_a_pharmacy_takes_its_own_steps_only(pharmacy, regulator, name, action):
    reminded(regulator, name)
    assert pharmacy.post(f"{API}/flags/{name}/answer", json=ANSWER | {"action": action}).json["code"] == "bad_choice"


def test_files_come_and_go_as_what_they_are(regulator, pharmacy, town, name):
    reminded(regulator, name)
    where = f"{API}/flags/{name}/own/attachments"
    sent = pharmacy.post(f"{where}?name=进价.html&who=李&why=进价单", data=FILES[PDF])
    assert (sent.status_code, sent.json["name"], sent.json["media"]) == (201, "进价.html.pdf", PDF)
    for client, path in ((pharmacy, where), (regulator, f"{API}/flags/{name}/attachments")):
        answer = client.get(f"{path}/1")
        assert (answer.data, answer.mimetype, answer.headers["X-Content-Type-Options"]) == (FILES[PDF], PDF, "nosniff")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert client.get(f"{path}/2").json["code"] == "unknown_attachment"
    before = town.dump()
    large = regulator.post(f"{API}/flags/{name}/attachments?name=a&who=王", data=FILES[PDF] + bytes(20_000))
    page = regulator.post(f"{API}/flags/{name}/attachments?name=a.pdf&who=王", data=b"<html>")
    assert [(one.status_code, one.json["code"]) for one in (large, page)] == [
        (413, "attachment_too_large"), (422, "attachment_unknown"),
    ]  # fmt: skip
    assert town.dump() == before


def test_many_at_once_and_back(regulator, town, name):
    where = f"{API}/regions/{REGION}/cases"
    tried = regulator.post(f"{where}/batch", json=STEP | {"dry_run": True, "class": "high"}).json
    assert tried == {"batch": None, "done": 1, "left": {}, "dry_run": True}
    assert regulator.post(f"{where}/batch", json=STEP).json["batch"] == 1
    assert [one["id"] for one in regulator.get(f"{where}?state=screened").json["items"]] == [name]
    assert regulator.get(f"{where}?overdue=true").json["items"] == []
    undone = regulator.post(f"{API}/batches/1/undo", json={"who": "王", "why": "选错了"})
    assert (undone.json["undone"], told(town.desk, name)["state"]) == (1, "found")
