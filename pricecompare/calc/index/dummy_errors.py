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
from scipy.linalg.blas import dtrmm
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
    """A solved model: H, Z = W H in rows of the eliminated side, and w_e H w_e of each of its rows (`across`).

    For each place filled: the residual e, the leverage h, and z_ek (`own`).
    """

    model: System
    share: csr_array
    inverse: Floats
    z: Floats
    across: Floats
    residual: Floats
    leverage: Floats
    own: Floats

    def like(self, amount: Floats) -> csr_array:
        """Return a matrix with `amount` in the places filled."""
        return csr_array((amount, self.share.indices, self.share.indptr), shape=self.share.shape)


def inverse_of(lower: Floats) -> Floats:
    """Return the inverse of a matrix from its lower Cholesky factor, which is overwritten."""
    half, _ = dpotri(lower, lower=1, overwrite_c=1)
    half[np.diag_indices(len(half))] /= 2
    return half + half.T


def fit(model: System, kept: Floats, inverse: Floats) -> Fit:
    """Return what standard errors are made of: h = u (1/u_e. + H_kk − 2 (W H)_ek + (W H Wᵀ)_ee)."""
    u = model.weight
    share = csr_array((u.data / model.rows[model.row], u.indices, u.indptr), shape=u.shape)
    z, own, across = np.empty(u.shape), np.empty(u.nnz), np.empty(u.shape[0])
    for rows in blocks(u.shape[0]):
        some = dense(share, rows)
        np.matmul(some, inverse, out=z[rows])
        across[rows] = np.einsum("ek,ek->e", some, z[rows])
        filled = slice(u.indptr[rows.start], u.indptr[rows.stop])
        own[filled] = z[model.row[filled], u.indices[filled]]
    leverage = u.data * ((1 / model.rows + across)[model.row] + inverse.diagonal()[u.indices] - 2 * own)
    return Fit(model, share, inverse, z, across, model.residual(kept), leverage, own)


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
    scatter, d, share = np.tril(_scatter(found, psi)), found.model.rows, found.share
    scatter[np.diag_indices(len(scatter))] /= 2
    alpha, g, middle = _sums(psi, 1), centre / d, centre @ found.z
    moved = alpha * (found.across - share @ middle) - _sums(found.like(psi.data * found.own), 1) + psi @ middle
    across = share.T @ (g * alpha) - psi.T @ g
    squares = alpha / d**2 - 2 * g * alpha / d + alpha @ g**2
    squares += 2 * (moved / d - found.z @ across + middle @ across)
    for rows in blocks(len(d)):
        z = found.z[rows] - middle
        squares[rows] += 2 * np.einsum("ek,ek->e", _times_lower(z, scatter), z)
    return squares


def _times_lower(matrix: Floats, lower: Floats) -> Floats:
    """Return matrix @ lower for a lower triangle, at half the price; z S zᵀ is twice that of S's triangle."""
    # BLAS counts columns first: the transposed of both are the same memory.
    return dtrmm(1.0, lower.T, matrix.T, lower=0).T


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
