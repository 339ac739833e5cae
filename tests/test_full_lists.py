"""Whole lists: what is missing is closed with a date, what is named is confirmed, and little is written for it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.calc.days import instant
from pricecompare.models import KINDS, MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.decisions import retract
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.offers import compare
from pricecompare.services.statistics import standing
from pricecompare.store import create_store
from tests.conftest import NOW
from tests.made import CODES
from tests.town import ALL, PRICES, SHOPS, Town, counts, rows_of

FIRST = [",".join(row) for row in rows_of(PRICES)[1:] if row[0] == SHOPS[0]]
"""What the first pharmacy asks: three drugs, listed and online, of 20 October."""

LISTED = [row for row in FIRST if ",listed," in row]


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="sales")
    return town


def of_day(rows, day):
    return [row.replace("2026-10-20", day) for row in rows]


def offers(town, number=1, kind="listed"):
    """Return drug: (fen, when it was last stated)."""
    rows = town.store.offers_of_pharmacy(990100, number)
    return {drug: (fen, at) for drug, its, fen, _, _, at in rows if its == kind}


def test_what_is_missing_is_closed_with_a_date(town):
    report = town.full(*of_day(LISTED[:2], "2026-10-29"))
    assert counts(report) == {"rows": 2, "unchanged": 2, "gone": 1}
    assert set(offers(town)) == {1, 2}
    steps = town.store.history(990100, 1, 3, "listed")
    first, last = instant("2026-10-20"), instant("2026-10-29")
    assert steps == [(first, 1020, None, 0, 4), (last, 0, first, 0, report.upload.id)]
    sellers = compare.offers(town.desk, CODES[2], region="990100")["items"]
    assert {item["pharmacy"]["code"] for item in sellers} == set(SHOPS[1:7])
    assert standing.statistics(town.desk, CODES[2], region="990100")["n"] == 6


def test_only_pharmacies_and_kinds_in_the_file_are_closed(town):
    before = {(shop, kind): offers(town, shop, kind) for shop in range(1, 8) for kind in KINDS}
    town.full(*of_day(LISTED[:1], "2026-10-29"))
    after = {(shop, kind): offers(town, shop, kind) for shop in range(1, 8) for kind in KINDS}
    assert {place for place in before if before[place] != after[place]} == {(1, "listed")}


def test_a_file_of_changes_closes_nothing(town):
    assert counts(town.price(*of_day(LISTED[:1], "2026-10-29"))) == {"rows": 1, "unchanged": 1}
    assert len(offers(town)) == 3


def test_what_comes_back_on_the_list_is_new(town):
    town.full(*of_day(LISTED[:2], "2026-10-27"))
    report = town.full(*of_day(LISTED, "2026-10-29"))
    assert counts(report) == {"rows": 3, "added": 1, "unchanged": 2}
    assert [step[1] for step in town.store.history(990100, 1, 3, "listed")] == [1020, 0, 1020]


def test_a_list_that_says_nothing_new_writes_only_that_it_was_seen(town):
    before, ledger = town.dump("meta", "region"), town.ledger()
    report = town.full(*of_day(LISTED, "2026-10-29"))
    assert counts(report) == {"rows": 3, "unchanged": 3}
    after = town.dump("meta", "region")
    assert {table for table in after if after[table] != before[table]} == {"list_run"}
    assert town.store.runs(990100, "listed") == [(1, instant("2026-10-29"), instant("2026-10-29"))]
    written = {table: len(rows) - len(ledger[table]) for table, rows in town.ledger().items()}
    assert {table: count for table, count in written.items() if count} == {"upload": 1, "quote_list": 1, "effect": 1}
    town.full(*of_day(LISTED, "2026-10-30"))
    assert town.store.runs(990100, "listed") == [(1, instant("2026-10-29"), instant("2026-10-30"))]


def test_the_same_list_of_the_same_day_again_moves_nothing(town):
    town.full(*of_day(LISTED, "2026-10-29"))
    before, version = town.dump(), town.store.versions()
    report = town.full(*of_day(LISTED, "2026-10-29"), "")
    assert (counts(report), report.upload.data_version) == ({"rows": 3, "unchanged": 3}, None)
    assert (town.dump(), town.store.versions()) == (before, version)


def at(town, days):
    """The town some days later."""
    town.desk = Desk(town.store, lambda: NOW + timedelta(days=days))
    return town.desk


def figures(town):
    found = standing.statistics(town.desk, CODES[0], region="990100")
    row = town.store.market(MarketKey(990100, 1, "listed"))
    return found["n"], found["stale"], (row.n, row.stale)


@pytest.mark.parametrize("aged", [False, True], ids=["at once", "after a rebuild of what aged"])
def test_a_list_makes_fresh_again_what_is_stale_by_its_own_date(town, aged):
    desk = at(town, 20)
    rebuild(desk, aged=True)
    # The first pharmacy's prices are of 20 October, which is 32 days ago.
    assert figures(town)[:2] == (5, 2)
    town.full(*of_day(LISTED, "2026-11-20"))
    if aged:
        rebuild(desk, aged=True)
    assert figures(town) == (6, 1, (6, 1))
    assert offers(town)[1] == (1000, instant("2026-10-20"))
    (item,) = [one for one in compare.offers(desk, CODES[0], region="990100")["items"] if one["pharmacy"]["id"] == 1]
    assert (item["stale"], item["age_days"]) == (False, 1)
    assert rebuild(desk).changed == 0


@pytest.mark.parametrize("day", ["2026-11-20", "2026-10-31"], ids=["of yesterday", "of last month"])
def test_without_the_list_they_are_stale_again(town, day):
    desk = at(town, 20)
    rebuild(desk, aged=True)
    upload = town.full(*of_day(LISTED, day)).upload.id
    assert figures(town) == (6, 1, (6, 1))
    retract(desk, upload)
    assert figures(town) == (5, 2, (5, 2))
    assert rebuild(desk).changed == 0


def test_what_a_list_confirmed_ages_from_the_day_of_the_list(town):
    town.full(*of_day(LISTED, "2026-10-31"))
    for days, stale in ((29, False), (30, True)):
        desk = at(town, days)
        rebuild(desk, aged=True)
        items = compare.offers(desk, CODES[0], region="990100")["items"]
        assert {one["stale"] for one in items if one["pharmacy"]["id"] == 1} == {stale}
        assert rebuild(desk).changed == 0


def test_a_late_list_tells_the_past_and_leaves_the_present(town):
    town.price(f"{SHOPS[0]},{CODES[2]},10.20,2026-10-10,listed,in")
    present = town.dump("price_change", "list_run", "meta", "region")
    report = town.full(*of_day(LISTED[:2], "2026-10-15"))
    assert counts(report) == {"rows": 2, "late": 2}
    assert report.upload.data_version == town.store.versions().data
    assert town.dump("price_change", "list_run", "meta", "region") == present
    days = [(since, fen) for since, fen, *_ in town.store.history(990100, 1, 3, "listed")]
    assert days == [(instant(f"2026-10-{day}"), fen) for day, fen in ((10, 1020), (15, 0), (20, 1020))]


@pytest.mark.parametrize("mode", ["changes", "full"])
def test_a_dry_run_says_what_the_real_run_does_and_leaves_no_trace(town, mode):
    rows = [*of_day(LISTED[:1], "2026-10-29"), f"{SHOPS[1]},{CODES[3]},9.00,2026-10-29,listed,in", "X,Y,1,2,3,4"]
    before, seen = (town.dump(), town.ledger()), []
    dry = town.price(*rows, asked=Asked(mode=mode, dry=True, inspect=lambda upload: seen.append(inside(town, upload))))
    assert (town.dump(), town.ledger()) == before
    real = town.price(*rows, asked=Asked(mode=mode))
    assert (dry.upload, dry.findings) == (real.upload, real.findings)
    assert seen == [inside(town, real.upload)]


def inside(town, upload):
    """Return all that an upload has done, as it can be read while it is still being tried."""
    return town.dump(), list(town.store.effects(upload.id))


@pytest.mark.parametrize("what", ["regions", "drugs", "pharmacies", "sales"])
def test_other_files_can_be_tried_too(store, tmp_path, what):
    town = Town(store, tmp_path)
    town.take_all(until=what)
    before = town.dump(), town.ledger()
    dry = town.take(what, ALL[what], Asked(dry=True))
    assert ((town.dump(), town.ledger()), dry.upload.state) == (before, "taken")
    assert town.take(what, ALL[what]).upload == dry.upload


ROWS = st.lists(
    st.tuples(
        st.sampled_from([SHOPS[0], SHOPS[1], "P99010299999", "?"]),
        st.sampled_from(CODES),
        st.sampled_from(["10.00", "10.10", "11.00", "免费"]),
        st.sampled_from(["2026-10-02", "2026-10-20", "2026-10-21", "2026-10-31", "2026-11-02"]),
        st.sampled_from(["listed", "online"]),
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory):
    """A town on SQLite to which files come and come."""
    folder = tmp_path_factory.mktemp("town")
    town = Town(create_store(str(folder / "prices.db"), cursor_key="", max_age_days=30), folder)
    town.take_all(until="sales")
    yield town
    town.store.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, mode=st.sampled_from(["changes", "full"]))
def test_no_row_is_lost(long_lived, rows, mode):
    report = long_lived.price(*(",".join([*row, "in"]) for row in rows), asked=Asked(mode=mode))
    upload = report.upload
    assert upload.rows == len(rows)
    assert upload.refused == len({finding.row for finding in report.errors})
    if upload.state == "taken":
        names = ("added", "changed", "unchanged", "late", "refused", "filtered")
        assert upload.rows == sum(getattr(upload, name) for name in names)
