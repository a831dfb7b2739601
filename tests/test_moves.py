import numpy as np
import pandas as pd

from segmentation.segments.cells import Cells, count_cells, count_customers
from segmentation.segments.moves import count_moves

NAMES = ("Best", "Middle", "Lost")
CUSTOMERS = pd.DataFrame(
    {
        "recency_days": [1, 1, 1, 9, 9, 30],
        "n_orders": [5, 5, 5, 2, 2, 1],
        "total_spend": [10.0, 20.0, 30.0, 4.5, 0.1, 0.2],
    },
    index=pd.Index(list("abcdef"), name="customer_id"),
)


def test_pairs_that_occur_are_counted_the_most_frequent_first():
    before, after = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 2, 2, 2])
    moves = count_moves(count_customers(CUSTOMERS), before, after, NAMES, NAMES)
    assert list(moves) == ["before", "after", "n_customers", "total_spend"]
    assert moves.to_dict("split")["data"] == [
        ["Best", "Best", 2, 30.0],
        ["Middle", "Lost", 2, 4.6],
        ["Best", "Middle", 1, 30.0],
        ["Lost", "Lost", 1, 0.2],
    ]


def test_counted_cells_move_as_the_customers_in_them():
    singles, cells = count_customers(CUSTOMERS), count_cells(CUSTOMERS)

    def codes(counted, limit):
        return (counted.recency_days > limit).astype(np.int8)

    one_by_one = count_moves(singles, codes(singles, 1), codes(singles, 9), NAMES, NAMES)
    counted = count_moves(cells, codes(cells, 1), codes(cells, 9), NAMES, NAMES)
    pd.testing.assert_frame_equal(one_by_one, counted)


def test_segments_before_and_after_may_be_different_ones():
    cells = count_cells(CUSTOMERS)
    codes = np.arange(3)
    moves = count_moves(cells, codes, np.zeros(3, int), NAMES, ["All"])
    assert set(moves["after"]) == {"All"}
    assert moves["n_customers"].sum() == 6


def test_pairs_of_a_hundred_segments_are_told_apart():
    names, last = [str(place) for place in range(100)], np.full(3, 99, np.int8)
    moves = count_moves(count_cells(CUSTOMERS), last, last, names, names)
    assert moves.to_dict("split")["data"] == [["99", "99", 6, 64.8]]


def test_customer_with_negative_spend_is_counted():
    one = np.array([1])
    cells = Cells(one, one, None, one, np.array([-50_000]))
    moves = count_moves(cells, np.array([1]), np.array([2]), NAMES, NAMES)
    assert moves.to_dict("split")["data"] == [["Middle", "Lost", 1, -5.0]]
