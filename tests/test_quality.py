import datetime
import math

import pytest

from segmentation.errors import NothingKept
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.findings import build_findings, tell_fates
from segmentation.marts.purchases import build_purchases
from segmentation.marts.quality import (
    build_left_out,
    build_overview,
    build_steps,
    count_fates,
    left_out_columns,
    stream_left_out,
)
from segmentation.outputs.charts import chart_ledger
from segmentation.recipe import Policies
from segmentation.tables import ATTRIBUTES, CUSTOMERS, FATES, LEFT_OUT

AS_OF = datetime.date(2024, 4, 1)
NET, IGNORE = Policies(), Policies(returns="ignore")
HEADER = "customer_id,ordered_at,amount\n"


@pytest.fixture
def found(load):
    def found(rows, policies=NET, as_of=None, header=HEADER):
        database = load((header + rows).encode())
        overview = build_overview(database, policies)
        as_of = as_of or overview.day_after
        customers = build_customers(database, as_of, policies)
        return build_findings(database, customers, overview, policies, as_of)

    return found


def sentence(findings, part):
    return next((finding for finding in findings if part in finding.sentence), None)


def purchases(n_customers, day="2024-01-{:02d}"):
    return "".join(f"c{i},{day.format(1 + i % 28)},{10 + i}\n" for i in range(n_customers))


# Counted by hand from the comment on SHOP in conftest.py.
def test_fates_of_the_shop_by_hand(loaded_shop):
    fates = count_fates(loaded_shop, NET, AS_OF)
    assert fates[["n_rows", "amount", "n_customers"]].T.to_dict("list") == {
        "kept": [7, 214.85, 4],
        "return": [1, -30.1, 1],
        "returns only": [1, -4, 1],
        "no customer": [1, 9.99, 0],
        "no date": [1, 3, 1],
        "no amount": [1, 0, 1],
        "nothing paid": [1, 0, 1],
    }
    assert fates.index[fates["is_counted"]].tolist() == ["kept", "return"]


def test_fates_stand_in_the_order_in_which_they_are_told(loaded_shop):
    fates = count_fates(loaded_shop, Policies(duplicates="drop"), datetime.date(2024, 3, 1))
    assert fates.index.tolist() == [fate for fate in FATES if fate in fates.index]
    assert fates.loc["exact duplicate", ["n_rows", "amount"]].tolist() == [1, 20]
    assert fates.loc["after as-of", "n_rows"] == 4


@pytest.mark.parametrize("returns", ["net", "ignore"])
@pytest.mark.parametrize("duplicates", ["keep", "drop"])
@pytest.mark.parametrize("as_of", [None, datetime.date(2024, 2, 11), AS_OF])
def test_no_row_and_no_money_vanishes(loaded_shop, returns, duplicates, as_of):
    policies = Policies(returns, duplicates)
    fates = count_fates(loaded_shop, policies, as_of)
    assert fates["n_rows"].sum() == 13
    assert fates["amount"].sum() == pytest.approx(193.74, abs=1e-9)
    left_out = build_left_out(loaded_shop, policies, as_of)
    counted = fates[fates["is_counted"]]
    assert len(left_out) + counted["n_rows"].sum() == 13
    assert left_out["amount"].sum() + counted["amount"].sum() == pytest.approx(193.74, abs=1e-9)


def test_customers_of_the_shop_by_hand(loaded_shop):
    customers = build_customers(loaded_shop, AS_OF, NET)
    assert customers.index.tolist() == ["17850", "A", "a", "b"]
    assert customers["n_orders"].tolist() == [2, 1, 2, 1]
    assert customers["total_spend"].tolist() == [120, 7.25, 45.5, 12]
    assert customers["mean_order_value"].tolist() == [60, 7.25, 22.75, 12]
    assert customers["recency_days"].tolist() == [31, 50, 51, 1]
    assert customers["tenure_days"].tolist() == [72, 50, 87, 1]
    purchases = build_purchases(loaded_shop, AS_OF, NET)
    assert (purchases["x"] + 1).to_dict() == {"17850": 2, "A": 1, "a": 2, "b": 1}
    assert customers["last_ordered_on"].dt.strftime("%F").tolist() == [
        "2024-03-01",
        "2024-02-11",
        "2024-02-10",
        "2024-03-31",
    ]
    assert {"customer_id", *customers} == set(CUSTOMERS)


def test_mean_order_value_is_rounded_to_four_places(load):
    rows = "a,2024-01-01,5\na,2024-01-02,3\na,2024-01-03,2\n"
    customers = build_customers(load((HEADER + rows).encode()), AS_OF, NET)
    assert customers["mean_order_value"].tolist() == [3.3333]


def test_day_before_the_first_purchase_has_no_customers(loaded_shop):
    with pytest.raises(NothingKept, match="5 Jan 2024") as problem:
        build_customers(loaded_shop, datetime.date(2024, 1, 5), NET)
    assert problem.value.hint == "Choose a later as-of day."


def test_attributes_are_those_that_the_data_have(load):
    rows = b"customer_id,ordered_at,amount,country,city\nb,2024-01-01,5,,\na,2024-01-01,5,Peru,\n"
    database = load(rows)
    attributes = build_attributes(database, AS_OF, NET)
    assert attributes.index.tolist() == ["a", "b"]
    assert list(attributes) == ["country"]
    assert set(attributes) <= set(ATTRIBUTES)
    assert attributes["country"].isna().tolist() == [False, True]


def test_overview_of_the_shop_by_hand(loaded_shop):
    overview = build_overview(loaded_shop, NET)
    assert overview.n_purchase_rows == 7
    assert overview.amount == 214.85
    assert overview.first_on == datetime.date(2024, 1, 5)
    assert overview.last_on == datetime.date(2024, 3, 31)
    assert overview.day_after == AS_OF
    assert overview.has_order_ids
    assert not overview.is_by_customer


def test_day_after_the_last_purchase_does_not_look_at_returns(load):
    rows = b"customer_id,ordered_at,amount\na,2024-01-01,5\na,2024-02-01,-5\n"
    assert build_overview(load(rows), NET).day_after == datetime.date(2024, 1, 2)


def test_data_without_a_purchase_are_told_by_what_became_of_the_rows(load):
    rows = b"customer_id,ordered_at,amount\na,2024-01-01,-5\n,2024-01-01,5\nb,2024-01-01,-1\n"
    with pytest.raises(NothingKept, match="returns only: 2, no customer: 1") as problem:
        build_overview(load(rows), NET)
    assert problem.value.hint.startswith("Check")


def test_day_before_the_first_purchase_is_what_is_to_be_changed_and_not_the_columns(loaded_shop):
    with pytest.raises(NothingKept, match="before 5 Jan 2024") as problem:
        build_overview(loaded_shop, NET, datetime.date(2024, 1, 5))
    assert problem.value.hint == "Choose a later as-of day."


def test_what_each_policy_makes_of_the_shop_by_hand(loaded_shop, policy_effects):
    policies = policy_effects(loaded_shop, NET, AS_OF)
    assert policies.T.to_dict("list") == {
        ("net", "keep"): [8, 184.75, 4],
        ("ignore", "keep"): [7, 214.85, 4],
        ("net", "drop"): [7, 164.75, 4],
        ("ignore", "drop"): [6, 194.85, 4],
    }


def test_left_out_rows_of_the_shop_with_their_lines(loaded_shop):
    left_out = build_left_out(loaded_shop, NET, AS_OF)
    assert left_out[["fate", "line"]].to_numpy().tolist() == [
        ["nothing paid", 10],
        ["no customer", 11],
        ["no date", 12],
        ["returns only", 13],
        ["no amount", 14],
    ]
    assert set(left_out["file"]) == set(loaded_shop.files)
    assert list(left_out) == [name for name in LEFT_OUT if name in left_out]
    assert "product" not in left_out


def test_left_out_rows_show_cells_that_could_not_be_read_as_they_stand(load):
    rows = (
        b"customer_id,ordered_at,amount\n"
        b"a,2024-01-01,5\nb,soon,6\nc,2024-01-03,n/a\nd,never,free\ne,2024-01-05,7\n"
    )
    left_out = build_left_out(load(rows), NET, AS_OF)
    assert left_out[["fate", "line", "unreadable"]].to_numpy().tolist() == [
        ["no date", 3, "soon"],
        ["no amount", 4, "n/a"],
        ["no date", 5, "never, free"],
    ]


def test_customers_whose_orders_are_no_whole_number_above_zero_are_left_out(load):
    database = load(
        b"customer_id,ordered_at,amount,n_orders\n"
        b"a,2024-01-01,6,0\nb,2024-01-02,6,-2\nc,2024-01-03,6,2.5\nd,2024-01-04,6,3\ne,2024-01-05,6,\n"
        b"f,2024-01-06,6,99999999999\n"
    )
    left_out = build_left_out(database, NET, AS_OF)
    assert left_out["fate"].tolist() == ["no orders"] * 4
    assert left_out["unreadable"].astype(float).tolist() == [0, -2, 2.5, 99999999999]
    customers = build_customers(database, AS_OF, NET)
    assert customers["n_orders"].to_dict() == {"d": 3, "e": 1}
    assert customers["mean_order_value"].to_dict() == {"d": 2.0, "e": 6.0}


def test_left_out_rows_may_be_those_of_one_fate_and_a_few(loaded_shop):
    ignored = build_left_out(loaded_shop, IGNORE, AS_OF, fate="return")
    assert ignored["line"].tolist() == [8]
    assert build_left_out(loaded_shop, NET, AS_OF, fate="return").empty
    assert build_left_out(loaded_shop, NET, AS_OF, limit=2)["line"].tolist() == [10, 11]
    assert build_left_out(loaded_shop, NET, AS_OF, "no date", 2)["line"].tolist() == [12]


def test_left_out_rows_come_batch_by_batch_with_all_columns(loaded_shop):
    batches = list(stream_left_out(loaded_shop, NET, AS_OF))
    assert sum(batch.num_rows for batch in batches) == 5
    assert {tuple(batch.schema.names) for batch in batches} == {tuple(LEFT_OUT)}


def test_columns_of_left_out_rows_are_those_that_the_data_fill():
    mapped = ["customer_id", "ordered_at", "quantity", "unit_price", "email"]
    assert left_out_columns(mapped) == [
        *("fate", "file", "line", "customer_id", "ordered_at", "amount", "quantity"),
        *("unit_price", "email", "unreadable"),
    ]


def test_nothing_left_out_is_an_empty_table(load):
    left_out = build_left_out(load(b"customer_id,ordered_at,amount\na,2024-01-01,5\n"), NET, None)
    assert left_out.empty
    assert list(left_out) == ["fate", "file", "line"]


def test_steps_lead_from_all_money_to_the_customers_spend(loaded_shop):
    steps = build_steps(count_fates(loaded_shop, NET, AS_OF))
    assert steps[["step", "kind", "n_rows"]].to_numpy().tolist() == [
        ["In the data", "total", 13],
        ["Returns only", "out", 1],
        ["No customer", "out", 1],
        ["No date", "out", 1],
        ["No amount", "out", 1],
        ["Nothing paid", "out", 1],
        ["Purchases", "total", 7],
        ["Return", "off", 1],
        ["Customers' spend", "total", 8],
    ]
    assert steps["amount"].tolist() == pytest.approx(
        [193.74, -4, 9.99, 3, 0, 0, 214.85, -30.1, 184.75]
    )
    check_steps_join(steps)


def test_steps_without_returns_end_at_the_purchases(loaded_shop):
    steps = build_steps(count_fates(loaded_shop, IGNORE, AS_OF))
    assert steps["step"].tolist()[-2:] == ["Nothing paid", "Customers' spend"]
    assert steps["amount"].tolist()[-1] == pytest.approx(214.85)
    assert ("Return", "out") in set(zip(steps["step"], steps["kind"], strict=True))
    check_steps_join(steps)


def check_steps_join(steps):
    totals = steps["kind"] == "total"
    assert (steps["start"][totals] == 0).all()
    change = steps["end"] - steps["start"]
    assert change[totals].tolist() == pytest.approx(steps["amount"][totals].tolist())
    out = steps[steps["kind"] == "out"]
    assert (out["start"] - out["end"]).tolist() == pytest.approx(out["amount"].tolist())
    steps = steps[steps["step"] != "Purchases"]
    assert steps["start"].iloc[1] == pytest.approx(steps["end"].iloc[0])
    spend = steps.iloc[-1]
    assert math.isclose(spend["end"], steps["end"].iloc[-2])


def test_short_and_long_periods_are_told_apart(found):
    short = found("a,2024-01-01,5\nb,2024-06-28,6\n")
    assert sentence(short, "to 28 Jun 2024, 180 days").kind == "good"
    short = found("a,2024-01-01,5\nb,2024-06-27,6\n")
    assert sentence(short, "179 days. That is short").kind == "mind"


def test_dates_far_off_are_minded(found):
    assert sentence(found("a,1970-01-01,5\nb,2024-06-28,6\n"), "long past").kind == "mind"
    assert sentence(found("a,2024-01-01,5\nb,2999-01-01,6\n"), "in the future").kind == "mind"
    assert sentence(found("a,2024-01-01,5\nb,2024-02-01,6\n"), "long past") is None


def test_few_customers_are_minded(found):
    assert sentence(found(purchases(99)), "99 customers are few").kind == "mind"
    assert sentence(found(purchases(100)), "are few") is None


def test_several_currencies_are_minded_with_their_amounts(found):
    rows = "a,2024-01-01,5,EUR\nb,2024-01-02,2000.5,EUR\nc,2024-01-02,7,USD\n"
    header = "customer_id,ordered_at,amount,currency\n"
    told = sentence(found(rows, header=header), "2 currencies")
    assert told.kind == "mind"
    assert "EUR in 2 rows (2,005.50), USD in 1 rows (7.00)" in told.sentence


def test_one_currency_is_good_and_none_is_not_spoken_of(found):
    header = "customer_id,ordered_at,amount,currency\n"
    assert sentence(found("a,2024-01-01,5,EUR\n", header=header), "One currency").kind == "good"
    assert sentence(found("a,2024-01-01,5\n"), "urrenc") is None


def test_days_stand_for_orders_where_there_are_no_numbers(found):
    assert sentence(found("a,2024-01-01,5\n"), "no order numbers").kind == "note"
    header = "customer_id,ordered_at,amount,order_id\n"
    assert sentence(found("a,2024-01-01,5,1\n", header=header), "no order numbers") is None


def test_ties_in_orders_are_noted_with_their_share(found):
    rows = "a,2024-01-01,5\nb,2024-01-02,5\nc,2024-01-03,5\nd,2024-01-03,5\nd,2024-01-04,5\n"
    assert sentence(found(rows), "75.0% of the customers bought exactly once").kind == "note"
    rows = "".join(f"{c},2024-01-0{d},5\n" for c in "ab" for d in (1, 2))
    assert sentence(found(rows), "100.0% of the customers bought exactly 2 times")


def test_common_day_of_the_last_order_is_minded(found):
    rows = "a,2024-01-01,5\nb,2024-01-09,5\nc,2024-01-09,5\nd,2024-01-05,5\n"
    told = sentence(found(rows), "50.0% of the customers ordered last on 9 Jan 2024")
    assert told.kind == "mind"


def test_customers_who_returned_all_are_noted(found):
    rows = "a,2024-01-01,5\na,2024-01-02,-5\nb,2024-01-01,5\nb,2024-01-02,-6\nc,2024-01-03,1\n"
    assert sentence(found(rows), "2 customers returned as much").kind == "note"
    assert sentence(found(rows, IGNORE), "returned as much") is None


def test_one_row_a_customer_cannot_be_looked_at_from_an_earlier_day(found):
    header = "customer_id,ordered_at,amount,n_orders\n"
    rows = "a,2024-01-01,5,2\nb,2024-02-02,5,3\n"
    early = found(rows, as_of=datetime.date(2024, 2, 1), header=header)
    assert sentence(early, "one row a customer").kind == "mind"
    assert sentence(found(rows, header=header), "one row a customer") is None


def test_first_orders_without_a_day_or_after_the_last_are_noted(found):
    header = "customer_id,ordered_at,amount,n_orders,first_ordered_at\n"
    known = "a,2024-01-03,5,2,2024-01-01\nb,2024-01-03,5,1,2024-01-03\n"
    unknown = "c,2024-01-03,5,3,\nd,2024-01-03,5,3,2024-01-04\n"
    told = sentence(found(known + unknown, header=header), "first order of 2 customers has no day")
    assert told.kind == "note"
    assert sentence(found(known, header=header), "first order") is None


def test_two_bars_of_the_ledger_have_room_for_their_names(loaded_shop):
    steps = build_steps(count_fates(loaded_shop, IGNORE, AS_OF))
    two, three = (chart_ledger(steps.iloc[:n]).to_dict()["height"] for n in (2, 3))
    assert two == three


@pytest.mark.parametrize(
    ("rows", "policies", "told"),
    [
        ("a,2024-01-05,10,1\na,2024-01-06,4,-1\n", NET, "amount to 4.00, above zero, and so add"),
        ("a,2024-01-05,10,1\na,2024-01-06,4,-1\n", IGNORE, None),
        ("a,2024-01-05,10,1\na,2024-01-06,-4,-1\n", NET, None),
        ("a,2024-01-05,10,1\n,2024-01-06,4,1\n", NET, "1 of 2 rows (50.0%) are left out: no cust"),
        ("a,2024-01-05,10,1\na,,4,1\na,2024-01-06,x,1\n", NET, "are left out: no amount."),
    ],
)
def test_returns_above_zero_and_many_rows_left_out_are_pointed_out(load, rows, policies, told):
    database = load(f"customer_id,ordered_at,amount,quantity\n{rows}".encode())
    sentences = [f.sentence for f in tell_fates(count_fates(database, policies, None), policies)]
    assert (told is None and not sentences) or any(told in each for each in sentences)
