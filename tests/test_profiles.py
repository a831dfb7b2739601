import math

import numpy as np
import pandas as pd
import pytest

from segmentation.segments.cells import count_cells, count_customers, count_values
from segmentation.segments.profiles import (
    count_scores,
    median_spend,
    note_ties,
    profile_places,
    profile_scores,
    profile_segments,
)

NAMES = ("Best", "Empty", "Lost")
CUSTOMERS = pd.DataFrame(
    {
        "recency_days": [1, 4, 5, 100, 200],
        "n_orders": [4, 2, 3, 1, 1],
        "total_spend": [40.0, 10.0, 25.0, 20.0, 5.0],
    },
    index=pd.Index(list("abcde"), name="customer_id"),
)
CODES = np.array([0, 0, 0, 2, 2], np.int8)
SEGMENT = pd.Series(["Best", "Best", "Best", "Lost", "Lost"], CUSTOMERS.index, name="segment")
TEN = count_values(np.array([1, 1, 1, 1, 1, 2, 3, 4, 5, 9]))


def test_segments_by_hand():
    profile = profile_segments(count_customers(CUSTOMERS), CODES, NAMES)
    assert profile.index.tolist() == ["Best", "Empty", "Lost"]
    assert profile.loc["Best"].to_dict() == {
        "n_customers": 3,
        "share_of_customers": 0.6,
        "total_spend": 75.0,
        "share_of_spend": 0.75,
        "mean_order_value": 8.3333,  # 75 for 9 orders
        "median_recency_days": 4,
        "median_n_orders": 3,
    }
    assert profile.loc["Lost", "median_recency_days"] == 150
    assert profile.loc["Lost", "mean_order_value"] == 12.5


def test_segment_without_customers_has_zeros_and_no_medians():
    empty = profile_segments(count_customers(CUSTOMERS), CODES, NAMES).loc["Empty"]
    assert empty[["n_customers", "total_spend", "share_of_customers", "share_of_spend"]].eq(0).all()
    assert empty[["mean_order_value", "median_recency_days", "median_n_orders"]].isna().all()


def test_cells_give_the_same_profile_as_customers_one_by_one():
    double = pd.concat([CUSTOMERS, CUSTOMERS.assign(total_spend=0.1)], ignore_index=True)
    cells = count_cells(double)
    codes = np.where(cells.recency_days < 50, 0, 2)
    pd.testing.assert_frame_equal(
        profile_segments(cells, codes, NAMES),
        profile_segments(count_customers(double), np.tile(CODES, 2), NAMES),
    )


def test_shares_of_spend_are_missing_where_nothing_was_spent():
    profile = profile_segments(count_customers(CUSTOMERS.assign(total_spend=0.0)), CODES, NAMES)
    assert profile["share_of_spend"].isna().all()


def test_middle_customer_of_each_segment():
    medians = median_spend(CUSTOMERS, CODES, NAMES)
    assert medians.index.tolist() == list(NAMES)
    assert medians["Best"] == 25.0
    assert medians["Lost"] == 12.5
    assert math.isnan(medians["Empty"])


def test_scores_of_orders_with_the_values_they_stand_for():
    scores = count_scores("n_orders", TEN, [1, 1, 2.4, 4.2])
    assert scores.index.tolist() == [5, 4, 3, 2, 1]
    assert scores["n_customers"].tolist() == [2, 2, 1, 0, 5]
    assert scores["share_of_customers"].tolist() == [0.2, 0.2, 0.1, 0.0, 0.5]
    assert scores["lowest"].fillna(-1).tolist() == [5, 3, 2, -1, 1]
    assert scores["highest"].fillna(-1).tolist() == [9, 4, 2, -1, 1]


def test_best_score_of_recency_has_the_fewest_days():
    scores = count_scores("recency_days", TEN, [1, 3])
    assert scores.index.tolist() == [3, 2, 1]
    assert scores["n_customers"].tolist() == [5, 2, 3]
    assert scores["lowest"].tolist() == [1, 2, 4]
    assert scores["highest"].tolist() == [1, 3, 9]


def test_ties_that_swallow_a_score_are_told_with_their_share():
    assert note_ties("n_orders", TEN, [1, 1, 2.4, 4.2]) == [
        "50.0% of customers have the same number of orders (1), so F has no score 2."
    ]
    assert note_ties("n_orders", TEN, [1, 2, 3, 4]) == []


def test_scores_beyond_all_customers_are_not_put_down_to_ties():
    assert note_ties("n_orders", TEN, [1, 2.4, 10, 20]) == [
        "No customer lies between the cut points of F 4 and 5."
    ]


def test_cut_points_chosen_alike_are_no_tie():
    assert note_ties("n_orders", TEN, [2, 2, 2, 4], [2, 2, 2, 4]) == [
        "Cut points are set alike, so F has no scores 2 and 3."
    ]
    assert note_ties("n_orders", TEN, [1, 1, 1, 4], [10, 20, 20, 90]) == [
        "50.0% of customers have the same number of orders (1), so F has no score 2.",
        "Cut points are set alike, so F has no score 3.",
    ]


def test_several_scores_that_nobody_has_are_listed():
    days = count_values(np.array([7, 7, 7, 7, 400]))
    assert note_ties("recency_days", days, [7, 7, 7, 80.6]) == [
        "80.0% of customers have the same days since the last order (7), "
        "so R has no scores 3 and 4.",
        "No customer lies between the cut points of R 2.",
    ]


def test_places_are_compared_with_all_customers_whose_place_is_known():
    country = pd.Series(["Spain", "Spain", "Italy", "Italy", None], CUSTOMERS.index)
    places = profile_places(SEGMENT, country, NAMES)
    best = places.loc["Best"]
    assert best["n_customers"].to_dict() == {"Italy": 1, "Spain": 2}
    assert best.loc["Spain", "share_of_segment"] == pytest.approx(2 / 3)
    assert best.loc["Spain", "share_of_customers"] == 0.5
    assert best.loc["Spain", "concentration"] == pytest.approx(4 / 3)
    assert places.loc[("Lost", "Italy"), "concentration"] == 2
    assert places.loc[("Lost", "Spain"), "n_customers"] == 0


def test_places_of_customers_that_are_in_no_segment_are_passed_over():
    country = pd.Series({"a": "Spain", "z": "Italy"})
    places = profile_places(SEGMENT, country, NAMES)
    assert places["n_customers"].sum() == 1


def test_pairs_of_scores_stand_in_the_order_of_the_grid():
    recency, frequency = np.array([3, 3, 2, 1, 1]), np.array([3, 2, 2, 1, 1])
    grid = (("C", "B", "A"), ("C", "B", "B"), ("D", "C", "C"))
    scores = profile_scores(count_customers(CUSTOMERS), recency, frequency, grid)
    assert scores["recency_score"].tolist() == [3, 3, 3, 2, 2, 2, 1, 1, 1]
    assert scores["column_score"].tolist() == [1, 2, 3] * 3
    assert "".join(scores["segment"]) == "CBACBBDCC"
    assert scores["n_customers"].tolist() == [0, 1, 1, 0, 1, 0, 2, 0, 0]
    assert scores["share_of_customers"].sum() == pytest.approx(1)
    assert scores["total_spend"].tolist() == [0, 10, 40, 0, 25, 0, 25, 0, 0]
