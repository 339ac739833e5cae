"""Standard errors of CPD levels that do not believe in one variance: HC0–HC3, and clustered by drug.

The errors of `lm` are far too small here (coverage 61–73 % instead of 95 %), since prices of some drugs scatter more
than others. Sources: MacKinnon & White (1985), J. Econometrics 29; Long & Ervin (2000), American Statistician 54;
equal to R's sandwich 3.0-2.

With M⁻ the inverse of the model's normal equations and x_ij the two dummies of a quote, θ_r moves by
c_r,ij u_ij e_ij, c_r,ij = (M⁻ x_ij)_r, and se_r² = Σ c_r,ij² ψ_ij², ψ = u e / (1 − h)^a, a = 0 (HC0), ½ (HC2), 1 (HC3);
HC1 is HC0 · n / (n − k). Squares are not taken quote by quote: with w_e and e_k the rows of W and of the unit matrix,
S = Σ ψ² (w_e − e_k)(w_e − e_k)ᵀ and H the inverse of the system's matrix, a few products of dense matrices give all.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg.lapack import dpotri
from scipy.sparse import csr_array

from pricecompare.calc.index.dummies import System
from pricecompare.calc.index.tables import blocks, dense
from pricecompare.calc.sold import Floats

Kind = Literal["const", "HC0", "HC1", "HC2", "HC3", "cluster0", "cluster1"]
SURE = 1 - 1e-9
"""From which leverage on a quote stands alone: its error is zero whatever its price, and says nothing."""
_POWER = {"HC2": 0.5, "HC3": 1.0}


@dataclass(frozen=True, slots=True)
class Fit:
    """A solved model: e of each place filled, H, Z = W H in rows of the eliminated side, and the leverages h."""

    model: System
    share: csr_array
    residual: Floats
    inverse: Floats
    z: Floats
    leverage: Floats

    def like(self, amount: Floats) -> csr_array:
        """Return a matrix with `amount` in the places filled."""
        return csr_array((amount, self.share.indices, self.share.indptr), shape=self.share.shape)


def inverse_of(factor: Floats) -> Floats:
    """Return the inverse of a matrix from the lower triangle of its Cholesky factors, which are overwritten."""
    lower, _ = dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(lower)
    return np.ascontiguousarray(lower + np.tril(lower, -1).T)


def fit(model: System, kept: Floats, inverse: Floats) -> Fit:
    """Return what standard errors are made of: h = u (1/u_e. + H_kk − 2 (W H)_ek + (W H Wᵀ)_ee)."""
    u = model.weight
    share = csr_array((u.data / model.rows[model.row], u.indices, u.indptr), shape=u.shape)
    z, leverage = np.empty(u.shape), np.empty(u.nnz)
    for rows in blocks(u.shape[0]):
        some = dense(share, rows)
        np.matmul(some, inverse, out=z[rows])
        filled = slice(u.indptr[rows.start], u.indptr[rows.stop])
        row, column = model.row[filled], u.indices[filled]
        own = 1 / model.rows[rows] + np.einsum("ek,ek->e", some, z[rows])
        leverage[filled] = own[row - rows.start] + inverse.diagonal()[column] - 2 * z[row, column]
    return Fit(model, share, model.residual(kept), inverse, z, leverage * u.data)


def standard_errors(found: Fit, kind: Kind, centre: Floats) -> Floats:
    """Return the standard error of θ_r − Σ centre·θ of each outlet; `centre`, shape (outlets,), adds up to 1.

    HC2 and HC3 leave out quotes of leverage 1 (`SURE`); whose level hangs on one has no error of its own.
    """
    model = found.model
    if kind.startswith("cluster"):
        squares = _clustered(found, centre)
    else:
        squares = (
            _by_outlet(found, _psi(found, kind), centre) if model.by_outlet else _kept(found, _psi(found, kind), centre)
        )
    return np.sqrt(np.maximum(squares * _factor(model, kind), 0.0))


def _factor(model: System, kind: Kind) -> float:
    """Return what a small sample asks for: n / (n − k), and with G clusters G / (G − 1) · (n − 1) / (n − k)."""
    n, (rows, columns) = model.weight.nnz, model.weight.shape
    if kind not in ("HC1", "cluster1"):
        return 1.0
    free, drugs = n - rows - columns + 1, columns if model.by_outlet else rows
    if free <= 0 or (kind == "cluster1" and drugs < 2):
        return float("nan")
    return n / free if kind == "HC1" else drugs / (drugs - 1) * (n - 1) / free


def _psi(found: Fit, kind: Kind) -> csr_array:
    """Return ψ² of each quote."""
    u, e = found.model.weight, found.residual
    if kind == "const":
        free = u.nnz - sum(u.shape) + 1
        return found.like(u.data * (float(u.data @ e**2) / free if free > 0 else np.nan))
    left = np.where(found.leverage < SURE, 1 - found.leverage, np.inf)
    return found.like((u.data * e / left ** _POWER.get(kind, 0.0)) ** 2)


def _scatter(found: Fit, psi: csr_array) -> Floats:
    """Return S = Σ ψ² (w_e − e_k)(w_e − e_k)ᵀ."""
    half, alpha = np.zeros((psi.shape[1],) * 2), _sums(psi, 1)
    for rows in blocks(psi.shape[0]):
        some = dense(found.share, rows)
        half += some.T @ (alpha[rows, None] / 2 * some - dense(psi, rows))
    half += half.T.copy()
    half[np.diag_indices(len(half))] += _sums(psi, 0)
    return half


def _kept(found: Fit, psi: csr_array, centre: Floats) -> Floats:
    """Return se² where the outlets are the kept side: c_r = H_r (e_k − w_e)."""
    inverse = found.inverse - centre @ found.inverse
    return np.einsum("rk,rk->r", inverse @ _scatter(found, psi), inverse)


def _by_outlet(found: Fit, psi: csr_array, centre: Floats) -> Floats:
    """Return se² where the outlets are eliminated: c_r,ij = z_r (w_j − e_i) + δ_rj / u_j. − g_j."""
    scatter, d = _scatter(found, psi), found.model.rows
    alpha, g, middle = _sums(psi, 1), centre / d, centre @ found.z
    across = found.share.T @ (g * alpha) - psi.T @ g
    squares = alpha / d**2 - 2 * g * alpha / d + alpha @ g**2
    for rows in blocks(len(d)):
        z = found.z[rows] - middle
        own = alpha[rows] * np.einsum("ek,ek->e", z, dense(found.share, rows)) - np.einsum(
            "ek,ek->e", z, dense(psi, rows)
        )
        squares[rows] += np.einsum("ek,ek->e", z @ scatter, z) + 2 * (own / d[rows] - z @ across)
    return squares


def _clustered(found: Fit, centre: Floats) -> Floats:
    """Return Σ_i (Σ_j c_r,ij u_ij e_ij)² with the drugs as clusters; Σ_j u_ij e_ij is zero for each drug."""
    model = found.model
    moved = found.like(model.weight.data * found.residual)
    squares = np.zeros(len(centre))
    if not model.by_outlet:
        inverse = found.inverse - centre @ found.inverse
        for rows in blocks(moved.shape[0]):
            squares += ((inverse @ dense(moved, rows).T) ** 2).sum(axis=1)
        return squares
    across = np.asarray((found.share.T @ moved).todense())
    middle, apart = centre @ found.z, moved.T @ (centre / model.rows)
    for rows in blocks(moved.shape[0]):
        each = (found.z[rows] - middle) @ across + dense(moved, rows) / model.rows[rows, None] - apart
        squares[rows] = (each**2).sum(axis=1)
    return squares


def _sums(matrix: csr_array, axis: int) -> Floats:
    return np.asarray(matrix.sum(axis=axis))
