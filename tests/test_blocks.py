"""Rows are read many together as they are read one by one, whatever ends the lines and wherever a piece ends."""

import io
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.errors import Unreadable
from pricecompare.files import csv_rows
from pricecompare.files.read import table
from pricecompare.files.source import Source
from pricecompare.files.tables import LIMITS
from pricecompare.schemas.layout import Layout

CELLS = st.sampled_from(["", " ", "a", "12.50", "阿莫西林", "b\u2028c", "\x1c", "'"])
LINES = st.lists(st.tuples(st.lists(CELLS, min_size=0, max_size=4), st.sampled_from(["\n", "\r\n", "\r"])), max_size=12)


def both(path, most, layout=None):
    """Return the rows of a file one by one, and read together."""
    alone = list(table(path, layout=layout).rows)
    return alone, [row for block in table(path, layout=layout).blocks(most) for row in block.rows]


@given(LINES, st.integers(1, 40), st.booleans())
def test_rows_together_are_the_rows(lines, piece, last):
    text = "one,two\n" + "".join(",".join(cells) + end for cells, end in lines) + ("x,y" if last else "")
    source = Source.of(lambda: io.BytesIO(text.encode()))
    with patch.object(csv_rows, "PIECE", piece):
        try:
            found = csv_rows.table(source, encoding=None, limits=LIMITS)
        except Unreadable as error:
            assert error.code == "no_rows"
            return
        together = [row for block in found.blocks(1) for row in block.rows]
    assert together == list(found.rows)


FILES = {
    "quotation marks": ('a,b\n1,"2\n3"\n4,5\n', None),
    "quotation marks that mean nothing": ('a,b\n1,"2\n3",4\n', Layout(quotes=False)),
    "one column": ("a\n1\n\n2\n", None),
    "tabs": ("a\tb\n1\t2\n\t\n3\t4", None),
    "json": ('[{"a": 1}, {"a": 2}, {"b": 3}]', None),
    "one column dropped": ("a,b\n1,2\n3\n4,5\n", Layout(drop=("b",))),
}


@pytest.mark.parametrize("text,layout", FILES.values(), ids=FILES)
def test_any_table_can_be_read_together(tmp_path, text, layout):
    path = tmp_path / "rows.txt"
    path.write_text(text, "utf-8")
    alone, together = both(path, 2, layout)
    assert together == alone


def test_full_rows_come_column_by_column(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n3,4\n", "utf-8")
    (block,) = table(path).blocks(1)
    assert (list(block.numbers), block.columns) == ([2, 3], [["1", "3"], ["2", "4"]])
