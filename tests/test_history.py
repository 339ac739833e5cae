"""What a drug cost over time: the steps of a pharmacy's price, and the statistics of a region day by day."""

from datetime import date, timedelta

import pytest

from pricecompare.errors import PriceCompareError
from pricecompare.models import MarketKey
from pricecompare.services.ingest import Asked, decisions, import_file
from pricecompare.services.statistics.history import DAY_COLUMNS, history
from tests.made import CODES, in_pages
from tests.past_days import statistics_as_of
from tests.town import PRICE_HEADER, SHOPS, Town

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def town(store, tmp_path):
    """The invented town with no prices yet."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


def line(yuan, day, *, shop=0, drug=0):
    return f"{SHOPS[shop]},{CODES[drug]},{yuan},{day},listed,in"


def changes(town, *days):
    """Take a file of its own for each (price, day)."""
    for yuan, day in days:
        town.price(line(yuan, day))


def whole_list(town, *rows):
    path = town.folder / "whole.csv"
    path.write_text(PRICE_HEADER + "\n".join(rows), "utf-8")
    return import_file(town.desk, "prices", path, Asked(mode="full")).upload


def steps(town, **asked):
    """Return (since, until, price, last seen) of the steps of the first pharmacy's price, days as written."""
    found = history(town.desk, CODES[0], pharmacy=SHOPS[0], **asked)["steps"]
    return [tuple((one[name] or "")[:10] for name in ("since", "until", "price", "last_seen")) for one in found]


def test_a_step_for_each_price(town):
    changes(town, ("10.00", "2026-10-01"), ("10.00", "2026-10-05"), ("11.00", "2026-10-09"), ("11.00", "2026-10-20"))
    assert steps(town) == [
        ("2026-10-01", "2026-10-09", "10.00", "2026-10-05"),
        ("2026-10-09", "", "11.00", "2026-10-20"),
    ]


def test_a_late_price_is_in_its_place(town):
    changes(town, ("10.00", "2026-10-01"), ("11.00", "2026-10-09"), ("9.00", "2026-10-04"))
    assert [step[:3] for step in steps(town)] == [
        ("2026-10-01", "2026-10-04", "10.00"),
        ("2026-10-04", "2026-10-09", "9.00"),
        ("2026-10-09", "", "11.00"),
    ]


def test_off_the_list_and_back(town):
    for day, rows in (("2026-10-01", (0, 1)), ("2026-10-03", (0, 1)), ("2026-10-05", (1,)), ("2026-10-08", (0, 1))):
        whole_list(town, *(line("10.00", day, drug=drug) for drug in rows))
    assert steps(town) == [
        ("2026-10-01", "2026-10-05", "10.00", "2026-10-03"),
        ("2026-10-05", "2026-10-08", "", ""),
        ("2026-10-08", "", "10.00", "2026-10-08"),
    ]


def test_a_list_that_is_taken_back_saw_nothing(town):
    changes(town, ("10.00", "2026-10-01"))
    upload = whole_list(town, line("10.00", "2026-10-05"))
    assert steps(town) == [("2026-10-01", "", "10.00", "2026-10-05")]
    decisions.retract(town.desk, upload.id)
    assert steps(town) == [("2026-10-01", "", "10.00", "2026-10-01")]


def test_each_step_names_its_upload(town):
    changes(town, ("10.00", "2026-10-01"), ("11.00", "2026-10-09"))
    found = history(town.desk, CODES[0], pharmacy=SHOPS[0])
    assert [one["upload"] for one in found["steps"]] == [4, 5]
    assert (found["pharmacy"]["code"], found["region"], found["days"]) == (SHOPS[0], None, None)


def test_a_held_price_is_told_as_one(town):
    town.price(*(line("10.00", "2026-10-20", shop=shop) for shop in range(4)))
    changes(town, ("90.00", "2026-10-29"))
    assert [one["held"] for one in history(town.desk, CODES[0], pharmacy=SHOPS[0])["steps"]] == [False, True]
    days = history(town.desk, CODES[0], region="990100", first=date(2026, 10, 28), last=date(2026, 10, 29))["days"]
    assert [(one["n"], one["high"]) for one in days] == [(4, "10.00"), (3, "10.00")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1, 2]),
        ({"first": date(2026, 10, 9)}, [1, 2]),
        ({"first": date(2026, 10, 10)}, [1, 2]),
        ({"last": date(2026, 10, 8)}, [0]),
        ({"last": date(2026, 10, 9)}, [0, 1]),
        ({"first": date(2026, 10, 10), "last": date(2026, 10, 10)}, [1]),
        ({"last": date(2026, 9, 30)}, []),
    ],
    ids=["all", "the day it ends", "later", "the day before", "the day it begins", "one day", "before all"],
)
def test_steps_between_two_days(town, asked, found):
    changes(town, ("10.00", "2026-10-01"), ("11.00", "2026-10-09"), ("12.00", "2026-10-20"))
    every = steps(town)
    assert steps(town, **asked) == [every[at] for at in found]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 10])
def test_pages_of_steps(town, limit):
    changes(town, *((f"{10 + day}.00", f"2026-10-0{day}") for day in range(1, 5)))
    question = {"code": CODES[0], "pharmacy": SHOPS[0]}
    whole = history(town.desk, **question)
    pages = in_pages(lambda **asked: as_items(history(town.desk, **question, **asked)), limit=limit)
    assert (pages, whole["total"]) == (whole["steps"], 4)


def as_items(page):
    return page | {"items": page["steps"]}


def test_steps_follow_a_pharmacy_that_moves(town):
    changes(town, ("10.00", "2026-10-01"), ("11.00", "2026-10-09"))
    before = steps(town)
    town.take("pharmacies", f"pharmacy_code,name,region\n{SHOPS[0]},第1药店,990202\n")
    assert steps(town) == before
    days = [history(town.desk, CODES[0], region=region)["days"][-1]["n"] for region in ("990100", "990200")]
    assert days == [0, 1]


def test_days_of_a_region(town):
    town.price(line("10.00", "2026-10-01"), line("12.00", "2026-10-03", shop=1), line("20.00", "2026-10-01", shop=8))
    answer = history(town.desk, CODES[0], region="990102", first=date(2026, 9, 30), last=date(2026, 10, 3))
    shown = [(one["day"], one["n"], one["median"], one["low_fen"]) for one in answer["days"]]
    assert shown == [
        ("2026-09-30", 0, None, None),
        ("2026-10-01", 1, "10.00", 1000),
        ("2026-10-02", 1, "10.00", 1000),
        ("2026-10-03", 2, "11.00", 1000),
    ]
    assert (answer["region"]["code"], answer["pharmacy"], answer["steps"], answer["total"]) == ("990100", None, None, 4)


def test_the_last_ninety_days_unless_others_are_asked_for(town):
    days = history(town.desk, CODES[0], region="990100")["days"]
    assert (len(days), days[0]["day"], days[-1]["day"]) == (90, "2026-08-04", "2026-11-01")
    assert len(history(town.desk, CODES[0], region="990100", last=date(1, 1, 20))["days"]) == 20
    first = town.desk.today() - timedelta(days=799)
    assert len(history(town.desk, CODES[0], region="990100", first=first)["days"]) == 800


def test_the_city_day_by_day_is_what_its_markets_were(city):
    """The fixtures hold a region of eighty pharmacies: the quick way and the market of each day say the same."""
    code = "XJ01CAA501A001010190008"
    key = MarketKey(990100, city.store.drug(code).id, "listed")
    days = history(city, code, region="990100")["days"]
    for one in days[::-7]:
        market = statistics_as_of(city, key, date.fromisoformat(one["day"]))
        assert {name: one[name] for name in DAY_COLUMNS[1:]} == {name: market[name] for name in DAY_COLUMNS[1:]}
    assert max(one["n"] for one in days) > 10


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({}, "pharmacy_or_region", "pharmacy"),
        ({"pharmacy": SHOPS[0], "region": "990100"}, "pharmacy_or_region", "pharmacy"),
        ({"pharmacy": "P99010299999"}, "unknown_pharmacy", "pharmacy"),
        ({"region": "999999"}, "unknown_region", "region"),
        ({"region": "990000"}, "not_pooling", "region"),
        ({"region": "990100", "first": LAST, "last": FIRST}, "days_turned_round", "to"),
        ({"region": "990100", "last": date(2026, 11, 2)}, "date_in_future", "to"),
        ({"pharmacy": SHOPS[0], "first": date(9999, 1, 1)}, "date_in_future", "from"),
        ({"region": "990100", "first": date(2024, 8, 23)}, "too_many_days", "from"),
        ({"region": "990100", "limit": 0}, "bad_limit", "limit"),
        ({"pharmacy": SHOPS[0], "cursor_given": "x"}, "bad_cursor", "cursor"),
    ],
)
def test_questions_that_make_no_sense(town, asked, code, field):
    with pytest.raises(PriceCompareError) as refused:
        history(town.desk, CODES[0], **asked)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_unknown_drug(town):
    with pytest.raises(PriceCompareError) as refused:
        history(town.desk, "XJ01CAA501A00101019000", pharmacy=SHOPS[0])
    assert refused.value.code == "unknown_drug"
