"""A rebuild gives the same numbers; with --aged it gives those that a full one would."""

from datetime import timedelta

import pytest

from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.statistics import monitor, standing
from tests.conftest import NOW
from tests.made import CODES, Ask, Shop, filled

SHOPS = [Shop(number, 440305, None, None) for number in range(1, 9)]
LEVEL = [Ask(shop.id, 1000 + 10 * shop.id) for shop in SHOPS]
DAY_5 = NOW + timedelta(days=5)


@pytest.fixture
def aged(store) -> Desk:
    """Five days after two drugs were reported; half the prices of the second one have become stale."""
    wide = [Ask(shop.id, 1000 + 80 * shop.id, age=28 if shop.id > 4 else 0, drug=2) for shop in SHOPS]
    filled(store, SHOPS, LEVEL + wide)
    return Desk(store, lambda: DAY_5)


def spreads(desk):
    return desk.store.typical_spread(44, "listed"), desk.store.spreads(44, "listed")


def test_what_an_upload_looks_at_again_it_looks_at_as_of_today(aged, tmp_path):
    rows = [f"{shop.code},{CODES[0]},{10 + shop.id}.00,{DAY_5.isoformat()}" for shop in SHOPS]
    (tmp_path / "prices.csv").write_text("\n".join(["pharmacy_code,drug_code,price,observed_at", *rows]), "utf-8")
    assert import_file(aged, "prices", tmp_path / "prices.csv").upload.changed == 8
    after = spreads(aged)
    assert [quotes for _, _, quotes in after[1]] == [8, 4]
    rebuild(aged, aged=True)
    assert spreads(aged) == after
    assert rebuild(aged).changed == 0
    assert spreads(aged) == after


def test_ageing_alone_is_found_and_is_what_a_full_rebuild_gives(aged):
    before = standing.statistics(aged, CODES[1], region="440300")
    made = rebuild(aged, aged=True)
    assert (made.markets, made.changed, made.months) == (1, 1, 0)
    after, usual = standing.statistics(aged, CODES[1], region="440300"), spreads(aged)
    assert after == before | {"data_version": before["data_version"] + 1}
    assert (after["n"], after["stale"]) == (4, 4)
    assert rebuild(aged, aged=True).markets == 0
    assert (rebuild(aged).changed, spreads(aged)) == (0, usual)


def test_a_rebuild_puts_right_what_was_spoilt(store):
    desk = filled(store, SHOPS, [*LEVEL[:-1], Ask(8, 4000)])
    key, ghost = MarketKey(440300, 1, "listed"), MarketKey(440400, 1, "listed")
    right, flags = store.market(key), monitor.flags(desk, "440300")["items"]
    with store.writing():
        store.put_markets([(key, right._replace(median=1.0)), (ghost, right)])
        store.delete_flags(flag[:4] for flag in store.flags_of_markets([key]))
    assert rebuild(desk).changed == 2
    assert store.market(key) == right._replace(data_version=2)
    assert store.market(ghost) is None
    assert monitor.flags(desk, "440300")["items"] == flags != []


@pytest.fixture
def town(store) -> Desk:
    """Two drugs with different spreads, one flagged price, and the sales of a month, all of it made."""
    wide = [Ask(shop.id, 900 + 90 * shop.id, drug=2) for shop in SHOPS]
    desk = filled(store, SHOPS, [*LEVEL[:-1], Ask(8, 4000), *wide])
    columns = {"region_id": 440300, "month": "2026-09", "quantity": 10.0, "upload_id": 1}
    with store.writing():
        store.put_sales(
            {**columns, "pharmacy_id": shop.id, "drug_id": drug, "amount_fen": 10_000 * drug + 100 * shop.id}
            for shop in SHOPS
            for drug in (1, 2, 3, 4)
        )
    made = rebuild(desk)
    assert (made.changed, made.months, made.changed_months) == (0, 1, 1)
    return desk


SPOILT = {
    "market": "UPDATE market SET median = median + 1 WHERE drug_id = 1",
    "flag": "UPDATE flag SET ratio_median = 99",
    "flag of an old rule": "UPDATE flag SET rule_version = 0",
    "flag gone": "DELETE FROM flag",
    "drug_spread": "UPDATE drug_spread SET spread = spread * 1.000001 WHERE drug_id = 2",
    "drug_spread gone": "DELETE FROM drug_spread WHERE drug_id = 2",
    "typical_spread": "UPDATE typical_spread SET spread = 0.5",
    "reference_price": "UPDATE reference_price SET median = 1 WHERE drug_id = 3",
    "reference_price gone": "DELETE FROM reference_price WHERE drug_id = 3",
    "pharmacy_index": "UPDATE pharmacy_index SET value = 2 WHERE pharmacy_id = 5",
    "pharmacy_index unknown": "UPDATE pharmacy_index SET value = NULL WHERE pharmacy_id = 5",
    "pharmacy_index gone": "DELETE FROM pharmacy_index WHERE pharmacy_id = 5",
}


def derived(store):
    """Return every derived row without the version that it was written in."""
    keys = [key for region in (440300, 440400) for key in store.market_keys(region)]
    return {
        "markets": {key: store.market(key)._replace(data_version=0) for key in keys},
        "flags": store.flags_of_markets(keys),
        "spreads": [store.spreads(44, "listed"), store.typical_spread(44, "listed")],
        "indices": [store.references(440300, "2026-09"), store.indices_of_month(440300, "2026-09")],
    }


@pytest.mark.parametrize("spoilt", SPOILT)
def test_the_version_moves_whatever_was_different(town, spoilt):
    store = town.store
    right, version = derived(store), store.versions().data
    with store.writing():
        store.engine.rows(SPOILT[spoilt], {})
    assert derived(store) != right
    made = rebuild(town)
    assert derived(store) == right
    assert store.versions().data == version + 1
    table = spoilt.split()[0]
    assert made.changed == (table in ("market", "flag"))
    assert made.changed_months == (table in ("reference_price", "pharmacy_index"))


@pytest.mark.parametrize("aged", [True, False], ids=["aged", "all"])
def test_the_version_stays_when_nothing_was_different(town, aged):
    before, version = derived(town.store), town.store.versions()
    made = rebuild(town, aged=aged)
    assert (made.changed, made.changed_months, town.store.versions(), derived(town.store)) == (0, 0, version, before)


@pytest.mark.parametrize("aged", [True, False], ids=["aged", "all"])
def test_flags_name_a_version_that_the_database_has_reached(store, aged):
    desk = filled(store, SHOPS, [*LEVEL[:-1], Ask(8, 4000)])
    rebuild(desk, aged=aged)
    assert {flag.data_version for flag in store.flags(440300, most=9)} <= {1, store.versions().data}


def test_an_empty_store_is_rebuilt(store):
    desk = filled(store, [])
    made = rebuild(desk)
    assert (made.markets, made.changed, made.months) == (0, 0, 0)


def test_progress_is_told(store):
    told = []
    rebuild(filled(store, SHOPS, LEVEL), told=lambda *step: told.append(step))
    assert told == [("offers", 1, 2), ("markets", 1, 1), ("offers", 2, 2)]
