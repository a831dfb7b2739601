import numpy as np
import pandas as pd
import pytest
import vl_convert

from segmentation.outputs.cluster_charts import chart_cross_table
from segmentation.segments.portraits import (
    WORDS,
    name_clusters,
    note_alike,
    note_clusters,
    note_judged,
    suggest_clusters,
)
from segmentation.tables import CLUSTER_MEASURES

RFM = ["recency_days", "n_orders", "total_spend"]


def judged(**columns):
    table = pd.DataFrame(
        {"inertia": [9.0, 5, 4, 3], "silhouette": 0.4, "stability": 0.9, "share_of_smallest": 0.2},
        index=pd.Index([2, 3, 4, 5], name="n_clusters"),
    )
    return table.assign(**columns)


def test_every_measure_has_words():
    assert WORDS.keys() == CLUSTER_MEASURES.keys()


def test_names_say_what_is_far_from_the_average():
    rows = np.array([[-0.9, 1.0, 0.8], [0.1, 0.0, 0.2], [2.0, -0.5, 0.1]])
    assert name_clusters(rows, RFM) == [
        "Frequent, high spend, recent",
        "Average",
        "Few orders, long lapsed",
    ]


@pytest.mark.parametrize("n", [2, 5, 10])
def test_names_are_different_even_where_clusters_are_alike(n):
    names = name_clusters(np.tile([0.1, 0.5, 0.2], (n, 1)), RFM)
    assert len({name.casefold() for name in names}) == n


def test_suggestion_takes_the_most_groups_among_equals_and_says_why():
    k, reason = suggest_clusters(judged(silhouette=[0.6, 0.41, 0.4, 0.3]))
    assert k == 4
    assert "4 groups" in reason
    # Three groups are, by a hundredth.
    assert "hardly any are further apart (silhouette 0.40)" in reason
    assert "Two groups are further apart (0.60)" in reason
    k, reason = suggest_clusters(judged(silhouette=[0.3, 0.35, 0.41, 0.3]))
    assert k == 4
    assert "none are further apart (silhouette 0.41)" in reason
    assert "Two groups" not in reason


def test_suggestion_passes_over_groups_that_do_not_come_out_again():
    k, _ = suggest_clusters(judged(stability=[0.9, 0.9, 0.5, 0.6]))
    assert k == 3
    k, reason = suggest_clusters(judged(stability=[0.1, 0.4, 0.3, 0.2]))
    assert k == 3
    assert reason.startswith("No number")


def test_suggestion_passes_over_groups_of_outliers():
    assert suggest_clusters(judged(share_of_smallest=[0.2, 0.2, 0.001, 0.0]))[0] == 3


def test_two_groups_are_suggested_where_there_are_no_more():
    assert suggest_clusters(judged().head(1))[0] == 2


def test_one_cluster_with_nearly_everyone_is_told():
    points = np.random.default_rng(0).normal(size=(100, 2))
    notes = note_clusters(np.array([97, 3]), points, RFM[:2])
    assert len(notes) == 1
    assert "97.0%" in notes[0]
    assert note_clusters(np.array([50, 50]), points, RFM[:2]) == []


def test_constant_measure_and_tiny_or_empty_clusters_are_told():
    points = np.column_stack([np.zeros(400), np.arange(400)])
    notes = note_clusters(np.array([200, 199, 1, 0]), points, RFM[:2])
    assert "Days since last order is the same" in notes[0]
    assert "less than 1%" in notes[1]
    assert "no customers" in notes[2]


def test_customers_that_are_alike_are_told():
    assert note_alike(np.ones(20)) == []
    few = note_alike(np.array([1.0, 8, 1]))
    assert "3 ways only" in few[0]
    assert "80.0%" in few[1]


def test_clusters_without_a_gap_or_without_stability_are_told():
    good = pd.Series({"silhouette": 0.4, "stability": 0.9})
    assert note_judged(good) == []
    assert "gap" in note_judged(good.replace(0.4, 0.2))[0]
    assert "resampled" in note_judged(good.replace(0.9, 0.3))[0]


@pytest.mark.parametrize(("width", "is_told"), [(90, False), (600, True)])
def test_numbers_wider_than_their_tile_are_left_to_the_tooltip(width, is_told):
    segments = list("ABCDE")
    table = pd.DataFrame(
        {"cluster": "One", "segment": segments, "n_customers": 12_345, "share": 0.2}
    )
    chart = chart_cross_table(table, ["One"], segments).properties(width=width)
    drawn = vl_convert.vegalite_to_svg(chart.to_json())
    assert (">12,345<" in drawn) == is_told
