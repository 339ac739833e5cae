"""The chain of the audit trail: whatever is done to it afterwards is found."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.chain import GENESIS, canonical, first_break, sealed
from pricecompare.models.audit import Entry, Head

TEXTS = st.text(max_size=8)


def chain(*words: str) -> list[Entry]:
    """Return a chain with one entry for each word."""
    entries: list[Entry] = []
    for number, word in enumerate(words, 1):
        previous = entries[-1].hash if entries else GENESIS
        entries.append(sealed(Entry(number, 100 + number, "甲", "cli:a", word, "", "null", "{}", "", previous, "")))
    return entries


def head_of(entries: list[Entry]) -> Head | None:
    return Head(entries[-1].id, entries[-1].hash) if entries else None


ABC = chain("a", "b", "c")
HEAD = head_of(ABC)
B = ABC[1]


@dataclass
class Spoilt:
    """What somebody made of the chain of three, and the first entry that shows it."""

    entries: list[Entry]
    found: tuple[int, str]


SPOILT = {
    "a field": Spoilt([ABC[0], B._replace(why="x"), ABC[2]], (2, "changed")),
    "the hash": Spoilt([ABC[0], B._replace(hash=GENESIS), ABC[2]], (2, "changed")),
    "written anew": Spoilt([ABC[0], sealed(B._replace(why="x")), ABC[2]], (2, "changed")),
    "the first written anew": Spoilt([sealed(ABC[0]._replace(at=1)), B, ABC[2]], (1, "changed")),
    "the first follows something": Spoilt([sealed(ABC[0]._replace(previous="1" * 64)), B, ABC[2]], (1, "changed")),
    "the last written anew": Spoilt([ABC[0], B, sealed(ABC[2]._replace(why="x"))], (3, "changed")),
    "removed": Spoilt([ABC[0], ABC[2]], (2, "missing")),
    "the first removed": Spoilt([B, ABC[2]], (1, "missing")),
    "the last removed": Spoilt([ABC[0], B], (3, "missing")),
    "all removed": Spoilt([], (1, "missing")),
    "swapped": Spoilt([ABC[0], ABC[2]._replace(id=2), B._replace(id=3)], (2, "changed")),
    "in another order": Spoilt([B, ABC[0], ABC[2]], (1, "missing")),
    "twice": Spoilt([ABC[0], ABC[0], B, ABC[2]], (1, "added")),
    "added at the end": Spoilt(chain("a", "b", "c", "d"), (4, "added")),
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
def test_the_first_entry_that_is_not_as_it_was_written_is_named(spoilt):
    assert first_break(spoilt.entries, HEAD) == spoilt.found


@pytest.mark.parametrize("words", ["", "a", "abc"])
def test_a_chain_that_nobody_touched_is_whole(words):
    entries = chain(*words)
    assert first_break(entries, head_of(entries), head_of(entries[:1])) is None


def test_entries_without_a_head_were_all_added():
    assert first_break(ABC, None) == (1, "added")


@pytest.mark.parametrize(
    ("known", "found"),
    [(Head(2, B.hash), (2, "changed")), (Head(5, B.hash), (4, "missing")), (Head(1, ABC[0].hash), None)],
    ids=["written down", "longer once", "from before"],
)
def test_a_chain_made_anew_is_found_by_a_head_that_was_written_down(known, found):
    other = chain("a", "x", "c")
    assert first_break(other, head_of(other)) is None
    assert first_break(other, head_of(other), known) == found


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_any_single_change_is_found(words, data):
    entries = chain(*words)
    head, at = head_of(entries), data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from(Entry._fields))
    was = getattr(entries[at], field)
    other = data.draw((TEXTS if isinstance(was, str) else st.integers(-9, 200)).filter(lambda value: value != was))
    changed = entries[at]._replace(**{field: other})
    for one in (changed, sealed(changed)):
        if one == entries[at]:
            continue
        spoilt = [*entries[:at], one, *entries[at + 1 :]]
        assert first_break(sorted(spoilt, key=lambda entry: entry.id), head) is not None


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=6), st.data())
def test_any_entry_removed_swapped_or_put_between_is_found(words, data):
    entries = chain(*words)
    one, other = sorted(data.draw(st.sets(st.integers(0, len(entries) - 1), min_size=2, max_size=2)))
    removed = entries[:one] + entries[one + 1 :]
    swapped = entries.copy()
    swapped[one], swapped[other] = entries[other]._replace(id=one + 1), entries[one]._replace(id=other + 1)
    again = data.draw(st.sampled_from(entries))
    inserted = [*entries[:one], sealed(again._replace(id=one + 1)), *(e._replace(id=e.id + 1) for e in entries[one:])]
    assert [first_break(spoilt, head_of(entries)) is None for spoilt in (removed, swapped, inserted)] == [False] * 3


def test_no_two_contents_have_one_text():
    assert canonical(["a", "b"]) != canonical(["a,b"]) != canonical(["a", "b", ""])
    assert sealed(ABC[0]._replace(who="ab", origin="c")).hash != sealed(ABC[0]._replace(who="a", origin="bc")).hash
