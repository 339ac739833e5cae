"""The price-volume index as answers, against a plain recomputation from the files that were imported."""

import csv
import math
from collections import defaultdict
from fractions import Fraction
from statistics import median

import pytest

from pricecompare.errors import Invalid, NotFound
from pricecompare.services.indexing import index
from pricecompare.services.ingest import import_file
from tests.conftest import FIXTURES
from tests.made import CODES as FOUR
from tests.made import Shop, filled, in_pages
from tests.made import drug as made_drug

REGIONS = ("990100", "990200", "990300")
MONTHS = ("2026-08", "2026-09", "2026-10")
NOTHING = (math.nan, 0.0, {}, 0.0)
PLACES = [(region, month) for region in REGIONS for month in MONTHS]


def rows(name):
    with (FIXTURES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compared(drugs):
    """Return {drug: its sales that may be compared}: no gross errors, at least three others."""
    for drug, these in drugs.items():
        prices = {pharmacy: fen / packs for pharmacy, (fen, packs) in these.items() if min(fen, packs) > 0}
        middle = median(prices.values()) if prices else 0
        clean = {
            pharmacy: these[pharmacy]
            for pharmacy, price in prices.items()
            if len(prices) < 5 or middle / 5 < price < middle * 5
        }
        if len(clean) > 3:
            yield drug, clean


def plain(drugs):
    """Return {pharmacy: (index, cost at reference prices, {drug: contribution}, number of effective drugs)}.

    `drugs` is what was sold of each drug by each pharmacy, (fen, packs).
    """
    costs, paid = defaultdict(dict), defaultdict(dict)
    for drug, clean in compared(drugs):
        mean = sum(fen for fen, _ in clean.values()) / sum(packs for _, packs in clean.values())
        for pharmacy, (fen, packs) in clean.items():
            costs[pharmacy][drug], paid[pharmacy][drug] = mean * packs, fen
    found = {}
    for pharmacy, cost in costs.items():
        total = sum(cost.values())
        parts = {drug: float(100 * (paid[pharmacy][drug] - cost[drug]) / total) for drug in cost}
        effective = float(total**2 / sum(one**2 for one in cost.values()))
        found[pharmacy] = float(100 * sum(paid[pharmacy].values()) / total), float(total), parts, effective
    return found


@pytest.fixture(scope="module")
def expected():
    """What `plain` says of each (region, month)."""
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: (Fraction(0), Fraction(0)))))
    for row in rows("sales"):
        place = row["pharmacy_code"][1:5] + "00", row["month"]
        these = found[place][row["drug_code"]]
        fen, packs = these[row["pharmacy_code"]]
        these[row["pharmacy_code"]] = fen + Fraction(row["amount"]) * 100, packs + Fraction(row["quantity"])
    return {place: plain(drugs) for place, drugs in found.items()}


@pytest.mark.parametrize(("region", "month"), PLACES)
def test_the_list_is_that_of_the_files(city, expected, region, month):
    listed = in_pages(index.of_region, desk=city, region=region, period=month, limit=7)
    assert len(listed) == len({row["pharmacy"]["code"] for row in listed})
    assert {row["pharmacy"]["code"] for row in listed} >= expected[region, month].keys()
    for row in listed:
        value, _, parts, effective = expected[region, month].get(row["pharmacy"]["code"], NOTHING)
        assert (row["n_items"], row["n_eff"]) == (len(parts), pytest.approx(effective, rel=1e-9))
        if row["status"] == "suppressed":
            assert (row["index"], row["se"], effective < 3) == (None, None, True)
        else:
            assert row["index"] == pytest.approx(value, rel=1e-12)
            assert effective >= 3 - 1e-9


@pytest.mark.parametrize(("region", "month"), PLACES)
def test_the_mean_of_all_indices_weighted_by_cost_is_100(city, expected, region, month):
    costs = {pharmacy: cost for pharmacy, (_, cost, _, _) in expected[region, month].items()}
    codes = {one.id: one.code for one in city.store.pharmacies(int(region))}
    stored = {codes[row.pharmacy_id]: row.value for row in city.store.indices(int(region), month, "headline")}
    weighted = sum(costs[code] * stored[code] for code in costs)
    assert 100 * weighted / sum(costs.values()) == pytest.approx(100, abs=1e-9)


@pytest.mark.parametrize("month", MONTHS)
def test_contributions_add_up_and_are_those_of_the_files(city, expected, month):
    for pharmacy in rows("pharmacies"):
        code = pharmacy["pharmacy_code"]
        answer = index.of_pharmacy(city, code, period=month)
        parts = {part["drug"]["code"]: part["contribution"] for part in answer["contributions"]}
        if answer["status"] == "suppressed":
            assert (answer["index"], parts) == (None, {})
            continue
        assert sum(parts.values()) == pytest.approx(answer["index"] - 100, abs=1e-9)
        assert sum(part["weight"] for part in answer["contributions"]) == pytest.approx(1)
        assert parts == pytest.approx(expected[answer["region"]["code"], month][code][2], abs=1e-9)
        sizes = [abs(part) for part in parts.values()]
        assert sizes == sorted(sizes, reverse=True)


def test_the_list_and_the_pharmacy_say_the_same(city):
    for row in index.of_region(city, "990200", limit=200)["items"]:
        alone = index.of_pharmacy(city, row["pharmacy"]["code"])
        assert {name: alone[name] for name in row} == row


def test_the_list_is_dearest_first_and_what_is_not_told_has_no_rank(city):
    listed = index.of_region(city, "990300", period="2026-09", limit=200)["items"]
    told = [row["index"] for row in listed if row["index"] is not None]
    hidden = [row["pharmacy"]["id"] for row in listed[len(told) :]]
    assert told == sorted(told, reverse=True)
    assert len(hidden) == len(listed) - len(told) == 2
    assert hidden == sorted(hidden)


def test_the_newest_month_is_the_usual_one(city):
    assert index.of_region(city, "990100")["period"] == index.of_pharmacy(city, "P99010200001")["period"] == "2026-10"


def test_a_district_lists_its_own_pharmacies(city):
    whole = index.of_region(city, "990100", limit=200)["items"]
    part = index.of_region(city, "990103", limit=200)
    assert part["region"]["code"] == "990103"
    assert part["items"] == [row for row in whole if row["pharmacy"]["code"].startswith("P990103")] != []
    assert part["total"] == len(part["items"])


@pytest.mark.parametrize(
    ("question", "asked", "error", "code"),
    [
        (index.of_region, {"region": "990000"}, Invalid, "not_pooling"),
        (index.of_region, {"region": "123456"}, NotFound, "unknown_region"),
        (index.of_region, {"region": "990100", "period": "2026-13"}, Invalid, "bad_period"),
        (index.of_region, {"region": "990100", "limit": 0}, Invalid, "bad_limit"),
        (index.of_region, {"region": "990100", "cursor_given": "x"}, Invalid, "bad_cursor"),
        (index.of_pharmacy, {"code": "P99010299999"}, NotFound, "unknown_pharmacy"),
        (index.of_pharmacy, {"code": "P99010200001", "period": "2026-07"}, NotFound, "no_index"),
    ],
    ids=lambda value: str(getattr(value, "__name__", value)),
)
def test_what_cannot_be_answered_is_refused(city, question, asked, error, code):
    with pytest.raises(error) as refused:
        question(city, **asked)
    assert refused.value.code == code


def test_a_month_without_sales_is_an_empty_list(city):
    assert index.of_region(city, "990100", period="2026-07")["items"] == []


CODES = [*FOUR, "XM01AHS565A001010190016"]
SHOPS = [Shop(number, 440305, None, None) for number in range(1, 8)]


def line(shop, drug, packs, price):
    return f"{shop.code},{CODES[drug]},2026-10,{packs},{price * packs:.2f}"


def town(store, tmp_path, *, drugs):
    """Seven pharmacies, each dearer than the one before and selling more; the seventh slipped in the first drug."""
    lines = [line(shop, drug, 10 * shop.id, 10 + shop.id / 5) for shop in SHOPS for drug in drugs]
    lines = [line(SHOPS[6], 0, 70, 300) if CODES[0] in one and SHOPS[6].code in one else one for one in lines]
    lines.append(line(SHOPS[0], 4, 1, 9))
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["pharmacy_code,drug_code,month,quantity,amount", *lines]), "utf-8")
    desk = filled(store, SHOPS)
    with store.writing():
        store.put_drugs([made_drug(5, CODES[4])])
        store.put_meta(drugs_version=store.next_version())
    assert import_file(desk, "sales", path).upload.added == len(lines)
    return desk


def test_an_error_and_a_drug_with_one_seller_are_outside_list_and_contributions(store, tmp_path):
    desk = town(store, tmp_path, drugs=range(4))
    answers = {shop.id: index.of_pharmacy(desk, shop.code) for shop in SHOPS}
    codes = {number: {part["drug"]["code"] for part in found["contributions"]} for number, found in answers.items()}
    assert codes == {**dict.fromkeys(range(1, 7), set(CODES[:4])), 7: set(CODES[1:4])}
    assert {number: found["n_items"] for number, found in answers.items()} == {
        number: len(found) for number, found in codes.items()
    }
    assert answers[7]["coverage"] == pytest.approx(1 - 300 / (300 + 3 * 11.4))
    assert answers[1]["coverage"] == pytest.approx(1 - 9 / (9 + 4 * 10 * 10.2))
    for found in answers.values():
        assert found["status"] == "indicative"
        assert sum(part["contribution"] for part in found["contributions"]) == pytest.approx(found["index"] - 100)


def test_what_rests_on_too_few_drugs_is_not_told_and_not_ranked(store, tmp_path):
    desk = town(store, tmp_path, drugs=(1, 2))
    answer = index.of_pharmacy(desk, SHOPS[6].code)
    assert (answer["status"], answer["index"], answer["se"], answer["contributions"]) == ("suppressed", None, None, [])
    assert (answer["n_items"], answer["turnover"]) == (2, "1596.00")
    listed = in_pages(index.of_region, desk=desk, region="440300", limit=3)
    assert [(row["pharmacy"]["id"], row["index"]) for row in listed] == [(shop.id, None) for shop in SHOPS]


def test_a_region_without_sales_says_so(store):
    desk = filled(store, SHOPS)
    for question, asked in ((index.of_region, "440400"), (index.of_pharmacy, SHOPS[0].code)):
        with pytest.raises(NotFound) as error:
            question(desk, asked)
        assert error.value.code == "no_sales"


def test_a_list_goes_on_where_it_stopped_though_prices_come_in_between(store, tmp_path):
    desk = town(store, tmp_path, drugs=range(4))
    first = index.of_region(desk, "440300", limit=4)
    with store.writing():
        store.next_version()
    rest = index.of_region(desk, "440300", limit=4, cursor_given=first["next"])
    assert [row["pharmacy"]["id"] for row in first["items"] + rest["items"]] == [7, 6, 5, 4, 3, 2, 1]
