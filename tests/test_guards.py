"""What makes a whole file suspicious: both sides of each limit, limits as settings, and files put aside for them."""

from dataclasses import replace

import numpy as np
import pytest

from pricecompare.calc.guards import LIMITS, Limits, Seen, guarded
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.told import reasons_read
from tests.made import CODES
from tests.town import SHOPS, Town

WELL = Seen(rows=100, accepted=100, future=0, newest=50, ratios=np.ones(100), last_rows=100, last_newest=40)


DEFAULT = Limits()


def reasons(*, whole=True, limits=DEFAULT, **seen):
    return [reason.code.removeprefix("guard_") for reason in guarded(replace(WELL, **seen), limits, whole=whole)]


def test_a_file_like_the_last_one_is_taken():
    assert reasons() == reasons(last_rows=None, last_newest=None, newest=None) == []


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        ({"accepted": 0}, ["no_rows"]),
        ({"accepted": 1, "last_rows": 2}, []),
        ({"accepted": 49}, ["few_rows"]),
        ({"accepted": 50}, []),
        ({"accepted": 1, "last_rows": None}, []),
        ({"accepted": 1, "last_rows": 0}, []),
        ({"newest": 39}, ["older"]),
        ({"newest": 40}, []),
        ({"newest": 39, "last_newest": None}, []),
        ({"accepted": 1, "newest": 1}, ["few_rows", "older"]),
    ],
    ids=str,
)
def test_a_file_is_compared_with_last_time(seen, found):
    assert reasons(**seen) == found
    assert reasons(whole=False, **seen) == []


@pytest.mark.parametrize(("future", "found"), [(0, []), (10, []), (11, ["future"]), (100, ["future"])])
@pytest.mark.parametrize("whole", [True, False])
def test_many_dates_in_the_future(future, found, whole):
    assert reasons(future=future, whole=whole) == found


@pytest.mark.parametrize(
    ("moved", "ratio", "found"),
    [
        (30, 1.6, []),
        (31, 1.6, ["jumps"]),
        (31, 1.5, []),
        (31, 0.5, []),
        (31, 0.49, ["jumps"]),
        (50, 10.0, ["jumps"]),
        (51, 10.0, ["jumps", "slip"]),
    ],
)
def test_many_prices_that_jumped(moved, ratio, found):
    assert reasons(ratios=np.repeat([1.0, ratio], [100 - moved, moved])) == found


@pytest.mark.parametrize(
    ("middle", "slip"),
    [
        *((10.0, "10"), (12.5, "10"), (12.51, None), (8.0, "10"), (7.99, None), (100.0, "100"), (80.0, "100")),
        *((126.0, None), (0.1, "0.1"), (0.125, "0.1"), (0.126, None), (0.08, "0.1"), (0.01, "0.01"), (0.0079, None)),
    ],
)
def test_a_decimal_point_that_slipped(middle, slip):
    found = guarded(replace(WELL, ratios=np.full(21, middle)), Limits(jumped_share=1.0), whole=False)
    assert [(one.code, f"slipped by {slip}" in one.en) for one in found] == [("guard_slip", True)] * bool(slip)


@pytest.mark.parametrize(("count", "found"), [(19, []), (20, ["jumps", "slip"]), (0, [])])
def test_few_prices_say_nothing(count, found):
    assert reasons(ratios=np.full(count, 10.0)) == found


@pytest.mark.parametrize(
    ("limit", "seen"),
    [
        ({"least_share": 0.4}, {"accepted": 45}),
        ({"future_share": 0.2}, {"future": 20}),
        ({"jumped_share": 0.5}, {"ratios": np.repeat([1.0, 2.0], [55, 45])}),
        ({"jump": 2.0}, {"ratios": np.repeat([1.0, 2.0], [55, 45])}),
        ({"slip_within": 1.1, "jumped_share": 1.0}, {"ratios": np.full(30, 8.5)}),
        ({"least_compared": 50}, {"ratios": np.full(45, 2.0)}),
    ],
    ids=lambda value: "+".join(value),
)
def test_each_limit_is_a_setting(limit, seen):
    assert reasons(**seen) != []
    assert reasons(**seen, limits=replace(Limits(), **limit)) == []
    assert set(limit) <= set(LIMITS)


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


def rows(factor=1.0, *, day="2026-10-20", count=24):
    shops = [(shop, drug) for shop in SHOPS for drug in CODES][:count]
    return [f"{shop},{drug},{(10 + at) * factor:.2f},{day},listed,in" for at, (shop, drug) in enumerate(shops)]


FUTURE = "2026-11-30"
BAD = {
    "no_rows": rows(day="2026-02-30", count=24),
    "few_rows": rows(count=11, day="2026-10-21"),
    "older": rows(day="2026-10-19"),
    "future": [*rows(day="2026-10-21", count=20), *rows(day=FUTURE)[20:]],
    "jumps": [*rows(day="2026-10-21", count=12), *rows(2, day="2026-10-21")[12:]],
    "slip": rows(10, day="2026-10-21"),
}


@pytest.mark.parametrize("code", BAD)
@pytest.mark.parametrize("mode", ["changes", "full"])
def test_a_guarded_file_is_put_aside_whole_and_the_last_good_data_stay(town, code, mode):
    asked = Asked(source="chain", mode=mode)
    assert town.price(*rows(), asked=asked).upload.state == "taken"
    before = town.dump()
    upload = town.price(*BAD[code], asked=asked).upload
    found = [reason["code"] for reason in reasons_read(upload.reasons)]
    assert (upload.state, f"guard_{code}" in found, upload.taken_at, upload.data_version) == (
        "quarantined",
        True,
        None,
        None,
    )
    assert (upload.added, upload.changed, upload.gone) == (0, 0, 0)
    assert town.dump() == before
    assert town.store.upload(upload.id) == upload
    assert town.price(*rows(day="2026-10-22"), asked=asked).upload.state == "taken"


def test_what_a_source_sent_is_compared_with_what_it_sent_itself(town):
    assert town.price(*rows(), asked=Asked(source="chain")).upload.state == "taken"
    few = rows(count=3, day="2026-10-21")
    for asked in (Asked(), Asked(source="other"), Asked(source="chain", mode="full")):
        assert town.price(*few, asked=asked).upload.state == "taken"
    assert town.price(*few, asked=Asked(source="chain", sender="me")).upload.state == "quarantined"


def test_a_limit_set_for_a_source_lets_its_files_in(town):
    asked = Asked(source="chain")
    town.price(*rows(), asked=asked)
    for source, state in (("other", "quarantined"), ("chain", "taken")):
        town.store.put_guard_limit(source, "least_share", 0.1)
        again = rows(count=3, day="2026-10-21") + [""] * (state == "taken")
        assert town.price(*again, asked=replace(asked, sender=source, file_name=source)).upload.state == state


def test_a_limit_that_nobody_knows_is_passed_over(town):
    town.store.put_guard_limit("", "largest_file", 1.0)
    assert town.price(*rows()).upload.state == "taken"


def test_the_first_file_of_a_source_must_have_rows_too(town):
    town.price(*rows())
    empty = rows(day="昨天", count=2)
    assert town.price(*empty).upload.state == "taken"
    assert town.price(*empty, asked=Asked(source="new")).upload.state == "quarantined"
    assert town.full(*empty).upload.state == "quarantined"
