"""Signed requests: taken once, from whoever has the key, unchanged and on time; otherwise refused with a code."""

import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pricecompare.calc.signing import client_key, is_signed, message, signature, stored
from pricecompare.services.access import keys, signed
from pricecompare.services.access.keys import Wanted
from pricecompare.services.access.signed import KEPT_SECONDS, SKEW_SECONDS
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.overseen import OWN, Overseen
from tests.sent import line, prices
from tests.signing import NONCE, SECOND, form, head, request
from tests.taken_up import WANG

UPLOADS = "/api/v1/uploads"
BODY, KIND = form(prices(line(6, 0, "21.00", "2026-10-31")).encode(), source="a")
PARTS = some.tuples(
    some.sampled_from(["GET", "POST", "PUT"]),
    some.text(max_size=20),
    some.text(max_size=20),
    some.integers(0, 10**12),
    some.text(max_size=20),
    some.text(max_size=20),
)


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path)
    wanted = Wanted("pharmacy", "第7药店", (OWN,), signed=True)
    overseen.keys["signer"] = keys.create(overseen.desk, wanted, by=WANG)["key"]
    yield overseen
    overseen.close()


def sent(overseen, *, body=BODY, target=UPLOADS, by=None, method="POST", authorization=None, app=None):
    """Send a signed request, signed for what it is unless it is said otherwise."""
    told = authorization or head(by or overseen.keys["signer"], method, target, body)
    return (app or overseen.app).test_client().open(request(target, body, KIND, told, method))


def refusal(answer):
    return answer.status_code, answer.json["code"]


@given(some.text(min_size=1), PARTS, PARTS)
def test_a_signature_fits_its_message_and_its_key_alone(key, parts, others):
    made = signature(key, message(*parts))
    assert is_signed(stored(key), message(*parts), made)
    assert is_signed(stored(key), message(*others), made) == (message(*parts) == message(*others))
    assert not is_signed(stored(key + "x"), message(*parts), made)


@given(some.text(min_size=1), some.integers(0, 255))
def test_a_signature_with_one_bit_changed_fits_nothing(key, bit):
    made = int(signature(key, b"this"), 16) ^ (1 << bit)
    assert not is_signed(stored(key), b"this", f"{made:064x}")


def test_who_reads_the_database_cannot_sign():
    kept = bytes.fromhex(stored("a key"))
    for known in (kept, hashlib.sha256(kept).digest(), bytes(32)):
        mask = hmac.digest(kept, b"this", "sha256")
        forged = bytes(one ^ other for one, other in zip(known, mask, strict=True)).hex()
        assert not is_signed(stored("a key"), b"this", forged)
    assert hashlib.sha256(client_key("a key")).hexdigest() == stored("a key")


@pytest.mark.parametrize("text", ["", "zz", "00", "0" * 63, "０" * 64])
def test_what_is_no_signature_fits_nothing(text):
    assert not is_signed(stored("a key"), b"this", text)


def test_a_signed_upload_is_taken_and_never_twice(overseen):
    answer = sent(overseen)
    assert (answer.status_code, answer.json["changed"], answer.json["sender"]) == (201, 1, "第7药店")
    assert refusal(sent(overseen)) == (401, "nonce_used")
    # Another process knows of it, too.
    app = create_app(DB=str(overseen.path), NOW=NOW.isoformat(), SPOOL=overseen.desk.settings.spool)
    assert refusal(sent(overseen, app=app)) == (401, "nonce_used")
    app.extensions["pricecompare"].store.close()


def test_the_signed_key_itself_is_refused(overseen):
    answer = overseen.client("signer").get(UPLOADS)
    assert refusal(answer) == (401, "signature_wanted")


@pytest.mark.parametrize("late", [-SKEW_SECONDS - 1, SKEW_SECONDS + 1, 10**9])
def test_a_clock_that_is_wrong_is_told(overseen, late):
    told = head(overseen.keys["signer"], "POST", UPLOADS, BODY, at=SECOND + late)
    assert refusal(sent(overseen, authorization=told)) == (401, "signature_skewed")


@pytest.mark.parametrize("late", [-SKEW_SECONDS, SKEW_SECONDS])
def test_a_clock_that_is_wrong_by_little_is_right(overseen, late):
    told = head(overseen.keys["signer"], "POST", UPLOADS, BODY, at=SECOND + late)
    assert sent(overseen, authorization=told).status_code == 201


def test_what_follows_a_form_is_signed_with_it(overseen):
    long = BODY + bytes(100_000)
    assert sent(overseen, body=long).status_code == 201
    told = head(overseen.keys["signer"], "POST", UPLOADS, long, nonce=NONCE + "2")
    assert refusal(sent(overseen, authorization=told, body=long + b"1")) == (401, "body_tampered")


TAMPERED = {
    "body": ({"body": BODY.replace(b"21.00", b"12.00")}, "body_tampered"),
    "after the form": ({"body": BODY + b"more"}, "body_tampered"),
    "shorter": ({"body": BODY[:-4]}, "bad_form"),
    "query": ({"target": f"{UPLOADS}?x=1"}, "bad_signature"),
    "path": ({"target": "/api/v1/flags/1-1-listed/answer"}, "bad_signature"),
    "method": ({"method": "GET"}, "bad_signature"),
}


@pytest.mark.parametrize(("changed", "code"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_on_the_way_is_refused_and_nothing_taken(overseen, changed, code):
    told, before = head(overseen.keys["signer"], "POST", UPLOADS, BODY), overseen.town.dump("signed_nonce")
    ledger = overseen.town.ledger()
    status = 422 if code == "bad_form" else 401
    assert refusal(sent(overseen, authorization=told, **changed)) == (status, code)
    assert (overseen.town.dump("signed_nonce"), overseen.town.ledger()) == (before, ledger)
    spool = overseen.path.parent / "spool"
    assert not spool.exists() or [one.name for one in spool.iterdir() if one.name != "lock"] == []


@pytest.mark.parametrize(
    ("part", "other"),
    [("nonce=", "nonce=x"), ("time=1", "time=0"), ("body=", "body=0"), ("signature=", "signature=0")],
)
def test_a_header_that_was_changed_is_refused(overseen, part, other):
    told = head(overseen.keys["signer"], "POST", UPLOADS, BODY).replace(part, other)
    told = told if part in ("nonce=", "time=1") else told.replace(other, part, 1).replace(part, f"{other}", 1)
    assert refusal(sent(overseen, authorization=told)) in {(401, "bad_signature"), (401, "bad_signature_form")}


@pytest.mark.parametrize(
    "told",
    ["", "key=1", "key=x, time=1, nonce=a, body=b, signature=c", "key=1, key=1, time=1, nonce=n, body=b", "a" * 9000],
)
def test_a_header_that_is_no_signature_is_refused(overseen, told):
    answer = sent(overseen, authorization=f"pricecompare-hmac-sha256 {told}")
    assert refusal(answer) == (401, "bad_signature_form")


def test_a_key_of_another_number_does_not_sign(overseen):
    told = head(overseen.keys["signer"], "POST", UPLOADS, BODY)
    number = overseen.keys["signer"].split("-")[1]
    for other in ("1", "999"):
        answer = sent(overseen, authorization=told.replace(f"key={number}", f"key={other}"))
        assert refusal(answer) == (401, "bad_signature")


def test_a_small_body_is_compared_before_anything_is_done(overseen):
    target, body = f"/api/v1/flags/{overseen.flag}/answer", b'{"action":"comment","who":"a","why":"b"}'
    told = head(overseen.keys["signer"], "POST", target, body)
    changed = body.replace(b'"b"', b'"c"')
    client = overseen.app.test_client()
    assert refusal(client.open(request(target, changed, "application/json", told))) == (401, "body_tampered")
    told = head(overseen.keys["signer"], "POST", target, body, nonce=NONCE + "2")
    answer = client.open(request(target, body, "application/json", told))
    assert (answer.status_code, answer.json["steps"][-1]["why"]) == (200, "b")


def test_the_query_is_signed_as_it_was_sent(overseen):
    target = f"/api/v1/pharmacies/{OWN}/cases?limit=%31%30"
    told = head(overseen.keys["signer"], "GET", target, b"")
    assert overseen.app.test_client().get(target, headers={"Authorization": told}).status_code == 200


def test_words_are_forgotten_long_after_their_time_is_refused(overseen):
    store = overseen.desk.store
    number = int(overseen.keys["signer"].split("-")[1])
    with store.writing():
        store.use_nonce(number, "old-word-of-16-letters", SECOND - KEPT_SECONDS - 1)
        store.use_nonce(number, "word-of-16-letters", SECOND - KEPT_SECONDS)
    assert sent(overseen).status_code == 201
    kept = [row[0] for row in store.engine.rows("SELECT nonce FROM signed_nonce ORDER BY nonce", {})]
    assert kept == [NONCE, "word-of-16-letters"]


def test_a_signature_is_read_whatever_its_quotes():
    told = 'key=7, time=1, nonce="0123456789abcdef", body=' + "a" * 64 + ", signature=" + "b" * 64
    assert signed.read(told) == (7, 1, "0123456789abcdef", "a" * 64, "b" * 64)


def test_the_sample_in_the_documents_signs(overseen, monkeypatch):
    text = (Path(__file__).parents[1] / "docs" / "security.md").read_text("utf-8")
    sample: dict = {}
    exec(text.partition("```python\n")[2].partition("```")[0], sample)
    monkeypatch.setattr(sample["time"], "time", lambda: SECOND)
    told = sample["authorization"](overseen.keys["signer"], "POST", UPLOADS, "", BODY)
    monkeypatch.undo()
    assert sent(overseen, authorization=told).status_code == 201
