"""Facets against a plain count of every entry."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.entries import Entry
from pricecompare.calc.facets import FACETS, MOST_VALUES, Facets
from pricecompare.calc.finds import Finds, Hits

values = st.sampled_from(["", "甲", "乙", "片剂", "片 剂"])
entries = st.builds(
    lambda product, *said: Entry(0, "C", "药", "", said[2], "", "", "", said[0], said[1], "", product, *said[3:]),
    st.sampled_from("PQR"), values, values, values, values, values,
)  # fmt: skip
chosen = st.dictionaries(st.sampled_from(FACETS), values.filter(bool), max_size=3)


def same(one, other):
    return one.replace(" ", "") == other.replace(" ", "")


def fits(entry, wanted):
    return all(same(getattr(entry, name), value) for name, value in wanted.items())


@given(st.lists(entries, max_size=12), st.sets(st.integers(0, 11)), chosen, st.booleans())
def test_counts_and_what_is_left_agree_with_a_plain_count(catalogue, found, wanted, grouped):
    facets = Facets(catalogue)
    at = np.array(sorted(place for place in found if place < len(catalogue)), np.intp)
    plain = np.zeros(len(at), np.int32)
    finds = Finds(Hits(at, plain, plain, plain), np.zeros(len(catalogue), np.int64))
    left, counts = facets.narrowed(finds, wanted, grouped=grouped)
    these = [catalogue[place] for place in at]
    assert left.positions.tolist() == [place for place in at.tolist() if fits(catalogue[place], wanted)]
    for name in FACETS:
        others = {other: value for other, value in wanted.items() if other != name}
        for told in counts[name]:
            having = [one for one in these if fits(one, others | {name: told["value"]})]
            assert told["results"] == (len({one.product for one in having}) if grouped else len(having)) > 0
        told_of = {told["value"].replace(" ", "") for told in counts[name]}
        assert told_of == {getattr(one, name).replace(" ", "") for one in these if fits(one, others)} - {""}


def test_the_commonest_values_are_told_first_then_by_text():
    catalogue = [Entry(0, "C", "药", "", f"厂{number % 30:02d}", "", "", "") for number in range(45)]
    at = np.arange(45)
    finds = Finds(Hits(at, *[np.zeros(45, np.int32)] * 3), np.zeros(45, np.int64))
    _, counts = Facets(catalogue).narrowed(finds, {}, grouped=False)
    told = [(one["value"], one["results"]) for one in counts["maker"]]
    assert told == [
        *((f"厂{number:02d}", 2) for number in range(15)),
        *((f"厂{number:02d}", 1) for number in range(15, 20)),
    ]
    assert len(told) == MOST_VALUES
