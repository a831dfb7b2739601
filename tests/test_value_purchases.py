import datetime

import pytest

from segmentation.errors import NothingKept
from segmentation.marts.purchases import build_purchases
from segmentation.recipe import Policies

DAY = datetime.date(2024, 4, 1)
ONE_ROW_EACH = b"""\
customer_id,ordered_at,amount,n_orders,first_ordered_at
a,2024-03-30,120.00,6,2022-04-01
b,2024-03-31,15.00,1,2024-03-31
c,2024-03-31,15.00,4,2024-03-31
d,2024-03-31,20.00,1,2024-03-01
e,2024-03-31,15.00,3,
f,2024-03-31,15.00,3,2024-04-01
g,2024-03-31,15.00,0,2024-03-01
"""


def test_purchases_are_days_after_the_first(loaded_shop):
    table = build_purchases(loaded_shop, DAY, Policies())
    # 17850: 2024-01-20 and 2024-03-01 with a return the day after; a: 2024-01-05 and 2024-02-10.
    assert table.loc["17850"].tolist() == [1, 41, 71, pytest.approx(120.0), pytest.approx(20.0)]
    assert table.loc["a"].tolist() == [1, 36, 86, 45.5, 5.5]
    assert table.loc["b"].tolist() == [0, 0, 0, 12.0, 0.0]
    assert list(table.index) == sorted(table.index)


def test_table_with_one_row_a_customer_tells_orders_and_the_first_day(load):
    table = build_purchases(load(ONE_ROW_EACH), DAY, Policies())
    assert table.loc["a"].tolist() == [5, 729, 730, 120.0, 20.0]
    # One day is no repeat purchase, two days are one, whatever the table counts.
    assert table.loc["c", ["x", "t_x"]].tolist() == [0, 0]
    assert table.loc["d", ["x", "t_x"]].tolist() == [1, 30]
    # Nobody knows when e and f first bought, and g never did.
    assert list(table.index) == ["a", "b", "c", "d"]


def test_no_customer_before_a_day_is_said(loaded_shop):
    with pytest.raises(NothingKept):
        build_purchases(loaded_shop, datetime.date(2020, 1, 1), Policies())


def test_purchases_as_of_an_earlier_day_are_what_was_known_then(loaded_shop):
    before = build_purchases(loaded_shop, datetime.date(2024, 2, 1), Policies())
    assert list(before.index) == ["17850", "a"]
    assert before["x"].tolist() == [0, 0]
    assert before["T"].tolist() == [11, 26]
