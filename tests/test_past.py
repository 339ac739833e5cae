"""What was asked on a day, told from steps and runs: against a plain model that looks at every statement."""

from itertools import groupby
from operator import itemgetter
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc import past
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.daily import daily, on_days
from pricecompare.calc.days import day_number
from pricecompare.calc.flags import DEFAULT_RULE, gross_errors
from pricecompare.calc.market import SELLER
from pricecompare.calc.stats import summary
from pricecompare.calc.timeline import SAID, Said, timeline

MAX_AGE, LAST = 5, 40
SHOPS = (1, 2, 3, 4, 5, 6)
HERE = (1, 2, 3)
"""Pharmacies of the region asked about; the others lie in the rest of its province."""
TIMES = st.tuples(st.integers(1, LAST), st.sampled_from([0, 57_599, 57_600, 86_399])).map(
    lambda t: t[0] * 86_400 + t[1]
)
PRICES = st.sampled_from([100, 110, 120, 130, 700, 15])
LISTS = st.tuples(
    st.sampled_from(SHOPS), st.dictionaries(TIMES, PRICES, max_size=3), st.sampled_from([None, None, 0, 0, 3600])
)


def lists_of(shop, told):
    """Return the lists of one shop about one drug, and about another that shows when a list came."""
    found = []
    for upload, (who, prices, later) in enumerate(told, 1):
        if who == shop:
            full_at = None if later is None else max(prices, default=upload * 86_400) + later
            rows = [(7, fen, at, 1, 0) for at, fen in sorted(prices.items())]
            found.append(Said(upload, full_at, np.array(rows, SAID)))
    return found


def made(told, shops):
    """Return the terms and runs of some shops, as the store would give them."""
    steps, live, confirmed = [], [], []
    for shop in shops:
        line = timeline(lists_of(shop, told), max_age=MAX_AGE)
        rows = line.steps.tolist()
        steps += [(shop, since, fen, None if seen < 0 else seen, held, up) for _, since, fen, seen, held, up in rows]
        live += [(shop, fen, seen, stock, 0) for _, fen, seen, stock, _ in line.offers.tolist()]
        confirmed += [(shop, *run) for run in line.runs]
    return past.terms(steps, np.array(live, SELLER)), past.runs(confirmed)


def plain(told, shop, day):
    """Return (fen, day of the last sighting) of what was known at the end of a day; None when nothing was listed.

    What a list as a whole only repeats under an earlier date of its own is a price, but no sighting.
    """
    words = []
    for one in lists_of(shop, told):
        said = one.quotes.tolist()
        words += [(row[2], one.upload, row[1], one.full_at is None, False) for row in said]
        if one.full_at is not None:
            words.append((one.full_at, one.upload, said[-1][1] if said else 0, False, True))
    fen, seen = 0, None
    for instant in sorted({word[0] for word in words if day_number(word[0]) <= day}):
        here = sorted(word for word in words if word[0] == instant)
        last = next(groupby(reversed(here), key=itemgetter(2)))
        if last[0] != fen or any(word[3] for word in last[1]) or any(word[4] for word in here):
            seen = day_number(instant)
        fen = last[0]
    return (fen, seen) if fen else None


def plain_day(told, day):
    """Return the prices of the region that count at the end of a day, and every one of them with its age."""
    known = {shop: found for shop in SHOPS if (found := plain(told, shop, day))}
    fresh = {shop: fen for shop, (fen, seen) in known.items() if day - seen <= MAX_AGE}
    wrong = gross_errors(np.array(list(fresh.values())), DEFAULT_RULE)
    sound = [fen for (shop, fen), error in zip(fresh.items(), wrong, strict=True) if shop in HERE and not error]
    return sound, {shop: (fen, day - seen > MAX_AGE) for shop, (fen, seen) in known.items()}


@settings(max_examples=150, deadline=None)
@given(st.lists(LISTS, max_size=14))
def test_the_past_is_what_was_said(told):
    here = made(told, HERE)
    elsewhere = made(told, [shop for shop in SHOPS if shop not in HERE])
    both = [past.spans(*side, max_age=MAX_AGE) for side in (here, elsewhere)]
    found = daily(*both, first=0, days=LAST + 10, rule=DEFAULT_RULE)
    some = np.arange(1, LAST + 10, 7)
    assert on_days(*both, some, rule=DEFAULT_RULE).tobytes() == found[some].tobytes()
    for day in range(LAST + 10):
        sound, known = plain_day(told, day)
        listed = past.as_of(*here, (day + 1) * 86_400 - 8 * 3600 - 1)
        stale = is_stale(listed["seen"], today=day, max_age=MAX_AGE)
        rows = zip(listed["pharmacy"].tolist(), listed["fen"].tolist(), stale.tolist(), strict=True)
        assert {shop: (fen, old) for shop, fen, old in rows} == {s: known[s] for s in HERE if s in known}
        numbers = summary(np.array(sound, np.int64))
        expected = [getattr(numbers, name) if numbers else np.nan for name in found.dtype.names[1:]]
        assert found[day].tolist()[0] == len(sound)
        np.testing.assert_array_equal(found[day].tolist()[1:], expected)


def terms_of(*rows):
    """Return TERMs of (pharmacy, first day, day before which it ended or 0, day last stated, fen)."""
    day = 86_400
    found = [(who, at * day, end * day or past.STILL, seen * day, fen, 1, 0) for who, at, end, seen, fen in rows]
    return np.array(found, past.TERM)


@pytest.mark.parametrize(
    ("runs", "spans"),
    [
        ([], [(10, 26)]),
        ([(1, 12, 14)], [(10, 26)]),
        ([(1, 12, 24)], [(10, 26), (26, 30)]),
        ([(1, 30, 34)], [(10, 26), (30, 40)]),
        ([(1, 2, 34)], [(10, 26), (26, 40)]),
        ([(1, 2, 60)], [(10, 26), (26, 50)]),
        ([(1, 2, 4)], [(10, 26)]),
        ([(2, 2, 60)], [(10, 26)]),
        ([(1, 22, 23), (1, 31, 32)], [(10, 26), (26, 29), (31, 38)]),
    ],
    ids=[
        "nothing but its own", "all of it known already", "seen longer", "seen anew", "all along",
        "until the next price", "before it began", "of another pharmacy", "twice",
    ],
)  # fmt: skip
def test_the_days_on_which_a_price_was_fresh(runs, spans):
    confirmed = past.runs([(who, first * 86_400, last * 86_400) for who, first, last in runs])
    found = past.spans(terms_of((1, 10, 50, 20, 100)), confirmed, max_age=MAX_AGE)
    assert [tuple(span)[:2] for span in sorted(found[["start", "stop"]].tolist())] == spans


@pytest.mark.parametrize(
    ("day", "listed"),
    [(9, []), (10, [10]), (15, [15]), (20, [20]), (49, [20]), (50, [])],
    ids=["before", "its first day", "in between", "last stated", "out of sight", "ended"],
)
def test_when_a_price_was_last_seen(day, listed):
    found = past.as_of(terms_of((1, 10, 50, 20, 100)), past.runs([]), day * 86_400)
    assert (found["seen"] // 86_400).tolist() == listed


@pytest.mark.parametrize(
    ("day", "seen"), [(24, 20), (25, 25), (27, 27), (45, 30)], ids=["before", "its first", "in a run", "after"]
)
def test_a_whole_list_is_a_sighting(day, seen):
    runs = past.runs([(1, 25 * 86_400, 30 * 86_400), (2, 0, 40 * 86_400)])
    found = past.as_of(terms_of((1, 10, 50, 20, 100), (3, 10, 50, 20, 100)), runs, day * 86_400)
    assert (found["seen"] // 86_400).tolist() == [seen, 20]


@pytest.mark.parametrize(("day", "stock"), [(19, 0), (20, 1)], ids=["before it was last stated", "since"])
def test_the_stock_is_told_where_it_is_known(day, stock):
    assert past.as_of(terms_of((1, 10, 0, 20, 100)), past.runs([]), day * 86_400)["stock"].tolist() == [stock]


def test_a_price_off_the_list_is_no_price():
    steps = [(1, 100, 500, None, 0, 1), (1, 200, 0, 150, 0, 2), (1, 300, 600, None, 1, 3), (2, 100, 0, None, 0, 1)]
    live = np.array([(1, 600, 350, 2, 6)], SELLER)
    assert past.terms(steps, live).tolist() == [
        (1, 100, 200, 150, 500, 0, 0),
        (1, 300, past.STILL, 350, 600, 2, 1),
    ]


def test_held_prices_count_nowhere():
    spans = np.array([(0, 2, 100, 0), (0, 2, 900, 1)], past.SPAN)
    assert daily(spans, spans[:0], first=0, days=2, rule=DEFAULT_RULE)["high"].tolist() == [100, 100]


@pytest.mark.parametrize(
    ("fen", "others", "sound"),
    [(499, 5, True), (500, 5, False), (21, 5, True), (20, 5, False), (500, 3, True)],
    ids=["below five times", "five times", "above a fifth", "a fifth", "too few others"],
)
def test_a_probable_error_counts_nowhere(fen, others, sound):
    here = np.array([(0, 1, fen, 0)], past.SPAN)
    elsewhere = np.array([(0, 1, 100, 0)] * others, past.SPAN)
    assert daily(here, elsewhere, first=0, days=1, rule=DEFAULT_RULE)["n"].tolist() == [int(sound)]


@pytest.mark.parametrize("days", [1, 63, 64, 65, 200])
def test_days_are_told_in_pieces(days):
    prices = np.random.default_rng(1).integers(100, 120, 300)
    spans = np.array([(at // 3, at // 3 + 40, fen, 0) for at, fen in enumerate(prices.tolist())], past.SPAN)
    found = daily(spans, spans[:0], first=5, days=days, rule=DEFAULT_RULE)
    here = [[span[2] for span in spans.tolist() if span[0] <= day < span[1]] for day in range(5, 5 + days)]
    assert found["n"].tolist() == [len(one) for one in here]
    assert found["median"].tolist() == pytest.approx([median(one) if one else np.nan for one in here], nan_ok=True)
    assert found["mean"].tolist() == pytest.approx([fmean(one) if one else np.nan for one in here], nan_ok=True)


def test_no_prices_at_all():
    none = past.spans(past.terms([], np.zeros(0, SELLER)), past.runs([]), max_age=MAX_AGE)
    found = daily(none, none, first=0, days=3, rule=DEFAULT_RULE)
    assert found["n"].tolist() == [0, 0, 0]
    assert np.isnan(found["median"]).all()
