import numpy as np
import pandas as pd
import pytest

from segmentation.value.btyd import BgNbd
from segmentation.value.gamma_gamma import GammaGamma
from segmentation.value.intervals import _orders_vary, _parameters_vary, profile_value
from segmentation.value.lifetime import LifetimeModel, count_purchases

ORDERS, SPEND, DAYS = (0.8, 60.0, 0.6, 2.5), (5.0, 4.0, 60.0), 365
HISTORIES = pd.DataFrame(
    {
        "x": [3, 0, 9],
        "t_x": [200, 0, 150],
        "T": [210, 100, 400],
        "mean_spend": [40.0, 0.0, 15.0],
    },
    index=["a", "b", "c"],
)


@pytest.fixture
def model():
    fitted = LifetimeModel()
    fitted.purchases_, fitted.spend_ = BgNbd().vary(ORDERS), GammaGamma().vary(SPEND)
    fitted.purchases_.covariance_ = np.diag([0.01, 0.02, 0.03, 0.04]) + 0.005
    fitted.spend_.covariance_ = np.diag([0.01, 0.02, 0.03]) + 0.005
    return fitted


# What the models say of one customer, told a million times.
@pytest.mark.parametrize("name", HISTORIES.index)
def test_scatter_of_a_customers_spend_is_that_of_simulated_futures(model, name):
    (r, alpha, a, b), (p, q, gamma) = ORDERS, SPEND
    one, rng, n = HISTORIES.loc[[name]], np.random.default_rng(3), 1_000_000
    x, T, paid = (float(one[column].iloc[0]) for column in ("x", "T", "mean_spend"))
    rate, leaves = rng.gamma(r + x, 1 / (alpha + T), n), rng.beta(a, b + x, n)
    [active] = model.purchases_.predict_active(count_purchases(one))
    bought = np.minimum(rng.poisson(rate * DAYS), rng.geometric(leaves))
    bought = np.where(rng.random(n) < active, bought, 0)
    scale = 1 / rng.gamma(q + p * x, 1 / (gamma + x * paid), n)
    spend = np.where(bought > 0, rng.gamma(p * np.maximum(bought, 1), scale), 0)
    assert _orders_vary(model, one, DAYS)[0] == pytest.approx(spend.var(), rel=0.05)


# The delta method against draws from the same distribution, whose spread is a tenth here.
def test_uncertainty_of_the_parameters_is_that_of_drawn_ones(model):
    rng, counted = np.random.default_rng(5), count_purchases(HISTORIES)
    x, paid = HISTORIES["x"], HISTORIES["mean_spend"]
    for part in (model.purchases_, model.spend_):
        part.covariance_ = part.covariance_ / 100
    drawn = [
        rng.multivariate_normal(np.log(part.parameters_), part.covariance_, 200)
        for part in (model.purchases_, model.spend_)
    ]
    totals = [
        model.purchases_.vary(np.exp(orders)).predict(counted, DAYS)
        @ model.spend_.vary(np.exp(spend)).predict(x, paid)
        for orders, spend in zip(*drawn, strict=True)
    ]
    variance = _parameters_vary(model, HISTORIES, DAYS, lambda values: np.array([values.sum()]))
    assert variance[0] == pytest.approx(np.var(totals), rel=0.25)


def test_interval_is_normal_with_both_variances_and_scaled_by_margin(model):
    told = pd.DataFrame(
        {"p_active": 0.5, "expected_orders": 2.0, "expected_spend": 80.0, "value": 20.0},
        index=HISTORIES.index,
    )
    segment = pd.Series(pd.Categorical(["one", "one", "two"]), index=HISTORIES.index)
    table = profile_value(model, HISTORIES, told, segment, DAYS)
    assert table["n_customers"].tolist() == [2, 1, 3]
    assert table["value"].tolist() == [40, 20, 60]
    assert table["mean_value"].tolist() == [20, 20, 20]
    assert table["share_of_value"].tolist() == pytest.approx([2 / 3, 1 / 3, 1])
    both = _orders_vary(model, HISTORIES, DAYS).sum()
    both += _parameters_vary(model, HISTORIES, DAYS, lambda values: np.array([values.sum()]))[0]
    # Of the spend a quarter is value; 5 % of a normal distribution lie above 1.645 deviations.
    assert table.loc["All customers", "high"] == pytest.approx(60 + 1.644854 * both**0.5 / 4)
    assert (table["low"] == np.maximum(2 * table["value"] - table["high"], 0)).all()
    assert table.loc["All customers", "low"] == 0
