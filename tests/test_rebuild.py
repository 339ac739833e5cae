"""A rebuild gives the same numbers; with --aged it gives those that a full one would."""

from datetime import timedelta

import pytest

from pricecompare.models import MarketKey
from pricecompare.services import monitor, standing
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.rebuild import rebuild
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
        store.delete_flags([key])
    assert rebuild(desk).changed == 2
    assert store.market(key) == right._replace(data_version=2)
    assert store.market(ghost) is None
    assert monitor.flags(desk, "440300")["items"] == flags != []


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
