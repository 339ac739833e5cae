"""The quick way of an upload: what it changes follows from what is live, and is what all lists together come to."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.intake import against, intake, late_pairs, late_quotes
from pricecompare.calc.quotes import NEVER, QUOTE, conflicts, in_order, last_of_each, offer_key, pair, pair_of, parts
from pricecompare.calc.timeline import SAID, Said, timeline
from tests.plain_timeline import DAY
from tests.test_timeline import MAX_AGE, lists_of_a_pharmacy

TODAY = 60
HERE = pair(1, 0)


def columns(rows):
    """Return (drug, fen, observed, stock, held) as quotes in order."""
    numbered = [
        (offer_key(1, drug, 0), at, fen, stock, held, row) for row, (drug, fen, at, stock, held) in enumerate(rows)
    ]
    return in_order(np.array(numbered, QUOTE))


class Books:
    """Offers, steps and the last full list as the database holds them, moved on by the code under test."""

    def __init__(self):
        self.offers, self.steps, self.confirmed, self.said = {}, [], {}, []

    def take(self, upload, full, quotes):
        """Take one upload the quick way, or, when it is late, the slow one; return whether it was quick."""
        full_at = max(one.observed for one in quotes) if full else None
        self.said.append(Said(upload, full_at, np.array(quotes, SAID)))
        live = columns([(drug, *offer) for drug, offer in sorted(self.offers.items())])
        these = against(columns(quotes), live, self.confirmed, full=full)
        quick = not len(late_pairs(these))
        if quick:
            self._apply(intake(these, today=TODAY, max_age=MAX_AGE), upload, len(quotes))
        else:
            self._tell(self.whole())
        if full:
            self.confirmed[HERE] = max(full_at, self.confirmed.get(HERE, NEVER))
        return quick

    def whole(self):
        return timeline(self.said, max_age=MAX_AGE)

    def _tell(self, line):
        self.offers = {drug: tuple(offer) for drug, *offer in line.offers.tolist()}
        self.steps = line.steps.tolist()

    def _apply(self, found, upload, rows):
        known = set(self.offers)
        assert found.new.tolist() == [drug_of(one) not in known for one in found.offers]
        for one in found.offers:
            self.offers[drug_of(one)] = tuple(int(one[name]) for name in ("fen", "observed", "stock", "held"))
        for one in found.gone:
            del self.offers[drug_of(one)]
        for one in found.released:
            self._release(drug_of(one), int(one["fen"]))
        self.steps += [(parts(key)[1], *step, upload) for key, *step in found.steps.tolist()]
        assert found.added + found.changed + found.unchanged == rows
        assert found.added == len(set(self.offers) - known)

    def _release(self, drug, fen):
        """What holds now is held no more."""
        other = max((step[1] for step in self.steps if step[0] == drug and step[2] != fen), default=NEVER)
        self.steps = [(*step[:4], 0, step[5]) if step[0] == drug and step[1] > other else step for step in self.steps]


def drug_of(one):
    return int(parts(int(one["key"]))[1])


@settings(max_examples=300)
@given(lists=lists_of_a_pharmacy(min_size=1))
def test_upload_by_upload_it_is_what_all_lists_come_to(lists):
    books = Books()
    for upload, full_at, quotes in lists:
        books.take(upload, full_at is not None, quotes)
        whole = books.whole()
        assert sorted(books.steps) == whole.steps.tolist()
        assert sorted((drug, *offer) for drug, offer in books.offers.items()) == whole.offers.tolist()


def live(*rows, confirmed=NEVER):
    """What is live, as rows (drug, fen, day, stock, held)."""
    return columns([(drug, fen, at * DAY, stock, held) for drug, fen, at, stock, held in rows]), {HERE: confirmed}


ONE = (1, 100, 10, 1, 0)


@pytest.mark.parametrize(
    ("quote", "confirmed", "late"),
    [
        ((1, 100, 11, 1, 0), NEVER, False),
        ((1, 100, 10, 1, 0), NEVER, False),
        ((1, 100, 9, 1, 0), NEVER, True),
        ((1, 110, 11, 1, 0), NEVER, False),
        ((1, 110, 10, 1, 0), NEVER, True),
        ((1, 100, 10, 2, 0), NEVER, True),
        ((1, 100, 12, 1, 0), 12, False),
        ((1, 110, 12, 1, 0), 12, True),
        ((1, 110, 13, 1, 0), 12, False),
        ((2, 100, 12, 1, 0), 12, True),
        ((2, 100, 13, 1, 0), 12, False),
        ((2, 100, 1, 1, 0), NEVER, False),
    ],
    ids=[
        *("later", "the same", "earlier", "another price later", "another price of the same instant"),
        *("other stock of the same instant", "as the list said", "not as the list said", "after the list"),
        *("of a drug off the list", "after the list that lacked it", "a drug nobody knew"),
    ],
)
def test_what_is_late_must_be_told_from_all_lists(quote, confirmed, late):
    rows, last = live(ONE, confirmed=confirmed if confirmed == NEVER else confirmed * DAY)
    drug, fen, at, stock, held = quote
    these = against(columns([(drug, fen, at * DAY, stock, held)]), rows, last, full=False)
    assert late_quotes(these).tolist() == [late]
    assert late_pairs(these).tolist() == [HERE] * late


@pytest.mark.parametrize(
    ("day", "confirmed", "late"),
    [(11, NEVER, False), (10, NEVER, True), (9, NEVER, True), (12, 12 * DAY, True), (13, 12 * DAY, False)],
)
def test_a_list_that_lacks_a_price_must_be_newer_than_it(day, confirmed, late):
    rows, last = live(ONE, confirmed=confirmed)
    these = against(columns([(2, 100, day * DAY, 1, 0)]), rows, last, full=True)
    assert bool(len(late_pairs(these))) == late
    assert these.absent.tolist() == [True]


def taken(quotes, rows, *, full=False, confirmed=NEVER):
    quotes = [(drug, fen, at * DAY, stock, held) for drug, fen, at, stock, held in quotes]
    return intake(against(columns(quotes), *live(*rows, confirmed=confirmed), full=full), today=TODAY, max_age=MAX_AGE)


@pytest.mark.parametrize(
    ("seen", "confirmed", "again", "fresher"),
    [
        (29, NEVER, 60, True),
        (30, NEVER, 60, False),
        (29, 30 * DAY, 60, False),
        (29, 29 * DAY, 60, True),
        (28, NEVER, 29, False),
        (28, NEVER, 30, True),
    ],
    ids=["stale", "fresh", "confirmed", "confirmed long ago", "still stale", "just fresh again"],
)
def test_a_list_makes_fresh_what_was_stale(seen, confirmed, again, fresher):
    other = [(2, 100, again, 1, 0), (3, 100, again, 2, 0)]
    found = taken([(1, 100, again, 1, 0), *other], [(1, 100, seen, 1, 0), (3, 100, seen, 1, 0)], full=True,
                  confirmed=confirmed)  # fmt: skip
    # What the list alters is written anyway.
    assert [drug_of(one) for one in found.fresher] == [1] * fresher
    assert [drug_of(one) for one in found.offers] == [2, 3]


def test_a_whole_list_that_says_nothing_new_writes_no_offer():
    rows = [(drug, 100 * drug, 20, 1, 0) for drug in range(1, 50)]
    found = taken([(drug, fen, 25, stock, held) for drug, fen, _, stock, held in rows], rows, full=True)
    assert (len(found.offers), len(found.steps), len(found.gone), len(found.released)) == (0, 0, 0, 0)
    assert (found.added, found.changed, found.unchanged) == (0, 0, len(rows))


def test_an_upload_speaks_of_its_own_pharmacies_and_kinds_only():
    theirs = np.array([(offer_key(2, 1, 0), DAY, 100, 1, 0, 1), (offer_key(1, 1, 2), DAY, 100, 1, 0, 2)], QUOTE)
    mine = columns([(1, 100, 20 * DAY, 1, 0)])
    both = against(in_order(np.concatenate([mine, theirs])), *live(ONE), full=True)
    assert both.pairs.tolist() == [pair(1, 0), pair(1, 2), pair(2, 0)]
    only = both.of(np.array([pair(2, 0)]))
    assert (only.quotes["key"].tolist(), len(only.live)) == ([offer_key(2, 1, 0)], 0)
    assert both.full_at.tolist() == [20 * DAY, DAY, DAY]


ROWS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([100, 110, 120]),
        st.integers(1, 8),
        st.sampled_from([0, 1, 2, 3, 127]),
        st.just(0),
    ),
    max_size=12,
)


@given(rows=ROWS)
def test_a_file_contradicts_itself_where_one_instant_has_two_prices(rows):
    quotes, prices = columns(rows), defaultdict(set)
    for drug, fen, at, _, _ in rows:
        prices[drug, at].add(fen)
    contradicted = {int(one["row"]) for one in quotes[conflicts(quotes)]}
    assert contradicted == {number for number, (drug, _, at, _, _) in enumerate(rows) if len(prices[drug, at]) > 1}
    last = {(drug, at): (fen, stock) for drug, fen, at, stock, _ in rows if len(prices[drug, at]) == 1}
    kept = last_of_each(quotes[~conflicts(quotes)])
    assert [(drug_of(one), int(one["observed"]), (int(one["fen"]), int(one["stock"]))) for one in kept] == [
        (*where, last[where]) for where in sorted(last)
    ]


@given(pharmacy=st.integers(1, 2**29 - 2), drug=st.integers(1, 2**32 - 2), kind=st.integers(0, 2))
def test_a_key_holds_its_parts_in_their_order(pharmacy, drug, kind):
    key = offer_key(np.array([pharmacy]), np.array([drug]), np.array([kind]))
    assert [int(part[0]) for part in parts(key)] == [pharmacy, drug, kind]
    assert offer_key(pharmacy, drug, kind) < offer_key(pharmacy, drug + 1, 0) < offer_key(pharmacy + 1, 0, 0) < 2**63
    assert pair_of(offer_key(pharmacy, drug, kind)) == pair(pharmacy, kind)
    assert pair(pharmacy, kind) < pair(pharmacy, kind + 1) < pair(pharmacy + 1, 0)
