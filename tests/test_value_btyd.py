import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import check_grad
from scipy.special import hyp2f1
from scipy.stats import beta

from segmentation.errors import InvalidChoice, NotReliable
from segmentation.value.btyd import MODELS, BgNbd, MbgNbd
from segmentation.value.histories import count_histories
from segmentation.value.jacobi import build_rules
from segmentation.value.likelihood import build_score

both = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
# r, alpha, a, b: Fader, Hardie & Lee (2005), table 2, to more digits by CLVTools; in weeks.
CDNOW = (0.2425945, 4.4136019, 0.7929199, 2.4258881)
SHOP = (0.8, 60.0, 0.6, 2.5)
# A customer on the day of their first purchase.
NEW = count_histories([0], [0.0], [0.0])


# Histories as the models tell them: x, t_x, T in days, all customers within `span` days.
def simulate(model, parameters, n, seed, span=730):
    r, alpha, a, b = parameters
    rng = np.random.default_rng(seed)
    T = rng.integers(1, span, n).astype(float)
    rate, leaves = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    x, last, at = np.zeros(n), np.zeros(n), np.zeros(n)
    active = rng.random(n) >= leaves if model.extra else np.ones(n, bool)
    while active.any():
        at = at + rng.exponential(1 / np.maximum(rate, 1e-9))
        active &= at <= T
        x += active
        last = np.where(active, at, last)
        active &= rng.random(n) >= leaves
    return x, last, T


def histories(model=BgNbd, n=4_000, seed=1):
    return count_histories(*simulate(model, SHOP, n, seed))


# The published formula (Fader, Hardie & Lee 2005, equation 10) for one customer.
def published_orders(parameters, x, t_x, T, t):
    r, alpha, a, b = parameters
    z = t / (alpha + T + t)
    rest = 1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    dropped = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0
    return (a + b + x - 1) / (a - 1) * rest / (1 + dropped)


def test_customers_are_counted_alike_in_any_order():
    given = simulate(BgNbd, SHOP, 500, 1)
    counted = count_histories(*given)
    backwards = count_histories(*(values[::-1] for values in given))
    assert (counted.counts == backwards.counts).all()
    assert (counted.of == backwards.of[::-1]).all()


def test_published_expectations_from_the_first_purchase_on():
    # Fader, Hardie & Lee's spreadsheet (brucehardie.com/notes/004).
    expected = BgNbd().vary(CDNOW).predict_if_active(NEW, [0.1429, 1, 3, 31.8571, 32])[:, 0]
    assert expected == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437], abs=5e-5)


def test_published_expectation_of_78_weeks_is_a_series_cut_short():
    # The spreadsheet says 1.8576: that is its series after 150 terms; all of it is 1.8580.
    r, alpha, a, b = CDNOW
    term = total = 1.0
    for k in range(150):
        term *= (r + k) * (b + k) / (a + b - 1 + k) / (k + 1) * 78 / (alpha + 78)
        total += term
    cut = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + 78)) ** r * total)
    assert cut == pytest.approx(1.8576, abs=5e-5)
    assert BgNbd().vary(CDNOW).predict(NEW, 78)[0] == pytest.approx(1.85796, abs=5e-6)


def test_published_figures_of_single_customers():
    # lifetimes' tests, after Fader, Hardie & Lee (2005).
    four = count_histories([2, 0, 26, 1], [30.43, 0, 30.86, 1.71], [38.86, 38.86, 31, 38.86])
    model = BgNbd().vary(CDNOW)
    assert model.predict(four, 39)[0] == pytest.approx(1.226, abs=5e-4)
    # From the parameters with all digits; the fourth one moves in the fifth place with them.
    expected = [0.72661, 1.0, 0.96892, 0.21223]
    assert model.predict_active(four) == pytest.approx(expected, abs=6e-6)


@pytest.mark.parametrize("a, b", [(0.79, 2.43), (0.3, 4.0), (1.7, 0.9), (3.0, 8.0)])
@pytest.mark.parametrize("x, t_x", [(0, 0.0), (1, 3.0), (7, 30.0), (60, 38.0)])
def test_expected_orders_are_those_of_the_published_formula(a, b, x, t_x):
    parameters = (0.4, 5.0, a, b)
    one = count_histories([x], [t_x], [39.0])
    for t in (0.5, 13, 104):
        ours = BgNbd().vary(parameters).predict(one, t)[0]
        assert ours == pytest.approx(published_orders(parameters, x, t_x, 39.0, t), rel=1e-9)


@both
def test_expected_orders_are_the_mean_over_rate_and_dropout(model):
    r, alpha, a, b = SHOP
    one = count_histories([3], [100.0], [200.0])
    active = beta(a, b + 3 + model.extra)

    def bought(p):
        return (1 - (1 + p * 365 / (alpha + 200)) ** -(r + 3)) / p * active.pdf(p)

    mean = quad(bought, 0, 1, limit=200)[0]
    assert model().vary(SHOP).predict_if_active(one, [365])[0, 0] == pytest.approx(mean, rel=1e-7)


@both
def test_spread_of_orders_is_that_of_simulated_customers(model):
    rng = np.random.default_rng(5)
    n, t = 200_000, 365
    r, alpha, a, b = SHOP
    rate = rng.gamma(r + 3, 1 / (alpha + 200), n)
    leaves = rng.beta(a, b + 3 + model.extra, n)
    one = count_histories([3], [200.0], [200.0])
    active = rng.random(n) < model().vary(SHOP).predict_active(one)[0]
    bought = np.where(active, np.minimum(rng.poisson(rate * t), rng.geometric(leaves)), 0)
    first, square = model().vary(SHOP).predict_spread(one, t)
    assert first[0] == pytest.approx(bought.mean(), rel=0.02)
    assert square[0] == pytest.approx((bought**2).mean(), rel=0.04)


@both
@pytest.mark.parametrize("logs", [[-1, 0.5, -0.3, 0.9], [0.4, -2, 1.2, 0.1]])
def test_gradient_is_the_slope_of_the_likelihood(model, logs):
    score = build_score(histories(model, 300).stretch(1 / 365), model.extra)
    distance = check_grad(lambda at: score(at)[0], lambda at: score(at)[1], np.array(logs, float))
    assert distance < 1e-6


@both
def test_likelihood_is_the_same_counted_or_not(model):
    x, t_x, T = simulate(model, SHOP, 400, 3)
    x, t_x, T = (np.repeat(values, 3) for values in (x, np.minimum(np.ceil(t_x), T), T))
    fitted = model().vary(SHOP)
    one_by_one = sum(fitted.score(count_histories([x[i]], [t_x[i]], [T[i]])) for i in range(len(x)))
    assert fitted.score(count_histories(x, t_x, T)) == pytest.approx(one_by_one, rel=1e-12)


@both
@pytest.mark.parametrize("seed", range(6))
def test_parameters_of_a_simulated_shop_are_recovered(model, seed):
    fitted = model().fit(count_histories(*simulate(model, SHOP, 20_000, seed)))
    assert fitted.converged_
    distance = np.log(fitted.parameters_ / SHOP)
    # The square of the distance in standard errors is chi-squared with 4 degrees of freedom,
    # above 18.5 once in a thousand shops.
    assert distance @ np.linalg.solve(fitted.covariance_, distance) < 18.5


@both
def test_unit_of_time_changes_nothing(model):
    days = histories(model)
    fitted = model().fit(days)
    for factor in (1 / 7, 24):
        other = days.stretch(factor)
        again = model().fit(other)
        assert again.alpha_ == pytest.approx(fitted.alpha_ * factor, rel=1e-5)
        expected = fitted.predict(days, 365)
        assert again.predict(other, 365 * factor) == pytest.approx(expected, rel=1e-5)
        moved = np.log(factor) * days.counts @ days.x.each()
        assert again.log_likelihood_ == pytest.approx(fitted.log_likelihood_ - moved, abs=1e-5)


@both
@pytest.mark.parametrize("seed", range(4))
def test_laws_of_predictions_hold_for_any_parameters(model, seed):
    rng = np.random.default_rng(seed)
    known = histories(model, 500, seed)
    for _ in range(10):
        fitted = model().vary(np.exp(rng.uniform(-6, 6, 4)))
        active = fitted.predict_active(known)
        assert (active >= 0).all()
        assert (active <= 1).all()
        orders = fitted.predict_if_active(known, [0, 1, 30, 365, 3650])
        assert np.isfinite(orders).all()
        assert (orders[0] == 0).all()
        assert (np.diff(orders, axis=0) >= 0).all()


@pytest.mark.parametrize("a", [1 - 1e-9, 1.0, 1 + 1e-9, 1.0000001])
def test_expected_orders_have_a_limit_at_a_of_one(a):
    one = count_histories([2], [30.43], [38.86])
    near = [BgNbd().vary((0.24, 4.4, beside, 2.4)).predict(one, 39)[0] for beside in (0.999, 1.001)]
    found = BgNbd().vary((0.24, 4.4, a, 2.4)).predict(one, 39)[0]
    assert found == pytest.approx(np.mean(near), rel=1e-6)


@pytest.mark.parametrize("a, b", [(0.3, 0.4), (0.5, 0.5), (0.2, 0.8), (1e-6, 1e-6)])
def test_expected_orders_are_finite_where_a_and_b_are_small(a, b):
    one = count_histories([0], [0], [38.86])
    found = BgNbd().vary((0.24, 4.4, a, b)).predict(one, 39)[0]
    assert 0 < found < 39 * 0.24 / (4.4 + 38.86) + 1e-12


def test_long_gone_customer_is_surely_gone_without_a_warning():
    gone = count_histories([1000], [10], [100])
    assert BgNbd().vary(CDNOW).predict_active(gone)[0] == 0.0


@both
def test_nothing_can_be_learnt_where_everyone_bought_once(model):
    with pytest.raises(NotReliable, match="bought once"):
        model().fit(count_histories(np.zeros(90), np.zeros(90), np.arange(90)))


@pytest.mark.parametrize(
    "x, t_x, T",
    [([-1], [0], [5]), ([1], [9], [5]), ([0], [3], [5]), ([1], [np.nan], [5]), ([], [], [])],
    ids=["negative", "after the end", "last without repeat", "missing", "nobody"],
)
def test_impossible_histories_are_refused(x, t_x, T):
    with pytest.raises(InvalidChoice):
        count_histories(x, t_x, T)


def test_wait_is_when_half_have_bought_again():
    one = count_histories([4], [300.0], [310.0])
    wait = BgNbd().vary(SHOP).predict_wait(one)[0]
    assert (1 + wait / (SHOP[1] + 310)) ** -(SHOP[0] + 4) == pytest.approx(0.5)


@pytest.mark.parametrize("b", [0.4, 5.0, 1200.0])
@pytest.mark.parametrize("power", [0, 1, 2, 7])
def test_rules_give_the_means_of_powers_of_a_beta_variable(b, power):
    points, weights = build_rules(0.3, np.array([b]), 12)
    steps = np.arange(power)
    mean = np.prod((0.3 + steps) / (0.3 + b + steps))
    assert weights[0] @ points[0] ** power == pytest.approx(mean, rel=1e-9)


def test_many_cells_are_climbed_from_a_thinner_start_to_the_same_place(monkeypatch):
    known = histories(MbgNbd, 3_000)
    whole = MbgNbd().fit(known)
    monkeypatch.setattr("segmentation.value.btyd.MANY_CELLS", 500)
    monkeypatch.setattr("segmentation.value.btyd.FIRST_CELLS", 200)
    thinned = MbgNbd().fit(known)
    assert thinned.parameters_ == pytest.approx(whole.parameters_, rel=1e-6)
