"""Markets that are held in memory: never older than the data, whoever changed it, and never more than there is room."""

import pytest

from pricecompare.services.ingest import import_file
from pricecompare.services.markets import sightings
from pricecompare.services.offers import compare
from pricecompare.services.offers.stalls import Stall
from tests.made import CODES, Ask, Shop, desk_of, filled

SHOPS = [Shop(number, 440305, 22.55, 114.06 + number / 1000) for number in range(1, 5)]
ASKS = [Ask(shop.id, 1000 + shop.id, stock=shop.id % 3) for shop in SHOPS] + [Ask(2, 700, drug=2), Ask(3, 800, drug=2)]
HERE = {"lat": 22.55, "lng": 114.06, "coord_type": "wgs84"}


def prices(desk, drug=CODES[0], **asked):
    """Return what each pharmacy asks for a drug."""
    return {item["pharmacy"]["id"]: item["fen"] for item in compare.offers(desk, drug, **HERE, **asked)["items"]}


def told(path, code, price):
    """Return a price file of one row."""
    path.write_text(f"pharmacy_code,drug_code,price,observed_at\n{code},{CODES[0]},{price},2026-11-01\n")
    return path


def test_a_price_that_another_process_changed_is_the_next_answer(store, tmp_path):
    desk = filled(store, SHOPS, ASKS)
    assert prices(desk) == {1: 1001, 2: 1002, 3: 1003, 4: 1004}
    report = import_file(desk_of(store), "prices", told(tmp_path / "prices.csv", SHOPS[1].code, "9.99"))
    assert report.errors == []
    assert prices(desk) == {1: 1001, 2: 999, 3: 1003, 4: 1004}


@pytest.mark.parametrize("room", [0, 1500, 10**9], ids=["none", "one market", "plenty"])
def test_answers_are_the_same_with_any_room(store, monkeypatch, room):
    monkeypatch.setattr(sightings, "MOST_BYTES", room)
    desk = filled(store, SHOPS, ASKS)
    for _ in range(3):
        assert prices(desk) == {1: 1001, 2: 1002, 3: 1003, 4: 1004}
        assert prices(desk, in_stock=True) == {1: 1001, 4: 1004}
        assert prices(desk, CODES[1]) == {2: 700, 3: 800}
        assert prices(desk, CODES[2]) == {}
        assert prices(desk, kind="online") == {}


def test_no_more_is_held_than_there_is_room(store, monkeypatch):
    monkeypatch.setattr(sightings, "MOST_BYTES", 60_000)
    desk = filled(store, SHOPS, ASKS)
    for code in CODES * 5:
        for kind in ("listed", "insured", "online"):
            prices(desk, code, kind=kind)
            held = desk.seen._lately.at(store, store.versions().data).rows.values()
            assert sum(stall.size if stall else 1000 for stall in held) < 60_000 + 44_000


def test_a_stall_knows_the_ground_it_was_asked_with(store):
    filled(store, SHOPS, ASKS)
    version = store.versions()
    key = compare.MarketKey(440300, 1, "listed")
    stall = Stall.of(store.market(key))
    before, after = (desk_of(store).grounds.ground(store, 440300, version.places) for _ in range(2))
    after.pharmacies.insert(0, after.pharmacies.pop())
    for ground in (before, after, before):
        assert [ground.pharmacies[slot].id for slot in stall.slots(ground).tolist()] == [1, 2, 3, 4]
    assert stall.table["pharmacy"][stall.in_stock].tolist() == [1, 4]


def test_a_changed_row_is_unpacked_anew(store):
    filled(store, SHOPS, ASKS)
    stall = Stall.of(store.market(compare.MarketKey(440300, 1, "listed")))
    assert len(stall.table) == 4
    assert len(stall._replace(sellers=stall.sellers[:36]).table) == 2
    assert Stall.of(stall) is stall
