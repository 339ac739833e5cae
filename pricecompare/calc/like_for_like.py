"""The like-for-like level of pharmacies (weighted CPD), how reliable an index is, and which pharmacies compare at all."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.sold import Floats, Sales


class Level(NamedTuple):
    level: Floats
    se: Floats


def level(sales: Sales, outlets: int) -> Level:
    found, errors = np.full(outlets, np.nan), np.full(outlets, np.nan)
    group = components(sales, outlets)
    for one in range(int(group.max(initial=-1)) + 1):
        members = np.flatnonzero(group == one)
        rows = np.flatnonzero(group[sales.outlet] == one) if len(sales.outlet) else np.zeros(0, int)
        theta, se = _cpd(
            np.searchsorted(members, sales.outlet[rows]),
            sales.drug[rows],
            sales.value[rows],
            sales.quantity[rows],
            len(members),
        )
        found[members], errors[members] = theta, se
    return Level(found, errors)


def _cpd(outlet, drug, value, quantity, outlets):
    drugs, item = np.unique(drug, return_inverse=True)
    n = len(drugs)
    turnover = np.bincount(outlet, value, outlets)
    share = value / turnover[outlet]
    logs = np.log(value / quantity)
    u, p = np.zeros((n, outlets)), np.zeros((n, outlets))
    u[item, outlet], p[item, outlet] = share, logs
    total = u.sum(1)
    b = u / total[:, None]
    a = np.diag(u.sum(0)) - u.T @ b
    mean = (b * p).sum(1)
    right = (u * (p - mean[:, None])).sum(0)
    inverse = np.linalg.inv(a + 1)
    theta = inverse @ right
    theta -= theta.mean()
    g = inverse - 1 / outlets**2
    bg = b @ g
    quad = (bg * b).sum(1)
    h = u * (1 / total[:, None] + np.diag(g)[None, :] - 2 * bg + quad[:, None])
    e = np.where(u > 0, p - mean[:, None] - theta[None, :] + (b @ theta)[:, None], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(h < 1 - 1e-9, u * e / (1 - h), np.nan)
    w = np.where(u > 0, w, 0.0)
    se2 = np.zeros(outlets)
    for r in range(outlets):
        se2[r] = np.nansum(((g[r][None, :] - bg[:, r][:, None]) * w) ** 2)
    lonely = np.bincount(outlet, minlength=outlets) < 2
    level = np.exp(theta)
    level *= (turnover / level).sum() / turnover.sum()
    return level, np.where(lonely | (outlets < 2), np.nan, np.sqrt(se2))


def components(sales: Sales, outlets: int) -> NDArray[np.int64]:
    label = np.arange(outlets)
    if not len(sales.outlet):
        return np.full(outlets, -1)
    while True:
        least = np.full(int(sales.drug.max()) + 1, outlets)
        np.minimum.at(least, sales.drug, label[sales.outlet])
        new = label.copy()
        np.minimum.at(new, sales.outlet, least[sales.drug])
        if (new == label).all():
            break
        label = new
    found = np.full(outlets, -1)
    sellers = np.unique(sales.outlet)
    found[sellers] = np.unique(label[sellers], return_inverse=True)[1]
    return found


def reliabilities(y: Floats, se: Floats, among: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    usable = among & np.isfinite(y) & np.isfinite(se)
    reliability, shrunk = np.full(len(y), np.nan), np.full(len(y), np.nan)
    if usable.sum() < 2:
        return reliability, shrunk
    tau, mu = _paule_mandel(y[usable], se[usable] ** 2)
    with np.errstate(invalid="ignore"):
        reliability[usable] = np.where(tau + se[usable] ** 2 > 0, tau / (tau + se[usable] ** 2), 1.0)
    shrunk[usable] = mu + reliability[usable] * (y[usable] - mu)
    return reliability, shrunk


def _paule_mandel(y: Floats, variance: Floats) -> tuple[float, float]:
    def excess(tau):
        w = 1 / np.maximum(tau + variance, 1e-300)
        mu = (w * y).sum() / w.sum()
        return (w * (y - mu) ** 2).sum() - (len(y) - 1), mu

    low, high = 0.0, float(np.var(y)) * len(y) + 1e-12
    if excess(0.0)[0] <= 0:
        return 0.0, float(excess(0.0)[1])
    for _ in range(200):
        mid = (low + high) / 2
        low, high = (mid, high) if excess(mid)[0] > 0 else (low, mid)
    return low, float(excess(low)[1])


def t975(df: Floats) -> Floats:
    return np.where(df > 0, 1.96 + 2.4 / np.maximum(df, 0.1), np.nan)
