"""What customers are worth: so far, by a simple formula, and predicted by the models."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from segmentation.terms import Terms
from segmentation.value.btyd import MODELS, BgNbd
from segmentation.value.discounting import YEAR, discount_periods, weigh_edges
from segmentation.value.gamma_gamma import GammaGamma
from segmentation.value.histories import Histories, count_histories

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

FAR, LIKELY = 731, 0.5


@dataclass(frozen=True)
class SimpleValue:
    """Mean order value × orders per year × expected years × margin, of the average customer.

    Parameters
    ----------
    order_value : float
        In the data's currency.
    orders_per_year, years : float
        Of a customer.
    margin : float
        0 to 1.
    """

    order_value: float
    orders_per_year: float
    years: float
    margin: float

    @property
    def value(self) -> float:
        """The product, in the data's currency."""
        return self.order_value * self.orders_per_year * self.years * self.margin


def build_simple(customers: "pd.DataFrame", terms: Terms, whole_days: float = YEAR) -> SimpleValue:
    """The simple figure, with what the terms leave open measured from the customers.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    terms : Terms
        Their order_value and orders_per_year win over what is measured: all spend divided by all
        orders, and all orders divided by the years that customers are known, added up. One known
        for less than a year counts as a year, or as all the time there is: the first order of a
        newcomer says nothing about how often they order.
    whole_days : float
        Days that the data cover.
    """
    orders = float(customers["n_orders"].sum())
    known = customers["tenure_days"].fillna(0).astype(float)
    years = float(known.clip(lower=min(YEAR, whole_days)).sum()) / YEAR
    spend = max(float(customers["total_spend"].sum()), 0.0)
    measured = spend / orders, orders / years if years > 0 else orders
    return SimpleValue(
        measured[0] if terms.order_value is None else terms.order_value,
        measured[1] if terms.orders_per_year is None else terms.orders_per_year,
        terms.years,
        terms.margin,
    )


class LifetimeModel:
    """A model of purchases and one of spend, which together predict value.

    Parameters
    ----------
    model : {"BG/NBD", "MBG/NBD"}, default="BG/NBD"
        Of purchases.

    Attributes
    ----------
    purchases_ : BgNbd
        The fitted model of purchases; time in days.
    spend_ : GammaGamma
        The fitted model of spend.
    correlation_ : float
        Of repeat purchases and their mean spend; the models take them to be unrelated.
    share_once_ : float
        Customers who bought once, 0 to 1.
    share_gone_ : float
        Mean of 1 − P(active), 0 to 1.
    """

    purchases_: BgNbd
    spend_: GammaGamma

    def __init__(self, model: str = "BG/NBD") -> None:
        self.model = model

    def fit(self, purchases: "pd.DataFrame") -> Self:
        """Learn both models.

        Parameters
        ----------
        purchases : DataFrame
            As `marts.purchases.build_purchases` gives it.

        Raises
        ------
        NotReliable
            Nobody bought twice, or not for money.
        """
        x, spend = purchases["x"].to_numpy(float), purchases["mean_spend"].to_numpy(float)
        histories = count_purchases(purchases)
        self.n_repeaters_ = histories.n_repeaters
        self.oldest_days_ = float(purchases["T"].max())
        self.purchases_ = MODELS[self.model]().fit(histories)
        self.spend_ = GammaGamma().fit(x, spend)
        again = (x > 0) & (spend > 0)
        varied = again.sum() > 2 and np.ptp(x[again]) > 0 and np.ptp(spend[again]) > 0
        self.correlation_ = float(np.corrcoef(x[again], spend[again])[0, 1]) if varied else 0.0
        self.share_once_ = float((x == 0).mean())
        self.share_gone_ = float(1 - self.purchases_.predict_active(histories).mean())
        return self

    def predict(
        self, purchases: "pd.DataFrame", as_of: datetime.date, terms: Terms
    ) -> "pd.DataFrame":
        """What each customer is expected to do and to be worth from the as-of day on.

        Parameters
        ----------
        purchases : DataFrame
            As `marts.purchases.build_purchases` gives it.
        as_of : date
            The day it was built for.
        terms : Terms
            Horizon, margin and discount.

        Returns
        -------
        DataFrame of shape (n_customers, 7), indexed like `purchases`
            p_active (0 to 1), expected_orders (days with a purchase), order_value and
            expected_spend (in the data's currency), value (expected spend × margin, discounted),
            value_if_active (the same, were the customer certain to be active) and next_order_on
            (half of such customers order by then; empty where P(active) is under a half or the
            day more than two years away).
        """
        import pandas as pd

        histories = count_purchases(purchases)
        edges, factors = discount_periods((terms.end(as_of) - as_of).days, terms.discount)
        undiscounted = np.eye(len(edges))[-1]
        orders, discounted = self.purchases_.predict_if_active(
            histories, edges, [undiscounted, weigh_edges(factors)]
        )
        active = self.purchases_.predict_active(histories)
        order_value = self.spend_.predict(purchases["x"], purchases["mean_spend"])
        wait = self.purchases_.predict_wait(histories)
        told = (active >= LIKELY) & (wait <= FAR)
        days = np.where(told, np.ceil(wait), 0).astype("timedelta64[D]")
        next_on = np.where(told, np.datetime64(as_of) + days, np.datetime64("NaT"))
        return pd.DataFrame(
            {
                "p_active": active,
                "expected_orders": active * orders,
                "order_value": order_value,
                "expected_spend": active * orders * order_value,
                "value": active * discounted * order_value * terms.margin,
                "value_if_active": discounted * order_value * terms.margin,
                "next_order_on": next_on.astype("datetime64[s]"),
            },
            index=purchases.index,
        )


def count_purchases(purchases: "pd.DataFrame") -> Histories:
    """The histories of a table of `marts.purchases.build_purchases`, in days."""
    return count_histories(purchases["x"], purchases["t_x"], purchases["T"])
