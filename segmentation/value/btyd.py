"""Purchase models: how often customers buy while they are active, and how likely they still are."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.errors import NotReliable
from segmentation.value.histories import Histories
from segmentation.value.jacobi import build_rules
from segmentation.value.likelihood import build_score
from segmentation.value.maximum import Maximum, climb, find_maximum

Floats = NDArray[np.float64]

NAMES = ("r", "alpha", "a", "b")
STARTS = np.log([[0.5, 0.5, 0.5, 2.0], [2.0, 1.0, 0.1, 1.0]])
MANY_CELLS, FIRST_CELLS, AT_ONCE = 40_000, 10_000, 50_000


class BgNbd:
    """BG/NBD: customers buy at a rate of their own, and may leave after each repeat purchase.

    Purchases are Poisson at a rate ~ Gamma(r, alpha); the chance to leave is ~ Beta(a, b).

    Attributes
    ----------
    r_, alpha_, a_, b_ : float
        `alpha_` in the histories' unit of time, the others without a unit.
    log_likelihood_ : float
        Of all customers, in the histories' unit of time.
    covariance_ : ndarray of shape (4, 4)
        Of the logarithms of the parameters in that order; not finite where the data are flat.
    converged_ : bool
        Whether that is a maximum within the parameters' limits.
    at_limit_ : tuple of str
        Parameters that ran away.

    References
    ----------
    Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
    """

    # Chances to leave before the first repeat purchase.
    extra = 0

    r_: float
    alpha_: float
    a_: float
    b_: float

    def fit(self, histories: Histories) -> Self:
        """Learn the parameters by maximum likelihood.

        Raises
        ------
        NotReliable
            No customer bought twice, so there is nothing to learn from.
        """
        if not histories.n_repeaters:
            raise NotReliable(
                "Every customer bought once: there is nothing to learn from.",
                "Load a longer time, in which customers come back.",
            )
        # Time counts in mean ages, so that its unit changes nothing.
        unit = float(np.average(histories.T.each(), weights=histories.counts))
        scaled = histories.stretch(1 / unit)
        start = STARTS
        if len(scaled.counts) > MANY_CELLS:
            score = build_score(scaled.thin(len(scaled.counts) // FIRST_CELLS + 1), self.extra)
            start = np.array([climb(score, guess) for guess in STARTS])
            start = start[[np.argmax([score(guess)[0] for guess in start])]]
        score = build_score(scaled, self.extra)
        found = max((find_maximum(score, guess) for guess in start), key=_height)
        n = histories.n_customers
        self._set(np.exp(found.logs) * [1, unit, 1, 1])
        repeats = float(histories.counts @ histories.x.each())
        self.log_likelihood_ = found.log_likelihood * n - repeats * np.log(unit)
        self.covariance_ = found.covariance / n
        self.converged_ = found.converged
        self.at_limit_ = tuple(NAMES[place] for place in found.at_limit)
        return self

    @property
    def parameters_(self) -> Floats:
        """The four parameters, in the order r, alpha, a, b."""
        return np.array([self.r_, self.alpha_, self.a_, self.b_])

    def vary(self, parameters: ArrayLike) -> "BgNbd":
        """The same model with other parameters."""
        other = type(self)()
        other._set(np.asarray(parameters, float))
        return other

    def score(self, histories: Histories) -> float:
        """The log-likelihood of histories under the fitted parameters."""
        return (
            build_score(histories, self.extra)(np.log(self.parameters_))[0] * histories.n_customers
        )

    def predict_active(self, histories: Histories) -> Floats:
        """P(active): the chance that a customer has not left, by customer, 0 to 1."""
        return self._active(histories)[histories.of]

    def predict(self, histories: Histories, horizon: float) -> Floats:
        """Expected purchases from now on, by customer.

        Parameters
        ----------
        histories : Histories
            Of the customers, in the unit of time of the fit.
        horizon : float
            How long, in that unit; 0 or more.

        Returns
        -------
        ndarray of shape (n_customers,)
        """
        expected = self.predict_if_active(histories, [horizon])[0]
        return self.predict_active(histories) * expected

    def predict_if_active(
        self, histories: Histories, horizons: ArrayLike, weights: ArrayLike | None = None
    ) -> Floats:
        """Expected purchases of customers who have not left.

        Parameters
        ----------
        histories : Histories
            Of the customers, in the unit of time of the fit.
        horizons : array-like of shape (n_horizons,)
            How long, in that unit; 0 or more.
        weights : array-like of shape (n_sums, n_horizons), optional
            To get weighted sums over the horizons in their place, such as discounted ones.

        Returns
        -------
        ndarray of shape (n_horizons, n_customers) or (n_sums, n_customers)

        Notes
        -----
        The papers' hypergeometric function is 0/0 at a = 1, undefined at a + b ≤ 1 and loses its
        digits in between. Here the mean over the customer's chance of leaving p, after the data
        ~ Beta(a, b + x), is taken of the purchases expected at this p: a sum of positive terms.
        """
        times = np.asarray(horizons, float)
        return self._moments(histories, times, False, weights)[0]

    def predict_spread(self, histories: Histories, horizon: float) -> tuple[Floats, Floats]:
        """Mean and mean square of the number of purchases, by customer.

        Parameters
        ----------
        histories : Histories
            Of the customers, in the unit of time of the fit.
        horizon : float
            How long, in that unit.
        """
        first, second = self._moments(histories, np.array([horizon]), True)
        active = self.predict_active(histories)
        return active * first[0], active * (first[0] + second[0])

    def predict_wait(self, histories: Histories) -> Floats:
        """Time until half of such customers, if active, have bought again; may be very long.

        The rate is ~ Gamma(r + x, alpha + T), so the wait is Lomax-distributed.
        """
        shape = self.r_ + histories.x.each()
        median = (self.alpha_ + histories.T.each()) * np.expm1(np.log(2) / shape)
        return median[histories.of]

    def _set(self, parameters: Floats) -> None:
        self.r_, self.alpha_, self.a_, self.b_ = map(float, parameters)

    def _active(self, histories: Histories) -> Floats:
        """P(active) of each cell."""
        chances = histories.x.values + self.extra
        left = np.full(len(chances), -np.inf)
        can = chances > 0
        left[can] = np.log(self.a_) - np.log(self.b_ + chances[can] - 1)
        since = np.log(self.alpha_ + histories.T.values)[histories.T.of]
        since -= np.log(self.alpha_ + histories.t_x.values)[histories.t_x.of]
        odds = left[histories.x.of] + (self.r_ + histories.x.values)[histories.x.of] * since
        return np.exp(-np.logaddexp(0, odds))

    def _moments(
        self,
        histories: Histories,
        horizons: Floats,
        second: bool,
        weights: ArrayLike | None = None,
    ) -> Floats:
        """E[N] and, where wanted, E[N (N − 1)] of active customers, by horizon and customer.

        Both depend on x and T alone, so each pair of these is worked out once.
        """
        n_ages = len(histories.T.values)
        pairs, pair_of = np.unique(histories.x.of * n_ages + histories.T.of, return_inverse=True)
        points, shares = build_rules(self.a_, self.b_ + histories.x.values + self.extra)
        out = np.zeros((1 + second, len(horizons), len(pairs)))
        for begin in range(0, len(pairs), AT_ONCE):
            part = slice(begin, begin + AT_ONCE)
            row = pairs[part] // n_ages
            p, share = points[row], shares[row]
            shape = (self.r_ + histories.x.values[row])[:, None]
            age = (self.alpha_ + histories.T.values[pairs[part] % n_ages])[:, None]
            for place, t in enumerate(horizons):
                out[0, place, part] = (share * _bought(p, shape, age, t)).sum(axis=1)
                if second:
                    out[1, place, part] = (share * _bought_pairs(p, shape, age, t)).sum(axis=1)
        if weights is not None:
            out = np.asarray(weights, float) @ out
        return out[:, :, pair_of[histories.of]]


class MbgNbd(BgNbd):
    """MBG/NBD: as BG/NBD, but customers may leave right after their first purchase too.

    References
    ----------
    Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models for
    customer base analysis, International Journal of Research in Marketing 24(3).
    """

    extra = 1


MODELS = {"BG/NBD": BgNbd, "MBG/NBD": MbgNbd}


def _height(found: Maximum) -> float:
    return found.log_likelihood


def _bought(p: Floats, shape: Floats | float, age: Floats | float, t: float) -> Floats:
    """Mean of (1 − exp(−λ p t)) / p over the rate λ ~ Gamma(shape, age)."""
    return -np.expm1(-shape * np.log1p(p * t / age)) / p


def _bought_pairs(p: Floats, shape: Floats, age: Floats, t: float) -> Floats:
    """Mean of 2 (1 − p) / p² (1 − (1 + λ p t) exp(−λ p t)) over the rate λ ~ Gamma(shape, age).

    Where p t is small that is a difference of nearly equal numbers; its series takes over.
    """
    u = p * t / age
    exact = -np.expm1(-shape * np.log1p(u)) - shape * u * np.exp(-(shape + 1) * np.log1p(u))
    series = shape * (shape + 1) * u**2 * (0.5 - (shape + 2) * u / 3)
    return 2 * (1 - p) * np.where((shape + 3) * u < 1e-4, series, exact) / p / p
