import datetime

import numpy as np
import pandas as pd
import pytest

from segmentation.marts.activity import (
    build_customer_orders,
    build_customer_products,
    count_categories,
    profile_rhythm,
)
from segmentation.marts.customers import build_customers
from segmentation.outputs.customer_charts import chart_customer_orders
from segmentation.recipe import Policies
from segmentation.value.at_risk import build_rhythm

AS_OF = datetime.date(2024, 4, 1)
HEADER = b"customer_id,ordered_at,order_id,amount,category,product\n"


def bought_on(*days):
    return pd.DataFrame({"ordered_on": pd.to_datetime(list(days)), "fate": "kept"})


# Gaps of 9, 21 and 4 days; the last purchase 27 days before.
def test_usual_gap_is_the_mean_of_the_gaps_between_purchase_days():
    orders = bought_on("2024-01-31", "2024-02-09", "2024-03-01", "2024-03-05", "2024-03-01")
    rhythm = profile_rhythm(orders, AS_OF)
    assert rhythm.usual_gap_days == pytest.approx(34 / 3)
    assert rhythm.longest_gap_days == 21
    assert rhythm.recency_days == 27
    assert rhythm.overdue_ratio == pytest.approx(27 * 3 / 34)


@pytest.mark.parametrize("seed", range(20))
def test_usual_gap_is_the_one_of_the_customers_at_risk(seed):
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 400, 8), "D")
    rhythm = profile_rhythm(bought_on(*days), AS_OF)
    first, last = days.min(), days.max()
    customer = {
        "n_purchase_days": days.nunique(),
        "first_ordered_on": first,
        "last_ordered_on": last,
        "recency_days": (pd.Timestamp(AS_OF) - last).days,
        "tenure_days": (pd.Timestamp(AS_OF) - first).days,
        "total_spend": 1.0,
    }
    ranked = build_rhythm(pd.DataFrame(customer, index=["a"]), pd.Series(["s"], ["a"])).loc["a"]
    assert rhythm.usual_gap_days == pytest.approx(ranked["usual_gap_days"])
    assert rhythm.overdue_ratio == pytest.approx(ranked["overdue_ratio"])


def test_two_purchase_days_say_no_rhythm_however_many_orders():
    assert profile_rhythm(bought_on("2024-01-01", "2024-02-01", "2024-02-01"), AS_OF) is None


def test_return_is_no_purchase_day():
    orders = bought_on("2024-01-01", "2024-02-01", "2024-03-01")
    orders.loc[2, "fate"] = "return"
    assert profile_rhythm(orders, AS_OF) is None


def test_orders_add_up_to_the_spend_of_the_customer(loaded_shop):
    for policies in (Policies(), Policies(returns="ignore"), Policies(duplicates="drop")):
        customers = build_customers(loaded_shop, AS_OF, policies)
        for customer_id, row in customers.iterrows():
            orders = build_customer_orders(loaded_shop, customer_id, AS_OF, policies)
            assert orders["amount"].sum() == pytest.approx(row["total_spend"], abs=1e-9)
            assert orders.loc[orders["fate"] == "kept", "order_id"].nunique() == row["n_orders"]


def test_orders_stand_in_the_order_of_their_days(loaded_shop):
    orders = build_customer_orders(loaded_shop, "17850", AS_OF, Policies())
    assert list(orders["order_id"]) == ["4", "5", "6"]
    assert list(orders["fate"]) == ["kept", "kept", "return"]


def test_customer_of_another_spelling_is_another_customer(loaded_shop):
    assert list(build_customer_orders(loaded_shop, "A", AS_OF, Policies())["amount"]) == [7.25]


def test_customer_with_a_quote_in_the_id_is_found_and_nothing_else(load):
    database = load(HEADER + b"o'hara,2024-01-01,1,5,Tea,Assam\nb,2024-01-01,2,9,Tea,Assam\n")
    assert build_customer_orders(database, "o'hara", AS_OF, Policies())["amount"].tolist() == [5]
    assert build_customer_orders(database, "' or 1=1 --", AS_OF, Policies()).empty


def test_parts_add_up_to_the_spend_whatever_is_missing(load):
    database = load(
        HEADER + b"a,2024-01-01,1,5,Tea,Assam\na,2024-01-02,2,7,,Mug\na,2024-01-03,3,8,Tea,\n"
        b"a,2024-01-04,4,-6,Cups,Mug\n"
    )
    products = build_customer_products(database, "a", AS_OF, Policies())
    by_category = count_categories(products)
    assert by_category["total_spend"].to_dict() == {"Tea": 13, "Not given": 7, "Cups": -6}
    assert by_category["share_of_spend"].tolist() == [0.65, 0.35, 0]
    assert count_categories(products, "product")["total_spend"].sum() == 14


@pytest.mark.parametrize(("n_orders", "width"), [(90, 5), (91, 2)])
def test_bars_of_many_orders_are_thin_so_that_none_hides_another(n_orders, width):
    days = pd.date_range("2024-01-01", periods=n_orders)
    orders = pd.DataFrame({"ordered_on": days, "fate": "kept", "amount": 5.0, "n_rows": 1})
    chart = chart_customer_orders(orders.assign(order_id=None), datetime.date(2024, 6, 1))
    assert chart.to_dict()["layer"][0]["mark"]["size"] == width
