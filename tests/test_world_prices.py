"""Prices, sales and planted faults of the invented province, as they stand in fixtures/."""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pricecompare.models import KINDS, STOCKS
from pricecompare.world import FIXTURE, world, write

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
LAST_DAYS = ("2026-08-31", "2026-09-30", "2026-10-31")


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key(row: dict[str, str]) -> tuple[str, ...]:
    return row["pharmacy_code"], row["drug_code"], row["kind"], row["observed_at"]


@pytest.fixture(scope="module")
def drugs():
    return table(FIXTURES, "drugs")


@pytest.fixture(scope="module")
def prices():
    return table(FIXTURES, "prices")


@pytest.fixture(scope="module")
def sales():
    return table(FIXTURES, "sales")


@pytest.fixture(scope="module")
def labels():
    return table(FIXTURES, "labels")


def test_every_pharmacy_keeps_a_good_part_of_the_drugs(prices):
    kept = Counter(row["pharmacy_code"] for row in prices if row["kind"] == "listed" and row["observed_at"] > "2026-10")
    assert len(kept) == 120
    assert 0.25 * 200 < min(kept.values()) < max(kept.values()) < 0.7 * 200


def test_price_rows_name_what_exists_once_per_month_in_words_the_importer_knows(prices, drugs):
    keys = [(row["pharmacy_code"], row["drug_code"], row["kind"], row["observed_at"][:7]) for row in prices]
    assert len(set(keys)) == len(keys)
    assert {row["pharmacy_code"] for row in prices} == {row["pharmacy_code"] for row in table(FIXTURES, "pharmacies")}
    assert {row["drug_code"] for row in prices} <= {row["drug_code"] for row in drugs}
    assert {row["kind"] for row in prices} == set(KINDS)
    assert {row["stock"] for row in prices if not row["stock"].isdigit()} == set(STOCKS)
    counting = {row["pharmacy_code"] for row in prices if row["stock"].isdigit()}
    assert 120 / 5 < len(counting) < 120 / 2
    assert all(row["stock"] != "in" for row in prices if row["pharmacy_code"] in counting)


def test_lists_are_observed_in_the_last_week_of_each_month(prices):
    times = {datetime.fromisoformat(row["observed_at"]) for row in prices}
    assert {time.utcoffset() for time in times} == {timedelta(hours=8)}
    assert {(time.month, time.day) for time in times} <= {
        (last.month, last.day - back) for last in map(date.fromisoformat, LAST_DAYS) for back in range(7)
    }


def test_prices_end_as_shops_write_them_but_for_planted_faults(prices, labels):
    faulty = {key(row) for row in labels}
    fen = [int(row["price"].replace(".", "")) for row in prices if key(row) not in faulty]
    assert all(price % 10 == 0 if price < 500 else price % 100 in (0, 50, 80, 90) for price in fen)


def test_some_prices_change_from_month_to_month(prices):
    by_offer = defaultdict(list)
    for row in prices:
        by_offer[row["pharmacy_code"], row["drug_code"], row["kind"]].append(row["price"])
    first_two = [months[:2] for months in by_offer.values() if len(months) == 3]
    assert 0.04 < sum(first != second for first, second in first_two) / len(first_two) < 0.1


def test_each_label_belongs_to_one_row_of_the_prices(prices, labels):
    labelled = Counter(map(key, labels))
    assert labelled.keys() <= {key(row) for row in prices}
    assert set(labelled.values()) == {1}


def test_three_in_two_hundred_offers_are_faulty_half_of_them_overpriced():
    large = world(seed=4, pharmacies=600, drugs=200, months=1)
    offers, faults = 0, Counter()
    for ledger in large.ledgers():
        offers += len(ledger.lists[-1].drugs)
        faults.update(label.label for label in ledger.labels)
    assert faults.total() / offers == pytest.approx(0.015, abs=0.002)
    shares = {label: count / faults.total() for label, count in faults.items()}
    expected = {"overpriced": 0.5, "slip": 0.12, "wrong_pack": 0.13, "stale": 0.13, "too_cheap": 0.12}
    assert shares == pytest.approx(expected, abs=0.04)


FACTORS = {
    "overpriced": lambda factor: 1.4 <= factor <= 3,
    "slip": lambda factor: factor in (10, 0.1),
    "wrong_pack": lambda factor: factor != 1,
    "stale": lambda factor: factor == 1,
    "too_cheap": lambda factor: 0.2 <= factor <= 0.45,
}


@pytest.mark.parametrize("label", FACTORS)
def test_the_factor_of_a_fault_fits_its_label(label, labels):
    factors = [float(row["factor"]) for row in labels if row["label"] == label]
    assert factors and all(FACTORS[label](factor) for factor in factors)


def test_overpriced_and_too_cheap_stand_that_far_from_the_market(prices, labels):
    paid = {key(row): float(row["price"]) for row in prices}
    market = {item.drug.code: item.price / 100 for item in world(**FIXTURE).items}
    for row in labels:
        if row["label"] in ("overpriced", "too_cheap"):
            factor = paid[key(row)] / market[row["drug_code"]]
            assert factor == pytest.approx(float(row["factor"]), rel=0.01)


def test_slips_and_wrong_packs_stand_that_far_from_the_price_of_the_month_before(prices, labels):
    by_month = {(*key(row)[:3], row["observed_at"][:7]): float(row["price"]) for row in prices}
    for row in labels:
        if row["label"] in ("slip", "wrong_pack"):
            before, after = (by_month[(*key(row)[:3], month)] for month in ("2026-09", "2026-10"))
            # The right price may have changed too, by a few per cent and the rounding of cheap packs.
            assert after == pytest.approx(before * float(row["factor"]), rel=0.3, abs=0.01)


def test_stale_prices_are_two_months_old_and_not_repeated_and_only_they(prices, labels):
    latest = defaultdict(str)
    for row in prices:
        offer = (row["pharmacy_code"], row["drug_code"], row["kind"])
        latest[offer] = max(latest[offer], row["observed_at"])
    old = {(*offer, at) for offer, at in latest.items() if at < "2026-10"}
    assert old == {key(row) for row in labels if row["label"] == "stale"}
    assert all("2026-08" in at for *_, at in old)


@pytest.mark.parametrize("months", [1, 2, 4])
def test_any_number_of_months_is_reported_and_stale_prices_reach_back_further(tmp_path, months):
    write(world(seed=5, pharmacies=30, drugs=100, months=months, until=date(2027, 1, 15)), tmp_path)
    names = ["2026-10", "2026-11", "2026-12", "2027-01"]
    rows = table(tmp_path, "prices")
    stale = {key(row) for row in table(tmp_path, "labels") if row["label"] == "stale"}
    assert stale and {at[:7] for *_, at in stale} == {"2026-11"}
    assert {row["observed_at"][:7] for row in rows if key(row) not in stale} == set(names[-months:])
    assert {row["month"] for row in table(tmp_path, "sales")} == set(names[-months:])
    assert max(row["observed_at"] for row in rows) < "2027-01-16"


def test_sales_are_monthly_totals_near_what_the_pharmacy_asks(sales, prices):
    asked = defaultdict(list)
    for row in prices:
        asked[row["pharmacy_code"], row["drug_code"]].append(float(row["price"]))
    keys = [(row["pharmacy_code"], row["drug_code"], row["month"]) for row in sales]
    assert len(set(keys)) == len(keys)
    for row in sales:
        unit = float(row["amount"]) / float(row["quantity"])
        known = asked[row["pharmacy_code"], row["drug_code"]]
        # The right price behind a slip stands in the other months, changed since by a few per cent at most.
        assert any(0.75 * price < unit < 1.35 * price for price in known)


def test_a_few_months_are_negative_some_drugs_never_sell_and_quantities_are_skewed(sales, drugs):
    packs = sorted(int(row["quantity"]) for row in sales)
    assert 0 < sum(number < 0 for number in packs) < 0.02 * len(packs)
    assert all((int(row["quantity"]) < 0) == row["amount"].startswith("-") for row in sales)
    assert 0 < len(drugs) - len({row["drug_code"] for row in sales}) < 20
    assert sum(packs) / len(packs) > 1.3 * packs[len(packs) // 2]
