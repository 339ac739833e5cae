"""Quotes as sparse matrices, outlets in rows and drugs in columns, and as dense blocks of them."""

from collections.abc import Iterator

from numpy.typing import NDArray
from scipy.sparse import csr_array

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.sold import Floats

BLOCK = 1024
"""Rows of a dense block: large enough for the matrix product's own speed, small beside the whole."""


def table(quotes: Quotes, amount: NDArray) -> csr_array:
    """Return `amount`, one number per quote, as a matrix of shape (outlets, drugs)."""
    return csr_array((amount, quotes.drug, quotes.ends), shape=(quotes.n_outlets, quotes.n_drugs))


def blocks(rows: int, size: int = BLOCK) -> Iterator[slice]:
    """Yield slices that cover `rows` in pieces of at most `size`.

    >>> list(blocks(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def dense(matrix: csr_array, rows: slice) -> Floats:
    """Return some rows of a sparse matrix, zeros where it has nothing."""
    return matrix[rows].toarray()
