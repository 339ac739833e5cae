"""Lists of appeals, overdue steps and jumps of price, and that the totals of all lists agree with each other."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.calc.codes import flag_name
from pricecompare.errors import Invalid
from pricecompare.services.cases import Asked, step
from pricecompare.services.exports.pages import page
from pricecompare.services.exports.registry import LISTS
from pricecompare.store import create_store
from tests.conftest import NOW
from tests.made import CODES, Ask, Shop, filled
from tests.regulated import CITY, WANG, all_of, busy, line
from tests.town import SHOPS, Town


@pytest.fixture
def desk(store, tmp_path, once):
    return busy(store, tmp_path, once)


def total(desk, name, region=CITY, **filters):
    return page(desk, name, region, filters=filters, limit=1)["totals"]["rows"]


def test_an_appeal_is_listed_with_what_the_pharmacy_says(desk):
    (row,) = all_of(desk, "appeals", CITY)["items"]
    said = ("state", "step", "step_who", "step_why", "answer", "revision", "due_on", "overdue_days", "standing")
    expected = ("appealed", "appeal", "pharmacy", "=进价上涨", "=进价上涨", 3, "2026-11-11", None, True)
    assert tuple(row[name] for name in said) == expected
    flag = next(one for one in all_of(desk, "flags", CITY)["items"] if one["pharmacy_code"] == row["pharmacy_code"])
    names = ("drug_code", "kind", "class", "grade", "price")
    assert [row[name] for name in names] == [flag[name] for name in names]
    assert (row["price_now"], row["ratio_median"]) == (flag["price"], pytest.approx(flag["ratio_median"]))


def test_a_step_is_overdue_once_its_day_has_passed(desk):
    (row,) = all_of(desk, "overdue", CITY)["items"]
    # Screened on 12 October, due within three days.
    assert (row["state"], row["due_on"], row["overdue_days"], row["answer"]) == ("screened", "2026-10-15", 17, None)
    assert [all_of(replace(desk, clock=lambda at=at: at), "overdue", CITY)["items"] != [] for at in (
        NOW - timedelta(days=17), NOW - timedelta(days=16)
    )] == [False, True]  # fmt: skip
    later = all_of(replace(desk, clock=lambda: NOW + timedelta(days=60)), "overdue", CITY)["items"]
    assert [(one["state"], one["overdue_days"]) for one in later] == [("screened", 77), ("appealed", 50)]


def test_cases_add_up(desk):
    rows = all_of(desk, "cases", CITY)["items"]
    assert len(rows) == total(desk, "cases") == 2
    for name, column in (("state", "state"), ("class_", "class"), ("kind", "kind"), ("drug", "drug_code"),
                         ("pharmacy", "pharmacy_code")):  # fmt: skip
        counts = Counter(row[column] for row in rows)
        assert {value: total(desk, "cases", **{name: value}) for value in counts} == counts
    assert total(desk, "appeals") == total(desk, "cases", state="appealed")
    assert total(desk, "overdue") == total(desk, "cases", overdue=True)
    assert total(desk, "cases", state="closed") == total(desk, "cases", "990200") == 0


JUMPED = ("pharmacy_code", "drug_code", "before", "price", "held")


def jumps(desk, *columns, **filters):
    return [tuple(one[name] for name in columns or JUMPED) for one in all_of(desk, "jumps", CITY, **filters)["items"]]


def test_a_jump_is_listed_even_when_it_is_held(desk):
    assert jumps(desk) == [(SHOPS[4], CODES[3], "13.40", "1.30", True)]
    (row,) = all_of(desk, "jumps", CITY)["items"]
    assert (row["ratio"], row["times"], row["since"][:10]) == (
        pytest.approx(130 / 1340), pytest.approx(1340 / 130), "2026-10-30",
    )  # fmt: skip


def test_several_steps_are_one_jump(desk):
    rises = jumps(desk, times="1.9")
    assert rises == [(SHOPS[4], CODES[3], "13.40", "1.30", True), (SHOPS[0], CODES[0], "10.00", "19.90", False)]
    assert jumps(desk, times="1.99")[1:] == rises[1:] and jumps(desk, times="2")[1:] == [], "closed on the left"
    day = date(2026, 10, 28)
    assert jumps(desk, times="1.4", since=day - timedelta(days=1), until=day) == [
        (SHOPS[0], CODES[0], "10.00", "14.00", False)
    ]
    assert jumps(desk, times="1.4", since=day)[-1] == (SHOPS[0], CODES[0], "14.00", "19.90", False)


@pytest.mark.parametrize("times", ["1", "0.5", "0"])
def test_by_which_every_price_jumps_is_refused(desk, times):
    with pytest.raises(Invalid) as caught:
        jumps(desk, times=times)
    assert caught.value.code == "out_of_range"


def test_what_went_off_the_list_or_came_on_it_is_no_jump(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    town.full(line(0, 0, "10.00", "2026-09-01"), line(0, 1, "10.00", "2026-09-01"))
    town.full(line(0, 0, "40.00", "2026-10-10"), line(0, 2, "90.00", "2026-10-10"))
    assert jumps(town.desk) == [(SHOPS[0], CODES[0], "10.00", "40.00", False)]
    town.full(line(0, 1, "40.00", "2026-10-20"))
    assert jumps(town.desk) == [(SHOPS[0], CODES[1], "10.00", "40.00", False)]


PRICES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 9), st.sampled_from([900, 1000, 2000, 3000, 3100])),
    unique_by=lambda one: one[:3], min_size=1, max_size=15,
)  # fmt: skip


def test_totals_by_district_add_up_to_the_region(store):
    shops = [Shop(number, 440305 + number % 2, 22.5, 114.0) for number in range(1, 9)]
    fen = [1000, 1010, 1020, 1030, 1040, 1050, 2400, 2500]
    asks = [Ask(shop, one + drug, drug=drug) for drug in (1, 2) for shop, one in enumerate(fen, 1)]
    desk = filled(store, shops, [*asks, Ask(3, 90, drug=3), *(Ask(shop, 1000, drug=3) for shop in (1, 2, 4, 5, 6))])
    for one in store.flags(440300, most=3):
        step(desk, flag_name(one.pharmacy_id, one.drug_id, one.kind), Asked("screen", "regulator", WANG))
    later = replace(desk, clock=lambda: NOW + timedelta(days=5))
    found = defaultdict(int)
    for name, listing in LISTS.items():
        # Nobody reports sales here; the list of indices says so.
        if not listing.whole and name != "indices":
            parts = [total(later, name, region) for region in ("440305", "440306")]
            assert sum(parts) == total(later, name, "440300"), name
            found[name] += all(parts)
    assert {name for name, both in found.items() if both} >= {"flags", "pharmacies", "cases", "overdue", "offers"}


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PRICES, st.integers(0, 4), st.integers(5, 9), st.sampled_from(["1.5", "3", "3.1"]))
def test_jumps_are_those_of_a_plain_walk(tmp_path_factory, prices, first, last, times):
    folder = tmp_path_factory.mktemp("j")
    store = create_store(str(folder / "p.db"), cursor_key="t", max_age_days=30)
    town = Town(store, folder)
    town.take_all(until="prices")
    days = [date(2026, 10, 10) + timedelta(days=at) for at in range(10)]
    town.price(*(line(shop, drug, f"{fen / 100:.2f}", str(days[at])) for shop, drug, at, fen in prices))
    walks = defaultdict(dict)
    for shop, drug, at, fen in sorted(prices, key=lambda one: one[2]):
        walks[shop, drug][at] = fen
    expected = set()
    for (shop, drug), told in walks.items():
        was, now = (max((at for at in told if at <= end), default=None) for end in (first, last))
        if was is not None and max(told[was], told[now]) * 100 >= round(float(times) * 100) * min(told[was], told[now]):
            expected.add((SHOPS[shop], CODES[drug], f"{told[was] / 100:.2f}", f"{told[now] / 100:.2f}"))
    found = jumps(town.desk, *JUMPED[:4], since=days[first], until=days[last], times=times)
    store.close()
    assert (set(found), len(found)) == (expected, len(expected))
