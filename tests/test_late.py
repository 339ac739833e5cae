"""Prices that are older than what is live: they take their place in the history and leave the present alone."""

import pytest

from pricecompare.calc.days import date_of, instant
from tests.made import CODES
from tests.test_freshness import client_of
from tests.town import SHOPS, Town, counts


@pytest.fixture
def town(store, tmp_path):
    return Town(store, tmp_path)


def test_late_prices_go_into_the_history_only(town):
    town.take_all()
    before, version = town.dump("price_change", "meta"), town.store.versions().data
    where = f"{SHOPS[0]},{CODES[0]}"
    report = town.price(f"{where},9.00,2026-10-02,listed,in", f"{where},9.00,2026-10-03,listed,in")
    assert counts(report) == {"rows": 2, "late": 2}
    assert town.dump("price_change", "meta") == before
    assert town.store.versions().data == version + 1
    # They hold until the next time the price was seen.
    assert steps(town) == [("2026-10-02", 900, None), ("2026-10-20", 1000, "2026-10-03")]


def steps(town: Town) -> list[tuple[str, int, str | None]]:
    """Return the history of one price: since when, fen, when the price before was last seen."""
    rows = town.store.history(990100, 1, 1, "listed")
    return [(day(since), fen, seen and day(seen)) for since, fen, seen, _, _ in rows]


def day(second: int) -> str:
    return date_of(second).isoformat()


def test_one_file_may_bring_a_late_price_and_correct_the_live_one(town):
    town.take_all()
    where = f"{SHOPS[0]},{CODES[0]}"
    report = town.price(f"{where},9.00,2026-10-15,listed,in", f"{where},11.00,2026-10-20,listed,out")
    assert counts(report) == {"rows": 2, "changed": 1, "late": 1}
    # Of two statements about one instant the later upload's counts.
    assert steps(town) == [("2026-10-15", 900, None), ("2026-10-20", 1100, "2026-10-15")]
    assert town.store.offers_of_pharmacy(990100, 1)[0] == (1, "listed", 1100, 2, 0, instant("2026-10-20"))


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-01T00:00:00+08:00", "1899-12-31"])
def test_a_price_of_the_first_days_there_are_is_old_and_shown_as_such(town, url, day):
    town.take_all(until="prices")
    report = town.price(f"{SHOPS[0]},{CODES[2]},9.00,{day},insured,in")
    assert counts(report) == {"rows": 1, "added": 1}
    client = client_of(url)
    offers = client.get(f"/api/v1/drugs/{CODES[2]}/offers?region=990100&kind=insured").json
    assert (offers["stale"], offers["items"][0]["observed_at"][:10]) == (1, day[:10])
    steps = client.get(f"/api/v1/drugs/{CODES[2]}/history?pharmacy={SHOPS[0]}&kind=insured").json["steps"]
    assert [step["since"][:10] for step in steps] == [day[:10]]
