"""Rows that follow a transaction at a distance: to it they are there at once, or none of it is."""

import re
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.errors import Conflict
from pricecompare.models import KINDS
from pricecompare.store import behind
from pricecompare.store.behind import Behind
from pricecompare.store.columns import Words
from pricecompare.store.sql import schema
from tests.made import Shop, filled

ROWS = 12_345
TABLES = ("offer", "market", "effect")
STEPS = st.tuples(st.just("put"), st.sampled_from(TABLES), st.integers(0, 5))
ASKED = st.tuples(st.just("ask"), st.none() | st.sets(st.sampled_from(TABLES)), st.integers(0, 2))


@given(doings=st.lists(STEPS | ASKED, max_size=12), most=st.sampled_from([1, 3, 128]))
@settings(max_examples=60, deadline=None)
def test_whoever_names_a_table_finds_all_its_rows_and_nobody_else_at_work(doings, most):
    these, done, put, at_work = Behind(most=most), defaultdict(list), defaultdict(list), []

    def step(table, number):
        assert not at_work
        at_work.append(table)
        time.sleep(0.0005)
        at_work.remove(table)
        done[table].append(number)

    for what, about, number in doings:
        if what == "put":
            numbers = range(len(put[about]), len(put[about]) + number)
            put[about] += numbers
            these.put(about, (partial(step, about, one) for one in numbers))
            continue
        with these.alone(None if about is None else " JOIN ".join(about)):
            assert not at_work
            assert all(done[table] == put[table] for table in (TABLES if about is None else about))
            if about is None and number == 2:
                these.put("offer", [partial(step, "offer", len(put["offer"]))])
                put["offer"].append(len(put["offer"]))
            at_work.append("statement")
            time.sleep(0.0005)
            at_work.clear()
    these.end(well=True)
    assert all(done[table] == put[table] for table in TABLES)


def broken():
    raise OSError("broken")


@pytest.mark.parametrize("statement", [None, "SELECT 1", "SELECT * FROM offer"])
def test_a_step_that_fails_fails_what_comes_next_and_ends_the_rest(statement):
    these, done = Behind(), []
    with pytest.raises(OSError, match="broken"):
        these.put("offer", [partial(done.append, 1), broken, *[partial(done.append, 2)] * 9])
        for _ in range(1000):
            time.sleep(0.001)
            with these.alone(statement):
                pass
    with pytest.raises(OSError, match="broken"):
        these.end(well=True)
    assert done == [1]


def test_rows_are_left_out_of_a_transaction_that_did_not_go_well():
    these, done = Behind(), []
    these.put("offer", [partial(time.sleep, 0.05), *[partial(done.append, 1)] * 50])
    these.end(well=False)
    assert done == []


def columns(first=0):
    """Return columns of many new offers of a pharmacy."""
    at, none = np.arange(first, first + ROWS), np.zeros(ROWS, int)
    return none + 440300, none + 1, none + 1 + at, Words(KINDS, at % 3), at + 5, none, none, at


def history(first=0):
    at, none = np.arange(first, first + ROWS), np.zeros(ROWS, int)
    return none + 440300, none + 1, Words(KINDS, none), none + 1, at, at + 7, none, none, none + 1


@pytest.fixture
def on(store):
    """A store that refers to no drug, as servers do."""
    filled(store, [Shop(1, 440305, None, None)])
    if hasattr(store.engine, "path"):
        store.engine.rows("PRAGMA foreign_keys = OFF", {})
    return store


def test_a_transaction_finds_rows_at_once_and_writes_after_them(on):
    with on.writing():
        on.load_change_columns(*history())
        on.load_offer_columns(*columns())
        assert on.drug_ids()
        on.put_offers([(440300, 1, ROWS, KINDS[(ROWS - 1) % 3], 77, 0, 0, 0)])
        assert on.offer(440300, 1, 1, "listed") == (5, 0, 0, 0)
        on.load_change_columns(*history(ROWS))
        assert len(on.history(440300, 1, 1, "listed")) == 2 * ROWS
    offers = on.offers_of_pharmacy(440300, 1)
    assert (len(offers), offers[-1][2], len(on.history(440300, 1, 1, "listed"))) == (ROWS, 77, 2 * ROWS)


def test_rows_go_in_while_others_are_read_one_by_one(on):
    with on.writing():
        on.load_offer_columns(*columns())
        seen = []
        for row in on.offers_of_region(440300):
            if not seen:
                on.load_change_columns(*history())
            seen.append(row)
        assert len(seen) == ROWS
    assert len(on.history(440300, 1, 1, "listed")) == ROWS


@pytest.mark.parametrize("then", ["nothing", "reads", "writes"])
def test_a_row_that_is_there_already_takes_the_whole_transaction_back(on, then):
    with pytest.raises(Conflict), on.writing():
        on.load_change_columns(*history())
        on.load_offer_columns(*columns())
        on.load_offer_columns(*columns(ROWS - 1))
        if then == "reads":
            on.offers_of_pharmacy(440300, 1)
        if then == "writes":
            on.load_change_columns(*history(ROWS))
    assert (on.offers_of_pharmacy(440300, 1), on.history(440300, 1, 1, "listed")) == ([], [])


def test_whoever_gives_up_leaves_nothing_and_the_next_begins_anew(on):
    with pytest.raises(ZeroDivisionError), on.writing():
        on.load_offer_columns(*columns())
        _ = 1 / 0
    assert on.offers_of_pharmacy(440300, 1) == []
    with on.writing():
        on.load_offer_columns(*columns())
    assert len(on.offers_of_pharmacy(440300, 1)) == ROWS


def test_nothing_refers_to_a_table_whose_rows_may_come_later():
    sources = "".join(path.read_text("utf-8") for path in Path(behind.__file__).parent.glob("*.py"))
    loaded = set(re.findall(r'engine\.load(?:_columns)?\(\s*"(\w+)"', sources))
    assert {"offer", "price_change", "effect", "market"} <= loaded
    assert not loaded & set(re.findall(r"REFERENCES (\w+)", schema()))
