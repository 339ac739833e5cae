"""What lists of a pharmacy come to: each rule as a table, and all of them against a plain slow model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.timeline import SAID, Said, runs, timeline
from tests.plain_timeline import DAY, PlainList, Quote, plain_timeline

MAX_AGE = 30
DAYS = (1, 2, 3, 4, 5, 20, 36, 37, 60)
"""Some days apart, some just 31 days apart, some just more."""

QUOTES = st.builds(
    Quote,
    st.integers(1, 3),
    st.sampled_from([100, 110]),
    st.sampled_from([DAY * number for number in DAYS]),
    st.integers(0, 1),
    st.integers(0, 1),
)
VOUCHED = st.sets(st.tuples(st.integers(1, 3), st.sampled_from([100, 110])), max_size=2)


@st.composite
def lists_of_a_pharmacy(draw, *, min_size=0, past_the_last=(0, 0, DAY)):
    """Lists of changes and whole lists; one of these may be of a later instant than its newest quote."""
    found = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        quotes = draw(st.lists(QUOTES, min_size=min_size, max_size=5, unique_by=lambda one: (one.drug, one.observed)))
        quotes.sort(key=lambda one: (one.drug, one.observed))
        newest = max((one.observed for one in quotes), default=DAY * draw(st.sampled_from(DAYS)))
        full_at = newest + draw(st.sampled_from(past_the_last)) if draw(st.booleans()) else None
        found.append(PlainList(number, full_at, quotes))
    return found


def told(lists, vouched=()):
    return timeline([Said(one.upload, one.full_at, np.array(one.quotes, SAID)) for one in lists], max_age=MAX_AGE,
                    vouched=vouched)  # fmt: skip


@settings(max_examples=600)
@given(lists=lists_of_a_pharmacy(), vouched=VOUCHED)
def test_lists_come_to_what_the_plain_model_says(lists, vouched):
    found, plain = told(lists, vouched), plain_timeline(lists, max_age=MAX_AGE, vouched=vouched)
    assert found.steps.tolist() == plain.steps
    assert found.offers.tolist() == plain.offers
    assert found.runs == plain.runs


def changes(upload, *quotes, held=0):
    """A list of changes; quotes are (day, fen) of drug 1, or (day, fen, stock)."""
    return PlainList(upload, None, [Quote(1, fen, at * DAY, *stock, *[0] * (1 - len(stock)), held)
                                    for at, fen, *stock in quotes])  # fmt: skip


def full(upload, full_at, *quotes, held=0):
    """A whole list of that day; without quotes it names another drug only."""
    named = [Quote(1, fen, at * DAY, *stock, *[0] * (1 - len(stock)), held) for at, fen, *stock in quotes]
    return PlainList(upload, full_at * DAY, named or [Quote(2, 999, full_at * DAY)])


def steps_of(found):
    """Return (day, fen, day the price before was last seen, held, upload) of drug 1."""
    return [
        (since // DAY, fen, before if before < 0 else before // DAY, held, upload)
        for drug, since, fen, before, held, upload in found.steps.tolist()
        if drug == 1
    ]


def offer_of(found):
    """Return (fen, day last seen, stock, held) of drug 1; None when it is not asked for."""
    return next(
        ((fen, at // DAY, stock, held) for drug, fen, at, stock, held in found.offers.tolist() if drug == 1), None
    )


A, B = 100, 110


@pytest.mark.parametrize(
    ("lists", "steps", "offer"),
    [
        ([], [], None),
        ([changes(1, (5, A))], [(5, A, -1, 0, 1)], (A, 5, 0, 0)),
        ([changes(1, (5, A), (7, B))], [(5, A, -1, 0, 1), (7, B, 5, 0, 1)], (B, 7, 0, 0)),
        ([changes(1, (7, B)), changes(2, (5, A))], [(5, A, -1, 0, 2), (7, B, 5, 0, 1)], (B, 7, 0, 0)),
        ([changes(1, (5, A)), changes(2, (6, A))], [(5, A, -1, 0, 1)], (A, 6, 0, 0)),
        ([changes(1, (5, A)), changes(2, (7, A)), changes(3, (6, B))],
         [(5, A, -1, 0, 1), (6, B, 5, 0, 3), (7, A, 6, 0, 2)], (A, 7, 0, 0)),
        ([changes(1, (5, A)), changes(2, (5, B))], [(5, B, -1, 0, 2)], (B, 5, 0, 0)),
        ([changes(1, (5, A)), changes(2, (5, A))], [(5, A, -1, 0, 1)], (A, 5, 0, 0)),
        ([changes(1, (5, A)), changes(2, (5, B)), changes(3, (5, A))], [(5, A, -1, 0, 3)], (A, 5, 0, 0)),
        ([changes(1, (5, A, 1)), changes(2, (6, A, 2))], [(5, A, -1, 0, 1)], (A, 6, 2, 0)),
        ([changes(1, (5, A, 1)), changes(2, (5, A, 2))], [(5, A, -1, 0, 1)], (A, 5, 2, 0)),
    ],
    ids=[
        *("nothing", "one price", "a change", "a late price comes first", "the same price", "a late other price"),
        *("a correction", "said twice", "a correction taken back", "stock alone", "stock of one instant"),
    ],
)  # fmt: skip
def test_changes(lists, steps, offer):
    found = told(lists)
    assert (steps_of(found), offer_of(found)) == (steps, offer)


@pytest.mark.parametrize(
    ("lists", "steps", "offer"),
    [
        ([full(1, 5, (5, A))], [(5, A, -1, 0, 1)], (A, 5, 0, 0)),
        ([full(1, 7, (5, A))], [(5, A, -1, 0, 1)], (A, 5, 0, 0)),
        ([changes(1, (5, A)), full(2, 7, (7, A))], [(5, A, -1, 0, 1)], (A, 5, 0, 0)),
        ([changes(1, (5, A)), full(2, 7, (7, A, 2))], [(5, A, -1, 0, 1)], (A, 7, 2, 0)),
        ([changes(1, (5, A)), full(2, 7, (7, B))], [(5, A, -1, 0, 1), (7, B, 5, 0, 2)], (B, 7, 0, 0)),
        ([changes(1, (5, A)), full(2, 7)], [(5, A, -1, 0, 1), (7, 0, 5, 0, 2)], None),
        ([changes(1, (9, A)), full(2, 7)], [(9, A, -1, 0, 1)], (A, 9, 0, 0)),
        ([changes(1, (5, A), (9, A)), full(2, 7)],
         [(5, A, -1, 0, 1), (7, 0, 5, 0, 2), (9, A, -1, 0, 1)], (A, 9, 0, 0)),
        ([full(1, 7), full(2, 9)], [], None),
        ([changes(1, (5, A)), full(2, 7), full(3, 9)], [(5, A, -1, 0, 1), (7, 0, 5, 0, 2)], None),
        ([changes(1, (5, A)), full(2, 7), changes(3, (9, A))],
         [(5, A, -1, 0, 1), (7, 0, 5, 0, 2), (9, A, -1, 0, 3)], (A, 9, 0, 0)),
        ([changes(1, (7, B)), full(2, 7, (5, A))], [(5, A, -1, 0, 2), ], (A, 5, 0, 0)),
        ([full(1, 7, (5, A)), changes(2, (7, B))], [(5, A, -1, 0, 1), (7, B, 5, 0, 2)], (B, 7, 0, 0)),
    ],
    ids=[
        *("a list", "an older quote in a list", "a list repeats", "a list alters the stock", "a list alters the price"),
        *("missing: off the list", "missing before it came", "missing in between", "never listed", "missing twice"),
        *("back on the list", "a list counts for all it names", "a correction of a list"),
    ],
)  # fmt: skip
def test_whole_lists(lists, steps, offer):
    found = told(lists)
    assert (steps_of(found), offer_of(found)) == (steps, offer)


@pytest.mark.parametrize(
    ("lists", "steps"),
    [
        ([changes(1, (5, A)), changes(2, (35, A))], [(5, A, -1, 0, 1)]),
        ([changes(1, (5, A)), changes(2, (36, A))], [(5, A, -1, 0, 1), (36, A, 5, 0, 2)]),
        ([changes(1, (5, A)), changes(2, (36, A)), changes(3, (20, A))], [(5, A, -1, 0, 1)]),
        ([changes(1, (5, A)), full(2, 36, (36, A))], [(5, A, -1, 0, 1)]),
        ([changes(1, (5, A, 1)), full(2, 36, (36, A, 2))], [(5, A, -1, 0, 1), (36, A, 5, 0, 2)]),
        ([changes(1, (5, A)), full(2, 20, (20, A)), changes(3, (36, A))], [(5, A, -1, 0, 1), (36, A, 5, 0, 3)]),
        ([changes(1, (5, A)), full(2, 36, (36, A)), changes(3, (36, A))], [(5, A, -1, 0, 1), (36, A, 5, 0, 3)]),
        ([changes(1, (5, A)), full(2, 36)], [(5, A, -1, 0, 1), (36, 0, 5, 0, 2)]),
    ],
    ids=[
        *("30 days", "31 days", "seen in between after all", "a list repeats", "a list alters the stock"),
        *("a list in between is kept as a run", "a list and a statement", "off the list"),
    ],
)
def test_a_silence_of_more_than_thirty_days_begins_a_step(lists, steps):
    assert steps_of(told(lists)) == steps


@pytest.mark.parametrize(
    ("lists", "vouched", "held"),
    [
        ([changes(1, (5, A), held=1)], (), [1]),
        ([changes(1, (5, A), (6, A), held=1)], (), [1]),
        ([changes(1, (5, A), held=1), changes(2, (6, A))], (), [0]),
        ([changes(1, (5, A), held=1), changes(2, (5, A))], (), [0]),
        ([changes(1, (5, A), held=1), full(2, 6, (6, A))], (), [0]),
        ([changes(1, (5, A), held=1), changes(2, (6, B)), changes(3, (7, A), held=1)], (), [1, 0, 1]),
        ([changes(1, (5, A), held=1)], [(1, A)], [0]),
        ([changes(1, (5, A), held=1)], [(1, B), (2, A)], [1]),
        ([changes(1, (5, A)), changes(2, (6, A), held=1)], (), [0]),
        ([changes(1, (5, A), held=1), changes(1, (36, A), held=1)], (), [1, 1]),
        ([changes(1, (5, A), held=1), changes(2, (36, A))], (), [0, 0]),
    ],
    ids=[
        *("held", "the same upload again", "repeated", "repeated of the same instant", "repeated by a list"),
        *("not the same price", "vouched for", "others vouched for", "believed at first", "after a silence"),
        "repeated after a silence",
    ],
)
def test_a_held_price_is_held_until_another_upload_or_a_person_says_so(lists, vouched, held):
    found = told(lists, vouched)
    assert [step[3] for step in steps_of(found)] == held
    assert offer_of(found)[3] == held[-1]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([5, 35], [(5, 35)]),
        ([5, 36], [(5, 5), (36, 36)]),
        ([5, 6, 7, 60, 61], [(5, 7), (60, 61)]),
    ],
)
def test_runs_of_lists_are_never_over_thirty_days_apart(days, found):
    assert runs([DAY * one for one in days], max_age=30) == [(DAY * first, DAY * last) for first, last in found]
    lists = [full(number, one) for number, one in enumerate(days, 1)]
    assert told(lists).runs == runs([DAY * one for one in days], max_age=30)


@pytest.mark.parametrize(("hour", "steps"), [("2026-10-01T15:59", 1), ("2026-10-01T16:00", 2)])
def test_days_are_days_in_china(hour, steps):
    first, last = (int(np.datetime64(when, "s").astype(int)) for when in ("2026-09-01T00:00", hour))
    lists = [PlainList(number, None, [Quote(1, A, at)]) for number, at in ((1, first), (2, last))]
    assert len(told(lists).steps) == steps
