"""What uploads of prices do to offers and history, against a plain slow model."""

from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pricecompare.calc.intake import QUOTE, conflicts, in_order, intake, last_of_each, offer_key, parts, placed


class Quote(NamedTuple):
    """One row of an upload; `key` is one of three offers."""

    key: int
    observed: int
    fen: int
    stock: int


Live = dict[int, Quote]
Story = dict[int, list[tuple[int, int, int]]]
"""Changes (observed, upload, fen) by key, as the table price_change holds them."""

quote = st.builds(Quote, st.integers(1, 3), st.integers(1, 8), st.sampled_from([100, 110, 120]), st.integers(0, 2))
upload = st.lists(quote, max_size=8, unique_by=lambda one: one[:2])
uploads = st.lists(upload, max_size=6)


class Books:
    """Offers and history as the database holds them, moved on by the code under test."""

    def __init__(self):
        self.live: Live = {}
        self.story: Story = defaultdict(list)
        self.number = 0

    def take(self, quotes: list[Quote]) -> tuple[int, int]:
        """Take one upload; return how many offers and how many changes were written."""
        self.number += 1
        found = intake(columns(quotes), columns(sorted(self.live.values())))
        rows = {(int(one["key"]), int(one["observed"])): int(one["fen"]) for one in found.changes}
        assert len(rows) == len(found.changes)
        late = defaultdict(list)
        for one in found.late:
            late[int(one["key"])].append((int(one["observed"]), int(one["fen"])))
        for key, these in late.items():
            for observed, fen in placed(self.history(key), self.live[key][1:3], these):
                rows.setdefault((key, observed), fen)
        for (key, observed), fen in rows.items():
            self.story[key].append((observed, self.number, fen))
        assert [bool(new) for new in found.new] == [int(one["key"]) not in self.live for one in found.offers]
        self.live |= {int(one["key"]): Quote(*(int(one[name]) for name in QUOTE.names[:4])) for one in found.offers}
        assert found.added + found.changed + found.unchanged + len(found.late) == len(quotes)
        return len(found.offers), len(rows)

    def history(self, key: int) -> list[tuple[int, int]]:
        """Return a key's changes as the store tells them."""
        return [(observed, fen) for observed, _, fen in sorted(self.story[key])]

    def held(self, key: int, instant: int) -> int | None:
        """Return the price that held at an instant."""
        return held(self.history(key), instant)


def columns(quotes: list[Quote]) -> np.ndarray:
    return in_order(np.array([(*one, row) for row, one in enumerate(quotes)], QUOTE))


def held(history: list[tuple[int, int]], instant: int) -> int | None:
    prices = [fen for observed, fen in history if observed <= instant]
    return prices[-1] if prices else None


class Model:
    """The same, said plainly: what each price was at each of the days 1 to 8, and what holds now."""

    def __init__(self):
        self.live: Live = {}
        self.days: dict[int, list[int | None]] = defaultdict(lambda: [None] * 9)
        self.starts: dict[int, set[int]] = defaultdict(set)

    def take(self, quotes: list[Quote]) -> None:
        """Take one upload, quote by quote, oldest first."""
        before = dict(self.live)
        for one in sorted(quotes):
            if one.key not in before or one.observed >= before[one.key].observed:
                self._new(one)
            else:
                self._late(one, before[one.key])

    def _new(self, one: Quote) -> None:
        """From now on this is the price."""
        if self.days[one.key][8] != one.fen:
            self.starts[one.key].add(one.observed)
        self.days[one.key][one.observed :] = [one.fen] * (9 - one.observed)
        self.live[one.key] = one

    def _late(self, one: Quote, live: Quote) -> None:
        """This was the price until the next change that is known, at most until the live price was seen."""
        days, starts = self.days[one.key], self.starts[one.key]
        if days[one.observed] == one.fen:
            return
        known = sorted(starts | {live.observed})
        end = known[bisect_right(known, one.observed)]
        days[one.observed : end] = [one.fen] * (end - one.observed)
        starts |= {one.observed} | ({end} if days[end] != one.fen else set())


@given(uploads)
@example([[Quote(1, 1, 100, 0)], [Quote(1, 8, 100, 0)], [Quote(1, 3, 110, 0)], [Quote(1, 5, 120, 0)]])
@example([[Quote(1, 5, 100, 0)], [Quote(1, 2, 110, 0), Quote(1, 5, 120, 0)]])
def test_uploads_do_what_the_model_says(uploads):
    books, model = Books(), Model()
    for one in uploads:
        books.take(one)
        model.take(one)
        assert books.live == model.live
        assert {key: [books.held(key, day) for day in range(9)] for key in (1, 2, 3)} == {
            key: model.days[key] for key in (1, 2, 3)
        }


@given(uploads)
def test_the_end_of_the_history_is_the_offer(uploads):
    books = Books()
    for one in uploads:
        books.take(one)
        assert {key: (books.held(key, quote.observed), books.held(key, 99)) for key, quote in books.live.items()} == {
            key: (quote.fen, quote.fen) for key, quote in books.live.items()
        }


@given(uploads)
def test_as_of_each_quote_the_history_says_what_the_last_upload_said(uploads):
    books = Books()
    for one in uploads:
        books.take(one)
        assert [books.held(quote.key, quote.observed) for quote in one] == [quote.fen for quote in one]


@given(uploads, upload)
def test_late_quotes_never_move_the_present(uploads, late):
    books = Books()
    for one in uploads:
        books.take(one)
    before = dict(books.live)
    late = [one for one in late if one.key in before and one.observed < before[one.key].observed]
    assert books.take(late)[0] == 0
    assert books.live == before
    assert {key: books.held(key, quote.observed) for key, quote in before.items()} == {
        key: quote.fen for key, quote in before.items()
    }


@given(uploads, upload)
def test_the_same_upload_again_writes_nothing(uploads, last):
    books = Books()
    for one in [*uploads, last]:
        books.take(one)
    assert books.take(last) == (0, 0)


@given(uploads)
def test_an_earlier_upload_again_writes_only_what_it_corrects(uploads):
    books = Books()
    for one in uploads:
        books.take(one)
    for one in uploads:
        said = {quote: books.held(quote.key, quote.observed) for quote in one}
        live = {quote: books.live[quote.key] for quote in one}
        agrees = all(
            fen == quote.fen and (quote.observed < live[quote].observed or quote == live[quote])
            for quote, fen in said.items()
        )
        assert books.take(one) == (0, 0) or not agrees


@given(st.lists(quote, max_size=12))
def test_a_file_contradicts_itself_where_one_instant_has_two_prices(rows):
    quotes = columns(rows)
    prices = defaultdict(set)
    for one in rows:
        prices[one[:2]].add(one.fen)
    contradicted = {int(one["row"]) for one in quotes[conflicts(quotes)]}
    assert contradicted == {number for number, one in enumerate(rows) if len(prices[one[:2]]) > 1}
    kept = {one[:2]: one for one in rows if len(prices[one[:2]]) == 1}
    assert [tuple(one.tolist()[:4]) for one in last_of_each(quotes[~conflicts(quotes)])] == sorted(kept.values())


@pytest.mark.parametrize("text", ["nothing", "all new"])
def test_an_empty_side_is_no_special_case(text):
    quotes = columns([] if text == "nothing" else [Quote(2, 1, 100, 0)])
    found = intake(quotes, columns([]))
    assert (len(found.offers), found.added, found.changed, found.unchanged) == (len(quotes), len(quotes), 0, 0)


@given(st.integers(1, 2**29 - 2), st.integers(1, 2**32 - 2), st.integers(0, 2))
def test_a_key_holds_its_parts_in_their_order(pharmacy, drug, kind):
    key = offer_key(np.array([pharmacy]), np.array([drug]), np.array([kind]))
    assert [int(part[0]) for part in parts(key)] == [pharmacy, drug, kind]
    assert offer_key(pharmacy, drug, kind) < offer_key(pharmacy, drug + 1, 0) < offer_key(pharmacy + 1, 0, 0) < 2**63
