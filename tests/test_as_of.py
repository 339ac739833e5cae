"""Offers and statistics of the past: a day's are what was said then, today's are those of now."""

from datetime import date

import pytest

from pricecompare.services.offers.compare import offers
from pricecompare.services.statistics.standing import statistics
from tests.town import CODES, SHOPS, Town

DAYS = {"2026-10-20": "10.00", "2026-10-24": "12.00", "2026-10-28": "11.00"}


@pytest.fixture
def town(store, tmp_path):
    """A town in which one price moved twice."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    for day, price in DAYS.items():
        town.price(f"{SHOPS[0]},{CODES[0]},{price},{day},listed,in", f"{SHOPS[1]},{CODES[0]},9.00,{day},listed,in")
    return town


@pytest.mark.parametrize(
    ("as_of", "prices"),
    [
        ("2026-10-19", []),
        ("2026-10-20", ["9.00", "10.00"]),
        ("2026-10-23", ["9.00", "10.00"]),
        ("2026-10-24", ["9.00", "12.00"]),
        ("2026-10-31", ["9.00", "11.00"]),
        ("2026-11-01", ["9.00", "11.00"]),
    ],
)
def test_offers_of_a_day_are_what_held_then(town, as_of, prices):
    day = date.fromisoformat(as_of)
    answer = offers(town.desk, CODES[0], region="990100", as_of=day)
    assert [one["price"] for one in answer["items"]] == prices
    assert answer["today"] == as_of
    found = statistics(town.desk, CODES[0], region="990100", as_of=day)
    assert (found["n"], found["low"]) == (len(prices), prices[0] if prices else None)


def test_the_end_of_today_is_now(town):
    today = town.desk.today()
    assert offers(town.desk, CODES[0], region="990100", as_of=today) == offers(town.desk, CODES[0], region="990100")
    now = statistics(town.desk, CODES[0], region="990100")
    assert statistics(town.desk, CODES[0], region="990100", as_of=today) == now


@pytest.mark.parametrize("path", ["offers", "statistics"])
@pytest.mark.parametrize(
    ("as_of", "code"), [("2026-11-02", "date_in_future"), ("2026-2-3", "bad_day"), ("", "bad_day")]
)
def test_a_day_that_is_none_is_refused(client, path, as_of, code):
    answer = client.get(f"/api/v1/drugs/XJ01CAA501A001010190008/{path}?region=990100&as_of={as_of}")
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, code, "as_of")
