"""What is told beside an index, against sums written out: shares, ranks, groups that do not compare."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.index_limits import Limits
from pricecompare.services.indexing.panel import INPUT, Panel

LOOSE = Limits(min_others=1, indicative_drugs=1, published_drugs=1, published_reliability=0, rank_reliability=0)


def panel(rows, limits=LOOSE):
    """Return a panel of (pharmacy, drug, packs, fen)."""
    table = np.zeros(len(rows), INPUT)
    for at, (pharmacy, drug, packs, fen) in enumerate(rows):
        table[at] = pharmacy, drug, packs, fen, drug, 1.0
    return Panel(table, limits)


def test_shares_of_drugs_that_nobody_else_sells_and_of_those_it_sells_most_of():
    rows = [(1, 1, 8, 800), (1, 2, 1, 200), (1, 3, 5, 1000), (2, 1, 2, 220), (2, 2, 9, 1800)]
    told = panel(rows).figures
    assert told.single_seller.tolist() == [0.5, 0.0]
    assert told.own_reference.tolist() == [0.8, pytest.approx(1800 / 2020)]
    assert told.coverage.tolist() == [0.5, 1.0]


def test_groups_without_a_drug_in_common_are_ranked_by_themselves():
    rows = [
        (shop, drug, 10 + drug, (10 + drug) * (100 + 10 * shop + drug * shop % 3))
        for shop, drugs in ((1, (1, 2, 3)), (2, (1, 2, 3)), (3, (1, 2, 3)), (4, (7, 8, 9)), (5, (7, 8, 9)))
        for drug in drugs
    ]
    told = panel(rows).figures
    assert told.component.tolist() == [0, 0, 0, 1, 1]
    assert told.rank.tolist() == [3, 2, 1, 2, 1]
    assert told.ranked.tolist() == [3, 3, 3, 2, 2]


ROWS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 8), st.integers(1, 50), st.integers(100, 400)), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.randoms())
def test_figures_hold_together_whatever_was_sold_and_in_whatever_order(raw, random):
    rows = [(pharmacy, drug, packs, packs * fen) for pharmacy, drug, packs, fen in raw]
    told = panel(rows).figures
    known = told.value == told.value
    assert np.allclose(told.took[known], (told.value * told.volume)[known], rtol=1e-12)
    assert np.isclose((told.value * told.cost)[known].sum(), told.cost[known].sum(), rtol=1e-12)
    for share in (told.single_seller, told.own_reference, told.coverage):
        inside = share[share == share]
        assert ((inside >= 0) & (inside <= 1 + 1e-12)).all()
    random.shuffle(rows)
    other = panel(rows).figures
    for name in ("value", "level", "loo", "region_volume", "volume", "single_seller"):
        assert np.allclose(getattr(told, name), getattr(other, name), rtol=1e-9, equal_nan=True)


def test_without_a_single_row_nothing_is_told():
    told = panel([]).figures
    assert len(told.value) == len(told.status) == 0
