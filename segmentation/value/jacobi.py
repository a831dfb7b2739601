"""Means over a beta distribution, by Gauss and Jacobi's rule: exact for all smooth functions."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def build_rules(a: float, b: Floats, n_nodes: int = 40) -> tuple[Floats, Floats]:
    """Points and weights: the mean of f(p), p ~ Beta(a, b), is the sum of weight × f(point).

    Parameters
    ----------
    a : float
        Above 0.
    b : ndarray of shape (n_rules,)
        Above 0; one rule for each.
    n_nodes : int, default=40
        Points of a rule.

    Returns
    -------
    points, weights : ndarray of shape (n_rules, n_nodes)
        Points from 0 to 1; the weights of a rule add up to 1.

    References
    ----------
    Golub & Welsch (1969), Calculation of Gauss quadrature rules: the points are the eigenvalues of
    the matrix of the polynomials' recurrence, the weights the first parts of its eigenvectors.
    """
    right, left = np.asarray(b, float)[:, None] - 1, a - 1
    both = right + left
    n = np.arange(1, n_nodes)
    middle = np.empty((len(right), n_nodes))
    middle[:, 0] = ((left - right) / (both + 2))[:, 0]
    middle[:, 1:] = (left - right) * both / ((2 * n + both) * (2 * n + both + 2))
    beside = np.empty((len(right), n_nodes - 1))
    beside[:, 0] = (4 * (1 + right) * (1 + left) / ((2 + both) ** 2 * (3 + both)))[:, 0]
    n = n[1:]
    beside[:, 1:] = (4 * n * (n + right) * (n + left) * (n + both)) / (
        (2 * n + both) ** 2 * (2 * n + both + 1) * (2 * n + both - 1)
    )
    matrix = np.zeros((len(right), n_nodes, n_nodes))
    places = np.arange(n_nodes)
    matrix[:, places, places] = middle
    matrix[:, places[1:], places[:-1]] = np.sqrt(beside)
    points, vectors = np.linalg.eigh(matrix)
    return np.clip((points + 1) / 2, 1e-300, 1), vectors[:, 0, :] ** 2
