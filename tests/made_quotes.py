"""Generated sales for the tests of the index, as arrays and as the plain model takes them."""

import math

import numpy as np
from hypothesis import strategies as st

from pricecompare.calc.index import quotes
from tests.plain_index import plain_sales

ROW = st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(800, 1300), st.integers(1, 50))
ROWS = st.lists(ROW, min_size=1, max_size=30)
EVERYTHING = {"min_others": 0, "error_ratio": math.inf}


def columns(rows):
    """Return outlet, drug, value in fen, quantity."""
    outlet, drug, fen, packs = np.array(rows).T
    return outlet, drug, fen * packs, packs


def compared(rows, **asked):
    """Return the quotes of generated rows, all of them unless asked otherwise."""
    return quotes(*columns(rows), **(EVERYTHING | asked))


def plain(rows):
    return plain_sales(zip(*(column.tolist() for column in columns(rows)), strict=True))


def placed(found, outlets, count):
    """Return numbers of some outlets at their places among `count`, nan elsewhere."""
    every = np.full(count, np.nan)
    every[outlets] = found
    return every
