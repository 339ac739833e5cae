"""Tables as bytes: what is packed comes back, in few bytes, and another program's layout is refused."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.packing import EFFECT, LAYOUT, TOTAL, packed, packed_pieces, unpacked
from pricecompare.calc.timeline import SAID

RANGES = {"i1": (-(2**7), 2**7 - 1), "<i4": (-(2**31), 2**31 - 1), "<i8": (-(2**63), 2**63 - 1)}


def tables(dtype):
    columns = [
        st.floats(allow_nan=False) if dtype[name].kind == "f" else st.integers(*RANGES[dtype[name].str.strip("|")])
        for name in dtype.names
    ]
    return st.lists(st.tuples(*columns), max_size=20).map(lambda rows: np.array(rows, dtype))


@pytest.mark.parametrize("dtype", [SAID, EFFECT, TOTAL], ids=["quotes", "effects", "totals"])
@given(data=st.data())
def test_what_is_packed_comes_back(dtype, data):
    table = data.draw(tables(dtype))
    back = unpacked(packed(table), dtype)
    assert (back.dtype, back.tobytes()) == (dtype, table.tobytes())


def test_the_bytes_are_the_same_on_every_machine():
    stored = packed(np.array([(7, 1250, 86_400, 1, 0), (9, 80, 86_400, 0, 1)], SAID))
    first, last = "07000000" + "02000000", "e2040000" + "6efbffff"
    assert zlib.decompress(stored).hex() == first + last + "8051010000000000" + "0000000000000000" + "01ff" + "0001"


def test_a_list_takes_few_bytes_for_each_row():
    rows = [(drug, 1000 + drug * 7919 % 500 * 10, 1_790_000_000, 1, 0) for drug in range(1, 3000)]
    assert len(packed(np.array(rows, SAID))) < 4 * len(rows)


@pytest.mark.parametrize("layout", [LAYOUT - 1, LAYOUT + 1])
def test_a_layout_of_another_program_is_refused(layout):
    with pytest.raises(ValueError, match=f"layout {layout} of a list, this program reads {LAYOUT}"):
        unpacked(packed(np.zeros(1, SAID)), layout=layout)


def test_damaged_bytes_are_no_table():
    with pytest.raises(zlib.error):
        unpacked(packed(np.zeros(9, SAID))[:-3])


@given(tables(EFFECT), st.lists(st.integers(0, 20), max_size=6))
def test_pieces_are_packed_as_tables_of_their_own(table, cuts):
    bounds = [0, *sorted(min(cut, len(table)) for cut in cuts), len(table)]
    pieces = list(packed_pieces(table, bounds[:-1], bounds[1:]))
    assert pieces == [packed(table[start:end]) for start, end in zip(bounds[:-1], bounds[1:], strict=True)]
    assert all(
        len(unpacked(piece, EFFECT)) == end - start
        for piece, start, end in zip(pieces, bounds[:-1], bounds[1:], strict=True)
    )
