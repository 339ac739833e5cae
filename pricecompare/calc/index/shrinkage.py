"""Levels drawn towards their mean by how little is known of them (for ranks and maps), reliability, and intervals."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from pricecompare.calc.sold import Floats

MOST = 200


@dataclass(frozen=True, slots=True)
class Shrunk:
    """`log` and `reliability`, shape (outlets,), nan where there was no standard error; the mean and variance τ²."""

    log: Floats
    reliability: Floats
    mean: float
    variance: float


def shrunk(log: Floats, se: Floats) -> Shrunk:
    """Return μ + B (θ − μ), B = τ² / (τ² + se²) the reliability, with τ² of Paule & Mandel.

    For ranking and maps only: what is printed is the level itself with its interval. τ² solves
    Σ (θ − μ)² / (τ² + se²) = k − 1, μ the mean weighted by 1 / (τ² + se²) (DerSimonian & Kacker 2007, Contemp.
    Clin. Trials 28; `rma(method = "PM")` of R's metafor). Fewer than two outlets have no variance: nan.

    >>> found = shrunk(np.array([0.1, -0.1, 0.3]), np.array([0.05, 0.05, 0.2]))
    >>> round(found.variance, 6), found.reliability.round(3).tolist()
    (0.0225, [0.9, 0.9, 0.36])
    """
    known = ~(np.isnan(log) | np.isnan(se))
    variance, mean = _paule_mandel(log[known], se[known] ** 2)
    with np.errstate(invalid="ignore"):
        # Where all are equal and certain, nothing is known to differ: 0 / 0.
        reliability = variance / (variance + se**2)
    return Shrunk(mean + reliability * (log - mean), reliability, mean, variance)


def interval(level: Floats, se: Floats, n_eff: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval, level · exp(± t · se); nan where there is no standard error.

    t is the 97.5 % quantile of Student's t with `n_eff` − 1 degrees of freedom, n_eff the effective number of drugs
    (`footing`), and 1.96 without it. One effective drug or fewer says nothing: nan. How often such intervals hold
    the truth stands in docs/statistics.md.

    >>> low, high = interval(np.array([1.0, 1.0]), np.array([0.05, 0.05]), np.array([np.inf, 6.0]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.9067, 0.8794], [1.103, 1.1372])
    """
    free = np.full(np.shape(level), np.inf) if n_eff is None else np.asarray(n_eff, np.float64) - 1
    t = stdtrit(np.where(free > 0, free, np.nan), 0.975)
    with np.errstate(over="ignore"):
        return level * np.exp(-t * se), level * np.exp(t * se)


def _paule_mandel(log: Floats, squares: Floats) -> tuple[float, float]:
    """Return τ² and μ by Newton's steps from zero, which never overshoot since the sum is convex in τ²."""
    if len(log) < 2:
        return float("nan"), float("nan")
    variance = 0.0 if (squares > 0).all() else 1e-30
    for _ in range(MOST):
        weight = 1 / (variance + squares)
        mean = float(weight @ log / weight.sum())
        off = weight * (log - mean)
        excess = float(off @ (log - mean)) - (len(log) - 1)
        if excess <= 0:
            break
        step = excess / float(off @ off)
        variance += step
        if step <= 1e-16 * variance:
            break
    return variance, mean
