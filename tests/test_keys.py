"""Keys: shown once, known by a hash, over when they expire or are revoked, in every process and at the next request."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pricecompare.calc.signing import stored
from pricecompare.errors import PriceCompareError
from pricecompare.services import audit
from pricecompare.services.access import keys
from pricecompare.services.access.keys import Wanted
from pricecompare.services.desk import Desk
from pricecompare.web import create_app
from pricecompare.web.keys import GUESSES_PER_HOUR
from tests.conftest import NOW
from tests.overseen import CHAINS, OWN, Overseen
from tests.taken_up import KEY, OTHER, WANG
from tests.town import REGIONS, Town

UPLOADS, AUDIT = "/api/v1/uploads", "/api/v1/audit"
PHARMACY = Wanted("pharmacy", "第7药店", (OWN,), days=30)


@pytest.fixture
def desk(store, tmp_path):
    """A desk on each engine, with pharmacies."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    assert town.take("regions", REGIONS + "990103,白水区,990100,county,0\n").errors == []
    assert town.take("pharmacies", CHAINS).errors == []
    return town.desk


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path)
    yield overseen
    overseen.close()


def at(desk, **later):
    """Return the same desk at another time."""
    return Desk(desk.store, lambda: NOW + timedelta(**later))


def code_of(asked):
    with pytest.raises(PriceCompareError) as caught:
        asked()
    return caught.value.code


def test_a_key_is_shown_once_and_kept_nowhere(desk):
    made = keys.create(desk, PHARMACY, by=WANG)
    text = made.pop("key")
    assert len(text.rpartition("-")[2]) >= 40 or len(text) > 45
    assert keys.listed(desk) == [made]
    assert desk.store.key(1).hash == stored(text) != text
    tables = ("access_key", "audit", "meta")
    everything = str([desk.store.engine.rows(f"SELECT * FROM {table}", {}) for table in tables])  # noqa: S608
    assert text not in everything and text.split("-", 2)[2] not in everything
    assert keys.of_bearer(desk, text) == ("pharmacy", (OWN,), "第7药店", "key 1")


def test_a_wrong_key_tells_nothing(desk):
    text = keys.create(desk, PHARMACY, by=WANG)["key"]
    changed = text[:-1] + ("A" if text[-1] != "A" else "B")
    other = text.replace("pck-1-", "pck-2-")
    for wrong in (changed, other, text.replace("pck-1-", "pck-999999999999999-")):
        assert code_of(lambda wrong=wrong: keys.of_bearer(desk, wrong)) == "wrong_key"
    for none in ("", "pck", text + "x", text.upper(), "pck-01-" + "a" * 43, "pck-1-" + "é" * 43):
        assert keys.of_bearer(desk, none) is None


def test_who_has_not_the_key_does_not_learn_that_it_is_over(desk):
    text = keys.create(desk, PHARMACY, by=WANG)["key"]
    keys.revoke(desk, 1, by=WANG)
    assert code_of(lambda: keys.of_bearer(desk, text[:-2] + "AA")) == "wrong_key"
    assert code_of(lambda: keys.of_bearer(desk, text)) == "key_revoked"


def test_a_key_opens_until_it_expires(desk):
    text = keys.create(desk, PHARMACY, by=WANG)["key"]
    assert keys.of_bearer(at(desk, days=30, seconds=-1), text)
    assert code_of(lambda: keys.of_bearer(at(desk, days=30), text)) == "key_expired"


def test_both_keys_open_while_one_takes_over(desk):
    old = keys.create(desk, PHARMACY, by=WANG)["key"]
    new = keys.rotate(desk, 1, overlap_hours=24, days_more=365, by=WANG)
    assert (new["id"], new["follows"], new["scope"], new["role"]) == (2, 1, [OWN], "pharmacy")
    for text in (old, new["key"]):
        assert keys.of_bearer(at(desk, hours=23), text).scope == (OWN,)
    assert code_of(lambda: keys.of_bearer(at(desk, hours=24), old)) == "key_expired"
    assert keys.of_bearer(at(desk, hours=24), new["key"])


def test_an_overlap_never_prolongs_a_key(desk):
    old = keys.create(desk, replace(PHARMACY, days=1), by=WANG)["key"]
    keys.rotate(desk, 1, overlap_hours=999, days_more=1, by=WANG)
    assert code_of(lambda: keys.of_bearer(at(desk, days=1), old)) == "key_expired"


def test_what_is_over_is_not_rotated(desk):
    keys.create(desk, PHARMACY, by=WANG)
    keys.revoke(desk, 1, by=WANG)
    before = keys.listed(desk)
    assert code_of(lambda: keys.rotate(desk, 1, overlap_hours=1, days_more=1, by=WANG)) == "key_over"
    assert keys.revoke(desk, 1, by=WANG) == before[0]
    assert keys.listed(desk) == before


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted("pharmacy", "a"), "scope_wanted"),
        (Wanted("chain", "a"), "scope_wanted"),
        (Wanted("pharmacy", "a", ("P99010299999",)), "unknown_pharmacy"),
        (Wanted("chain", "a", ("nobody",)), "unknown_chain"),
        (Wanted("regulator", "a", ("999999",)), "unknown_region"),
        (Wanted("regulator", "a", ("9901",)), "unknown_region"),
        (Wanted("operator", "a", ("990100",)), "scope_not_here"),
        (Wanted("public", "a"), "bad_choice"),
        (Wanted("regulator", " "), "missing_value"),
        (Wanted("regulator", "a", days=0), "out_of_range"),
        (Wanted("regulator", "a", days=9999), "out_of_range"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(desk, wanted, code):
    head = desk.store.audit_head()
    assert code_of(lambda: keys.create(desk, wanted, by=WANG)) == code
    assert (keys.listed(desk), desk.store.audit_head()) == ([], head)


def test_the_trail_tells_who_made_and_ended_a_key_and_why(desk):
    why = WANG._replace(why="新店开业")
    keys.create(desk, PHARMACY, by=why)
    keys.rotate(desk, 1, overlap_hours=0, days_more=7, by=why)
    keys.revoke(desk, 2, by=why)
    found = [one for one in audit.entries(desk)["items"] if one["about"].startswith("key")]
    told = [(one["what"], one["about"], one["who"], one["why"]) for one in found]
    names = [("key_revoked", 2), ("key_created", 2), ("key_rotated", 1), ("key_created", 1)]
    assert told == [(what, f"key {number}", "王", "新店开业") for what, number in names]
    assert found[0]["before"] == {"state": "active"}
    assert found[0]["after"]["state"] == "revoked"


def test_a_revoked_key_opens_nothing_at_the_next_request_of_any_process(overseen):
    other = create_app(DB=str(overseen.path), NOW=NOW.isoformat())
    headers = {"Authorization": f"Bearer {overseen.keys['operator']}"}
    clients = [overseen.app.test_client(), other.test_client()]
    assert [one.get(UPLOADS, headers=headers).status_code for one in clients] == [200, 200]
    number = int(overseen.keys["operator"].split("-")[1])
    keys.revoke(overseen.desk, number, by=WANG)
    answers = [one.get(UPLOADS, headers=headers) for one in clients]
    assert [(one.status_code, one.json["code"]) for one in answers] == [(401, "key_revoked")] * 2
    other.extensions["pricecompare"].store.close()


def test_keys_of_the_settings_open_what_they_did(overseen):
    client = overseen.app.test_client()
    for path, right, wrong in ((UPLOADS, OTHER, KEY), (AUDIT, KEY, OTHER)):
        assert client.get(path, headers={"Authorization": f"Bearer {right}"}).status_code == 200
        answer = client.get(path, headers={"Authorization": f"Bearer {wrong}"})
        assert (answer.status_code, answer.json["code"]) == (401, "wrong_key")


def test_kept_keys_open_a_server_without_keys_in_its_settings(overseen):
    app = create_app(DB=str(overseen.path), NOW=NOW.isoformat())
    for who, path in (("operator", UPLOADS), ("everywhere", AUDIT)):
        headers = {"Authorization": f"Bearer {overseen.keys[who]}"}
        assert app.test_client().get(path, headers=headers).status_code == 200
        assert app.test_client().get(path).json["code"] == "no_key"
        assert app.test_client().get(path, headers={"Authorization": "Bearer "}).json["code"] == "wrong_key"
    app.extensions["pricecompare"].store.close()


def test_guessing_ends_and_kept_keys_still_open(overseen):
    client = overseen.app.test_client()
    for guess in range(GUESSES_PER_HOUR):
        answer = client.get(UPLOADS, headers={"Authorization": f"Bearer guess {guess}"})
        assert answer.json["code"] == "wrong_key"
    for key in ("one more", OTHER):
        answer = client.get(UPLOADS, headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json["code"]) == (429, "too_many_guesses")
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert overseen.client("operator").get(UPLOADS).status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    headers = {"Authorization": f"Bearer {OTHER}"}
    assert client.get(UPLOADS, headers=headers, environ_overrides=elsewhere).status_code == 200


def test_whose_key_did_it_is_told_whatever_name_is_said(overseen):
    number = overseen.keys["city"].split("-")[1]
    said = {"action": "comment", "who": "somebody else", "why": "x"}
    answer = overseen.client("city").post(f"/api/v1/flags/{overseen.flag}/steps", json=said, headers={"If-Match": "*"})
    assert answer.status_code == 200
    (entry,) = overseen.desk.store.entries(most=1, before=10**9)
    assert (entry.who, entry.origin) == ("somebody else", f"api:127.0.0.0/24 key {number}")


def test_a_district_cannot_reach_beyond_it_by_what_it_asks(overseen):
    client, batch = overseen.client("district"), "/api/v1/regions/990102/cases/batch"
    said = {"action": "screen", "who": "王", "why": "", "dry_run": True}
    assert client.post(batch, json=said).status_code == 200
    for asked in ({"district": "990103"}, {"district": "990100"}, {"district": "990202"}):
        answer = client.post(batch, json=said | asked)
        assert (answer.status_code, answer.json["code"]) == (403, "not_your_region")


def test_a_list_of_a_district_holds_that_district_alone(overseen):
    for who, count in (("city", 1), ("district", 1)):
        found = overseen.client(who).post(
            f"/api/v1/flags/{overseen.flag}/steps",
            json={"action": "comment", "who": "王", "why": "x"},
            headers={"If-Match": "*"},
        )
        assert found.status_code == 200
        assert len(overseen.client(who).get("/api/v1/regions/990102/cases").json["items"]) == count
    assert overseen.client("other district").get("/api/v1/regions/990103/cases").json["items"] == []


def test_a_batch_or_report_elsewhere_is_like_none_at_all(overseen):
    names, client = overseen.something(), overseen.client("other city")
    undo, decision = {"who": "王", "why": "x"}, {"action": "dismiss", "who": "王", "why": "x"}
    for path, there, body in (("batches/{}/undo", names["batch"], undo), ("reports/{}/steps", 1, decision)):
        bodies = [client.post("/api/v1/" + path.format(one), json=body).json for one in (there, 999)]
        bodies = [one | {"request_id": ""} for one in bodies]
        told = [str(one).replace(f"'{there}'", "N").replace("'999'", "N") for one in bodies]
        assert told[0] == told[1]
