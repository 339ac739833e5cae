"""Panels are held until their sales change; a very large one keeps nobody waiting, and is made once."""

import time
from threading import Event

import pytest

from pricecompare.errors import TooSlow
from pricecompare.services.indexing import held, index, panels, settings
from pricecompare.services.indexing.runs import Wish, decide, publish
from pricecompare.store import deadline
from tests.sold import CITY, MONTH, SHOPS, WANG, sales, sold
from tests.taken_up import served
from tests.town import ALL

ADDRESS = f"/api/v1/pharmacies/{SHOPS[0]}/index?period={MONTH}"


@pytest.fixture
def town(store, tmp_path):
    return sold(store, tmp_path)


@pytest.fixture
def made(monkeypatch):
    """The panels that are made from now on, by the names that were asked for; none before `made.go` is set."""
    original = panels._made

    class Made(list):
        go = Event()

    def slow(desk, wanted):
        assert made.go.wait(20)
        made.append(wanted)
        return original(desk, wanted)

    made = Made()
    made.go.set()
    monkeypatch.setattr(panels, "_made", slow)
    return made


def asked(town, **how):
    return index.public(town.desk, SHOPS[0], period=MONTH, **how)


def test_a_panel_is_made_anew_when_what_it_rests_on_changes_and_only_then(town, made):
    before = asked(town)
    assert (asked(town), len(made)) == (before, 1)
    assert town.take("prices", ALL["prices"]).upload.added
    assert (asked(town)["index"], len(made)) == (before["index"], 1), "prices are no sales"
    town.take("sales", sales(factor=2, dear=0))
    assert asked(town)["index"] > before["index"] + 10
    assert len(made) == 2
    settings.set_limit(town.desk, None, 0, "min_others", 30, by=WANG)
    assert (asked(town)["index"], len(made)) == (None, 3)


def test_sales_of_another_month_leave_it_as_it_is(town, made):
    asked(town)
    town.take("sales", sales(month="2026-08"))
    asked(town)
    assert len(made) == 1


@pytest.fixture
def large(monkeypatch):
    """Every panel counts as a large one, and nobody waits for it."""
    monkeypatch.setattr(held, "LARGE", 1)
    monkeypatch.setattr(held, "PATIENCE", 0.01)


def test_a_large_region_is_asked_for_again_later(url, town, tmp_path, large, made):
    with served(url, town, tmp_path) as app:
        client = app.test_client()
        made.go.clear()
        for address in (ADDRESS, ADDRESS, ADDRESS + "&method=idb"):
            refused = client.get(address)
            assert (refused.status_code, refused.json["code"]) == (503, "index_in_making")
            assert int(refused.headers["Retry-After"]) == deadline.RETRY_SECONDS
        made.go.set()
        found = patiently(lambda: client.get(ADDRESS))
        assert (found.status_code, len(made)) == (200, 1), "one at a time, and once"
        assert found.json["index"] == round(index.of_pharmacy(town.desk, SHOPS[0], period=MONTH)["index"], 2)


def patiently(ask):
    """Return the first answer that is none of "come again"."""
    until = time.monotonic() + 30
    while (found := ask()).status_code == 503 and time.monotonic() < until:
        time.sleep(0.02)
    return found


def test_what_a_large_run_kept_is_read_beside_the_questions_too(url, town, tmp_path, large):
    decide(town.desk, publish(town.desk, Wish(CITY, MONTH), by=WANG).id, "confirm", by=WANG)
    with served(url, town, tmp_path) as app:
        found = patiently(lambda: app.test_client().get(ADDRESS))
        assert (found.status_code, found.json["run"]["id"]) == (200, 1)


def test_without_anybody_waiting_a_large_one_is_made_at_once(town, large, made):
    assert asked(town)["index"]
    assert len(made) == 1


def test_what_goes_wrong_is_told_and_the_next_question_tries_again(town, large, monkeypatch):
    monkeypatch.setattr(held, "PATIENCE", 20)
    original = panels._made
    deadline.begin(60)
    try:
        monkeypatch.setattr(panels, "_made", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            asked(town)
        monkeypatch.setattr(panels, "_made", original)
        assert asked(town)["index"]
    finally:
        deadline.end()


def test_no_more_are_held_than_there_is_room_for(town, monkeypatch):
    months = [f"2026-0{number}" for number in (4, 5, 6, 7, 8)]
    for month in months:
        town.take("sales", sales(month=month))
        index.public(town.desk, SHOPS[0], period=month)
    assert [name[0].period.name for name in town.desk.panels._known] == months[-held.MOST :]
    monkeypatch.setattr(held, "MOST_ROWS", 1)
    index.public(town.desk, SHOPS[0], period=MONTH)
    assert [name[0].period.name for name in town.desk.panels._known] == [MONTH]


def test_somebody_else_is_asked_to_come_again_while_one_is_made(town, large, made):
    made.go.clear()
    deadline.begin(60)
    try:
        for how in ({}, {"method": "idb"}):
            with pytest.raises(TooSlow):
                asked(town, **how)
    finally:
        deadline.end()
        made.go.set()
    assert patient(town)["index"]
    assert [wanted.method for wanted in made] == ["headline"]


def patient(town):
    until = time.monotonic() + 30
    while town.desk.panels._making and time.monotonic() < until:
        time.sleep(0.02)
    return asked(town)
