"""Abnormal prices of the invented city against its planted faults; pages, districts and the export."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from pricecompare.calc import days
from pricecompare.errors import Invalid, NotFound
from pricecompare.files.write import csv_lines
from pricecompare.models import CLASSES
from pricecompare.services.desk import Desk
from pricecompare.services.statistics import monitor
from pricecompare.store import Store
from tests.conftest import FIXTURES, NOW
from tests.made import Ask, Shop, filled, in_pages

CITIES = ("990100", "990200", "990300")


@pytest.fixture(scope="module")
def flags(city):
    """Every flag of the city, by pharmacy, drug and kind."""
    found = [flag for region in CITIES for flag in in_pages(monitor.flags, desk=city, region=region, limit=200)]
    by_key = {(flag["pharmacy"]["code"], flag["drug"]["code"], flag["kind"]): flag for flag in found}
    assert len(by_key) == len(found)
    return by_key


@pytest.fixture(scope="module")
def labels():
    with (FIXTURES / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {(row["pharmacy_code"], row["drug_code"], row["kind"]): row for row in csv.DictReader(file)}


def labelled(labels, *names):
    return {key for key, row in labels.items() if row["label"] in names}


def classed(flags, *classes):
    return {key for key, flag in flags.items() if flag["class"] in classes}


def test_every_slipped_decimal_point_is_found_and_named(flags, labels):
    planted = {key: float(labels[key]["factor"]) for key in labelled(labels, "slip")}
    for key, factor in planted.items():
        assert flags[key]["class"] == ("error_high" if factor > 1 else "error_low")
        # For a pack of nine, a ninth may lie nearer than a tenth.
        assert flags[key]["factor"] == pytest.approx(factor, rel=0.12)
    assert sum(flags[key]["factor"] == factor for key, factor in planted.items()) >= 20


def test_every_data_error_was_planted(flags, labels):
    errors = classed(flags, "error_high", "error_low")
    assert len(errors) == 39
    assert errors <= labelled(labels, "slip", "wrong_pack", "too_cheap")


def test_a_price_for_one_unit_of_the_pack_is_named_so(flags, labels):
    units = {key for key in labelled(labels, "wrong_pack") if float(labels[key]["factor"]) <= 0.1}
    found = [flags[key]["factor"] for key in units if key in flags]
    assert len(found) >= 0.9 * len(units) >= 10
    assert None not in found


def test_nearly_all_that_are_overpriced_are_found(flags, labels):
    planted = labelled(labels, "overpriced")
    found = planted & classed(flags, "high")
    assert len(found) / len(planted) >= 0.89


def test_half_of_what_is_called_dear_was_planted_and_the_rest_is_dear(flags, labels):
    dear = classed(flags, "high")
    assert len(dear & labelled(labels, "overpriced", "wrong_pack")) / len(dear) >= 0.49
    for key in dear:
        assert min(flags[key]["ratio_median"], flags[key]["ratio_mean"]) >= 1.3
        assert flags[key]["z"] >= 3
        assert flags[key]["fen"] >= 100 + float(flags[key]["ref_median"]) * 100 - 0.5


def test_few_prices_are_flagged_and_no_old_one(flags, labels, city):
    fresh = sum(city.store.market(key).n for region in CITIES for key in city.store.market_keys(int(region)))
    assert len(flags) / fresh < 0.02
    assert not flags.keys() & labelled(labels, "stale")


@pytest.mark.parametrize("region", CITIES)
def test_the_worst_comes_first(city, region):
    found = in_pages(monitor.flags, desk=city, region=region, limit=200)
    ratios = [flag["ratio_median"] for flag in found]
    assert ratios == sorted(ratios, reverse=True)
    for limit in (1, 7):
        assert in_pages(monitor.flags, desk=city, region=region, limit=limit) == found


@pytest.mark.parametrize("kind", ["listed", "insured", "online", None])
@pytest.mark.parametrize("class_", [*CLASSES, None])
@pytest.mark.parametrize("region", ["990100", "990103"])
def test_what_is_narrowed_is_a_part_of_the_whole(city, region, class_, kind):
    whole = in_pages(monitor.flags, desk=city, region="990100", limit=200)
    part = in_pages(monitor.flags, desk=city, region=region, class_=class_, kind=kind, limit=9)
    wanted = [flag for flag in whole if class_ in (None, flag["class"]) and kind in (None, flag["kind"])]
    assert part == [flag for flag in wanted if region in ("990100", flag["pharmacy"]["district"]["code"])]


@pytest.mark.parametrize("region", [*CITIES, "990103"])
@pytest.mark.parametrize("class_", [None, "high"])
def test_the_export_is_the_list(city, region, class_):
    listed = in_pages(monitor.flags, desk=city, region=region, class_=class_, limit=200)
    lines = csv_lines(monitor.COLUMNS, monitor.flag_table(city, region, class_=class_), bom=False)
    exported = list(csv.DictReader(io.StringIO("".join(lines), newline="")))
    assert exported == [row_of(flag) for flag in listed] != []


def row_of(flag):
    """Return a flag as the text of an exported row."""
    pharmacy, drug, rule = flag["pharmacy"], flag["drug"], flag["rule"]
    named = {
        "pharmacy_code": pharmacy["code"], "pharmacy_name": pharmacy["name"], "district": pharmacy["district"]["name"],
        "drug_code": drug["code"], "drug_name": drug["name"], "form": drug["form"], "spec": drug["spec"],
        "maker": drug["maker"], "rule": f"{rule['id']} v{rule['version']}",
    }  # fmt: skip
    cells = {column: named.get(column, flag.get(column)) for column in monitor.COLUMNS}
    return {column: "" if cell is None else str(cell) for column, cell in cells.items()}


SHOPS = [Shop(number, 440305 + number % 2, None, None) for number in range(1, 21)]
PRICES = [*range(9_91, 10_25, 2), 25_00, 25_00, 100_00]


def dear(store: Store, **changed) -> Desk:
    """Return a desk with twenty prices, three of them flagged; `changed` replaces fields of every pharmacy."""
    desk = filled(store, SHOPS, [Ask(shop.id, fen) for shop, fen in zip(SHOPS, PRICES, strict=True)])
    if changed:
        with store.writing():
            store.put_pharmacies([replace(one, **changed) for one in store.pharmacies()])
    return desk


def test_what_a_spreadsheet_would_run_is_only_text(store):
    desk = dear(store, name='=HYPERLINK("http://x")')
    text = "".join(csv_lines(monitor.COLUMNS, monitor.flag_table(desk, "440300"), bom=True))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert {row["pharmacy_name"] for row in rows} == {'\'=HYPERLINK("http://x")'}


def test_equal_ratios_are_in_the_order_of_ids_on_any_page(store):
    found = in_pages(monitor.flags, desk=dear(store), region="440300", limit=1)
    assert [(flag["pharmacy"]["id"], flag["class"], flag["grade"]) for flag in found] == [
        (20, "error_high", "error"), (18, "high", "very_high"), (19, "high", "very_high"),
    ]  # fmt: skip
    assert found[0]["factor"] == 10.0


def test_a_flag_says_what_it_is_in_both_languages(store):
    error, high, _ = monitor.flags(dear(store), "440300")["items"]
    day = NOW.astimezone(days.CHINA).date().isoformat()
    assert high["text_en"].startswith(f"¥25.00, seen on {day}, is 148 % above the middle price ¥10.08 and 129 % above")
    assert "the other 18 pharmacies in 甲市;" in high["text_en"]
    assert high["text_zh"].startswith(f"{day} 的价格为 25.00 元，比甲市其他 18 家药店的中位价 10.08 元高 148%")
    assert error["text_en"].startswith(
        f"¥100.00, seen on {day}, is 9.91 times the usual price ¥10.09 in 甲市, close to"
    )
    assert "是甲市通常价格 10.09 元的 9.91 倍，接近 10 倍的录入差错" in error["text_zh"]
    for flag in (error, high):
        assert not any(word in flag["text_en"].lower() for word in ("illegal", "overcharg"))


@pytest.mark.parametrize(
    ("fen", "en", "zh"),
    [
        (996_00, "is 99.6 times the usual price ¥10.00 in 甲市, close to a factor of 100:", "的 99.6 倍，接近 100 倍"),
        (1400_00, "is 140 times the usual price ¥10.00 in 甲市, close to a factor of 100:", "的 140 倍，接近 100 倍"),
        (5000_00, "is 500 times the usual price ¥10.00 in 甲市: probably", "的 500 倍，可能"),
        (12345_00, "is 1230 times the usual price ¥10.00 in 甲市: probably", "的 1230 倍，可能"),
        (1_60, "1/6 of the usual price ¥10.00 in 甲市, close to a slip by a factor of 10:", "的 1/6，接近少填为 1/10"),
        (42, "1/24 of the usual price ¥10.00 in 甲市, close to a slip by a factor of 24:", "的 1/24，接近少填为 1/24"),
        (1, "is about 1/1000 of the usual price ¥10.00 in 甲市: probably", "约为甲市通常价格 10.00 元的 1/1000，可能"),
    ],
    ids=["99.6 times", "140 times", "500 times", "1234 times", "a sixth", "one piece", "a thousandth"],
)  # fmt: skip
def test_a_data_error_is_said_in_plain_numbers(store, fen, en, zh):
    desk = filled(store, SHOPS, [Ask(shop.id, 10_00) for shop in SHOPS[1:]] + [Ask(1, fen)])
    (flag,) = monitor.flags(desk, "440300")["items"]
    assert en in flag["text_en"]
    assert zh in flag["text_zh"]


def test_what_was_compared_with_the_province_says_so(store):
    shops = [Shop(number, 440402 if number > 2 else 440305, None, None) for number in range(1, 9)]
    desk = filled(store, shops, [Ask(1, 25_00)] + [Ask(shop.id, 10_00 + shop.id) for shop in shops[1:]])
    (flag,) = monitor.flags(desk, "440300")["items"]
    assert flag["ref_area"] == "wider"
    assert "the other 7 pharmacies in 甲省;" in flag["text_en"]
    assert "比甲省其他 7 家药店" in flag["text_zh"]


@pytest.mark.parametrize("limit", [1, 9])
@pytest.mark.parametrize(("passed", "left"), [(19, [1, 2, 3]), (20, [1, 2, 3]), (21, [1, 3]), (30, [1, 3]), (31, [])])
def test_a_price_that_has_become_stale_is_not_listed(store, passed, left, limit):
    shops = [Shop(number, 440305, None, None) for number in range(1, 21)]
    dear = [Ask(1, 30_00), Ask(2, 25_00, age=10), Ask(3, 25_00)]
    filled(store, shops, dear + [Ask(shop.id, 10_00) for shop in shops[3:]])
    later = Desk(store, lambda: NOW + timedelta(days=passed))
    found = in_pages(monitor.flags, desk=later, region="440300", limit=limit)
    assert [flag["pharmacy"]["id"] for flag in found] == left
    assert [row[0] for row in monitor.flag_table(later, "440300")] == [shops[number - 1].code for number in left]


def test_a_flag_lasts_to_the_end_of_its_last_day_in_china(store):
    desk = dear(store)
    midnight = datetime.combine(desk.today() + timedelta(days=31), time(), days.CHINA)
    for clock, most in ((midnight - timedelta(seconds=1), 3), (midnight, 0)):
        assert len(monitor.flags(Desk(store, lambda now=clock: now), "440300")["items"]) == most


def test_a_district_has_its_own_flags(store):
    desk = dear(store)
    there = {part: monitor.flags(desk, part)["items"] for part in ("440305", "440306")}
    assert {part: [flag["pharmacy"]["id"] for flag in found] for part, found in there.items()} == {
        "440305": [20, 18],
        "440306": [19],
    }


@pytest.mark.parametrize("question", [monitor.flags, monitor.flag_table], ids=["list", "export"])
@pytest.mark.parametrize(
    ("region", "error", "code"),
    [("440000", Invalid, "not_pooling"), ("123456", NotFound, "unknown_region"), ("甲市", NotFound, "unknown_region")],
)
def test_a_region_that_makes_no_sense_is_refused_at_once(store, question, region, error, code):
    with pytest.raises(error) as refused:
        question(dear(store), region)
    assert refused.value.code == code


def test_the_labels_are_what_the_other_tests_count_on(labels):
    counted = {"overpriced": 86, "wrong_pack": 25, "stale": 23, "slip": 23, "too_cheap": 18}
    assert Counter(row["label"] for row in labels.values()) == counted
