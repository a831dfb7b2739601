"""Finds the maximum of a likelihood over positive parameters, and how sharp it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Score = Callable[[Floats], tuple[float, Floats]]

# Logarithms of parameters: e^±12 is 0.000006 to 160,000, far outside of what shops are like.
LIMIT, NEAR, STEP, N_POLISHED = 12.0, 0.01, 1e-4, 3
FLAT = 1e-6


@dataclass(frozen=True)
class Maximum:
    """Where a likelihood is highest.

    Parameters
    ----------
    logs : ndarray of shape (n_parameters,)
        Logarithms of the parameters.
    log_likelihood : float
        Of one customer, on average.
    covariance : ndarray of shape (n_parameters, n_parameters)
        Of the logarithms, times the number of customers; not finite where the likelihood is flat.
    converged : bool
        Whether the slope is nil there and the likelihood falls in all directions.
    at_limit : tuple of int
        Parameters that ran away to the largest or smallest value that is looked at.
    """

    logs: Floats
    log_likelihood: float
    covariance: Floats
    converged: bool
    at_limit: tuple[int, ...]


def climb(score: Score, start: Floats) -> Floats:
    """Logarithms of the parameters near the highest point that L-BFGS reaches from `start`."""
    from scipy.optimize import minimize

    def descend(logs: Floats) -> tuple[float, Floats]:
        height, slope = score(logs)
        return -height, -slope

    found = minimize(
        descend,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-LIMIT, LIMIT)] * len(start),
        options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500},
    )
    return np.asarray(found.x, float)


def find_maximum(score: Score, start: Floats) -> Maximum:
    """The maximum next to `start`: L-BFGS, then Newton's steps until the slope is nil.

    Parameters
    ----------
    score : callable
        Gives the mean log-likelihood at the logarithms of the parameters, and its gradient.
    start : ndarray of shape (n_parameters,)
        Logarithms to begin with.
    """
    logs = climb(score, start)
    height, slope = score(logs)
    bends = _bends(score, logs)
    inside = np.abs(logs) < LIMIT - NEAR
    for _ in range(N_POLISHED):
        free = np.ix_(inside, inside)
        if np.abs(slope[inside]).max(initial=0) < 1e-10 or not _is_peak(bends[free]):
            break
        step = np.zeros_like(logs)
        step[inside] = np.linalg.solve(bends[free], -slope[inside])
        tried = np.clip(logs + np.clip(step, -1, 1), -LIMIT, LIMIT)
        new_height, new_slope = score(tried)
        # Of heights equal in all their digits the flatter place is nearer to the peak.
        if new_height < height - 1e-13 or np.abs(new_slope[inside]).max() > np.abs(slope).max():
            break
        logs, height, slope = tried, new_height, new_slope
    inside = np.abs(logs) < LIMIT - NEAR
    is_peak = _is_peak(bends)
    covariance = np.full_like(bends, np.nan)
    if is_peak:
        covariance[:] = np.linalg.inv(-bends)
    converged = bool(is_peak and inside.all() and np.abs(slope).max() < FLAT)
    return Maximum(logs, height, covariance, converged, tuple(np.flatnonzero(~inside)))


def _bends(score: Score, logs: Floats) -> Floats:
    """Second derivatives, by central differences of the gradient."""
    steps = np.eye(len(logs)) * STEP
    rows = [(score(logs + step)[1] - score(logs - step)[1]) / (2 * STEP) for step in steps]
    return (np.array(rows) + np.array(rows).T) / 2


def _is_peak(bends: Floats) -> bool:
    return bool(np.isfinite(bends).all() and (np.linalg.eigvalsh(bends) < -1e-12).all())
