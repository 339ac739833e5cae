"""Markets on a shelf, made together, are to the bit what each market is that is made by itself."""

from dataclasses import astuple, replace

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from pricecompare.calc.appraisal import appraised, book, book_spread, flagged
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import SELLER, joined, sellers
from pricecompare.calc.shelf import looked_at, shelf

TODAY, MAX_AGE, USUAL, REGION = 400, 30, 0.1, 440300
STRICTER = replace(DEFAULT_RULE, id="stricter", ratio=1.1, z=1.0)
FEN = st.one_of(st.integers(900, 1400), st.sampled_from([200, 1000, 1300, 2000, 2222, 5000, 8888]))
SELLERS = st.lists(st.tuples(FEN, st.sampled_from([0, 0, 0, 29, 31, 40]), st.integers(0, 7)), min_size=1, max_size=20)
"""The sellers of a market: price, age in days, and whether it is held (0)."""
LEVEL = [(1000 + at, 0, 1) for at in range(9)]
DRUGS = st.lists(st.tuples(SELLERS, st.sampled_from([None, 1, 24]), st.booleans()), min_size=1, max_size=5)
"""Markets, with the pack count of their drug, and whether a rule of their own holds there."""


def market(rows):
    these = [(at, fen, (TODAY - age) * 86_400 - 28_800, 1, chance == 0) for at, (fen, age, chance) in enumerate(rows)]
    return sellers(these)


def by_itself(rows, pack, own):
    """Return spread, market, flags and digest of one drug as a book says."""
    this, rule = book({REGION: market(rows)}, today=TODAY, max_age=MAX_AGE), STRICTER if own else DEFAULT_RULE
    thresholds = {REGION: rule} if own else None
    markets, found = appraised(this, DEFAULT_RULE, USUAL, max_age=MAX_AGE, thresholds=thresholds)
    (made,), flags = markets.values(), flagged(this, found, pack)
    summary = astuple(made.summary) if made.summary else (0, *[None] * 7)
    told = made.sellers.tobytes(), summary, made.stale, made.doubtful, made.ages_on
    digest = flags.digests({REGION: (rule.id, rule.version)})[REGION]
    return repr(book_spread(this, DEFAULT_RULE)), told, [flag[1:] for flag in flags.rows()], digest


def together(drugs):
    """Yield the same of drugs on a shelf."""
    parts = [market(rows) for rows, _, _ in drugs]
    these, sizes = joined(parts), [*map(len, parts)]
    this = shelf(these, sizes, these["observed"], today=TODAY, max_age=MAX_AGE)
    own = {at: STRICTER for at, (_, _, its) in enumerate(drugs) if its}
    markets, found = looked_at(this, DEFAULT_RULE, USUAL, max_age=MAX_AGE, own_rules=own)
    packs = np.repeat(np.array([pack or 0 for _, pack, _ in drugs]), sizes)
    flags = this.flagged(found, packs)
    rules = {at: own.get(at, DEFAULT_RULE) for at in range(len(drugs))}
    digests = flags.digests({at: (rule.id, rule.version) for at, rule in rules.items()})
    spreads = this.spreads(DEFAULT_RULE)
    for at, (those, *told) in enumerate(zip(*markets, strict=True)):
        rows = [flag[1:] for flag in flags.rows([at])]
        yield repr(spreads[at]), (those.tobytes(), *told), rows, digests[at]


@given(DRUGS)
@example([(LEVEL, 24, False), ([*LEVEL, (10_000, 0, 1), (2000, 0, 1)], 24, False), ([(1000, 40, 1)], None, False)])
@example([([*LEVEL, (1200, 0, 1)], None, True), ([*LEVEL, (1200, 0, 1)], None, False)])
@example([([*LEVEL, (24_000, 31, 0), (2000, 29, 0)], 1, False), ([*LEVEL, (24_000, 0, 1)], 24, True)])
def test_markets_on_a_shelf_are_what_each_is_by_itself(drugs):
    assert [*together(drugs)] == [by_itself(*one) for one in drugs]


def test_sellers_behind_each_other_are_the_same_sellers():
    parts = [market(LEVEL), market(LEVEL)[::2], market([])]
    np.testing.assert_array_equal(joined(parts), np.concatenate([np.zeros(0, SELLER), *parts]))
