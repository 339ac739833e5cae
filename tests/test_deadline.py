"""An answer that takes too long is given up: the database stops, the client is told when to come again."""

import time
from math import inf

import pytest

from pricecompare.errors import TooSlow
from pricecompare.store import deadline
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.town import Town

ENDLESS = """WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000)
SELECT count(*) FROM n"""
"""Minutes of work for either engine."""


@pytest.fixture(autouse=True)
def unbounded():
    yield
    deadline.end()


def test_the_database_stops_and_goes_on_working(store, tmp_path):
    Town(store, tmp_path).take_all(until="prices")
    deadline.begin(0.2)
    with pytest.raises(TooSlow) as refused, store.reading():
        store.engine.rows(ENDLESS, {})
    assert (refused.value.code, refused.value.status, refused.value.seconds) == ("too_slow", 503, 30)
    deadline.begin(inf)
    with store.reading():
        assert len(store.regions()) == 7


def test_what_asks_again_and_again_is_stopped_too(store):
    deadline.begin(0.01)
    with pytest.raises(TooSlow):
        while True:
            store.meta()


def test_what_is_being_written_has_no_end(store, tmp_path):
    deadline.begin(inf)
    Town(store, tmp_path).take_all()
    assert deadline.left() == inf


def test_a_thread_has_its_own_end():
    deadline.begin(5)
    assert 4 < deadline.left() <= 5 and not deadline.is_over()
    deadline.begin(0)
    assert deadline.is_over()
    deadline.end()
    assert not deadline.is_over()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_client_is_told_so(url, store, tmp_path, monkeypatch, method):
    Town(store, tmp_path).take_all()
    app = create_app(DB=url, NOW=NOW.isoformat(), ANSWER_SECONDS=0.1)
    engine = app.extensions["pricecompare"].store.engine
    slow = type(engine).rows

    def late(self, sql, values):
        time.sleep(0.11)
        return slow(self, sql, values)

    monkeypatch.setattr(type(engine), "rows", late)
    client = app.test_client()
    asked = {"region": "990100", "drugs": [{"code": "XJ01CAA501A001010190008", "quantity": 1}]}
    answer = client.get("/api/v1/regions") if method == "get" else client.post("/api/v1/baskets/quote", json=asked)
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "too_slow", "30")
    assert "0.1" in answer.json["detail"]
    engine.close()
