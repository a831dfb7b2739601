"""What segments are worth together, and between which limits."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.value.lifetime import LifetimeModel, count_purchases

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Add = Callable[[Floats], Floats]

STEP, ALL = 1e-3, "All customers"
# Quantile of the normal distribution that 5 % lie above.
NINETY = 1.6448536269514722


def profile_value(
    model: LifetimeModel,
    purchases: "pd.DataFrame",
    prediction: "pd.DataFrame",
    segment: "pd.Series",
    days: float,
) -> "pd.DataFrame":
    """Predicted value by segment, with its 90 % interval.

    Parameters
    ----------
    model : LifetimeModel
        Fitted.
    purchases : DataFrame
        As `marts.purchases.build_purchases` gives it.
    prediction : DataFrame
        What the model predicts for it.
    segment : Series of categories
        Each customer's segment, indexed like `purchases`.
    days : float
        The horizon.

    Returns
    -------
    DataFrame indexed by segment, those without customers left out, and "All customers" at the end
        n_customers, active_customers (sum of P(active)), expected_orders, value, share_of_value,
        mean_value, low and high (in the data's currency; nan where spend varies without limit).

    Notes
    -----
    The interval is normal around the value, with two variances added up: how well the parameters
    are known (delta method on their logarithms) and how the orders and amounts of single customers
    scatter around their means.
    """
    import pandas as pd

    codes, names = segment.cat.codes.to_numpy(), [*segment.cat.categories, ALL]
    groups = len(names) - 1

    def add(values: Floats) -> Floats:
        sums = np.bincount(codes, values, groups)
        return np.append(sums, sums.sum())

    spend = add(prediction["expected_spend"].to_numpy())
    value = add(prediction["value"].to_numpy())
    variance = _parameters_vary(model, purchases, days, add)
    variance += add(_orders_vary(model, purchases, days))
    # Margin and discount scale the spend's deviation as they scale the spend.
    scale = np.divide(value, spend, out=np.zeros_like(value), where=spend > 0)
    reach = NINETY * np.sqrt(variance) * scale
    reach[~np.isfinite(variance)] = np.nan
    customers = add(np.ones(len(codes)))
    table = pd.DataFrame(
        {
            "n_customers": customers.astype(int),
            "active_customers": add(prediction["p_active"].to_numpy()),
            "expected_orders": add(prediction["expected_orders"].to_numpy()),
            "value": value,
            "share_of_value": value / value[-1] if value[-1] > 0 else value,
            "mean_value": value / np.maximum(customers, 1),
            "low": np.maximum(value - reach, 0),
            "high": value + reach,
        },
        index=pd.Index(names, name="segment"),
    )
    return table[table["n_customers"] > 0]


def _orders_vary(model: LifetimeModel, purchases: "pd.DataFrame", days: float) -> Floats:
    """Variance of each customer's spend over the horizon, the parameters taken as known."""
    first, square = model.purchases_.predict_spread(count_purchases(purchases), days)
    x, spend = purchases["x"], purchases["mean_spend"]
    mean = model.spend_.predict(x, spend)
    within, unknown = model.spend_.predict_spread(x, spend)
    return first * within + square * (mean**2 + unknown) - (first * mean) ** 2


def _parameters_vary(
    model: LifetimeModel, purchases: "pd.DataFrame", days: float, add: Add
) -> Floats:
    """Variance of each segment's spend from the parameters, by the delta method."""
    histories = count_purchases(purchases)
    x, spend = purchases["x"].to_numpy(float), purchases["mean_spend"].to_numpy(float)
    orders = model.purchases_.predict(histories, days)
    amount = model.spend_.predict(x, spend)
    slopes = []
    for moved in _moves(model.purchases_.parameters_):
        low, high = (model.purchases_.vary(values).predict(histories, days) for values in moved)
        slopes.append(add((high - low) * amount) / (2 * STEP))
    for moved in _moves(model.spend_.parameters_):
        low, high = (model.spend_.vary(values).predict(x, spend) for values in moved)
        slopes.append(add((high - low) * orders) / (2 * STEP))
    n = len(model.purchases_.parameters_)
    variance = np.zeros(len(slopes[0]))
    for slope, covariance in (
        (np.array(slopes[:n]), model.purchases_.covariance_),
        (np.array(slopes[n:]), model.spend_.covariance_),
    ):
        variance += np.einsum("is,ij,js->s", slope, covariance, slope)
    return variance


def _moves(parameters: Floats) -> list[tuple[Floats, Floats]]:
    """For each parameter all of them, with its logarithm a little lower and a little higher."""
    steps = np.eye(len(parameters)) * STEP
    return [(parameters * np.exp(-step), parameters * np.exp(step)) for step in steps]
