"""The contract of the ledger in the store: what came, what it said, what people decided; the same on both engines."""

from dataclasses import replace

import pytest

from pricecompare.errors import Conflict
from pricecompare.models import Upload
from tests.made import CODES, REGIONS, Shop, drug, pharmacy

FIRST = Upload(1, "prices", file_name="一.csv", source="a", sha256="ab", came_at=90, taken_at=100, rows=5, added=5)
WHERE = {"region_id": 440300, "kind": "listed"}


@pytest.fixture
def ledger(store):
    """A store with what lists are about, and one upload."""
    with store.writing():
        store.put_regions(REGIONS)
        store.put_drugs(drug(number, code) for number, code in enumerate(CODES, 1))
        store.put_pharmacies(pharmacy(Shop(number, 440305, None, None)) for number in (1, 2))
        store.put_upload(FIRST)
    return store


def test_a_row_is_completed_in_place(ledger):
    ledger.put_upload(replace(FIRST, added=9, state="retracted", reasons="[]", data_version=7))
    ledger.put_upload(replace(FIRST, id=2, what="sales", taken_at=200))
    assert ledger.upload(1) == replace(FIRST, added=9, state="retracted", reasons="[]", data_version=7)
    assert (ledger.upload(3), ledger.next_ids().upload) == (None, 3)


def test_the_newest_that_was_taken_is_no_decision(ledger):
    ledger.put_upload(replace(FIRST, id=2, state="quarantined", taken_at=None))
    ledger.put_upload(Upload(3, "retraction", about_id=2, taken_at=200))
    assert ledger.last_upload() == (1, "prices", 100)
    assert [one.id for one in ledger.uploads_about(2)] == [3]


@pytest.mark.parametrize(
    ("narrow", "ids"),
    [
        ({}, [3, 2, 1]),
        ({"before": 3}, [2, 1]),
        ({"most": 1}, [3]),
        ({"state": "taken"}, [3, 1]),
        ({"source": "a"}, [2, 1]),
        ({"what": "sales", "state": "taken"}, [3]),
    ],
    ids=str,
)
def test_uploads_come_newest_first_and_narrowed(ledger, narrow, ids):
    ledger.put_upload(replace(FIRST, id=2, state="rejected"))
    ledger.put_upload(replace(FIRST, id=3, what="sales", source="b"))
    assert [one.id for one in ledger.uploads(**{"most": 9, **narrow})] == ids


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, 1),
        ({"file_name": "二.csv", "sender": "b"}, 1),
        *(({name: "full"}, None) for name in ("sha256", "what", "layout", "declared", "mode", "source")),
    ],
    ids=str,
)
def test_the_same_bytes_are_those_read_in_the_same_way(ledger, other, found):
    same = ledger.same_bytes(replace(FIRST, id=0, **other))
    assert (same and same.id) == found


@pytest.mark.parametrize(
    ("state", "found"), [("taken", 2), ("quarantined", 2), ("rejected", 1), ("retracted", 1), ("failed", 1)]
)
def test_only_what_counts_or_waits_is_the_same_again(ledger, state, found):
    ledger.put_upload(replace(FIRST, id=2, state=state))
    assert ledger.same_bytes(FIRST).id == found


def test_last_time_is_what_the_same_source_sent_before_and_was_taken(ledger):
    row = replace(FIRST, rows=9, refused=2, filtered=3, newest_at=50)
    ledger.put_upload(replace(row, id=2))
    others = ({"source": "b"}, {"mode": "full"}, {"what": "sales"}, {"state": "quarantined"})
    for number, other in enumerate(others, 3):
        ledger.put_upload(replace(row, id=number, **other))
    assert ledger.last_of_source(replace(FIRST, id=7)) == (2, 4, 50)
    assert ledger.last_of_source(replace(FIRST, id=2)) == (1, 5, None)
    assert ledger.last_of_source(FIRST) is None


def test_lists_that_count_are_told_in_the_order_of_uploads(ledger):
    states = {2: "taken", 3: "quarantined", 4: "retracted"}
    for number, state in states.items():
        ledger.put_upload(replace(FIRST, id=number, state=state))
    ledger.load_lists((440300, 1, "listed", number, number * 10, 1, b"%d" % number) for number in (4, 3, 2, 1))
    ledger.load_lists([(440300, 1, "online", 1, None, 1, b"o"), (440300, 2, "listed", 1, None, 1, b"p")])
    assert ledger.lists_of_pharmacy(440300, 1, "listed") == [(1, 10, 1, b"1"), (2, 20, 1, b"2")]
    assert [row[1:3] for row in ledger.lists_of_upload(1)] == [(1, "listed"), (1, "online"), (2, "listed")]
    ledger.delete_lists(1)
    assert list(ledger.lists_of_upload(1)) == []
    assert ledger.lists_of_pharmacy(440300, 1, "listed") == [(2, 20, 1, b"2")]


def test_what_an_upload_said_cannot_be_said_twice(ledger):
    row = (440300, 1, "listed", 1, None, 1, b"1")
    ledger.load_lists([row])
    with pytest.raises(Conflict):
        ledger.load_lists([row])


def test_runs_go_on_or_begin_anew(ledger):
    ledger.put_runs({**WHERE, "pharmacy_id": one, "since_at": 5, "until_at": 6} for one in (2, 1))
    ledger.put_runs([{**WHERE, "pharmacy_id": 1, "since_at": 9, "until_at": 9}])
    ledger.put_runs([{**WHERE, "kind": "online", "pharmacy_id": 1, "since_at": 1, "until_at": 2}])
    ledger.prolong_runs([{**WHERE, "pharmacy_id": 1, "last_at": 9, "until_at": 12}])
    assert ledger.runs(440300, "listed") == [(1, 5, 6), (1, 9, 12), (2, 5, 6)]
    assert ledger.confirmations(440300, "listed") == [(1, 12), (2, 6)]
    assert ledger.confirmed(440300, 1) == {"listed": 12, "online": 2}
    ledger.delete_runs(440300, "listed", 1)
    assert (ledger.runs(440300, "listed"), ledger.confirmed(440300, 1)) == ([(2, 5, 6)], {"online": 2})


def test_a_limit_of_a_source_comes_before_that_of_all(ledger):
    for source, value in (("", 0.4), ("a", 0.2), ("b", 0.3)):
        ledger.put_guard_limit(source, "jump", 9.0)
        ledger.put_guard_limit(source, "jump", value)
    ledger.put_guard_limit("", "least_share", 0.1)
    assert ledger.guard_limits("a") == {"jump": 0.2, "least_share": 0.1}
    ledger.put_guard_limit("a", "jump", None)
    assert (ledger.guard_limits("a")["jump"], ledger.guard_limits("b")["jump"]) == (0.4, 0.3)


def test_effects_are_kept_by_upload_and_pharmacy(ledger):
    ledger.load_effects([(1, 2, "listed", None, 1, b"b"), (1, 1, "online", 7, 1, b"a")])
    assert list(ledger.effects(1)) == [(1, "online", 7, 1, b"a"), (2, "listed", None, 1, b"b")]
    assert list(ledger.effects(2)) == []


def test_layouts_are_kept_by_name_and_version(ledger):
    for version in (1, 2):
        ledger.put_layout("a", version, f"text {version}", 100 + version)
    assert ledger.layouts() == [("a", 2, "text 2", 102), ("a", 1, "text 1", 101)]
    with pytest.raises(Conflict):
        ledger.put_layout("a", 1, "another", 103)
    ledger.delete_layout("a", 2)
    assert ledger.layouts() == [("a", 1, "text 1", 101)]


def test_refused_rows_come_back_in_the_order_of_the_file(ledger):
    ledger.load_refused((1, row, "[]", "[]") for row in (9, 2))
    assert list(ledger.refused_rows(1)) == [(2, "[]", "[]"), (9, "[]", "[]")]
    assert ledger.refused_file(1) is None
    ledger.put_refused_file(1, "{}")
    assert (ledger.refused_file(1), ledger.refused_file(2)) == ("{}", None)


def test_what_a_person_vouched_for_is_kept_by_pharmacy_and_kind(ledger):
    row = {"pharmacy_id": 1, "drug_id": 2, "kind": "listed", "fen": 900, "upload_id": 1}
    ledger.put_vouched([row, row, {**row, "fen": 901}, {**row, "pharmacy_id": 2}])
    assert ledger.vouched(1, "listed") == {(2, 900), (2, 901)}
    assert (ledger.vouched(2, "listed"), ledger.vouched(1, "online")) == ({(2, 900)}, set())
