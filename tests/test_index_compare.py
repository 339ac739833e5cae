"""The index across packs: brought to one scale by 差比价, two packs of one product are one drug."""

from decimal import Decimal

import pytest

from pricecompare.calc.packs import factor
from pricecompare.services.indexing import index
from pricecompare.services.indexing.panels import panel_now
from pricecompare.services.indexing.sources import asked
from tests.sold import HEADER, SHOPS
from tests.town import PHARMACIES, REGIONS, Town

DOUBLE = float(factor("count", Decimal(2)))
SMALL, LARGE = "XJ01CAA501A001010190008", "XJ01CAA501A001010290008"
DRUGS = "drug_code,generic_name,form,spec,pack_count,unit,pack_unit,maker\n" + "".join(
    f"{code},阿莫西林,片剂,0.1g,{packs},片,盒,厂\n" for code, packs in ((SMALL, 12), (LARGE, 24))
)


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    for what, rows in (("regions", REGIONS), ("drugs", DRUGS), ("pharmacies", PHARMACIES)):
        assert town.take(what, rows).findings == []
    # Six shops: the first three sell small packs alone, the others large ones alone, at 1.95 times the price.
    rows = [f"{shop},{SMALL},2026-09,10,{10 * price:.2f}" for shop, price in zip(SHOPS[:3], (10, 11, 12), strict=True)]
    rows += [
        f"{shop},{LARGE},2026-09,10,{10 * price * DOUBLE:.2f}"
        for shop, price in zip(SHOPS[3:6], (10, 11, 12), strict=True)
    ]
    assert town.take("sales", HEADER + "\n".join(rows) + "\n").findings == []
    return town


def told(town, shop, compare):
    return index.of_pharmacy(town.desk, SHOPS[shop], period="2026-09", compare=compare)


def test_packs_alone_are_sold_by_too_few(town):
    found = [told(town, shop, "sku") for shop in range(6)]
    assert {one["n_items"] for one in found} == {0}
    assert {one["coverage"] for one in found} == {0.0}


@pytest.mark.parametrize("compare", ["product", "generic"])
def test_packs_of_one_product_are_compared_on_one_scale(town, compare):
    found = [told(town, shop, compare) for shop in range(6)]
    assert {one["n_items"] for one in found} == {1}
    assert {one["coverage"] for one in found} == {1.0}
    with town.store.reading():
        panel = panel_now(town.desk, asked(town.desk, 990100, "2026-09", compare=compare))
    level = dict(zip(panel.pharmacies.tolist(), panel.figures.value.tolist(), strict=True))
    for one, other in ((1, 4), (2, 5), (3, 6)):
        assert level[one] == pytest.approx(level[other], rel=1e-4), "a large pack at 1.95 times the price is as dear"
    assert level[2] / level[1] == pytest.approx(1.1, rel=1e-4)


def test_a_file_that_comes_later_corrects_its_month_alone(town):
    before = told(town, 0, "generic")["turnover"]
    town.take("sales", HEADER + f"{SHOPS[0]},{SMALL},2026-08,4,40.00\n")
    assert told(town, 0, "generic")["turnover"] == before
    town.take("sales", HEADER + f"{SHOPS[0]},{SMALL},2026-09,4,44.00\n{SHOPS[0]},{SMALL},2026-09,-1,-11.00\n")
    assert told(town, 0, "generic")["turnover"] == "33.00"
