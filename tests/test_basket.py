"""The best plan for a basket against every choice of stops tried in every order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc import basket_search
from pricecompare.calc.basket import Offered
from pricecompare.calc.basket_search import best_plans
from pricecompare.calc.coverage import covering, masks_of
from pricecompare.calc.distance import legs, metres, points
from pricecompare.calc.relaxed import Table, bounded
from tests import plain_basket

HERE = (28.2, 112.9)
NEVER = np.inf
PRICES = st.one_of(st.sampled_from([1000.0, 1000.0, 1001.0, 990.0]), st.integers(1, 3000).map(float))
STEPS = st.sampled_from([0.0, 0.0, 0.001, -0.001, 0.01, 0.02, -0.03, 0.3])


@st.composite
def offers(draw):
    """Return (fen, numbers, lat, lng, fen_per_km): few pharmacies, many ties, drugs that few or none sell."""
    drugs, shops = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    scarce = draw(st.lists(st.integers(0, 9), min_size=drugs, max_size=drugs))
    fen = [
        [draw(PRICES) if draw(st.integers(0, 9)) >= scarce[d] else NEVER for _ in range(shops)] for d in range(drugs)
    ]
    numbers = draw(st.permutations(range(10, 10 + shops)))
    at = [(HERE[0] + draw(STEPS), HERE[1] + draw(STEPS)) for _ in range(shops)]
    return fen, numbers, at, draw(st.sampled_from([0, 1, 100, 100, 1000, 100_000]))


def offered(fen, numbers, at, fen_per_km, *, point=True):
    """Return what is offered, and home and leg distances in metres as plain lists."""
    places = points(*zip(*at, strict=True))
    home = metres(HERE, places) if point else np.zeros(len(at))
    apart = [legs(one[None], places.xyz).tolist() if point else [0.0] * len(at) for one in places.xyz]
    given_place = {"home": home, "xyz": places.xyz, "fen_per_km": fen_per_km} if point else {}
    return Offered(np.array(fen), np.array(numbers), **given_place), home.tolist(), apart


@settings(max_examples=600, deadline=None)
@given(case=offers(), point=st.booleans(), most=st.integers(1, 3))
def test_plans_are_those_of_every_choice_tried(case, point, most):
    fen, numbers, at, fen_per_km = case
    basket, home, apart = offered(fen, numbers, at, fen_per_km, point=point)
    plans = best_plans(basket, most)
    for count in range(1, most + 1):
        expected = plain_basket.best(count, fen, numbers, home, apart, fen_per_km if point else 0)
        if expected is None:
            assert plans == []
        else:
            plan = plans[count - 1]
            assert (tuple(plan.rank), tuple(sorted(plan.stops))) == expected
            assert plain_basket.way(plan.stops, home, apart) == plan.rank.mm
            assert_bought(plan, fen)


def assert_bought(plan, fen):
    """Check that each drug is bought at the stop that asks least, the earlier one of equals."""
    for row, column in zip(fen, plan.bought, strict=True):
        asked = [row[stop] for stop in plan.stops]
        assert column == (plan.stops[asked.index(min(asked))] if min(asked) < NEVER else -1)


def crowd(seed, drugs, shops, density, *, point=True, prices=(800, 1200)):
    """Return a larger random market: too many choices for chance to find the best."""
    rng = np.random.default_rng(seed)
    fen = np.where(rng.random((drugs, shops)) < density, rng.integers(*prices, (drugs, shops)), NEVER)
    at = (np.array(HERE) + 0.02 * rng.standard_normal((shops, 2))).tolist()
    return offered(fen.tolist(), rng.permutation(shops).tolist(), at, 100, point=point)


@pytest.mark.parametrize("density", [0.08, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("point", [True, False], ids=["point", "region"])
@pytest.mark.parametrize("seed", range(3))
def test_plans_among_many_are_those_of_every_choice_tried(seed, density, point):
    basket, home, apart = crowd(seed, 8, 24, density, point=point, prices=(800, 830) if seed else (800, 1200))
    plans = best_plans(basket, 3)
    fen, numbers = basket.fen.tolist(), basket.pharmacy.tolist()
    for count, plan in enumerate(plans, 1):
        expected = plain_basket.best(count, fen, numbers, home, apart, basket.fen_per_km)
        assert (tuple(plan.rank), tuple(sorted(plan.stops))) == expected


def mixed(seed):
    """Return one of many kinds of markets: sparse or full, near or wide, cheap or dear ways, close or far prices."""
    rng = np.random.default_rng(seed)
    drugs, shops = int(rng.integers(4, 11)), int(rng.integers(8, 15))
    density, spread = rng.choice([0.12, 0.2, 0.35, 0.9]), rng.choice([0.005, 0.03, 0.1])
    per_km, highest = int(rng.choice([0, 30, 100, 600])), int(rng.choice([830, 1200, 4000]))
    sells = rng.random((drugs, shops)) < density * rng.choice([0.5, 1, 2], (drugs, 1))
    fen = np.where(sells, rng.integers(800, highest, (drugs, shops)), NEVER).tolist()
    at = (np.array(HERE) + spread * rng.standard_normal((shops, 2))).tolist()
    return offered(fen, rng.permutation(shops).tolist(), at, per_km, point=seed % 4 > 0)


@pytest.mark.parametrize("few", [40, 0], ids=["looked at soon", "bounded on"])
@pytest.mark.parametrize("seeds", [range(start, start + 35) for start in range(0, 140, 35)], ids=str)
def test_plans_in_markets_of_many_kinds_are_those_of_every_choice_tried(seeds, few, monkeypatch):
    monkeypatch.setattr(basket_search, "FEW", few)
    for basket, home, apart in map(mixed, seeds):
        fen, numbers = basket.fen.tolist(), basket.pharmacy.tolist()
        for count, plan in enumerate(best_plans(basket, 3), 1):
            expected = plain_basket.best(count, fen, numbers, home, apart, basket.fen_per_km)
            assert (tuple(plan.rank), tuple(sorted(plan.stops))) == expected


@pytest.mark.parametrize(
    ("fen", "most", "stops"),
    [
        ([[100, NEVER], [NEVER, 100]], 1, (0,)),
        ([[100, NEVER], [NEVER, 100]], 2, (0, 1)),
        ([[100, 100], [100, 100]], 3, (0,)),
        ([[101, 100], [100, 101]], 3, (0, 1)),
        ([[NEVER, NEVER], [100, 90]], 2, (1,)),
        ([[100, NEVER, NEVER], [NEVER, 5, NEVER], [NEVER, NEVER, 900]], 2, (0, 1)),
    ],
    ids=[
        "one has one",
        "two have all",
        "no stop for nothing",
        "each its own",
        "sold nowhere",
        "a dear one lacks no more",
    ],
)
def test_cases_by_hand(fen, most, stops):
    plan = best_plans(Offered(np.array(fen, float), np.arange(len(fen[0]))), most)[-1]
    assert plan.stops == stops


def test_a_stop_more_has_to_be_worth_its_way():
    at = [HERE, (HERE[0], HERE[1] + 0.01)]
    for saving, stops in ((150, (0,)), (250, (0, 1))):
        basket, *_ = offered([[1000.0, 1000.0 - saving], [1000.0, NEVER]], [1, 2], at, 100)
        # There and back are 1.96 km, which are worth 1.96 yuan.
        assert best_plans(basket, 2)[-1].stops == stops


def test_nobody_sells_anything():
    assert best_plans(Offered(np.full((3, 4), NEVER), np.arange(4)), 3) == []
    assert best_plans(Offered(np.zeros((3, 0)), np.zeros(0, np.int64)), 3) == []


@given(st.lists(st.integers(0, 63), max_size=9), st.integers(1, 3), st.integers(0, 63), st.integers(0, 6))
def test_what_covers_is_found_when_there_is_any(masks, count, wanted, spare):
    found = covering(np.array(masks, np.uint64), count, wanted=wanted, spare=spare)
    lacking = {()} | {
        (a, b, c)[:count] for a in range(len(masks)) for b in range(len(masks)) for c in range(len(masks))
    }
    fits = [some for some in lacking if left(masks, some, wanted) <= spare]
    assert (found is None) == (not fits)
    assert found is None or (len(found) <= count and left(masks, found, wanted) <= spare)


def left(masks, chosen, wanted):
    for one in chosen:
        wanted &= ~masks[one]
    return wanted.bit_count()


def test_masks_have_a_bit_for_each_row():
    sold = np.random.default_rng(1).random((30, 50)) < 0.4
    assert masks_of(sold).tolist() == [sum(1 << int(row) for row in np.flatnonzero(column)) for column in sold.T]


@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(0, 2))
def test_a_bound_is_never_above_the_best(seed, count, spare):
    rng = np.random.default_rng(seed)
    cost = np.where(rng.random((5, 7)) < 0.7, rng.integers(0, 50, (5, 7)), NEVER)
    charge = rng.integers(0, 20, 7).astype(float)
    found = bounded(Table(cost, charge, count, spare), np.full(5, 10.0), upper=1e9, rounds=40)
    grid = np.array(np.meshgrid(*[range(7)] * count)).reshape(count, -1).T
    chosen = [some for some in grid.tolist() if len(set(some)) == count]
    for some in chosen:
        paid = np.sort(cost[:, some].min(axis=1))[: 5 - spare]
        whole = paid.sum() + charge[some].sum()
        assert found.least <= whole + 1e-6
        assert found.base + found.reduced[some].sum() <= whole + 1e-6
