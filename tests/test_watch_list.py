import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import NotReliable
from segmentation.marts.categories import build_categories
from segmentation.outputs.risk_charts import PICKED, chart_returned, chart_risk_map, ticks
from segmentation.recipe import Policies
from segmentation.risk_tables import AT_RISK, RETURNED
from segmentation.value.at_risk import MODEL, RHYTHM, choose_measure, count_returned
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.track_record import TrackRecord
from segmentation.value.watch_list import (
    NEW,
    NO_OFFER,
    RISKS,
    Wanted,
    build_watch_list,
    complete_rows,
    find_flagged,
    present,
    spread,
)

# a is four gaps of ten days late, b on time, c late by the segment's rhythm, d has paid nothing.
CUSTOMERS = pd.DataFrame(
    {
        "n_purchase_days": [4, 3, 2, 1],
        "first_ordered_on": pd.to_datetime(
            ["2023-04-22", "2024-06-01", "2024-01-01", "2024-06-30"]
        ),
        "last_ordered_on": pd.to_datetime(["2023-05-22", "2024-06-21", "2024-03-23", "2024-06-30"]),
        "recency_days": [406, 10, 100, 1],
        "tenure_days": [436, 30, 182, 1],
        "total_spend": [70.0, 30.0, 50.0, -10.0],
    },
    index=pd.Index(list("abcd"), name="customer_id"),
)
SEGMENT = pd.Series(
    pd.Categorical(["Gone", "Good", "Gone", "Good"], ["Good", "Gone", "Empty"]),
    index=CUSTOMERS.index,
)
PREDICTION = pd.DataFrame(
    {"p_active": [0.1, 0.9, 0.5, np.nan], "value_if_active": [100.0, 300.0, 20.0, np.nan]},
    index=CUSTOMERS.index,
)
PLACE = pd.Series(["North", "South", "North"], index=list("abc"))
CATEGORIES = pd.DataFrame(
    {"favourite_category": ["Toys", "Books"], "last_category": ["Books", "Books"]},
    index=list("ab"),
).astype("category")
RECORD = TrackRecord(
    datetime.date(2024, 1, 1),
    datetime.date(2024, 7, 1),
    pd.DataFrame(
        {"happened_spend": [10.0], "predicted_spend": [11.0], "average_spend": [15.0]}, index=["a"]
    ),
)


@pytest.fixture
def by_model():
    return build_watch_list(CUSTOMERS, SEGMENT, PREDICTION, 0.5, PLACE, CATEGORIES)


@pytest.fixture
def by_rhythm():
    return build_watch_list(CUSTOMERS, SEGMENT, None, 0.5, PLACE, CATEGORIES.iloc[:0])


def flagged(table, **choices):
    measure, risk = (MODEL, 1.0) if "p_active" in table else (RHYTHM, 0.0)
    wanted = Wanted(measure, risk, margin=0.5)
    return list(table.index[find_flagged(table, replace(wanted, **choices))])


def test_most_money_at_stake_comes_first(by_model):
    assert by_model["at_stake"].tolist() == pytest.approx([90, 30, 10])
    assert list(by_model.index) == ["a", "b", "c"]
    assert by_model["value_so_far"].tolist() == [35, 15, 25]


def test_money_at_stake_by_rhythm_counts_newcomers_as_known_for_a_year(by_rhythm):
    late = 1 - 10 / 406
    assert by_rhythm.at["a", "at_stake"] == pytest.approx(70 / 436 * 365.25 * late * 0.5)
    assert by_rhythm.at["c", "at_stake"] == pytest.approx(50 * 0.9 * 0.5)
    assert by_rhythm.at["d", "at_stake"] == 0


def test_whose_orders_a_gap_is_from_is_told(by_rhythm):
    assert by_rhythm["gap_of"].to_dict() == {
        "a": "own orders",
        "b": "own orders",
        "c": "segment",
        "d": "segment",
    }


def test_nobody_is_on_the_list_where_nobody_has_a_rhythm():
    once = CUSTOMERS.assign(n_purchase_days=1)
    assert build_watch_list(once, SEGMENT, None, 1.0, PLACE, CATEGORIES).empty


def test_customers_unknown_to_the_models_are_left_out(by_model):
    assert "d" not in by_model.index


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"risk": 0.5}, ["a", "c"]),
        ({"risk": 0.49}, ["a"]),
        ({"least_value": 25.0}, ["a", "c"]),
        ({"least_value": -1.0}, ["a", "b", "c"]),
        ({"segments": ("Good",)}, ["b"]),
        ({"segments": ("Good", "Gone")}, ["a", "b", "c"]),
        ({"segments": ("Empty",)}, []),
        ({"places": ("North",)}, ["a", "c"]),
        ({"categories": ("Books",)}, ["a", "b"]),
        ({"days": (10, 100)}, ["b", "c"]),
        ({"picked": ((0.6, 0.4), (20, 30))}, ["c"]),
        ({"risk": 0.5, "places": ("North",), "days": (101, 999)}, ["a"]),
    ],
    ids=str,
)
def test_list_is_narrowed_by_each_choice(by_model, choices, expected):
    assert flagged(by_model, **choices) == expected


def test_overdue_ratio_counts_from_the_choice_on(by_rhythm):
    assert flagged(by_rhythm, risk=10.0) == ["a", "c"]
    assert flagged(by_rhythm, risk=10.1) == ["a"]


def test_place_that_is_not_known_is_none_that_was_chosen(by_rhythm):
    assert flagged(by_rhythm) == ["a", "c", "b", "d"]
    assert flagged(by_rhythm, places=("North", "South")) == ["a", "c", "b"]


def test_choices_offered_are_those_that_occur_in_their_order():
    assert present(SEGMENT) == ["Good", "Gone"]
    assert present(SEGMENT.iloc[:0]) == []


@pytest.mark.parametrize(("n", "limit"), [(0, 5), (3, 5), (5, 5), (6, 5), (1000, 7)])
def test_marks_are_spread_from_the_first_to_the_last(n, limit):
    chosen = np.tile([False, True], n)
    places = spread(chosen, limit)
    assert len(set(places)) == min(n, limit)
    assert chosen[places].all()
    assert n == 0 or (places[0], places[-1]) == (1, 2 * n - 1)


def test_every_row_says_what_to_offer_and_where_the_customer_was(by_model):
    before = pd.Series(["Good"], index=["a"], dtype="category")
    rows = complete_rows(by_model, before, {"Gone": "Write to them.", "Good": " "})
    assert rows["offer"].tolist() == ["Write to them.", NO_OFFER, "Write to them."]
    assert rows["segment_before"].tolist() == ["Good", NEW, NEW]
    assert "segment_before" not in complete_rows(by_model, None, {})


def test_every_column_of_the_list_is_explained(by_model):
    before = pd.Series("Good", index=by_model.index)
    made = {"customer_id", *complete_rows(by_model, before, {})}
    assert made - {"place", "recency_days", "total_spend"} == set(AT_RISK)


def test_models_that_are_not_reliable_leave_the_rhythm_and_the_reason():
    kind, why = choose_measure(NotReliable("Only 3 customers.", "Load more."), None)
    assert kind == RHYTHM
    assert "Only 3 customers." in why


def test_models_that_know_no_more_than_an_average_leave_the_rhythm():
    worse = replace(RECORD, customers=RECORD.customers.assign(predicted_spend=99.0))
    kind, why = choose_measure(LifetimeModel(), worse)
    assert kind == RHYTHM
    assert "no better than a plain average" in why


@pytest.mark.parametrize(
    ("record", "told"),
    [(RECORD, "came closer"), (None, "does not allow"), (NotReliable("", ""), "does not allow")],
)
def test_reliable_models_are_the_measure(record, told):
    kind, why = choose_measure(LifetimeModel(), record)
    assert kind == MODEL
    assert told in why


def test_charts_tell_columns_that_tables_explain(by_model, by_rhythm):
    colours = {"Good": "#147314", "Gone": "#d20a1e"}
    for table, kind in ((by_model, MODEL), (by_rhythm, RHYTHM)):
        chart = chart_risk_map(table, RISKS[kind], colours).to_dict()
        assert chart["params"][0]["name"] == PICKED
        assert chart["encoding"]["x"]["field"] in AT_RISK
        assert chart["encoding"]["y"]["field"] in AT_RISK
    found = count_returned(
        pd.Series(True, index=SEGMENT.index),
        pd.Series(1, SEGMENT.index),
        pd.Series(2, SEGMENT.index),
        SEGMENT,
    )
    bars = chart_returned(found, colours).to_dict()["layer"][0]["encoding"]
    assert {bars["x"]["field"], bars["y"]["field"]} <= set(RETURNED)
    assert set(found.reset_index()) == set(RETURNED)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2, 40], [2, 5, 10, 20]),
        ([3, 9000], [10, 100, 1000]),
        ([5, 5], [5]),
        ([2.1, 5.4], [3, 4, 5]),
        ([210, 480], [300, 400]),
        ([-30, 0, 3], [-20, -10, -5, -2, -1, 0, 1, 2]),
        ([-30, 5000], [-10, 0, 10, 100, 1000]),
    ],
)
def test_ticks_of_a_logarithmic_axis_are_round(values, expected):
    assert ticks(pd.Series(values, dtype=float)) == expected


def test_no_category_in_the_data_is_no_row(loaded_shop):
    table = build_categories(loaded_shop, datetime.date(2024, 4, 1), Policies())
    assert table.empty
    assert list(table) == ["favourite_category", "last_category"]


def test_limit_on_value_where_nothing_is_profit_lets_none_or_all_through():
    nothing = Wanted("rhythm", 2, margin=0.0)
    assert [nothing.as_spend(value) for value in (5, 0, -5)] == [np.inf, 0, -np.inf]
