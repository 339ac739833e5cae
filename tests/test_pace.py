"""How often is too often: against a plain bucket that is filled a drop at a time, and counted by several at once."""

import os
import threading
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.pace import Pace, asked
from pricecompare.services.access.often import TOGETHER, Often, network

EVENTS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 12)), max_size=40)


def bucket(pace, events):
    """Return what is let in of (seconds since the last, cost), by a bucket that fills steadily."""
    full, rate, let_in = Fraction(pace.most), Fraction(pace.most, pace.seconds), []
    for later, cost in events:
        full = min(full + later * rate, Fraction(pace.most))
        cost = min(cost, pace.most)
        let_in.append(cost <= full)
        full -= cost if let_in[-1] else 0
    return let_in


@given(EVENTS, st.integers(1, 10), st.integers(1, 60))
def test_it_lets_in_what_a_bucket_does(events, most, seconds):
    pace, full_at, now, let_in = Pace(most, seconds), 0.0, 1000.0, []
    for later, cost in events:
        now += later
        verdict = asked(pace, full_at, now, cost)
        assert 0 <= verdict.left <= most and 0 <= verdict.full_at - now <= seconds + 1e-6
        if verdict.wait:
            assert asked(pace, full_at, now + verdict.wait + 1e-6, cost).wait == 0
            assert verdict.full_at == max(full_at, now)
        full_at = verdict.full_at
        let_in.append(not verdict.wait)
    assert let_in == bucket(pace, events)


@pytest.mark.parametrize(
    ("full_at", "now", "left"),
    [(0.0, 0.0, 9), (1e9, 100.0, 0), (160.0, 100.0, 0)],
    ids=["never asked", "kept under a longer pace", "all taken"],
)
def test_whatever_was_kept_nobody_waits_longer_than_the_pace(full_at, now, left):
    verdict = asked(Pace(10, 60), full_at, now, 1)
    assert verdict.left == left and verdict.wait <= 60


def test_callers_are_counted_each_for_itself():
    often, pace = Often(), Pace(2, 60)
    asked_for = [often.take(who, pace, 5.0).wait for who in ("a", "a", "b", "a", "b", "b")]
    assert asked_for == [0, 0, 0, 30, 0, 30]


def test_where_all_places_are_taken_the_caller_that_is_forgotten_soonest_gives_way():
    often, pace = Often(TOGETHER), Pace(60, 60)
    for number in range(TOGETHER):
        often.take(f"caller {number}", pace, 5.0, cost=number + 2)
    often.take("one more", pace, 5.0, cost=50)
    left = [often.take(f"caller {number}", pace, 5.0).left for number in range(1, TOGETHER)]
    assert left == [60 - number - 3 for number in range(1, TOGETHER)]
    assert often.take("one more", pace, 5.0).left == 9


def test_nothing_of_a_caller_can_be_read_in_memory():
    often = Often()
    often.take("api:203.0.113.0/24", Pace(2, 60), 5.0)
    kept = bytes(often._memory)
    assert b"203.0" not in kept and len(kept.strip(b"\0")) <= 16


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_processes_and_threads_count_together():
    often, pace = Often(), Pace(10_000, 3600)
    reader, writer = os.pipe()
    begin = time.monotonic() + 0.5
    children = [child for child in (os.fork() for _ in range(3)) if child or _counted(often, pace, writer, begin)]
    os.close(writer)
    with os.fdopen(reader) as told:
        let_in = [int(line) for line in told]
    for child in children:
        os.waitpid(child, 0)
    assert (len(let_in), sum(let_in)) == (6, 10_000)


def _counted(often, pace, writer, begin):
    """Ask in a child, in two threads at once, beginning when all others do, and tell how often it was let in."""

    def ask():
        while time.monotonic() < begin:
            pass
        let_in = sum(not often.take("one", pace, 5.0).wait for _ in range(4000))
        os.write(writer, f"{let_in}\n".encode())

    try:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        os._exit(0)


@pytest.mark.parametrize(("one", "other"), [("2001:db8:1:2::7", "2001:db8:1:2:3::1"), ("203.0.113.7", "203.0.113.7")])
def test_one_who_asks_is_one_network(one, other):
    assert network(one) == network(other)
