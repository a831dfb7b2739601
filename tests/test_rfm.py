import numpy as np
import pandas as pd
import pytest

from segmentation.errors import InvalidChoice
from segmentation.segments.rfm import (
    RfmScorer,
    count_measures,
    even_percentiles,
    score_values,
)

CUSTOMERS = pd.DataFrame(
    {
        "recency_days": [1, 2, 3, 4, 5, 6],
        "n_orders": [1, 1, 1, 2, 3, 9],
        "total_spend": [60.0, 50.0, 40.0, 30.0, 20.0, 10.0],
    },
    index=pd.Index(list("abcdef"), name="customer_id"),
)


@pytest.mark.parametrize(
    ("n_levels", "percentiles"),
    [
        (2, [50]),
        (3, [33.3333, 66.6667]),
        (5, [20, 40, 60, 80]),
        (8, [12.5, 25, 37.5, 50, 62.5, 75, 87.5]),
    ],
)
def test_levels_cut_the_customers_evenly(n_levels, percentiles):
    assert even_percentiles(n_levels) == percentiles


# The cut points of Online Retail (reference figures for the day 2011-12-10).
def test_recency_on_a_cut_point_takes_the_better_score():
    values = [1, 13, 13.8, 14, 33, 34, 72, 73, 180, 181, 5000]
    scores = score_values("recency_days", values, [13.8, 33, 72, 180])
    assert scores.tolist() == [5, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_orders_and_spend_on_a_cut_point_take_the_lower_score():
    assert score_values("n_orders", [1, 2, 3, 4, 6, 7], [1, 2, 3, 6]).tolist() == [1, 2, 3, 4, 4, 5]
    cuts = [250.194, 490.096, 942.276, 2058.426]
    values = [-5, 250.194, 250.195, 490.096, 942.277, 2058.426, 2058.427]
    assert score_values("total_spend", values, cuts).tolist() == [1, 1, 2, 2, 4, 4, 5]


def test_score_between_two_equal_cut_points_is_never_given():
    assert score_values("n_orders", [1, 2, 3], [1, 1, 2, 2]).tolist() == [1, 3, 5]
    assert score_values("recency_days", [1, 2, 3], [1, 1, 2, 2]).tolist() == [5, 3, 1]


def test_scorer_learns_percentiles_of_the_customers():
    scorer = RfmScorer().fit(count_measures(CUSTOMERS))
    assert scorer.cut_points_["recency_days"] == pytest.approx([2, 3, 4, 5])
    assert scorer.cut_points_["n_orders"] == pytest.approx([1, 1, 2, 3])
    assert scorer.cut_points_["total_spend"] == pytest.approx([20, 30, 40, 50])


def test_scores_by_hand():
    scores = RfmScorer().fit(count_measures(CUSTOMERS)).transform(CUSTOMERS)
    assert scores.index.equals(CUSTOMERS.index)
    assert scores.to_dict("list") == {
        "recency_score": [5, 5, 4, 3, 2, 1],
        "frequency_score": [1, 1, 1, 3, 4, 5],
        "monetary_score": [5, 4, 3, 2, 1, 1],
    }
    assert set(scores.dtypes) == {np.dtype("int64")}


def test_given_cut_points_win_and_other_percentiles_may_be_given():
    scorer = RfmScorer(
        3,
        cut_points={"n_orders": [2, 5]},
        percentiles={"n_orders": [1, 2], "recency_days": [0, 100]},
    ).fit(count_measures(CUSTOMERS))
    assert scorer.cut_points_["n_orders"].tolist() == [2, 5]
    assert scorer.cut_points_["recency_days"].tolist() == [1, 6]
    assert scorer.cut_points_["total_spend"] == pytest.approx([26.66665, 43.33335])


def test_refitting_forgets_and_customers_of_another_day_are_scored_by_the_same_cuts():
    scorer = RfmScorer(2)
    first = scorer.fit(count_measures(CUSTOMERS)).cut_points_
    later = CUSTOMERS.assign(recency_days=CUSTOMERS["recency_days"] + 10)
    assert scorer.transform(later)["recency_score"].tolist() == [1] * 6
    assert scorer.fit(count_measures(later)) is scorer
    assert scorer.cut_points_["recency_days"].tolist() == [13.5]
    assert first["recency_days"].tolist() == [3.5]


def test_arguments_are_only_stored():
    cuts = {"n_orders": [1, 2, 3, 4]}
    scorer = RfmScorer(5, cuts)
    assert (scorer.n_levels, scorer.cut_points, scorer.percentiles) == (5, cuts, None)
    assert not hasattr(scorer, "cut_points_")


def test_customers_are_left_as_they_are():
    before = CUSTOMERS.copy()
    RfmScorer().fit(count_measures(CUSTOMERS)).transform(CUSTOMERS)
    pd.testing.assert_frame_equal(CUSTOMERS, before)


@pytest.mark.parametrize("n_levels", [-1, 0, 1, 11])
def test_levels_out_of_range_are_refused(n_levels):
    with pytest.raises(InvalidChoice, match=f"{n_levels} score levels"):
        RfmScorer(n_levels).fit(count_measures(CUSTOMERS))


@pytest.mark.parametrize(
    ("cut_points", "says"),
    [
        ({"n_orders": [1, 2, 3]}, "3 cut points where 5 levels need 4"),
        ({"n_orders": [1, 3, 2, 4]}, "do not rise"),
        ({"n_orders": [1, 2, 3, float("nan")]}, "not numbers"),
        ({"n_orders": [1, 2, 3, "4"]}, "not numbers"),
        ({"n_orders": [1, 2, 3, True]}, "not numbers"),
        ({"orders": [1, 2, 3, 4]}, "no measure"),
    ],
)
@pytest.mark.parametrize("kind", ["cut_points", "percentiles"])
def test_limits_that_do_not_fit_are_refused(kind, cut_points, says):
    with pytest.raises(InvalidChoice, match=says) as problem:
        RfmScorer(**{kind: cut_points}).fit(count_measures(CUSTOMERS))
    assert problem.value.hint


@pytest.mark.parametrize("percentiles", [[-1, 20, 40, 60], [20, 40, 60, 101]])
def test_percentiles_outside_0_to_100_are_refused(percentiles):
    with pytest.raises(InvalidChoice):
        RfmScorer(percentiles={"n_orders": percentiles}).fit(count_measures(CUSTOMERS))


def test_one_customer_alone_gets_a_score():
    alone = CUSTOMERS[:1]
    scores = RfmScorer().fit(count_measures(alone)).transform(alone)
    assert scores.to_numpy().tolist() == [[5, 1, 1]]
