"""Published fits, reproduced; and the same likelihood as lifetimes 0.11.3, or a better one."""

import datetime
import importlib.util
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.engine.loading import load_rows
from segmentation.marts.purchases import build_purchases
from segmentation.recipe import Policies, Recipe
from segmentation.sources.files import read_files
from segmentation.sources.workspace import Workspace
from segmentation.value.btyd import MODELS, BgNbd, MbgNbd
from segmentation.value.discounting import weigh_edges
from segmentation.value.gamma_gamma import GammaGamma
from segmentation.value.histories import count_histories
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.track_record import measure_record

SHARED = Path(__file__).parents[2] / "shared" / "data"
CALIBRATED = datetime.date(1997, 10, 1)
LIFETIMES = {"BG/NBD": "BetaGeoFitter", "MBG/NBD": "ModifiedBetaGeoFitter"}


# CDNOW's 1/10 sample (Fader & Hardie 2001) ships with lifetimes, which need not be imported.
def dataset(name):
    found = importlib.util.find_spec("lifetimes")
    return Path(found.submodule_search_locations[0]) / "datasets" / name


def opened(path):
    if not path.exists():
        pytest.skip(f"{path.name} is not in {path.parent}")
    with Workspace() as workspace:
        read = partial(read_files, workspace, [path])
        yield load_rows(workspace, read(), Recipe(), partial(read, rewrite=True)).database


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("cdnow") / "sample.csv"
    rows = pd.read_csv(dataset("CDNOW_sample.txt"), sep=r"\s+", header=None)
    rows.columns = ["master_id", "customer_id", "ordered_at", "quantity", "amount"]
    rows["ordered_at"] = pd.to_datetime(rows["ordered_at"].astype(str)).dt.strftime("%Y-%m-%d")
    # The papers count a free order as a purchase; ours must be paid for.
    rows["amount"] = rows["amount"].clip(lower=0.01)
    rows[["customer_id", "ordered_at", "amount"]].to_csv(path, index=False)
    yield from opened(path)


@pytest.fixture(scope="module")
def calibrated(sample):
    return build_purchases(sample, CALIBRATED, Policies())


@pytest.fixture(scope="module")
def weeks(calibrated):
    return count_histories(calibrated["x"], calibrated["t_x"] / 7, calibrated["T"] / 7)


@pytest.fixture(scope="module")
def spend():
    return pd.read_csv(dataset("cdnow_customers_summary_with_transactions.csv"))


# CDNOW's sample, the whole of it, and Online Retail: x, t_x and T in days.
@pytest.fixture(scope="module", params=["CDNOW sample", "cdnow_master.txt", "online_retail.csv.gz"])
def purchases(request):
    if request.param == "CDNOW sample":
        yield request.getfixturevalue("calibrated")
        return
    days = {
        "cdnow_master.txt": datetime.date(1998, 7, 1),
        "online_retail.csv.gz": datetime.date(2011, 12, 10),
    }
    policies = Policies(returns="ignore", cancelled_prefix="C")
    for database in opened(SHARED / request.param):
        yield build_purchases(database, days[request.param], policies)


def test_clock_of_the_models_is_the_published_one(calibrated):
    assert len(calibrated) == 2_357
    assert (calibrated["x"] > 0).sum() == 946
    published = pd.read_csv(dataset("cdnow_customers_summary.csv"))
    ours = calibrated.reset_index()
    order = ours["customer_id"].astype(int).argsort()
    assert (ours["x"].to_numpy()[order] == published.iloc[:, 1]).all()
    for name, column in (("t_x", 2), ("T", 3)):
        weeks = ours[name].to_numpy()[order] / 7
        assert np.abs(weeks - published.iloc[:, column]).max() < 0.0051


def test_published_fit_of_bg_nbd(weeks):
    # Fader, Hardie & Lee (2005), table 2; to more digits CLVTools and lifetimes' tests.
    fitted = BgNbd().fit(weeks)
    assert fitted.parameters_ == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=5e-4)
    published = np.array([0.2425945, 4.4136019, 0.7929199, 2.4258881])
    assert fitted.parameters_ == pytest.approx(published, rel=1e-5)
    assert fitted.log_likelihood_ == pytest.approx(-9582.429, abs=5e-4)
    assert fitted.log_likelihood_ >= BgNbd().vary(published).score(weeks)
    assert fitted.converged_


def test_published_fit_of_mbg_nbd():
    # lifetimes 0.11.3, on the summary that it ships, whose weeks have two decimals.
    summary = pd.read_csv(dataset("cdnow_customers_summary.csv"))
    weeks = count_histories(*(summary.iloc[:, column] for column in (1, 2, 3)))
    fitted = MbgNbd().fit(weeks)
    assert fitted.parameters_ == pytest.approx([0.5248, 6.1830, 0.8914, 1.6140], abs=6e-5)
    assert fitted.log_likelihood_ == pytest.approx(-9582.13, abs=5e-3)


def test_published_fit_of_gamma_gamma(spend):
    # Fader & Hardie (2013), note 025.
    fitted = GammaGamma().fit(spend["x"], spend["zbar"])
    assert fitted.parameters_ == pytest.approx([6.25, 3.74, 15.44], abs=1e-2)
    published = np.array([6.249690, 3.744180, 15.442988])
    assert fitted.parameters_ == pytest.approx(published, rel=4e-4)
    assert fitted.log_likelihood_ == pytest.approx(-4055.92, abs=5e-3)
    assert fitted.log_likelihood_ >= GammaGamma().vary(published).score(spend["x"], spend["zbar"])
    assert fitted.n_fitted_ == 946
    assert spend.loc[spend["x"] > 0, "zbar"].mean() == pytest.approx(35.08, abs=5e-3)


def test_published_spend_of_the_first_ten_customers(spend):
    # lifetimes' documentation; from its parameters, which end in the fourth digit.
    model = GammaGamma().vary([6.25, 3.74, 15.44])
    expected = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    ours = GammaGamma().fit(spend["x"], spend["zbar"]).predict(spend["x"], spend["zbar"])[:10]
    assert ours == pytest.approx(expected, abs=1e-2)
    assert model.predict(spend["x"], spend["zbar"])[:10] == pytest.approx(expected, rel=3e-3)


def test_published_value_of_the_first_customer(spend):
    # lifetimes 0.11.3 with freq="W": twelve months of 4.345 weeks, 1 % a month.
    weeks = count_histories(spend["x"], spend["t_x"], spend["T"])
    amount = GammaGamma().fit(spend["x"], spend["zbar"]).predict(spend["x"], spend["zbar"])
    months = np.arange(13)
    model = BgNbd().fit(weeks)
    weights = weigh_edges(1.01 ** -months[1:])
    [orders] = model.predict_if_active(weeks, 4.345 * months, [weights])
    value = model.predict_active(weeks) * orders * amount
    assert value[0] == pytest.approx(36.278, abs=1e-3)


def test_published_hold_out_of_39_weeks(sample, calibrated):
    # Fader, Hardie & Lee (2005): 1,882 purchases happened.
    ends = datetime.date(1998, 7, 1)
    model = LifetimeModel().fit(calibrated)
    after = build_purchases(sample, ends, Policies())
    record = measure_record(model, calibrated, after, CALIBRATED, ends)
    assert (ends - CALIBRATED).days == 39 * 7
    totals = record.totals()
    assert totals["happened_orders"] == 1_882
    assert totals["predicted_orders"] == pytest.approx(1_653.4, abs=0.05)


@pytest.mark.parametrize("name", MODELS)
def test_likelihood_is_that_of_lifetimes_or_better(purchases, name):
    histories = count_histories(purchases["x"], purchases["t_x"], purchases["T"])
    ours = MODELS[name]().fit(histories)
    with warnings.catch_warnings():
        # It is of 2020 and warns of what pandas and SciPy have dropped since.
        warnings.simplefilter("ignore")
        import lifetimes

        theirs = getattr(lifetimes, LIFETIMES[name])()
        theirs.fit(purchases["x"], purchases["t_x"], purchases["T"])
    there = MODELS[name]().vary(theirs.params_[["r", "alpha", "a", "b"]].to_numpy())
    assert ours.log_likelihood_ >= there.score(histories) - 1e-6


def test_likelihood_of_spend_is_that_of_lifetimes_or_better(purchases):
    ours = GammaGamma().fit(purchases["x"], purchases["mean_spend"])
    again = purchases[(purchases["x"] > 0) & (purchases["mean_spend"] > 0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes

        theirs = lifetimes.GammaGammaFitter(penalizer_coef=0)
        theirs.fit(again["x"], again["mean_spend"])
    there = GammaGamma().vary(theirs.params_[["p", "q", "v"]].to_numpy())
    assert ours.log_likelihood_ >= there.score(again["x"], again["mean_spend"]) - 1e-6
