"""Online against counter, against plain rows: who asks two prices on a day, how far apart, in which order and form."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc import gaps as rule
from pricecompare.calc.gaps import Limits
from pricecompare.calc.market import sellers
from pricecompare.cli.main import main
from pricecompare.errors import Invalid, NotFound
from pricecompare.services.opening import limits as settings_of
from pricecompare.services.statistics import gaps
from tests.conftest import NOW
from tests.made import in_pages
from tests.town import CODES, SHOPS, Town

TODAY = date(2026, 11, 1)
KINDS = ("listed", "online")
HERE = "P990102"


def observations(seed):
    """Return fen by (shop, drug, kind, day) of some months: no two of one day."""
    random = Random(seed)
    return {
        (shop, drug, kind, TODAY - timedelta(days=random.randint(0, 90))): random.choice([1000, 1000, 1050, 1100, 1200])
        for shop in SHOPS
        for drug in CODES[:3]
        for kind in KINDS
        for _ in range(random.randint(0, 3))
    }


def plain(told, day, percent, fen, drug=None):
    """Return (drug, shop, counter, online) of what differs at the end of a day, worst first."""
    found = []
    for code in CODES if drug is None else [drug]:
        for shop in SHOPS:
            prices = [last(told, shop, code, kind, day) for kind in KINDS]
            if shop.startswith(HERE) and None not in prices:
                counter, online = prices
                apart = abs(online - counter)
                if apart and apart >= fen and Fraction(100 * apart, counter) >= percent:
                    found.append((-Fraction(apart, counter), -apart, code, shop, counter, online))
    order = {code: at for at, code in enumerate(CODES)}
    return [one[2:] for one in sorted(found, key=lambda one: (*one[:2], order[one[2]], one[3]))]


def last(told, shop, drug, kind, day):
    """Return the price last seen by the end of a day, None when that was over thirty days before."""
    seen = max((one[3] for one in told if one[:3] == (shop, drug, kind) and one[3] <= day), default=None)
    return None if seen is None or (day - seen).days > 30 else told[shop, drug, kind, seen]


def taken(store, tmp_path, told):
    """Return a town where those prices were told."""
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    town.price(*(f"{s},{d},{fen / 100:.2f},{day},{kind},in" for (s, d, kind, day), fen in told.items()))
    return town


ASKED = [("0", "0"), ("5", "0"), ("10", "1.01"), ("0", "1.50"), ("20", "0")]


@pytest.mark.parametrize("seed", range(5))
def test_the_list_is_that_of_plain_rows(store, tmp_path, seed):
    told = observations(seed)
    town = taken(store, tmp_path, told)
    for day in (None, TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=25), TODAY - timedelta(days=100)):
        for percent, least in ASKED:
            asked = {"region": "990100", "min_percent": percent, "min_yuan": least, "day": day}
            found = in_pages(gaps.gaps, desk=town.desk, **asked, limit=2)
            shown = [
                (one["drug"]["code"], one["pharmacy"]["code"], one["counter"]["fen"], one["online"]["fen"])
                for one in found
            ]
            expected = plain(told, day or TODAY, Fraction(percent), float(least) * 100)
            assert shown == expected
            assert gaps.gaps(town.desk, **asked)["total"] == len(expected)
            for one in found:
                more = one["online"]["fen"] - one["counter"]["fen"]
                assert (one["difference_fen"], one["difference"]) == (more, f"{more / 100:.2f}")
                assert one["percent"] == pytest.approx(100 * more / one["counter"]["fen"], abs=0.0501)


def test_a_drug_and_a_district_narrow_the_list(store, tmp_path):
    told = observations(3)
    town = taken(store, tmp_path, told)
    asked = {"min_percent": "0", "min_yuan": "0"}
    for day in (None, TODAY - timedelta(days=20)):
        only = gaps.gaps(town.desk, "990102", **asked, drug=CODES[1], day=day)
        rows = [(one["drug"]["code"], one["pharmacy"]["code"]) for one in only["items"]]
        assert rows == [row[:2] for row in plain(told, day or TODAY, 0, 0, drug=CODES[1])]
    assert gaps.gaps(town.desk, "990202", **asked)["region"]["code"] == "990202"


def test_a_price_that_came_is_in_the_list(store, tmp_path):
    town = taken(store, tmp_path, {(SHOPS[0], CODES[0], kind, TODAY): 1000 for kind in KINDS})
    assert gaps.gaps(town.desk, "990100")["total"] == 0
    town.price(f"{SHOPS[0]},{CODES[0]},12.00,2026-11-01T11:00:00+08:00,online,in")
    assert [one["percent"] for one in gaps.gaps(town.desk, "990100")["items"]] == [20.0]


SELLERS = st.dictionaries(st.integers(1, 9), st.tuples(st.integers(1, 30), st.integers(0, 1)), max_size=9)


@given(counter=SELLERS, online=SELLERS, percent=st.integers(0, 20_000), fen=st.integers(0, 20))
def test_prices_of_one_pharmacy_are_paired(counter, online, percent, fen):
    both = [
        sellers([(shop, one[0], 5, 0, one[1]) for shop, one in sorted(those.items())]) for those in (counter, online)
    ]
    found = rule.worst_first(rule.gaps(7, *both, Limits(percent, fen)))
    rows = []
    for shop in counter.keys() & online.keys():
        (here, held), (there, held_too) = counter[shop], online[shop]
        apart = abs(here - there)
        if not held and not held_too and apart >= max(fen, 1) and Fraction(10_000 * apart, here) >= percent:
            rows.append((-Fraction(apart, here), -apart, shop, here, there))
    assert [(one["pharmacy"], one["counter"], one["online"]) for one in found] == [row[2:] for row in sorted(rows)]
    for at, one in enumerate(found):
        assert rule.after(found, rule.rank(one)).tolist() == found[at + 1 :].tolist()


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("10", 1000), (" 0.5 ", 50), ("9999999.99", 999_999_999)])
def test_a_least_difference_is_read_exactly(text, number):
    assert rule.hundredths(text) == number


@pytest.mark.parametrize("text", ["", "-1", "0.125", "1e3", "ten", "10000000", "１０", "1."])
def test_what_is_no_least_difference_is_refused(text):
    with pytest.raises(Invalid, match="least difference"):
        rule.hundredths(text)


def test_the_usual_limits_are_settings(city):
    usual = gaps.gaps(city, "990100")
    assert (usual["min_percent"], usual["min_yuan"]) == ("10.00", "1.00")
    set_so = settings_of({"ONLINE_GAP_PERCENT": "0", "ONLINE_GAP_YUAN": "0.01"})
    lower = gaps.gaps(replace(city, settings=set_so), "990100")
    assert lower["total"] > usual["total"] > 0
    assert lower["total"] == gaps.gaps(city, "990100", min_percent="0", min_yuan="0")["total"]
    with pytest.raises(Invalid, match="ONLINE_GAP_PERCENT"):
        settings_of({"ONLINE_GAP_PERCENT": "much"})


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("min_percent=x", 422, "bad_gap", "min_percent"),
        ("min_yuan=-1", 422, "bad_gap", "min_yuan"),
        ("day=2026-11-02", 422, "date_in_future", "day"),
        ("day=yesterday", 422, "bad_day", "day"),
        ("drug=XJ01CAA501A001010199999", 404, "unknown_drug", "drug"),
        ("limit=0", 422, "bad_limit", "limit"),
        ("cursor=abc", 422, "bad_cursor", "cursor"),
    ],
)
def test_the_api_says_what_is_wrong(client, query, status, code, field):
    answer = client.get(f"/api/v1/regions/990100/online-gaps?{query}")
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (status, code, field)


@pytest.mark.parametrize("place", ["online-gaps", "online-gaps.csv"])
@pytest.mark.parametrize(("region", "status"), [("999999", 404), ("990000", 422)])
def test_a_region_that_makes_no_sense_is_refused(client, place, region, status):
    assert client.get(f"/api/v1/regions/{region}/{place}").status_code == status


@pytest.mark.parametrize("place", ["online-gaps", "online-gaps.csv"])
def test_who_has_the_list_is_told_so(client, place):
    answer = client.get(f"/api/v1/regions/990100/{place}")
    again = client.get(f"/api/v1/regions/990100/{place}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_file_has_the_same_rows(client, city):
    text = client.get("/api/v1/regions/990100/online-gaps.csv?min_percent=0&min_yuan=0").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    items = in_pages(gaps.gaps, desk=city, region="990100", min_percent="0", min_yuan="0", limit=200)
    assert [(row["pharmacy_code"], row["drug_code"], row["counter"], row["online"]) for row in rows] == [
        (one["pharmacy"]["code"], one["drug"]["code"], one["counter"]["price"], one["online"]["price"]) for one in items
    ]
    assert list(rows[0]) == list(gaps.COLUMNS)


def test_the_command_shows_the_same(city, tmp_path):
    run, env = CliRunner(), {"PRICECOMPARE_NOW": NOW.isoformat()}
    words = ["--db", str(city.store.engine.path), "online-gaps", "990100"]
    shown = run.invoke(main, [*words, "--min-percent", "20"], env=env)
    worst = gaps.gaps(city, "990100")["items"][0]
    for text in (
        worst["counter"]["price"],
        worst["online"]["price"],
        worst["pharmacy"]["name"],
        "20.00 % and 1.00 yuan",
    ):
        assert text in shown.output
    written = run.invoke(main, [*words, "--csv", str(tmp_path / "gaps.csv")], env=env)
    assert f"{gaps.gaps(city, '990100')['total']} gaps written" in written.output
    assert (tmp_path / "gaps.csv").read_text("utf-8-sig").startswith("pharmacy_code,")


def test_a_region_without_online_prices_has_no_gaps(store, tmp_path):
    town = taken(store, tmp_path, {(SHOPS[0], CODES[0], "listed", TODAY): 1000})
    assert gaps.gaps(town.desk, "990100")["items"] == []
    assert gaps.gaps(town.desk, "990200", day=TODAY - timedelta(days=3))["items"] == []
    assert list(gaps.gap_table(town.desk, "980100")) == []
    with pytest.raises(NotFound):
        gaps.gap_table(town.desk, "123456")
