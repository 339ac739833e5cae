"""Packed markets against plain dicts and sorted lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.market import LAYOUT, MARKS, SELLER, best, merged, packed, sellers, tiers, unpacked
from pricecompare.models import STOCKS

PHARMACIES = st.integers(1, 12)
FEN = st.integers(1, 2**31 - 1)
REST = (st.integers(0, 2**40), st.integers(0, len(STOCKS) - 1), st.integers(0, 1))
SELLERS = st.dictionaries(PHARMACIES, st.tuples(FEN, *REST))
CHANGES = st.dictionaries(PHARMACIES, st.tuples(st.one_of(st.just(0), FEN), *REST))
KEYS = st.sampled_from([0.0, 1.0, 1.5, 2.0, 1e-9, 1e9, float("inf")])


def as_market(these):
    return sellers([(pharmacy, *these[pharmacy]) for pharmacy in sorted(these)])


@given(these=SELLERS)
def test_what_is_packed_comes_back(these):
    market = as_market(these)
    stored = packed(market)
    assert (len(stored), LAYOUT, SELLER.itemsize) == (18 * len(these), 1, 18)
    assert (
        unpacked(stored).tolist()
        == market.tolist()
        == [(one, *these[one][:3], MARKS.index("held") if these[one][3] else 0) for one in sorted(these)]
    )


def test_the_layout_is_the_same_on_every_machine():
    market = sellers([(1, 2, 3, 1, 0)])
    market["mark"] = MARKS.index("very_high")
    assert packed(market).hex() == "01000000" + "02000000" + "0300000000000000" + "01" + "05"


@pytest.mark.parametrize("layout", [0, 2, -1])
def test_a_layout_of_another_program_is_refused(layout):
    with pytest.raises(ValueError, match="pricecompare rebuild"):
        unpacked(packed(sellers([(1, 2, 3, 1, 0)])), layout=layout)


def test_bytes_that_are_cut_off_are_refused():
    with pytest.raises(ValueError, match="buffer size"):
        unpacked(packed(sellers([(1, 2, 3, 1, 0)]))[:-1])


def test_an_unpacked_market_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        unpacked(packed(sellers([(1, 2, 3, 1, 0)])))["fen"] = 7


@given(old=SELLERS, new=CHANGES)
def test_merging_is_the_update_of_a_dict(old, new):
    both = {pharmacy: seller for pharmacy, seller in {**old, **new}.items() if seller[0]}
    assert merged(as_market(old), as_market(new)).tolist() == as_market(both).tolist()


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), KEYS, KEYS), max_size=25),
    limit=st.integers(1, 30),
    last=st.none() | st.tuples(st.integers(0, 2), KEYS, KEYS, st.integers(0, 25)),
)
def test_the_best_are_the_first_of_the_sorted_list(rows, limit, last):
    ranks = [(*row, identity) for identity, row in enumerate(rows)]
    expected = sorted(rank for rank in ranks if last is None or rank > last)[:limit]
    tier, first, second, identity = (np.array([rank[column] for rank in ranks]) for column in range(4))
    found = best(tier.astype(np.int8), first, second, identity.astype(np.int32), limit=limit, after=last)
    assert [ranks[at] for at in found] == expected


@given(rows=st.lists(st.tuples(st.integers(0, 2), KEYS, KEYS), max_size=25), size=st.integers(1, 8))
def test_pages_of_the_best_are_the_whole_sorted_list(rows, size):
    ranks = [(*row, identity) for identity, row in enumerate(rows)]
    columns = [np.array([rank[column] for rank in ranks]) for column in range(4)]
    found, last = [], None
    while page := best(*columns, limit=size, after=last).tolist():
        found += page
        last = ranks[page[-1]]
    assert [ranks[at] for at in found] == sorted(ranks)


@pytest.mark.parametrize(
    ("stale", "mark", "tier"),
    [
        (False, "", 0),
        (False, "notice", 0),
        (False, "high", 0),
        (False, "very_high", 0),
        (False, "error_high", 1),
        (False, "error_low", 1),
        (False, "held", 1),
        (True, "", 2),
        (True, "error_low", 2),
        (True, "held", 2),
    ],
)
def test_old_prices_come_after_doubtful_ones_after_sound_ones(stale, mark, tier):
    assert tiers(np.array([stale]), np.array([MARKS.index(mark)], np.int8)).tolist() == [tier]
