"""The secret behind answer codes and cursors is replaced: with an overlap, or at once, in every process."""

import pytest

from pricecompare.errors import Invalid, Unauthorised
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.access import keys
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.cases import answering
from pricecompare.services.desk import Desk
from pricecompare.store import open_store
from tests.conftest import NOW
from tests.regulated import busy
from tests.town import SHOPS

BY = Hand("王", "cli:wang", "泄露")
BY_TOLD = (BY.who, BY.origin, BY.why)
HOUR = 3600


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at

    def forward(self, hours):
        self.at = self.at.fromtimestamp(self.at.timestamp() + hours * HOUR, NOW.tzinfo)


@pytest.fixture
def desks(store, url, tmp_path, once):
    """Two processes of a server at one database, and their clock."""
    busy(store, tmp_path, once)
    clock = Clock()
    other = open_store(url)
    yield Desk(store, clock), Desk(other, clock), clock
    other.close()


def opens(desk, code):
    """Say whether an answer code opens the cases of its pharmacy."""
    try:
        return answering.cases(desk, SHOPS[0], code)["pharmacy"]["code"] == SHOPS[0]
    except Unauthorised:
        return False


def counts(desk, given):
    """Say whether a cursor is one of ours."""
    try:
        return after(desk, "a question", given) == (7,)
    except Invalid:
        return False


@pytest.mark.parametrize(("overlap", "hours", "still"), [(0, 0, False), (2, 0, True), (2, 1, True), (2, 2, False)])
def test_what_follows_from_the_old_secret_counts_for_the_overlap(desks, url, overlap, hours, still):
    here, there, clock = desks
    code, given = answering.answer_code(here, SHOPS[0]), cursor(here, "a question", (7,))
    keys.rotate_secret(here, overlap_hours=overlap, by=BY)
    clock.forward(hours)
    started = Desk(open_store(url), clock)
    assert [opens(desk, code) for desk in (here, there, started)] == [still] * 3
    assert counts(started, given) == still
    new = answering.answer_code(there, SHOPS[0])
    assert new != code and [opens(desk, new) for desk in (here, there, started)] == [True] * 3
    assert counts(here, cursor(started, "a question", (7,)))
    started.store.close()


def test_only_the_newest_and_the_one_before_count(desks):
    here, there, _ = desks
    code = answering.answer_code(here, SHOPS[0])
    for _ in range(2):
        keys.rotate_secret(here, overlap_hours=48, by=BY)
    assert not opens(there, code)


def test_the_trail_says_who_and_not_what(desks):
    here, _, _ = desks
    before = here.store.meta()["cursor_key"]
    done = keys.rotate_secret(here, overlap_hours=2, by=BY)
    entry = audit.entries(here, limit=1)["items"][0]
    assert [entry[one] for one in ("what", "who", "origin", "why", "after")] == ["secret_rotated", *BY_TOLD, done]
    assert before not in str(entry) and here.store.meta()["cursor_key"] not in str(entry) + str(done)
    assert audit.verified(here)["first_break"] is None


@pytest.mark.parametrize("overlap", [-1, 24 * 90 + 1])
def test_an_overlap_that_makes_no_sense_changes_nothing(desks, overlap):
    here, _, _ = desks
    before = here.store.meta()
    with pytest.raises(Invalid) as caught:
        keys.rotate_secret(here, overlap_hours=overlap, by=BY)
    assert (caught.value.code, here.store.meta()) == ("out_of_range", before)
