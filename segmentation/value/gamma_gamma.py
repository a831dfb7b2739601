"""The spend model: what a customer's average order is worth, from the orders seen so far."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.errors import NotReliable
from segmentation.value.maximum import climb, find_maximum

Floats = NDArray[np.float64]

NAMES = ("p", "q", "gamma")
MANY, FIRST = 40_000, 10_000
STARTS = np.log([[3.0, 3.0, 1.0], [1.0, 1.5, 1.0]])


class GammaGamma:
    """Gamma-Gamma: each order's amount ~ Gamma(p, ν), each customer's ν ~ Gamma(q, gamma).

    Attributes
    ----------
    p_, q_ : float
        Shapes, without a unit.
    gamma_ : float
        In the data's currency.
    log_likelihood_ : float
        Of the customers in the fit.
    covariance_ : ndarray of shape (3, 3)
        Of the logarithms of p, q, gamma; not finite where the data are flat.
    converged_ : bool
        Whether that is a maximum within the parameters' limits.
    at_limit_ : tuple of str
        Parameters that ran away.
    n_fitted_ : int
        Customers that the parameters were learnt from.
    n_left_out_ : int
        Customers with repeat purchases whose mean amount is not above 0.

    References
    ----------
    Fader & Hardie (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025.
    """

    p_: float
    q_: float
    gamma_: float

    def fit(self, x: ArrayLike, spend: ArrayLike) -> Self:
        """Learn the parameters by maximum likelihood.

        Parameters
        ----------
        x : array-like of shape (n_customers,)
            How many purchases the mean is of; customers with 0 are passed over.
        spend : array-like of shape (n_customers,)
            Mean amount of a purchase, in the data's currency.

        Raises
        ------
        NotReliable
            Fewer than two customers have repeat purchases with a mean amount above 0.
        """
        number, amount = np.asarray(x, float), np.asarray(spend, float)
        used = (number > 0) & (amount > 0)
        self.n_fitted_ = int(used.sum())
        self.n_left_out_ = int(((number > 0) & ~used).sum())
        if self.n_fitted_ < 2:
            raise NotReliable(
                "Hardly any customer bought again for money: nothing tells how spend varies.",
                "Load a longer time, in which customers come back.",
            )
        number, amount = number[used], amount[used]
        # Money counts in mean amounts, so that its currency changes nothing.
        unit = float(amount.mean())
        starts, step = STARTS, len(number) // FIRST + 1
        if len(number) > MANY:
            thin = _score(number[::step], amount[::step] / unit)
            reached = [climb(thin, start) for start in STARTS]
            starts = np.array([max(reached, key=lambda logs: thin(logs)[0])])
        score = _score(number, amount / unit)
        found = max(
            (find_maximum(score, start) for start in starts), key=lambda f: f.log_likelihood
        )
        self._set(np.exp(found.logs) * [1, 1, unit])
        self.log_likelihood_ = found.log_likelihood * len(number) - len(number) * np.log(unit)
        self.covariance_ = found.covariance / len(number)
        self.converged_ = found.converged
        self.at_limit_ = tuple(NAMES[place] for place in found.at_limit)
        return self

    @property
    def parameters_(self) -> Floats:
        """The three parameters, in the order p, q, gamma."""
        return np.array([self.p_, self.q_, self.gamma_])

    def vary(self, parameters: ArrayLike) -> "GammaGamma":
        """The same model with other parameters."""
        other = GammaGamma()
        other._set(np.asarray(parameters, float))
        return other

    def predict(self, x: ArrayLike, spend: ArrayLike) -> Floats:
        """Expected amount of a purchase to come: between the customer's own mean and everyone's.

        Parameters
        ----------
        x : array-like of shape (n_customers,)
            How many purchases the mean is of; 0 for none.
        spend : array-like of shape (n_customers,)
            Mean amount of a purchase; passed over where x is 0, taken as 0 where negative.

        Returns
        -------
        ndarray of shape (n_customers,)
            In the data's currency, never negative; nan where no mean exists (q + p x ≤ 1).
        """
        shape, scale = self._after(x, spend)
        return self.p_ * scale / np.where(shape > 1, shape - 1, np.nan)

    def predict_spread(self, x: ArrayLike, spend: ArrayLike) -> tuple[Floats, Floats]:
        """Variance of one customer's amounts, and of their mean as far as it is known.

        Both are infinite where q + p x ≤ 2.
        """
        shape, scale = self._after(x, spend)
        enough = shape > 2
        room = np.where(enough, shape - 2, 1) * np.where(enough, shape - 1, 1)
        within = np.where(enough, self.p_ * scale**2 / room, np.inf)
        known = np.where(enough, (self.p_ * scale) ** 2 / room / np.maximum(shape - 1, 1), np.inf)
        return within, known

    def score(self, x: ArrayLike, spend: ArrayLike) -> float:
        """The log-likelihood of customers' mean amounts under the fitted parameters."""
        number, amount = np.asarray(x, float), np.asarray(spend, float)
        used = (number > 0) & (amount > 0)
        score = _score(number[used], amount[used])
        return score(np.log(self.parameters_))[0] * int(used.sum())

    def _after(self, x: ArrayLike, spend: ArrayLike) -> tuple[Floats, Floats]:
        """Shape and scale of ν ~ Gamma after the customer's purchases."""
        number = np.asarray(x, float)
        amount = np.where(number > 0, np.maximum(np.nan_to_num(np.asarray(spend, float)), 0), 0)
        return self.q_ + self.p_ * number, self.gamma_ + number * amount

    def _set(self, parameters: Floats) -> None:
        self.p_, self.q_, self.gamma_ = map(float, parameters)


def _score(number: Floats, amount: Floats):  # type: ignore[no-untyped-def]
    """Function from the parameters' logarithms to the mean log-likelihood and its gradient."""
    import pandas as pd
    from scipy.special import gammaln, psi

    of, distinct = pd.factorize(number, sort=True)
    counts = np.bincount(of).astype(float)
    n, spent = len(number), number * amount
    fixed = -float(np.log(amount).sum())
    logs_spent = float((number * np.log(spent)).sum())

    def score(logs: Floats) -> tuple[float, Floats]:
        p, q, gamma = np.exp(logs)
        orders, after = p * distinct, p * distinct + q
        reach = np.log(gamma + spent)
        by_x = np.bincount(of, reach)
        shares = np.bincount(of, 1 / (gamma + spent))
        height = (
            counts @ (gammaln(after) - gammaln(orders) - gammaln(q))
            + n * q * np.log(gamma)
            + p * logs_spent
            + fixed
            - after @ by_x
        )
        slope = [
            (counts * distinct) @ (psi(after) - psi(orders)) + logs_spent - distinct @ by_x,
            counts @ (psi(after) - psi(q)) + n * np.log(gamma) - by_x.sum(),
            n * q / gamma - after @ shares,
        ]
        return float(height / n), np.array(slope) * [p, q, gamma] / n

    return score
