"""The country-product-dummy model, ln p_ij = π_i + θ_j + e_ij, weighted or not: levels by one linear system.

Weights u_ij are 1 (CPD) or the shares s_ij (weighted CPD, equal to the Rao system). One side of the table, drugs or
outlets, is eliminated by hand and the system of the other side, the smaller, is solved: with W = U / u_e., the
eliminated side's weights in rows adding up to 1, A = diag(u_k) − Uᵀ W and A x = Σ_e u_ek (y_ek − ȳ_e).
Source: Diewert (2005), Review of Income and Wealth 51; equal to R's `lm` with dummies and to pricelevels 1.3.0.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve
from scipy.linalg.blas import dsyrk
from scipy.linalg.lapack import dpotrf
from scipy.sparse import csr_array

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.iterating import conjugate_gradients
from pricecompare.calc.index.sums import sums
from pricecompare.calc.index.tables import blocks, dense, table
from pricecompare.calc.sold import Floats

Weights = Literal["equal", "shares"]

DIRECT = 1500
"""Up to how many unknowns a system is solved directly even where only levels are asked for."""


@dataclass(frozen=True, eq=False)
class System:
    """One connected group: matrices with the eliminated side in rows and the kept side in columns.

    `weight` has u, `log_price` y = ln p, both with the same places filled; `by_outlet` says that the outlets are the
    rows, that is eliminated. `rows` and `columns` are the sums of u.
    """

    weight: csr_array
    log_price: csr_array
    by_outlet: bool
    rows: Floats
    columns: Floats

    @cached_property
    def row(self) -> NDArray[np.intp]:
        """The row of each place filled, in the order of `weight.data`."""
        return np.repeat(np.arange(len(self.rows), dtype=np.int32), np.diff(self.weight.indptr))

    def residual(self, kept: Floats) -> Floats:
        """Return e = y − the effects of both sides for each place filled, given those of the kept side."""
        return self.log_price.data - self.mean(kept)[self.row] - kept[self.weight.indices]

    def like(self, amount: Floats) -> csr_array:
        """Return a matrix with `amount` in the places filled."""
        return csr_array((amount, self.weight.indices, self.weight.indptr), shape=self.weight.shape)

    def start(self) -> Floats:
        """Return b: `right` where the kept side's effects are zero, in one pass."""
        weighted = self.like(self.weight.data * self.log_price.data)
        return _sums(weighted, 0) - self.weight.T @ (_sums(weighted, 1) / self.rows)

    def mean(self, kept: Floats) -> Floats:
        """Return the eliminated side's effects, Σ_k u (y − x_k) / u_e.."""
        weighted = self.like(self.weight.data * self.log_price.data)
        return (_sums(weighted, 1) - self.weight @ kept) / self.rows

    def right(self, kept: Floats) -> Floats:
        """Return Σ_e u e for each column: what the given effects leave of b."""
        return sums(self.weight.indices, self.weight.data * self.residual(kept), len(self.columns))

    def times(self, x: Floats) -> Floats:
        """Return A x without making A."""
        return self.columns * x - self.weight.T @ ((self.weight @ x) / self.rows)


def system(quotes: Quotes, weights: Weights = "shares") -> System:
    """Return the model of one connected group; the larger side is the one eliminated."""
    u = quotes.share if weights == "shares" else np.ones(len(quotes.value))
    weight, logs = table(quotes, u), table(quotes, np.log(quotes.price))
    by_outlet = quotes.n_outlets >= quotes.n_drugs
    if not by_outlet:
        weight, logs = weight.T.tocsr(), logs.T.tocsr()
    return System(weight, logs, by_outlet, _sums(weight, 1), _sums(weight, 0))


def solved(model: System) -> tuple[Floats, int | None]:
    """Return the kept side's effects, up to a constant, and how many steps they took; None when found directly.

    Beyond 1,500 unknowns by conjugate gradients, whose time grows with the quotes, else by Cholesky's factors.
    """
    if len(model.columns) <= DIRECT:
        return refined(model, factor(model)), None
    return conjugate_gradients(model.times, model.start(), model.columns)


def of_outlets(model: System, kept: Floats) -> Floats:
    """Return θ of each outlet, given the effects of the kept side."""
    return model.mean(kept) if model.by_outlet else kept


def factor(model: System) -> Floats:
    """Return the lower Cholesky factor of A + d dᵀ / Σ d, d = u_k: regular, and its inverse a generalised one of A."""
    d = model.columns
    # In the order of columns, as LAPACK has it: nothing is copied, and only the lower triangle is ever filled.
    matrix = np.asfortranarray(np.multiply.outer(d / d.sum(), d))
    for rows in blocks(len(model.rows)):
        scaled = dense(model.weight, rows) / np.sqrt(model.rows[rows])[:, None]
        matrix = dsyrk(-1.0, scaled.T, beta=1.0, c=matrix, lower=1, overwrite_c=1)
    matrix[np.diag_indices(len(d))] += d
    lower, failed = dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError(f"the model of a connected group is singular at {failed}")
    return lower


def refined(model: System, lower: Floats) -> Floats:
    """Return the kept side's effects, x of A x = b, from the factors of A, and once more for what rounding left."""
    x = cho_solve((lower, True), model.start())
    return x + cho_solve((lower, True), model.right(x))


def _sums(matrix: csr_array, axis: int) -> Floats:
    return np.asarray(matrix.sum(axis=axis))
