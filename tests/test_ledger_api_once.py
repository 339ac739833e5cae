"""Requests with a key of their own: one effect, one answer; also at the same time, and after a crash."""

import threading

import pytest

from pricecompare.errors import Conflict
from pricecompare.services.uploads.once import BUSY_SECONDS, Answer, once
from tests.sent import Sender, line, prices

GOOD = prices(line(0, 0, "11.00"))
OTHER = prices(line(0, 0, "12.00"))


@pytest.fixture
def sender(store, url, tmp_path):
    sender = Sender(url, store, tmp_path)
    yield sender
    sender.close()


def keyed(town, content, key="k1", **fields):
    return town.send(content, headers={"Idempotency-Key": key, "X-Request-Id": "the-same-request"}, **fields)


@pytest.mark.parametrize(
    ("content", "status"),
    [(GOOD, 201), (prices(line(0, 0, "x")), 201), ("<html>", 422)],
    ids=["taken", "a row refused", "refused as a whole"],
)
def test_the_same_key_and_body_have_one_effect_and_one_answer(sender, content, status):
    first, ledger = keyed(sender, content), sender.town.ledger()
    again = keyed(sender, content, name="another name.csv")
    assert (first.status_code, again.status_code, again.data) == (status, status, first.data)
    assert (sender.town.ledger(), again.headers["Location"]) == (ledger, first.headers["Location"])


def test_the_answer_is_what_was_answered_then(sender):
    first = keyed(sender, GOOD)
    sender.decide(first.json["id"], "retract")
    again = keyed(sender, GOOD)
    assert (again.status_code, again.json) == (201, first.json)
    assert sender.ask(f"/{first.json['id']}").json["state"] == "retracted"


@pytest.mark.parametrize(
    "fields",
    [{"source": "b"}, {"mode": "full"}, {"sender": "b"}, {"observed_at": "2026-10-01"}, {"encoding": "utf-8"}],
    ids=lambda fields: next(iter(fields)),
)
def test_the_same_key_with_anything_else_is_a_conflict(sender, fields):
    keyed(sender, GOOD)
    dump = sender.town.dump(), sender.town.ledger()
    for answer in (keyed(sender, GOOD, **fields), keyed(sender, OTHER)):
        assert (answer.status_code, answer.json["code"], answer.json["field"]) == (
            409, "key_reused", "Idempotency-Key",
        )  # fmt: skip
    assert (sender.town.dump(), sender.town.ledger()) == dump


def test_another_key_is_another_request(sender):
    assert [keyed(sender, GOOD, "k1").status_code, keyed(sender, GOOD, "k2").status_code] == [201, 200]


def test_a_dry_run_uses_no_key(sender):
    tried = keyed(sender, GOOD, dry_run="true")
    tried.close()
    assert (tried.status_code, keyed(sender, GOOD).status_code) == (200, 201)


def test_a_request_that_failed_may_come_again(sender):
    assert keyed(sender, GOOD, what="stones").status_code == 422
    assert keyed(sender, GOOD).status_code == 201


def test_a_key_is_free_again_when_its_request_broke_off(sender):
    desk = sender.town.desk
    with pytest.raises(ZeroDivisionError), once(desk, "k", "one body"):
        raise ZeroDivisionError
    with once(desk, "k", "another body") as request:
        assert request.answer is None


@pytest.mark.parametrize("key", ["", " ", "a b", "中", "x" * 201])
def test_a_key_is_one_plain_word(sender, key):
    answer = keyed(sender, GOOD, key.encode().decode("latin-1"))
    assert (answer.status_code, answer.json["code"]) == (422, "bad_request_key")


def test_requests_at_the_same_time_have_one_effect(sender):
    gate, answers = threading.Barrier(6), []

    def send():
        gate.wait()
        answers.append(keyed(sender, GOOD))
        sender.leave()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [(one.status_code, one.json.get("code")) for one in answers]
    assert set(codes) <= {(201, None), (409, "in_progress")}
    assert (201, None) in codes
    bodies = {one.data for one in answers if one.status_code == 201}
    assert (len(bodies), keyed(sender, GOOD).data) == (1, bodies.pop())
    assert sender.town.store.engine.rows("SELECT count(*) FROM upload WHERE what = 'prices'", {}) == [(2,)]


def test_a_key_whose_process_died_is_free_again_after_a_while(sender):
    desk, now = sender.town.desk, sender.town.desk.now()
    claim = {"key": "k", "sha256": "s", "upload_id": None, "status": 0, "answer": ""}
    with desk.store.writing():
        desk.store.put_request_key(**claim, made_at=now - BUSY_SECONDS)
    with pytest.raises(Conflict) as refused, once(desk, "k", "s"):
        pass
    assert refused.value.code == "in_progress"
    with desk.store.writing():
        desk.store.drop_request_key("k", begun=now)
        desk.store.put_request_key(**claim, made_at=now - BUSY_SECONDS - 1)
    with once(desk, "k", "s") as request, desk.store.writing():
        request.keep(Answer(201, {"id": None}))
    with once(desk, "k", "s") as request:
        assert request.answer == Answer(201, {"id": None})
