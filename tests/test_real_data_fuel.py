"""Real reports and price histories of others: fuel but for South Africa's prices; skipped where they are absent."""

import random
from dataclasses import replace

import pytest

from pricecompare.services.ingest.decisions import retract
from pricecompare.services.opening import created
from tests.conftest import SHARED
from tests.real_day import (
    became,
    corrected,
    cut,
    desk_of,
    far_stations,
    fates,
    files,
    live,
    placeholder,
    reasons,
    registers,
    sent_back,
    taken,
    two_prices,
)
from tests.real_histories import milan, south_africa, steps_kept, steps_of_changes, steps_of_lists, taken_and_confirmed

REAL = SHARED / "data"

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"{REAL} is absent: the real tables come with the shared folder beside the checkout"
)


@pytest.fixture
def sqlite(tmp_path):
    """A new, empty store where one engine is enough."""
    store = created(str(tmp_path / "prices.db"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def tenth(tmp_path_factory):
    """The stations of Italy whose number ends in 2, and their prices; one of them has a name that cannot be read."""
    return files(REAL).cut(tmp_path_factory.mktemp("day"), lambda line: line.partition("|")[0].endswith("2"))


def cells(path):
    """Return the cells of a file's rows, cut at every separator."""
    return [line.split("|") for line in path.read_text("utf-8").splitlines()[2:]]


def test_every_row_of_the_day_goes_in_or_is_refused_for_a_true_reason(store, tenth):
    desk = desk_of(store)
    found = registers(desk, tenth) | {"prices": taken(desk, "prices", tenth.prices)}
    stations, prices = cells(tenth.registry), cells(tenth.prices)
    clear = [row for row in stations if len(row) < 12]
    refused = {"rows": len(stations), "refused": 1, "warnings": sum(len(row) == 11 for row in stations)}
    unknown = [number for number, row in enumerate(prices, 3) if row[0] == "52042"]
    assert {what: became(report) for what, report in found.items()} == {
        "regions": refused | {"added": len({row[-3] for row in clear})},
        "drugs": {"rows": len(prices), "added": len({(row[1].lower(), row[3]) for row in prices})},
        "pharmacies": refused | {"added": len(stations) - 1},
        "prices": {"rows": len(prices), "added": len(prices) - 5, "refused": 5},
    }
    assert reasons(found["pharmacies"])["error", "too_many_cells"] == 1
    assert {(one.code, one.value) for one in found["prices"].findings} == {("unknown_pharmacy", "P99000052042")}
    assert [one.row for one in found["prices"].findings] == unknown


def test_a_day_has_no_two_prices_at_one_time():
    prices = files(REAL).prices
    assert (two_prices(prices, 0, 1, 3, 4), two_prices(prices, 0, 1, 4)) == (0, 16_931)


def test_a_dry_run_writes_nothing_and_tells_what_the_real_run_does(sqlite, tenth):
    desk = desk_of(sqlite)
    registers(desk, tenth)
    before = live(desk)
    trial = taken(desk, "prices", tenth.prices, dry=True)
    assert live(desk) == before
    report = taken(desk, "prices", tenth.prices)
    assert (became(trial), trial.findings) == (became(report), report.findings)


def test_the_same_day_again_changes_nothing(sqlite, tenth, tmp_path):
    desk = desk_of(sqlite)
    registers(desk, tenth)
    taken(desk, "prices", tenth.prices)
    before = live(desk)
    assert taken(desk, "prices", tenth.prices).repeated
    (tmp_path / "other.csv").write_bytes(tenth.prices.read_bytes() + b"\n")
    rows = len(cells(tenth.prices))
    again = taken(desk, "prices", tmp_path / "other.csv")
    assert became(again) == {"rows": rows, "unchanged": rows - 5, "refused": 5}
    assert live(desk) == before


def test_refused_rows_go_in_when_they_are_corrected(sqlite, tenth, tmp_path):
    desk = desk_of(sqlite)
    stations = registers(desk, tenth)["pharmacies"]
    prices = taken(desk, "prices", tenth.prices)
    as_they_came = sent_back(desk, stations, tmp_path)
    assert became(taken(desk, "pharmacies", as_they_came)) == {"rows": 1, "refused": 1}
    assert became(taken(desk, "pharmacies", corrected(as_they_came))) == {"rows": 1, "added": 1}
    assert became(taken(desk, "prices", sent_back(desk, prices, tmp_path))) == {"rows": 5, "added": 5}
    rows = len(cells(tenth.prices))
    assert became(taken(desk, "prices", tenth.prices)) == {"rows": rows, "unchanged": rows}


@pytest.mark.parametrize(
    ("last", "held"), [(False, 0), (True, 2)], ids=["with all other prices", "after all other prices"]
)
def test_placeholders_are_held_where_there_is_a_median_to_hold_them_against(sqlite, tmp_path, tenth, last, held):
    desk = desk_of(sqlite)
    registers(desk, tenth)
    if last:
        taken(desk, "prices", cut(tenth.prices, tmp_path / "others.csv", lambda line: not placeholder(line)))
        taken(desk, "prices", cut(tenth.prices, tmp_path / "placeholders.csv", placeholder))
    else:
        taken(desk, "prices", tenth.prices)
    found = {price: tuple(fate) for price, fate in fates(desk) if fate.taken}
    # Those of 0.1 are from 2023 and those of 8.888 from March: stale in any case. Beside 8.888 too few of a tenth of
    # the stations ask something to hold it against.
    assert found == {"0.100": (2, held, 0, 0, 2, 0), "8.888": (2, 0, 0, 0, 2, 0)}


def test_stations_far_from_their_province_are_found(sqlite):
    desk = desk_of(sqlite)
    taken(desk, "regions", files(REAL).registry)
    assert reasons(taken(desk, "pharmacies", files(REAL).registry))["warning", "surplus_joined"] == 102
    far = far_stations(desk)
    assert (len(far), far[:2]) == (31, [(55674, "LE", 940), (57045, "MO", 818)])
    # Islands: these are right.
    assert {station for station, province, _ in far if province in ("AG", "TP")} == {
        40673, 58115, 60141, 59308, 61198, 61542, 62304,
    }  # fmt: skip


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """The month of the first thirty stations around Milan."""
    return milan(REAL, tmp_path_factory.mktemp("month"), stations=30)


def test_a_month_day_by_day_gives_the_plain_history(store, month, tmp_path):
    desk, clock = month.desk(store, tmp_path)
    came = list(taken_and_confirmed(month, desk, clock, replace(month.asked, source="milan")))
    rows = sum(report.upload.rows for report, _ in came)
    assert (rows, sum(report.upload.refused for report, _ in came)) == (sum(len(one.told) for one in month.uploads), 0)
    # A source is expected to send as much as last time: on Sundays it does not.
    aside = {report.upload.file_name for report, _ in came if report.upload.state == "quarantined"}
    assert {"2026-07-19.csv", "2026-07-26.csv"} <= aside
    assert steps_kept(desk) == steps_of_changes(month.uploads)


@pytest.mark.parametrize("seed", range(2))
def test_a_month_in_any_order_gives_the_same_history(sqlite, tmp_path, month, seed):
    desk, _ = month.desk(sqlite, tmp_path)
    for upload in random.Random(seed).sample(month.uploads, len(month.uploads)):
        assert month.take(desk, upload).upload.state == "taken"
    assert steps_kept(desk) == steps_of_changes(month.uploads)


@pytest.mark.parametrize("at", [0, 14, -2], ids=["the first day", "a day between", "almost the last"])
def test_a_day_taken_back_is_as_if_it_had_never_come(sqlite, tmp_path, month, at):
    desk, _ = month.desk(sqlite, tmp_path)
    ids = [month.take(desk, upload).upload.id for upload in month.uploads]
    retract(desk, ids[at])
    back = month.uploads[at]
    left = steps_of_changes(upload for upload in month.uploads if upload is not back)
    assert steps_kept(desk) == left != steps_of_changes(month.uploads)
    assert not month.take(desk, back).repeated
    assert steps_kept(desk) == steps_of_changes(month.uploads)


def test_full_lists_of_eight_dates_give_the_plain_history(sqlite, tmp_path):
    series = south_africa(REAL, tmp_path, every=20)
    desk, clock = series.desk(sqlite, tmp_path)
    came = list(taken_and_confirmed(series, desk, clock, replace(series.asked, source="za")))
    assert [report.upload.refused for report, _ in came] == [upload.refused for upload in series.uploads]
    assert len(came) == 8 and {report.upload.state for report, _ in came} == {"taken"}
    found = steps_kept(desk)
    assert found == steps_of_lists(series.uploads) and len(found) == 462
