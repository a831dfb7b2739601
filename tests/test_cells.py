import numpy as np
import pandas as pd
import pytest

from segmentation.segments.cells import count_cells, count_customers, count_values

CUSTOMERS = pd.DataFrame(
    {
        "recency_days": [1, 1, 30, 1, 30],
        "n_orders": [2, 2, 1, 3, 2],
        "total_spend": [10.5, 0.25, 7.0, -1.25, 100.1],
    },
    index=pd.Index(["a", "b", "c", "d", "e"], name="customer_id"),
)


def test_values_are_counted_from_the_smallest():
    found = count_values(np.array([5, 2, 5, 5, 9]))
    assert found.values.tolist() == [2, 5, 9]
    assert found.up_to.tolist() == [1, 4, 5]
    assert found.n_customers == 5


def test_percentile_lies_between_neighbours_as_in_a_spreadsheet():
    found = count_values(np.array([1, 2, 3, 4, 5, 6]))
    # PERCENTILE.INC of 1 to 6: 1 + p × 5.
    assert found.percentile([0, 20, 50, 90, 100]) == pytest.approx([1, 2, 3.5, 5.5, 6], rel=1e-15)


def test_percentile_among_equal_values_is_that_value():
    found = count_values(np.array([1, 1, 1, 1, 1, 1, 2, 8]))
    assert found.percentile([20, 40, 60]).tolist() == [1, 1, 1]


def test_percentile_of_a_single_customer_is_their_value():
    assert count_values(np.array([7.5])).percentile([0, 20, 100]).tolist() == [7.5, 7.5, 7.5]


def test_cut_point_ends_its_range():
    found = count_values(np.array([1, 1, 2, 3, 4, 10]))
    assert found.count_between([1, 3, 9.5]).tolist() == [2, 2, 1, 1]


def test_ranges_outside_the_values_are_empty():
    found = count_values(np.array([5, 5, 6]))
    assert found.count_between([1, 2, 7, 8]).tolist() == [0, 0, 3, 0, 0]
    assert found.count_between([]).tolist() == [3]


def test_each_customer_is_a_cell_where_spend_counts():
    cells = count_customers(CUSTOMERS)
    assert cells.recency_days.tolist() == [1, 1, 30, 1, 30]
    assert cells.n_orders.tolist() == [2, 2, 1, 3, 2]
    assert cells.total_spend.tolist() == [105000, 2500, 70000, -12500, 1001000]
    assert cells.spend.tolist() == [105000, 2500, 70000, -12500, 1001000]
    assert cells.n_customers.tolist() == [1] * 5


def test_equal_customers_share_a_cell():
    cells = count_cells(CUSTOMERS)
    rows = zip(cells.recency_days, cells.n_orders, cells.n_customers, cells.spend, strict=True)
    assert sorted(rows) == [
        (1, 2, 2, 107500),
        (1, 3, 1, -12500),
        (30, 1, 1, 70000),
        (30, 2, 1, 1001000),
    ]
    assert cells.total_spend is None


def test_spend_adds_up_exactly_in_any_order():
    tenths = pd.DataFrame({"recency_days": 1, "n_orders": 1, "total_spend": [0.1, 0.2, 0.3] * 1000})
    assert count_cells(tenths).spend.tolist() == [600 * 10_000]
    assert count_cells(tenths[::-1]).spend.tolist() == [600 * 10_000]


def test_places_among_the_distinct_values_lead_back_to_the_values():
    cells = count_cells(CUSTOMERS)
    days, place = cells.recency_index
    assert days.tolist() == [1, 30]
    assert days[place].tolist() == cells.recency_days.tolist()
    orders, place = cells.orders_index
    assert orders.tolist() == [1, 2, 3]
    assert orders[place].tolist() == cells.n_orders.tolist()


def test_customers_are_left_as_they_are():
    before = CUSTOMERS.copy()
    count_cells(CUSTOMERS)
    count_customers(CUSTOMERS)
    pd.testing.assert_frame_equal(CUSTOMERS, before)


def test_spend_too_large_for_64_bits_is_right():
    customers = CUSTOMERS.assign(total_spend=9e14)
    assert count_customers(customers).spend.tolist() == [9e18] * 5
    assert sorted(count_cells(customers).spend.tolist()) == [9e18, 9e18, 9e18, 1.8e19]
    assert count_cells(customers).weights[1].sum() == 4.5e19
