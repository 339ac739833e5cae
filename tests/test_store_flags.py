"""Flags in the store: what is written is little, what is read has every number behind it."""

import math

import pytest

from pricecompare.models import FlagRow, MarketKey, MarketRow
from tests.made import CODES, Shop, filled

SHOPS = [Shop(1, 440305, 22.5, 114.0), Shop(2, 440306, None, None), Shop(3, 440402, 22.3, 113.5)]
KEY = MarketKey(440300, 1, "listed")
MARKET = MarketRow(2, 1.5, 1.25, 0.5, 1.0, 2.0, 1.0, 2.0, 1, 0, "2026-11-02", 7, 1, b"")


def flag(pharmacy_id: int, ratio: float, *, drug_id: int = 1, kind: str = "listed", class_: str = "high") -> FlagRow:
    """Return a flag of 300 fen whose six others come to 1200 fen, in a market of seven or, of an error, of six."""
    z = pytest.approx(math.log(ratio) / (SCALE * math.sqrt(1 + 1.57 / 6)))
    measured = (z, pytest.approx(SCALE), None) if class_ == "high" else (None, None, 10.0)
    return FlagRow(
        *(440300, drug_id, kind, pharmacy_id, class_, "notice", 0, 300, 9, 100.5, 200.0, 6, "local", ratio, 1.5),
        *(*measured, "rule", 1, 7, SHOPS[pharmacy_id - 1].code, f"第{pharmacy_id}药店"),
        *(SHOPS[pharmacy_id - 1].district, CODES[drug_id - 1], f"药{drug_id}", "片剂", "0.1g", "厂"),
    )


SCALE = math.sqrt((6 * 0.1**2 + 12 * 0.2**2) / 18)
"""A drug's spread of 0.2 by twelve quotes, drawn towards a usual one of 0.1 that counts for six."""


def stored(flag: FlagRow) -> tuple:
    """Return a flag as it is stored."""
    judged = (flag.class_, flag.grade, flag.strong, int(flag.class_ == "high"), flag.fen, flag.observed_at)
    compared = (flag.ref_median, flag.ref_area, flag.ratio_median, flag.factor, flag.rule_id, flag.rule_version)
    return (*flag[:4], *judged, *compared)


@pytest.fixture
def compared(store):
    """A store with what three drugs' prices are compared with."""
    filled(store, SHOPS)
    high, error = MARKET._replace(n=7, mean=1500 / 7), MARKET._replace(n=6, mean=200.0)
    markets = [(MarketKey(440300, drug, "listed"), error if drug == 3 else high) for drug in (1, 2, 3)]
    store.put_markets(markets)
    store.put_spreads(44, "listed", [(drug, 0.2, 12) for drug in (1, 2, 3)])
    store.put_typical_spread(44, "listed", 0.1)
    return store


def test_flags_come_page_by_page_worst_first_and_narrowed(compared):
    flags = [flag(1, 3.0), flag(2, 3.0), flag(2, 2.0, drug_id=2), flag(1, 2.0, drug_id=3, class_="error_high")]
    compared.load_flags(map(stored, reversed(flags)), 7)
    assert compared.flags(440300, most=9) == flags
    assert compared.flags(440300, most=1, after=(3.0, 1, 1, "listed")) == [flags[1]]
    assert compared.flags(440300, most=9, after=(3.0, 1, 2, "listed")) == flags[2:]
    assert compared.flags(440300, most=9, class_="error_high") == flags[3:]
    assert compared.flags(440300, most=9, district_id=440306) == flags[1:3]
    assert compared.flags(440300, most=9, kind="online") == compared.flags(440400, most=9) == []
    assert compared.flags_of_markets([KEY, MarketKey(440300, 2, "listed")]) == list(map(stored, flags[:3]))
    compared.delete_flags([(*KEY, 1)])
    compared.put_flags([stored(flag(2, 2.5))], 7)
    assert compared.flags(440300, most=9) == [flag(2, 2.5), *flags[2:]]


def test_a_flag_against_the_province_counts_all_its_markets(compared):
    """Seven prices here and seven there: fourteen, less the one that is compared."""
    compared.load_flags([(*stored(flag(1, 3.0))[:11], "wider", *stored(flag(1, 3.0))[12:])], 7)
    compared.put_markets([(MarketKey(440400, 1, "listed"), MARKET._replace(n=7, mean=1500 / 7))])
    found = compared.flags(440300, most=9)[0]
    assert (found.ref_area, found.others, found.ref_mean, found.ratio_mean) == ("wider", 13, 2700 / 13, 300 * 13 / 2700)
