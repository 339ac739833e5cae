"""What stands in each list of a regulator, against plain models and by hand."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.services.exports.pages import page
from pricecompare.services.ingest.decisions import reject
from pricecompare.store import create_store
from tests.made import CODES, POOLING, Ask, Shop, filled
from tests.regulated import CITY, SAME, SILENT, WANG, all_of, busy
from tests.town import SHOPS


@pytest.fixture
def desk(store, tmp_path, once):
    return busy(store, tmp_path, once)


def listed(desk, name, *columns, region=CITY, **filters):
    """Return some columns of a list."""
    return [tuple(one[column] for column in columns) for one in all_of(desk, name, region, **filters)["items"]]


CHANGED = ("pharmacy_code", "drug_code", "before", "price", "quantity", "effect")


def test_changes_come_by_what_they_cost_patients_in_a_month(desk):
    # Shop 1 sold 4, shop 0 sold 3 of the drug; shops 2, 3 and 4 sold nothing of theirs.
    assert listed(desk, "changes", *CHANGED) == [
        (SHOPS[1], CODES[0], "10.10", "14.90", 4.0, "19.20"),
        (SHOPS[0], CODES[0], "14.00", "19.90", 3.0, "17.70"),
        (SHOPS[0], CODES[0], "10.00", "14.00", 3.0, "12.00"),
        (SHOPS[2], CODES[1], "11.20", "12.00", 5.0, "4.00"),
        (SHOPS[3], CODES[2], "12.30", "21.90", None, None),
    ], "the tenfold fall of shop 4 is held"
    assert page(desk, "changes", CITY, filters={})["totals"] == {"rows": 5, "effect": "52.90"}


def test_changes_are_those_of_the_days_asked_for(desk):
    asked = {"since": date(2026, 10, 29), "until": date(2026, 10, 29)}
    assert listed(desk, "changes", "pharmacy_code", **asked) == [(SHOPS[1],), (SHOPS[2],)]
    assert listed(desk, "changes", "pharmacy_code", until=date(2026, 8, 1)) == []
    assert listed(desk, "changes", "pharmacy_code", kind="insured") == []


def test_a_change_to_a_price_that_is_flagged_says_so(desk):
    flags = {one[:2]: one[2] for one in listed(desk, "flags", "pharmacy_code", "drug_code", "class")}
    marked = {one[:2]: one[2] for one in listed(desk, "changes", "pharmacy_code", "drug_code", "flag") if one[2]}
    assert marked and marked.items() <= flags.items()


def test_quiet_shops_are_told_with_since_when(desk):
    names = ("pharmacy_code", "what", "seen_days", "changed_days", "offers")
    assert listed(desk, "stale", *names) == [
        (SHOPS[SILENT], "silent", 61, 61, 4),
        (SHOPS[SAME], "same", 12, 61, 4),
    ]
    assert [row[0] for row in listed(desk, "stale", *names, days=10, what="silent")] == [SHOPS[SILENT], SHOPS[SAME]]
    assert listed(desk, "stale", *names, days=61, what="silent") == []


def test_a_shop_that_never_reported_is_silent(store):
    desk = filled(store, [Shop(1, 440305, 22.5, 114.0)])
    assert listed(desk, "stale", "pharmacy_code", "seen_at", "changed_days", "offers", region="440300") == [
        ("P44030500001", None, None, 0)
    ]


def test_an_upload_waits_in_the_list_until_it_is_decided(desk):
    (row,) = listed(desk, "uploads", "upload", "source", "waits_days", "reasons", "rows")
    assert row[1:] == ("s", 0, "guard_few_rows", 1)
    assert listed(desk, "uploads", "upload", region="990200") == []
    reject(desk, row[0], by=WANG)
    assert listed(desk, "uploads", "upload") == []


def test_offers_say_when_they_were_last_confirmed(desk):
    online = listed(desk, "offers", "pharmacy_code", "drug_code", "price", "held", "confirmed_at", kind="online")
    assert online == [
        (SHOPS[0], code, f"{20 + at}.00", False, "2026-10-31T00:00:00+08:00") for at, code in enumerate(CODES)
    ]
    assert len(listed(desk, "offers", "price", pharmacy=SHOPS[0].lower(), kind="listed")) == 4


@st.composite
def towns(draw):
    """A few shops with what they ask."""
    shops = [Shop(number, draw(st.sampled_from([440305, 440306])), 22.5, 114.0) for number in range(1, 9)]
    asks = draw(
        st.lists(
            st.builds(Ask, st.integers(1, 8), st.sampled_from([900, 1000, 1100, 1900, 9000, 100]), st.integers(0, 40),
                      st.just(1), kind=st.sampled_from(["listed", "online"]), drug=st.integers(1, 3)),
            unique_by=lambda ask: (ask.shop, ask.drug, ask.kind), max_size=30,
        )
    )  # fmt: skip
    return shops, asks


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(towns())
def test_lists_say_what_a_plain_count_says(tmp_path_factory, town):
    store = create_store(str(tmp_path_factory.mktemp("t") / "p.db"), cursor_key="t", max_age_days=30)
    try:
        agree(filled(store, *town), *town)
    finally:
        store.close()


def agree(desk, shops, asks):
    """Compare lists with what follows from shops and asks."""
    flags = all_of(desk, "flags", "440300")["items"]
    by_shop = {
        code: [one for one in flags if one["pharmacy_code"] == code] for code in {f["pharmacy_code"] for f in flags}
    }
    assert {(row[0], row[1]) for row in listed(desk, "pharmacies", "pharmacy_code", "flags", region="440300")} == {
        (code, len(these)) for code, these in by_shop.items()
    }
    order = listed(desk, "pharmacies", "flags", region="440300")
    assert order == sorted(order, reverse=True)
    for code, excess in listed(desk, "pharmacies", "pharmacy_code", "excess", region="440300"):
        high = [float(one["price"]) - float(one["ref_median"]) for one in by_shop[code] if one["class"] == "high"]
        assert float(excess) == pytest.approx(sum(high), abs=0.01 * len(high) + 0.01)
    offers = listed(desk, "offers", "pharmacy_code", "drug_code", "kind", region="440300")
    codes = {shop.id: shop.code for shop in shops}
    assert sorted(offers) == sorted((codes[ask.shop], CODES[ask.drug - 1], ask.kind) for ask in asks)
    for district in set(POOLING):
        here = {shop.code for shop in shops if shop.district == district}
        if POOLING[district] == 440300:
            part = listed(desk, "offers", "pharmacy_code", region=str(district))
            assert sorted(one[0] for one in part) == sorted(one[0] for one in offers if one[0] in here)
            assert page(desk, "flags", str(district), filters={})["totals"]["rows"] == sum(
                one["pharmacy_code"] in here for one in flags
            )
    spreads = [one[0] for one in listed(desk, "drugs", "spread", region="440300", least_sellers=0)]
    numbers = [one for one in spreads if one is not None]
    assert numbers == sorted(numbers, reverse=True) and None not in spreads[: len(numbers)]


def test_drugs_have_the_quartiles_of_their_market(store):
    shops = [Shop(number, 440305, 22.5, 114.0) for number in range(1, 6)]
    desk = filled(store, shops, [Ask(number, 1000 + 100 * number) for number in range(1, 6)])
    names = ("drug_code", "sellers", "median", "q1", "q3", "low", "high", "spread", "high_low")
    assert listed(desk, "drugs", *names, region="440300") == [
        (
            CODES[0],
            5,
            "13.00",
            "12.00",
            "14.00",
            "11.00",
            "15.00",
            pytest.approx(200 / 1300),
            pytest.approx(1500 / 1100),
        )
    ]
    assert listed(desk, "drugs", *names, region="440300", least_sellers=6) == []


def test_sales_are_those_of_the_newest_month_and_of_the_shop_itself(desk):
    sold = {"region_id": 990100, "month": "2026-10", "pharmacy_id": 3, "drug_id": 2, "quantity": 7.0, "amount_fen": 5}
    with desk.store.writing():
        desk.store.put_sales([sold | {"upload_id": 1}])
    found = listed(desk, "changes", "pharmacy_code", "month", "quantity")
    assert (found[0], {row[1:] for row in found[1:]}) == ((SHOPS[2], "2026-10", 7.0), {(None, None)})
