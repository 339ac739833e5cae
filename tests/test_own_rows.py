"""A pharmacy's or chain's key brings its own rows and touches nobody else's, however the file comes."""

import io

import pytest

from pricecompare.services.access import keys
from pricecompare.services.uploads import receiving
from tests.made import CODES
from tests.overseen import BESIDE, ELSEWHERE, OWN, Overseen
from tests.sent import line
from tests.taken_up import WANG
from tests.town import SHOPS

MINE, THEIRS = line(6, 0, "21.00", "2026-10-31"), line(7, 0, "1.00", "2026-10-31")
LIST = [line(6, drug, f"{20 + drug}.00", "2026-10-31") for drug in range(4)]
AUGUST = "pharmacy_code,drug_code,month,quantity,amount\n"


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path)
    yield overseen
    overseen.close()


def offers(overseen, code):
    shop = overseen.desk.store.pharmacy(code)
    return overseen.desk.store.offers_of_pharmacy(shop.region_id, shop.id)


@pytest.mark.parametrize(
    ("who", "mine"),
    [("pharmacy", {OWN}), ("chain", {OWN}), ("other pharmacy", {ELSEWHERE}), ("other chain", {ELSEWHERE, BESIDE})],
)
def test_rows_of_others_are_refused_one_by_one(overseen, who, mine):
    shops = [*SHOPS, BESIDE, "P99010299999"]
    before = {code: offers(overseen, code) for code in shops[:-1]}
    rows = [f"{shop},{CODES[1]},33.00,2026-10-31,listed,in\n" for shop in shops]
    answer = overseen.send(who, *rows)
    assert (answer.status_code, answer.json["added"], answer.json["refused"]) == (201, len(mine), len(rows) - len(mine))
    changed = {code for code in before if offers(overseen, code) != before[code]}
    assert changed == mine
    number = answer.json["id"]
    file = overseen.client(who).get(f"/api/v1/uploads/{number}/refused").get_data(as_text=True)
    assert file.count("not_your_pharmacy") == len(rows) - len(mine)


def test_a_whole_list_takes_nothing_from_others(overseen):
    before = offers(overseen, ELSEWHERE), offers(overseen, SHOPS[0])
    answer = overseen.send("pharmacy", MINE, THEIRS, mode="full", source="till")
    assert answer.json["refused"] == 1
    assert (offers(overseen, ELSEWHERE), offers(overseen, SHOPS[0])) == before


def test_a_file_that_waits_is_held_to_its_owner_when_it_is_taken(tmp_path):
    overseen = Overseen(tmp_path, UPLOAD_WAIT_MB=0)
    overseen.app.extensions["waiting"].wake = lambda: None
    before = offers(overseen, ELSEWHERE)
    answer = overseen.send("pharmacy", MINE, THEIRS)
    assert answer.status_code == 202
    assert overseen.client("other pharmacy").get(f"/api/v1/uploads/{answer.json['id']}").status_code == 404
    (taken,) = receiving.take_waiting(overseen.app.extensions["pricecompare"])
    assert (taken.changed, taken.refused, offers(overseen, ELSEWHERE)) == (1, 1, before)
    overseen.close()


@pytest.mark.parametrize("what", ["regions", "drugs", "pharmacies", "groups", "holidays", "standards"])
def test_registers_are_not_theirs_to_send(overseen, what):
    for who in ("pharmacy", "chain"):
        for more in ({}, {"dry_run": "true"}):
            answer = overseen.send(who, what=what, **more)
            assert (answer.status_code, answer.json["code"]) == (403, "not_your_file")
    assert overseen.client("operator").get("/api/v1/uploads").json["items"][0]["what"] == "pharmacies"


def test_sales_of_others_are_refused_too(overseen):
    rows = "".join(f"{shop},{CODES[0]},2026-09,3,30\n" for shop in (OWN, ELSEWHERE))
    form = {"what": "sales", "file": (io.BytesIO((AUGUST + rows).encode()), "s.csv")}
    answer = overseen.client("pharmacy").post("/api/v1/uploads", data=form)
    assert (answer.json["added"], answer.json["refused"]) == (1, 1)


def test_a_dry_run_tells_the_same_and_takes_nothing(overseen):
    before = overseen.town.dump()
    answer = overseen.send("pharmacy", MINE, THEIRS, dry_run="true").json
    assert (answer["upload"]["changed"], answer["upload"]["refused"]) == (1, 1)
    assert [one["pharmacy"]["code"] for one in answer["changes"]] == [OWN]
    assert overseen.town.dump() == before


def test_the_same_bytes_from_another_are_another_file(overseen):
    first = overseen.send("other pharmacy", MINE, THEIRS)
    for who in ("pharmacy", "operator"):
        answer = overseen.send(who, MINE, THEIRS)
        assert (answer.status_code, answer.json["id"] != first.json["id"]) == (201, True)
    again = overseen.send("other pharmacy", MINE, THEIRS)
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])


def test_a_word_of_a_request_is_its_senders_own(overseen):
    word = {"Idempotency-Key": "1"}
    ids = [overseen.send(who, MINE, headers=word).json["id"] for who in ("pharmacy", "chain", "operator")]
    assert len(set(ids)) == 3
    assert overseen.send("pharmacy", MINE, headers=word).json["id"] == ids[0]
    assert overseen.send("pharmacy", THEIRS, headers=word).json["code"] == "key_reused"


def test_the_ledger_shows_everybody_their_own(overseen):
    mine = overseen.send("pharmacy", MINE).json["id"]
    theirs = overseen.send("other pharmacy", THEIRS).json["id"]
    shown = {
        who: [one["id"] for one in overseen.client(who).get("/api/v1/uploads").json["items"]]
        for who in ("pharmacy", "other pharmacy", "chain", "operator")
    }
    assert (shown["pharmacy"], shown["other pharmacy"], shown["chain"]) == ([mine], [theirs], [])
    assert {mine, theirs} < set(shown["operator"])
    overseen.client("pharmacy").put(f"/api/v1/uploads/{mine}/decision", json={"decision": "retract"})
    assert [one["what"] for one in overseen.client("pharmacy").get("/api/v1/uploads").json["items"]] == [
        "retraction",
        "prices",
    ]


def test_what_was_put_aside_its_sender_takes_back_and_an_operator_confirms(overseen):
    overseen.send("pharmacy", *LIST, source="till", mode="full")
    aside = overseen.send("pharmacy", line(6, 0, "21.00", "2026-11-01"), source="till", mode="full")
    number = aside.json["id"]
    assert aside.json["state"] == "quarantined", aside.json
    path = f"/api/v1/uploads/{number}/decision"
    answer = overseen.client("pharmacy").put(path, json={"decision": "confirm"})
    assert (answer.status_code, answer.json["code"]) == (403, "not_your_decision")
    assert overseen.client("operator").put(path, json={"decision": "confirm"}).json["state"] == "taken"


def test_a_new_key_sees_what_the_old_one_sent(overseen):
    sent = overseen.send("pharmacy", MINE).json["id"]
    number = int(overseen.keys["pharmacy"].split("-")[1])
    overseen.keys["new"] = keys.rotate(overseen.desk, number, overlap_hours=0, days_more=30, by=WANG)["key"]
    assert overseen.client("new").get(f"/api/v1/uploads/{sent}").status_code == 200


def test_a_feed_of_one_is_not_compared_with_that_of_another(overseen):
    for who, row in (("pharmacy", MINE), ("other pharmacy", THEIRS)):
        rows = LIST if who == "pharmacy" else [row]
        assert overseen.send(who, *rows, source="same name", mode="full").json["state"] == "taken"
