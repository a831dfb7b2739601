import numpy as np
import pytest
from scipy.optimize import check_grad

from segmentation.errors import NotReliable
from segmentation.value.gamma_gamma import GammaGamma, _score

SHOP = (5.0, 3.7, 20.0)


def simulate(parameters, n, seed):
    p, q, gamma = parameters
    rng = np.random.default_rng(seed)
    x = rng.poisson(2, n)
    scale = 1 / rng.gamma(q, 1 / gamma, n)
    spend = np.array([rng.gamma(p, s, k).mean() if k else 0 for s, k in zip(scale, x, strict=True)])
    return x, spend


@pytest.mark.parametrize("seed", range(6))
def test_parameters_of_simulated_spend_are_recovered(seed):
    fitted = GammaGamma().fit(*simulate(SHOP, 8_000, seed))
    assert fitted.converged_
    distance = np.log(fitted.parameters_ / SHOP)
    # Chi-squared with 3 degrees of freedom: above 16.3 once in a thousand shops.
    assert distance @ np.linalg.solve(fitted.covariance_, distance) < 16.3


@pytest.mark.parametrize("logs", [[0.5, 0.9, 0.2], [2.0, -0.5, 3.0]])
def test_gradient_is_the_slope_of_the_likelihood(logs):
    x, spend = simulate(SHOP, 200, 0)
    again = x > 0
    score = _score(x[again].astype(float), spend[again])
    distance = check_grad(lambda at: score(at)[0], lambda at: score(at)[1], np.array(logs, float))
    assert distance < 1e-5


def test_expected_amount_lies_between_the_customers_mean_and_everyones():
    x, spend = simulate(SHOP, 3_000, 1)
    fitted = GammaGamma().fit(x, spend)
    expected = fitted.predict(x, spend)
    everyones = fitted.p_ * fitted.gamma_ / (fitted.q_ - 1)
    assert expected[x == 0] == pytest.approx(everyones)
    low, high = np.minimum(spend, everyones), np.maximum(spend, everyones)
    again = x > 0
    assert (expected[again] >= low[again]).all()
    assert (expected[again] <= high[again]).all()


def test_currency_changes_nothing():
    x, spend = simulate(SHOP, 3_000, 2)
    once, hundredfold = GammaGamma().fit(x, spend), GammaGamma().fit(x, spend * 100)
    assert hundredfold.gamma_ == pytest.approx(once.gamma_ * 100, rel=1e-6)
    expected = once.predict(x, spend) * 100
    assert hundredfold.predict(x, spend * 100) == pytest.approx(expected, rel=1e-6)


def test_many_customers_are_climbed_from_a_thinner_start_to_the_same_place(monkeypatch):
    x, spend = simulate(SHOP, 3_000, 7)
    whole = GammaGamma().fit(x, spend)
    monkeypatch.setattr("segmentation.value.gamma_gamma.MANY", 500)
    monkeypatch.setattr("segmentation.value.gamma_gamma.FIRST", 200)
    assert GammaGamma().fit(x, spend).parameters_ == pytest.approx(whole.parameters_, rel=1e-6)


def test_amounts_are_never_negative_where_no_mean_exists():
    fitted = GammaGamma().vary((2.0, 0.8, 15.0))
    expected = fitted.predict([0, 1, 5], [0, 40, 40])
    assert np.isnan(expected[0])
    assert (expected[1:] > 0).all()


def test_repeat_customer_without_spend_is_left_out_and_counted():
    x, spend = simulate(SHOP, 500, 3)
    fitted = GammaGamma().fit(x, spend)
    with_zero = GammaGamma().fit([*x, 3, 2], [*spend, 0.0, -4.0])
    assert with_zero.n_left_out_ == 2
    assert with_zero.parameters_ == pytest.approx(fitted.parameters_)
    assert (with_zero.predict([3, 2], [0.0, -4.0]) >= 0).all()


def test_spread_is_infinite_where_spend_has_no_variance():
    within, known = GammaGamma().vary((2.0, 1.5, 15.0)).predict_spread([0, 4], [0, 20])
    assert np.isinf([within[0], known[0]]).all()
    assert np.isfinite([within[1], known[1]]).all()


def test_spread_is_that_of_simulated_amounts():
    p, q, gamma = SHOP
    rng = np.random.default_rng(4)
    scale = 1 / rng.gamma(q + p * 4, 1 / (gamma + 4 * 30), 400_000)
    within, known = GammaGamma().vary(SHOP).predict_spread([4], [30.0])
    assert within[0] == pytest.approx((p * scale**2).mean(), rel=0.02)
    assert known[0] == pytest.approx((p * scale).var(), rel=0.03)


@pytest.mark.parametrize("spend", [[0, 0, 0], [0, 5, 0]], ids=["nobody", "one"])
def test_nothing_can_be_learnt_from_hardly_any_spend(spend):
    with pytest.raises(NotReliable, match="bought again for money"):
        GammaGamma().fit([0, 2, 3], spend)
