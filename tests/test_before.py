"""What is stored of markets, remembered between the two looks of a refresh."""

from pricecompare.calc.market import packed, sellers
from pricecompare.models import MarketKey
from pricecompare.services.markets import before
from pricecompare.services.markets.before import Before
from tests.made import Shop, filled
from tests.test_store_flags import MARKET

KEYS = [MarketKey(440300, drug, "listed") for drug in (1, 2, 3)]
ROW = MARKET._replace(sellers=packed(sellers([(1, 100, 9, 1, 0)])))


def test_what_was_looked_at_is_not_read_again_once(store):
    filled(store, [Shop(1, 440305, 22.5, 114.0)])
    store.put_markets([(KEYS[0], ROW)])
    known = Before(store)
    assert known.looked_at(KEYS) == {KEYS[0]: ROW, KEYS[1]: None, KEYS[2]: None}
    store.put_markets([(KEYS[0], ROW._replace(n=9)), (KEYS[1], ROW)])
    assert known.last_seen(KEYS[:2]) == {KEYS[0]: ROW, KEYS[1]: None}
    assert known.last_seen(KEYS[:2]) == {KEYS[0]: ROW._replace(n=9), KEYS[1]: ROW}


def test_what_finds_no_room_is_read_again(store, monkeypatch):
    monkeypatch.setattr(before, "MOST_HELD", 700)
    filled(store, [Shop(1, 440305, 22.5, 114.0)])
    store.put_markets([(key, ROW) for key in KEYS[:2]])
    known = Before(store)
    known.looked_at(KEYS[:2])
    store.put_markets([(key, ROW._replace(n=9)) for key in KEYS[:2]])
    assert [row.n for row in known.last_seen(KEYS[:2]).values()] == [ROW.n, 9]


def test_a_bare_region_is_not_asked(store):
    filled(store, [Shop(1, 440305, 22.5, 114.0)])
    known = Before(store)
    assert known.is_bare(440300) and known.looked_at(KEYS) == known.last_seen(KEYS) == {}
