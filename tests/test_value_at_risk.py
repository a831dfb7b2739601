import pandas as pd
import pytest

from segmentation.value.at_risk import (
    build_rhythm,
    count_returned,
    stake_by_model,
    stake_by_rhythm,
)

# As of 2024-07-01: a had gaps of 10 days and has been silent for 40; b likewise but on time;
# c and d have too few purchase days for a rhythm of their own.
CUSTOMERS = pd.DataFrame(
    {
        "n_purchase_days": [4, 3, 2, 1],
        "first_ordered_on": pd.to_datetime(
            ["2024-04-22", "2024-06-01", "2024-01-01", "2024-06-30"]
        ),
        "last_ordered_on": pd.to_datetime(["2024-05-22", "2024-06-21", "2024-03-23", "2024-06-30"]),
        "recency_days": [40, 10, 100, 1],
        "tenure_days": [70, 30, 182, 1],
        "total_spend": [70.0, 30.0, -5.0, 10.0],
    },
    index=list("abcd"),
)
SEGMENT = pd.Series(["one", "one", "one", "two"], index=list("abcd"), dtype="category")


def test_rhythm_is_ones_own_from_three_purchase_days_on_or_else_the_segments():
    rhythm = build_rhythm(CUSTOMERS, SEGMENT)
    assert rhythm["has_own_rhythm"].tolist() == [True, True, False, False]
    # Nobody in the second segment has a rhythm: all customers' stands in.
    assert rhythm["usual_gap_days"].tolist() == [10, 10, 10, 10]
    assert rhythm["overdue_days"].tolist() == [30, 0, 90, 0]
    assert rhythm["overdue_ratio"].tolist() == [4, 1, 10, 0.1]
    assert rhythm["risk"].tolist() == pytest.approx([0.75, 0, 0.9, 0])


def test_gap_of_the_segment_comes_before_that_of_all_and_one_day_tells_none():
    first = CUSTOMERS["first_ordered_on"].where(CUSTOMERS.index != "b", pd.Timestamp("2024-05-02"))
    customers = CUSTOMERS.assign(first_ordered_on=first, n_purchase_days=[4, 3, 2, 5])
    segment = pd.Series(["one", "two", "one", "two"], index=list("abcd"))
    rhythm = build_rhythm(customers, segment)
    assert rhythm["has_own_rhythm"].tolist() == [True, True, False, False]
    assert rhythm["usual_gap_days"].tolist() == [10, 25, 10, 25]


def test_money_at_stake_by_rhythm_is_a_years_spend_by_how_overdue():
    stake = stake_by_rhythm(build_rhythm(CUSTOMERS, SEGMENT))
    assert stake["a"] == pytest.approx(70 / 70 * 365.25 * 0.75)
    assert stake.drop("a").tolist() == [0, 0, 0]


def test_newcomers_spend_is_not_blown_up_to_a_year():
    rhythm = build_rhythm(CUSTOMERS, SEGMENT)
    assert rhythm.at["d", "spend_per_year"] == pytest.approx(10 / 10 * 365.25)


def test_money_at_stake_by_model_is_what_goes_with_those_who_left():
    told = pd.DataFrame({"p_active": [1.0, 0.25, 0.0], "value_if_active": [80.0, 80.0, 80.0]})
    assert stake_by_model(told).tolist() == [0, 60, 80]


def test_nobody_has_a_rhythm_in_a_shop_of_one_time_buyers():
    once = CUSTOMERS.assign(n_purchase_days=1)
    rhythm = build_rhythm(once, SEGMENT)
    assert rhythm["usual_gap_days"].isna().all()
    assert not rhythm["has_own_rhythm"].any()


def test_those_who_came_back_are_counted_by_segment():
    flagged = pd.Series([True, True, True, False], index=list("abcd"))
    before = pd.Series([4, 3, 2, 1], index=list("abcd"))
    after = pd.Series([4, 5, 2, 9], index=list("abcd"))
    table = count_returned(flagged, before[::-1], after[::-1], SEGMENT[::-1])
    assert table.loc["one", ["n_flagged", "n_returned"]].tolist() == [3, 1]
    assert table.loc["one", "share_returned"] == pytest.approx(1 / 3)
    assert 0 < table.loc["one", "low"] < 1 / 3 < table.loc["one", "high"] < 1
    assert "two" not in table.index


def test_interval_of_a_share_is_wilsons():
    flagged = pd.Series(True, index=range(10))
    after = pd.Series([1] * 3 + [0] * 7)
    table = count_returned(flagged, after * 0, after, pd.Series("one", index=range(10)))
    # Wilson (1927): the shares from which 3 of 10 lies 1.645 standard deviations away.
    for share in table.loc["one", ["low", "high"]]:
        assert abs(0.3 - share) / (share * (1 - share) / 10) ** 0.5 == pytest.approx(
            1.645, abs=1e-3
        )


def test_nobody_flagged_gives_an_empty_table():
    nobody = pd.Series(False, index=list("abcd"))
    orders = pd.Series(1, index=list("abcd"))
    assert count_returned(nobody, orders, orders, SEGMENT).empty


@pytest.mark.parametrize("n", range(1, 40))
def test_share_of_nobody_or_of_all_has_an_interval_that_ends_there(n):
    after = pd.Series(1, index=range(n))
    flagged, segment = after.astype(bool), pd.Series("one", index=after.index)
    nobody = count_returned(flagged, after, after, segment).loc["one"]
    everyone = count_returned(flagged, after * 0, after, segment).loc["one"]
    assert nobody["low"] >= 0
    assert everyone["high"] <= 1
