"""Where other packages give wrong numbers without a word (defects found by running them), ours gives right ones."""

from functools import partial

import numpy as np
import pytest

from pricecompare.calc.index import headline_of, multilateral, quotes
from pricecompare.calc.index.components import components, each_component
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.dummies import of_outlets, solved, system
from pricecompare.calc.index.geks import geks
from pricecompare.calc.index.iterating import conjugate_gradients, fixed_point
from pricecompare.calc.index.levels import geometric, grouped_levels
from pricecompare.calc.index.pairs import FORMULAS, bilateral
from pricecompare.calc.index.registry import METHODS
from tests.made_quotes import EVERYTHING

GAPS = ((0, 0, 10.0, 100), (0, 1, 20.0, 10), (1, 0, 11.0, 50), (1, 1, 19.0, 30), (1, 2, 5.0, 20), (2, 2, 6.0, 70))
GAPS += ((2, 3, 8.0, 15), (3, 3, 9.0, 40))
"""Outlet, drug, price, packs: a chain in which outlets 0 and 2, 0 and 3, 1 and 3 have no drug in common."""
APART = ((0, 0, 10.0, 100), (1, 0, 12.0, 50), (2, 1, 30.0, 5), (3, 1, 33.0, 7), (4, 1, 29.0, 1))
"""Two groups of outlets without a common drug."""


def made(rows, **asked):
    outlet, drug, price, packs = (np.array(column) for column in zip(*rows, strict=True))
    return quotes(outlet, drug, price * packs, packs, **(EVERYTHING | asked))


def test_a_pair_without_a_common_drug_is_missing_and_left_out_of_geks():
    """IndexNumR is 6 % off, with a geometric mean over what is left; PriceIndices compares 1.93 with nothing."""
    these = made(GAPS)
    for formula in FORMULAS:
        assert np.isnan(bilateral(these, 0, formula)).tolist() == [False, False, True, True]
        found = grouped_levels(these, partial(geks, formula=formula), geometric).level
        # Without a circle in the graph least squares leave no error: each pair there is holds exactly.
        there = np.array([bilateral(these, one, formula)[one + 1] for one in range(3)])
        back = np.array([bilateral(these, one + 1, formula)[one] for one in range(3)])
        assert found[1:] / found[:-1] == pytest.approx(np.sqrt(there / back), rel=1e-12)


def test_outlets_apart_get_results_of_their_own_and_none_across():
    """IndexNumR and PriceIndices print numbers across groups; pricelevels leaves all but one group out."""
    these = made(APART)
    assert components(these).tolist() == [1, 1, 0, 0, 0]
    for method in METHODS.values():
        both = method.levels(these)
        alone = method.levels(made(APART[:2]))
        assert both.component.tolist() == [1, 1, 0, 0, 0]
        assert both.level[:2] == pytest.approx(alone.level, rel=1e-12), method.id


def test_rows_in_any_order_give_the_same():
    """PriceIndexCalc pairs prices by position: 54 % off on shuffled rows."""
    shuffled = np.random.default_rng(5).permutation(len(GAPS))
    for method in METHODS.values():
        again = method.levels(made([GAPS[at] for at in shuffled])).level
        assert again.tolist() == method.levels(made(GAPS)).level.tolist(), method.id


def test_duplicates_are_summed_with_their_weighted_mean_price():
    """pricelevels takes shares from raw rows: 0.2 % off; unweighted methods average duplicates as they come."""
    split = [*GAPS[1:], (0, 0, 9.0, 50), (0, 0, 11.0, 50)]
    for method in METHODS.values():
        assert method.levels(made(split)).level == pytest.approx(method.levels(made(GAPS)).level, rel=1e-12), method.id


@pytest.mark.parametrize(("price", "packs"), [(0.0, 5), (8.0, 0)], ids=["price", "quantity"])
def test_nothing_paid_or_nothing_sold_is_no_quote(price, packs):
    """pricelevels' Jevons says 0 for a price of 0, and keeps what nobody bought in unweighted indices."""
    for method in METHODS.values():
        found = method.levels(made([*GAPS, (0, 3, price, packs)])).level
        assert found.tolist() == method.levels(made(GAPS)).level.tolist(), method.id


def test_one_drug_or_one_outlet_is_an_answer():
    """IndexNumR and PriceIndices stop with an error."""
    one_drug, one_outlet = ((0, 0, 10.0, 5), (1, 0, 12.0, 5)), ((0, 0, 10.0, 5), (0, 1, 12.0, 5))
    for method in METHODS.values():
        dear = method.levels(made(one_drug))
        assert dear.level[1] / dear.level[0] == pytest.approx(1.2, rel=1e-12), method.id
        alone = method.levels(made(one_outlet))
        assert alone.level.tolist() == pytest.approx([1.0], rel=1e-12), method.id
        if dear.se is not None and method.id.startswith("cpd"):
            assert np.isnan(dear.se).all() and np.isnan(alone.se).all()


@pytest.mark.parametrize("name", ["geary_khamis", "idb", "rao_hajargasht"])
def test_iterations_go_to_the_last_digits_and_are_told(name):
    """pricelevels stops at 1e-9 and PriceIndices at 1e-6, though a chain of outlets needs thousands of plain rounds."""
    chain = [(at // 2, (at + 1) // 2, 10.0 + at % 7, 1 + at % 5) for at in range(119)]
    method = getattr(multilateral, name)
    found = method(made(chain))
    again = METHODS[name].levels(made(chain))
    assert again.iterations == found.iterations < 500
    rounds = Rounds(made(chain), name)
    assert rounds.worst(found.log) < 1e-11


class Rounds:
    """How far levels are from what one more plain round would make of them."""

    def __init__(self, these, name):
        self.these, self.name = these, name

    def worst(self, log):
        q, level = self.these, np.exp(log)
        of_drug = partial(np.bincount, q.drug)
        if self.name == "geary_khamis":
            price = of_drug(q.value / level[q.outlet]) / q.packs
        elif self.name == "idb":
            price = of_drug(q.share) / of_drug(q.share * level[q.outlet] / q.price)
        else:
            price = of_drug(q.share * q.price / level[q.outlet]) / of_drug(q.share)
        if self.name == "rao_hajargasht":
            after = np.bincount(q.outlet, q.share * q.price / price[q.drug])
        else:
            after = 1 / np.bincount(q.outlet, q.share * price[q.drug] / q.price)
        change = np.log(after) - log
        return np.abs(change - change.mean()).max()


def test_equal_prices_have_no_error_and_no_warning():
    """R's `lm` warns of a perfect fit, and its errors are what rounding left."""
    same = [(outlet, drug, 10.0 + drug, 1 + outlet + drug) for outlet in range(4) for drug in range(5)]
    found = cpd(made(same))
    assert found.level == pytest.approx(1.0, abs=1e-14)
    assert found.se == pytest.approx(0.0, abs=1e-14)
    assert headline_of(made(same)).index.tolist() == [1.0] * 4


def test_what_does_not_converge_is_not_a_number():
    found, steps = fixed_point(lambda x: x + np.array([0.0, 1.0]), np.zeros(2))
    assert np.isnan(found).all() and steps == 2000


def test_levels_without_a_matrix_are_those_with_one():
    """Beyond 1,500 unknowns on the smaller side levels come from conjugate gradients."""
    rng = np.random.default_rng(3)
    rows = [(o, d, rng.uniform(5, 50), rng.integers(1, 30)) for o in range(40) for d in range(25) if rng.random() < 0.3]
    for sold in (rows, [(d, o, price, packs) for o, d, price, packs in rows]):
        ((_, these),) = each_component(made(sold), components(made(sold)))
        model = system(these)
        direct, none = solved(model)
        x, steps = conjugate_gradients(model.times, model.start(), model.columns)
        logs = [of_outlets(model, kept) for kept in (direct, x)]
        assert none is None and 5 < steps < 60
        assert model.start() == pytest.approx(model.right(np.zeros(len(x))), abs=1e-12)
        assert logs[1] - logs[1].mean() == pytest.approx(logs[0] - logs[0].mean(), abs=1e-12)


def test_groups_that_hang_together_by_next_to_nothing_have_no_level():
    """A sale of one fen beside 10²⁰ says nothing that 64 bits could hold: no number rather than a wrong one."""
    rows = [(0, 0, 10.0, 1e19), (0, 1, 0.01, 1), (1, 1, 0.02, 1), (1, 2, 10.0, 1e19), (2, 0, 11.0, 5), (3, 2, 12.0, 5)]
    found = cpd(made(rows))
    assert np.isnan(found.level).all() and found.component.tolist() == [0] * 4
