"""Markets as they were: today's is the stored one, and that of a day gone by is what was stored on it."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from pricecompare.calc.days import instant
from pricecompare.calc.market import unpacked
from pricecompare.errors import Invalid
from pricecompare.models import MarketKey
from pricecompare.services.answers import views
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.statistics.history import history
from pricecompare.services.statistics.past import market_as_of
from tests.conftest import NOW
from tests.made import CODES, Shop, filled
from tests.mirror import SHOPS, Life
from tests.past_days import statistics_as_of
from tests.town import PRICE_HEADER, Town

REGIONS = (440300, 440400, 450100)
KEYS = [MarketKey(region, drug, kind) for region in REGIONS for drug in (1, 2) for kind in ("listed", "online")]
SOME = settings(max_examples=20, stateful_step_count=15, deadline=None)
FEW = settings(max_examples=3, stateful_step_count=12, deadline=None)
NAMES = ("n", "median", "mean", "q1", "q3", "low", "high")


def plain(row):
    """Return a market's statistics and who sells there, all but when that was seen."""
    if row is None:
        return None
    these = unpacked(row.sellers)[["pharmacy", "fen", "stock", "mark"]].tolist()
    return views.statistics(row), these


class Told(Life):
    """Life in the town, and at each step its past asked for."""

    @invariant()
    def today_is_as_stored(self):
        rebuild(self.desk, aged=True)
        for key in KEYS:
            assert plain(market_as_of(self.desk, key, self.desk.today())) == plain(self.store.market(key))

    @rule(drug=st.integers(1, 2), region=st.sampled_from(REGIONS), back=st.integers(0, 60))
    def a_day_is_told_alike(self, drug, region, back):
        """The history of a region says of a day what its market of that day says."""
        day = self.desk.today() - timedelta(days=back)
        asked = history(
            self.desk, CODES[drug - 1], region=f"{region}", first=day, last=day + timedelta(days=back and 1)
        )
        found = statistics_as_of(self.desk, MarketKey(region, drug, "listed"), day)
        assert {name: asked["days"][0][name] for name in NAMES} == {name: found[name] for name in NAMES}


class Lived(Told):
    """Nothing is late, strange, taken back or moved: then no day's statistics are ever told otherwise."""

    decided = released = moves = everybody = a_day_is_told_alike = None

    def __init__(self, url=None):
        super().__init__(url)
        self.days = {}

    @rule(
        rows=st.lists(
            st.tuples(
                st.sampled_from(SHOPS), st.integers(0, 1), st.sampled_from([1000, 1100, 1200]), st.integers(0, 2)
            ),
            min_size=1,
            unique_by=lambda row: row[:2],
        ),
        full=st.booleans(),
    )
    def prices(self, rows, full):
        super().prices([(*row[:3], 0, row[3]) for row in rows], "listed", full=full, source="")

    @rule(days=st.sampled_from([1, 2, 10, 31]))
    def time_passes(self, days):
        for _ in range(days):
            rebuild(self.desk, aged=True)
            self.days[self.desk.today()] = self.statistics(lambda key: self.store.market(key))
            self.now += timedelta(days=1)

    def statistics(self, market):
        found = {key: market(key) for key in KEYS[::2]}
        return {key: views.statistics(row) for key, row in found.items() if row}

    def teardown(self):
        for day, found in self.days.items():
            assert self.statistics(lambda key, day=day: market_as_of(self.desk, key, day)) == found
        super().teardown()


def test_the_past_on_sqlite():
    run_state_machine_as_test(Told, settings=SOME)


def test_days_gone_by_on_sqlite():
    run_state_machine_as_test(Lived, settings=SOME)


@pytest.mark.parametrize("machine", [Told, Lived])
def test_the_past_on_postgres(postgres_server, machine):
    def at_server():
        name = f"t{uuid.uuid4().hex}"
        postgres_server.psql(f"CREATE DATABASE {name};")
        return machine(postgres_server.get_uri(name))

    run_state_machine_as_test(at_server, settings=FEW)


def days_ago(count):
    return NOW.date() - timedelta(days=count)


KEY = MarketKey(440300, 1, "listed")


@pytest.fixture
def town(store, tmp_path):
    """Three shops of one region and one of the next, with a price each: 40, 20, 5 and 5 days ago."""
    shops = [Shop(1, 440305, None, None), Shop(2, 440305, None, None), Shop(3, 440306, None, None)]
    filled(store, [*shops, Shop(4, 440402, None, None)])
    town = Town(store, tmp_path)
    town.shops = shops
    for shop, fen, age in ((1, 1000, 40), (2, 1200, 20), (3, 1400, 5)):
        town.price(f"{shops[shop - 1].code},{CODES[0]},{fen / 100},{days_ago(age)},listed,in")
    return town


@pytest.mark.parametrize(
    ("back", "shown"),
    [
        (0, (2, 1, [1, 2, 3])),
        (5, (2, 1, [1, 2, 3])),
        (6, (1, 1, [1, 2])),
        (9, (1, 1, [1, 2])),
        (10, (2, 0, [1, 2])),
        (20, (2, 0, [1, 2])),
        (21, (1, 0, [1])),
        (40, (1, 0, [1])),
    ],
    ids=["today", "third", "before it", "first is stale", "first is fresh", "second", "before it", "first"],
)
def test_who_sold_on_a_day(town, back, shown):
    row = market_as_of(town.desk, KEY, days_ago(back))
    assert (row.n, row.stale, unpacked(row.sellers)["pharmacy"].tolist()) == shown
    assert row.ages_on is None


def test_nobody_sold_before_anybody_did(town):
    assert market_as_of(town.desk, KEY, days_ago(41)) is None
    assert market_as_of(town.desk, KEY, date(1, 1, 1)) is None
    assert statistics_as_of(town.desk, KEY, days_ago(41)) == views.no_statistics()


@pytest.mark.parametrize(("back", "n"), [(4, 2), (3, 3)], ids=["the day before", "its day"])
def test_a_price_of_the_evening_counts_on_its_day(town, back, n):
    town.price(f"{town.shops[0].code},{CODES[0]},10.50,{days_ago(3)}T23:59:59+08:00,listed,in")
    assert market_as_of(town.desk, KEY, days_ago(back)).n == n


def test_a_whole_list_keeps_its_prices_fresh(town):
    """The first shop's price was stated forty days ago, and seen with its list twice since."""
    for back in (12, 8):
        path = town.folder / f"{back}.csv"
        path.write_text(f"{PRICE_HEADER}{town.shops[0].code},{CODES[0]},10.00,{days_ago(back)},listed,in\n", "utf-8")
        import_file(town.desk, "prices", path, Asked(mode="full"))
    assert [market_as_of(town.desk, KEY, days_ago(back)).stale for back in (13, 10, 9, 7, 0)] == [0, 0, 0, 0, 0]
    sellers = unpacked(market_as_of(town.desk, KEY, days_ago(7)).sellers)
    assert sellers["observed"].tolist()[0] == instant(days_ago(8))


def test_a_held_price_is_doubtful_on_its_days(town):
    town.price(f"{town.shops[0].code},{CODES[0]},12.00,{days_ago(4)},listed,in")
    town.price(f"{town.shops[0].code},{CODES[0]},99.00,{days_ago(2)},listed,in")
    rows = [market_as_of(town.desk, KEY, days_ago(back)) for back in (3, 2, 0)]
    assert [(row.n, row.doubtful, row.high) for row in rows] == [(3, 0, 1400), (2, 1, 1400), (2, 1, 1400)]


def test_every_market_of_the_city_is_told_as_it_is_stored(city):
    """With its marks, which rest on the usual spread of the province."""
    marks = set()
    for key in city.store.market_keys(990100):
        stored = plain(city.store.market(key))
        assert plain(market_as_of(city, key, city.today())) == stored
        marks |= {row[3] for row in stored[1]}
    assert marks >= {0, 1, 3, 4, 5}


def test_a_price_is_as_old_as_it_was(town):
    sellers = unpacked(market_as_of(town.desk, KEY, days_ago(10)).sellers)
    assert sellers["observed"].tolist() == [instant(days_ago(40)), instant(days_ago(20))]


def test_a_day_to_come_has_no_market(town):
    with pytest.raises(Invalid) as refused:
        market_as_of(town.desk, KEY, days_ago(-1))
    assert (refused.value.code, refused.value.field) == ("date_in_future", "as_of")


def test_probable_errors_of_a_day_are_those_of_its_province(store, tmp_path):
    """Five sellers in the next region say what a price is; before they came nobody could."""
    shops = [Shop(number, 440305 if number == 1 else 440402, None, None) for number in range(1, 7)]
    filled(store, shops)
    town = Town(store, tmp_path)
    town.price(f"{shops[0].code},{CODES[0]},100.00,{days_ago(9)},listed,in")
    town.price(*(f"{shop.code},{CODES[0]},10.00,{days_ago(3)},listed,in" for shop in shops[1:]))
    assert [market_as_of(town.desk, KEY, days_ago(back)).n for back in (4, 3)] == [1, 0]
    days = history(town.desk, CODES[0], region="440300", first=days_ago(4), last=days_ago(3))["days"]
    assert [(one["n"], one["median"]) for one in days] == [(1, "100.00"), (0, None)]
