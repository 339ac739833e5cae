"""Cursors: what comes back, and what is refused."""

import pytest

from pricecompare.errors import Invalid
from pricecompare.services.answers.cursors import after, cursor

RANKS = [(20,), (0, 1250.0, 37.5, 7), (2, float("inf"), 1.0, 3), (4.2, 7, 9, "listed"), ("药",)]


@pytest.mark.parametrize("rank", RANKS, ids=str)
def test_a_rank_comes_back(city, rank):
    given = cursor(city, "a question", rank)
    assert after(city, "a question", given) == rank
    assert given.replace(".", "").replace("-", "").replace("_", "").isalnum()


def test_no_cursor_is_the_first_page(city):
    assert after(city, "a question", None) is None


@pytest.mark.parametrize(
    "changed",
    [
        lambda given: given + "x",
        lambda given: given[1:],
        lambda given: given.upper(),
        lambda given: given.replace(".", ""),
        lambda given: given.partition(".")[0] + ".",
        lambda given: "." + given.partition(".")[2],
        lambda given: " " + given,
        lambda given: "\ud800",
        lambda given: "",
    ],
)
def test_a_changed_cursor_is_refused(city, changed):
    with pytest.raises(Invalid) as error:
        after(city, "a question", changed(cursor(city, "a question", (1, 2.0))))
    assert (error.value.code, error.value.field) == ("bad_cursor", "cursor")


def test_a_line_break_in_a_question_does_not_move_its_end(city):
    given = cursor(city, "short\nWzIwXQ", (1,))
    with pytest.raises(Invalid):
        after(city, "short", f"WzIwXQ\n{given}")
