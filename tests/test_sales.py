import datetime
import struct
from functools import partial

import numpy as np
import pandas as pd
import pytest

from segmentation.engine.serverdatabase import ServerDatabase
from segmentation.engine.statements import write_statement
from segmentation.errors import QueryFailed
from segmentation.marts.customers import build_customers
from segmentation.marts.quality import build_overview
from segmentation.marts.sales import Sales, period_start
from segmentation.marts.sales_answers import build_buyers, build_figures, work_together
from segmentation.marts.sales_figures import compare_figures, derive_figures, profile_pareto
from segmentation.marts.sales_filters import (
    SalesFilters,
    days_to_compare,
    list_periods,
    name_period,
    read_period,
)
from segmentation.marts.sales_trend import BEGAN_BEFORE, CODES, NOT_OVER, build_trend
from segmentation.outputs.sales_charts import (
    chart_pareto,
    chart_parts,
    chart_trend,
    tell_period,
    write_image,
)
from segmentation.outputs.sales_insights import build_insights
from segmentation.recipe import RETURNS, Policies

FIRST, AS_OF = datetime.date(2023, 11, 13), datetime.date(2024, 5, 10)
PARTS = ["category", "country", "region", "city", "age_group"]
SEGMENTS = ["Champions", "Lost", "New"]


# Orders of several lines; some stand on two days or in two places, some rows have no order number,
# no category or no region, some are returns.
def random_sales(seed):
    rng = np.random.default_rng(seed)
    n = 400
    order = rng.integers(0, 150, n)
    customer = np.array([f"c{i}" for i in rng.integers(0, 30, 150)])[order]
    days = (rng.integers(0, 179, 150)[order] + (rng.random(n) < 0.05)).astype(int)
    place = np.where(rng.random(n) < 0.05, rng.integers(0, 8, n), rng.integers(0, 8, 150)[order])
    returned = rng.random(n) < 0.07
    rows = pd.DataFrame(
        {
            "customer_id": customer,
            "ordered_at": [FIRST + datetime.timedelta(days=int(day)) for day in days],
            "order_id": [f"o{number}" for number in order],
            "category": rng.choice(["Tea", "Pots", "Tea|Pots", ""], n),
            "country": np.array(["Peru", "Chile"])[place // 4],
            "region": np.array(["North", "North East", "South", ""])[place % 4],
            "city": [f"City {number}" for number in place],
            "age_group": rng.choice(["18–24", "25–34"], 30)[[int(c[1:]) for c in customer]],
            "product": rng.choice(["A", "B", "C"], n),
            "quantity": np.where(returned, -1, 1),
            "amount": np.round(rng.lognormal(3, 1, n) * np.where(returned, -1, 1), 2),
        }
    )
    rows.loc[rng.random(n) < 0.1, "order_id"] = ""
    return rows


def random_filters(seed, rows):
    rng = np.random.default_rng(1000 + seed)
    filters = SalesFilters(FIRST, AS_OF)
    if rng.random() < 0.5:
        start = FIRST + datetime.timedelta(days=int(rng.integers(0, 100)))
        filters = filters.over(start, start + datetime.timedelta(days=int(rng.integers(5, 90))))
    for part in rng.choice([*PARTS, "segment"], rng.integers(0, 4), replace=False):
        there = SEGMENTS if part == "segment" else sorted(rows[part].unique())
        filters = filters.only(part, *rng.choice(there, min(2, len(there)), replace=False))
    return filters


# What everybody would write: rows that count, filtered one by one.
def within(rows, segment, filters):
    bought = rows[rows["quantity"] > 0]
    counted = rows[rows["customer_id"].isin(bought["customer_id"])]
    kept = counted["ordered_at"].between(filters.since, filters.until, inclusive="left")
    for part, values in filters.chosen:
        column = counted["customer_id"].map(segment) if part == "segment" else counted[part]
        kept &= column.isin(values)
    shown = counted[kept].copy()
    days = shown["ordered_at"].astype(str)
    shown["order"] = (
        shown["customer_id"] + "/" + shown["order_id"].where(shown["order_id"] != "", days)
    )
    shown.loc[shown["quantity"] < 0, "order"] = None
    shown["buyer"] = shown["customer_id"].where(shown["quantity"] > 0)
    return shown


def counted(shown, by):
    found = shown.groupby(by).agg(
        total_spend=("amount", "sum"),
        n_orders=("order", "nunique"),
        n_customers=("buyer", "nunique"),
    )
    return found.round(4).sort_index()


@pytest.fixture(scope="module", params=range(3))
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def rows(seed):
    return random_sales(seed)


@pytest.fixture(scope="module")
def segment(rows, seed):
    names = sorted(rows["customer_id"].unique())
    chosen = np.random.default_rng(seed).choice(SEGMENTS, len(names))
    return dict(zip(names, chosen, strict=True))


@pytest.fixture(scope="module")
def sales(load_once, rows, segment):
    segmented = pd.DataFrame(segment.items(), columns=["customer_id", "segment"])
    database = load_once(rows.to_csv(index=False).encode())
    return Sales(database, AS_OF, Policies(), segmented)


@pytest.fixture(scope="module", params=range(2))
def filters(request, seed, rows):
    return random_filters(10 * seed + request.param, rows)


@pytest.fixture(scope="module")
def shown(rows, segment, filters):
    return within(rows, segment, filters)


def same(found, expected):
    pd.testing.assert_frame_equal(
        found.sort_index()[list(expected)],
        expected,
        check_dtype=False,
        check_index_type=False,
        check_names=False,
    )


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_what_pandas_counts(sales, filters, shown, part):
    same(sales.by_part(filters, part), counted(shown, part))


def test_customers_are_what_pandas_counts(sales, filters, shown):
    expected = counted(shown, "customer_id").drop(columns="n_customers")
    same(sales.by_customer(filters), expected)


def test_days_are_what_pandas_counts(sales, filters, shown):
    days = pd.to_datetime(shown["ordered_at"])
    same(sales.by_day(filters), counted(shown, days).drop(columns="n_customers"))


@pytest.mark.parametrize(("grain", "code"), [("week", "W"), ("month", "M"), ("quarter", "Q")])
def test_periods_are_what_pandas_counts(sales, filters, shown, grain, code):
    starts = pd.to_datetime(shown["ordered_at"]).dt.to_period(code).dt.start_time
    same(sales.by_period(filters, grain), counted(shown, starts))


def test_products_are_what_pandas_counts(sales, filters, shown):
    expected = counted(shown, "product")
    expected["n_pieces"] = shown.groupby("product")["quantity"].sum()
    same(sales.by_product(filters), expected)


def test_figures_are_what_pandas_counts(sales, filters, shown):
    found = sales.totals(filters)
    if shown.empty:
        assert found.empty
        return
    orders = shown.groupby("customer_id")["order"].nunique()
    assert found["total_spend"].sum() == pytest.approx(shown["amount"].sum(), abs=1e-6)
    assert found["n_orders"].sum() == shown["order"].nunique()
    assert found["n_customers"].sum() == shown["buyer"].nunique()
    assert found["n_repeaters"].sum() == (orders > 1).sum()


@pytest.mark.parametrize("part", PARTS)
def test_parts_add_up_to_the_whole_and_shares_to_one(sales, filters, part):
    parts, whole = sales.by_part(filters, part), sales.totals(filters)
    assert parts["total_spend"].sum() == pytest.approx(whole["total_spend"].sum(), abs=1e-6)
    if whole["total_spend"].sum():
        assert parts["share_of_spend"].sum() == pytest.approx(1)
    assert sales.by_period(filters, "month")["total_spend"].sum() == pytest.approx(
        parts["total_spend"].sum(), abs=1e-6
    )


def test_what_is_under_a_country_adds_up_to_it(sales, filters):
    for country, row in sales.by_part(filters, "country").iterrows():
        below = sales.by_part(filters.only("country", country), "region")
        assert below["total_spend"].sum() == pytest.approx(row["total_spend"], abs=1e-6)


def test_without_filters_it_is_the_customers_spend_and_orders(sales):
    customers = build_customers(sales.database, AS_OF, Policies())
    found = sales.by_customer(SalesFilters(datetime.date(2000, 1, 1), AS_OF)).sort_index()
    pd.testing.assert_frame_equal(
        found[["total_spend", "n_orders"]], customers[["total_spend", "n_orders"]]
    )


# Few rows, and many of them returns: most shops begin with some.
def early_returns(seed):
    rng = np.random.default_rng(seed)
    amounts = np.where(rng.random(12) < 0.5, -1, 1) * rng.integers(1, 9_999, 12) / 100
    rows = [
        f"c{rng.integers(4)},{FIRST + datetime.timedelta(days=int(day))},{amount}"
        for day, amount in zip(rng.permutation(60), [5, *amounts], strict=False)
    ]
    return "\n".join(["customer_id,ordered_at,amount", *rows]).encode()


@pytest.fixture(scope="module")
def returned_early(load_once, seed):
    return load_once(early_returns(seed))


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("as_of", [AS_OF, FIRST + datetime.timedelta(days=40)])
def test_all_time_is_the_customers_spend_also_with_returns_first(returned_early, as_of, returns):
    database, policies = returned_early, Policies(returns)
    everything = SalesFilters(build_overview(database, policies, as_of).sales_from, as_of)
    sales = Sales(database, as_of, policies)
    spend = build_customers(database, as_of, policies)["total_spend"].sum()
    assert sales.totals(everything)["total_spend"].sum() == pytest.approx(spend, abs=1e-6)
    assert sales.by_day(everything).index[0].date() == everything.since


def test_classic_cltv_is_the_spend_of_those_who_bought(sales, filters):
    figures, customers = derive_figures(sales.totals(filters)), sales.by_customer(filters)
    buyers = customers[customers["n_orders"] > 0]
    classic = (buyers["total_spend"] / buyers["n_orders"] * buyers["n_orders"]).sum()
    assert figures["cltv_sum"].sum() == pytest.approx(classic, abs=1e-6)


def test_strongest_categories_are_those_that_bring_most(sales, filters, shown):
    found = sales.strongest_categories(filters, "country")
    for country, rows in shown[shown["category"] != ""].groupby("country"):
        sums = rows.groupby("category")["amount"].sum().round(4).reset_index()
        best = sums.sort_values(["amount", "category"], ascending=[False, True])["category"]
        assert found[country] == ", ".join(best.head(3))


def test_first_customers_are_the_first_of_all(sales, filters):
    everyone = sales.by_customer(filters)
    pd.testing.assert_frame_equal(sales.by_customer(filters, 7), everyone.head(7))
    buyers = everyone["n_orders"] > 0
    assert buyers.is_monotonic_decreasing
    assert everyone.loc[buyers, "total_spend"].is_monotonic_decreasing


def test_spends_and_segments_are_those_of_the_customers(sales, filters, segment):
    everyone = sales.by_customer(filters)
    spends = sales.spends(filters)
    assert sorted(spends["total_spend"]) == sorted(everyone["total_spend"])
    by_segment = everyone.groupby(everyone.index.map(segment))["total_spend"].agg(["size", "sum"])
    found = sales.by_segment(filters)
    assert found["n_customers"].to_dict() == by_segment["size"].to_dict()
    assert found["total_spend"].to_dict() == pytest.approx(by_segment["sum"].to_dict())


@pytest.mark.parametrize("part", [*PARTS, "segment"])
def test_value_that_the_data_do_not_have_lets_nothing_through(sales, part):
    nothing = SalesFilters(FIRST, AS_OF).only(part, "Nowhere")
    assert sales.totals(nothing).empty
    assert sales.by_customer(nothing).empty
    both = nothing.only("country", "Nowhere", "Peru")
    peru = SalesFilters(FIRST, AS_OF).only("country", "Peru")
    if part == "country":
        assert sales.totals(both).equals(sales.totals(peru))


def test_amounts_of_many_digits_add_up(load_files):
    rows = b"customer_id,ordered_at,amount,category\n"
    rows += b"a,2024-01-02,60000000000000.25,Tea\nb,2024-01-03,60000000000000.50,Tea\n"
    found = Sales(load_files(rows), AS_OF, Policies())
    filters = SalesFilters(datetime.date(2024, 1, 1), AS_OF)
    assert found.by_part(filters, "category")["total_spend"].tolist() == [120000000000000.75]


def test_day_that_was_looked_at_long_ago_gives_the_same_again(load_files):
    database = load_files(random_sales(0).to_csv(index=False).encode())
    days = [AS_OF - datetime.timedelta(days=n) for n in range(6)]
    filters = [SalesFilters(FIRST, day).only("country", "Peru") for day in days]
    asked = list(zip(days, filters, strict=True))
    first, again = (
        [Sales(database, day, Policies()).by_customer(chosen) for day, chosen in asked]
        for _ in range(2)
    )
    for before, after in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_answers_worked_out_at_once_are_those_of_one_after_the_other(load_files, rows, segment):
    segmented = pd.DataFrame(segment.items(), columns=["customer_id", "segment"])
    text = rows.to_csv(index=False).encode()
    chosen = SalesFilters(FIRST, AS_OF).only("category", "Tea", "Pots")
    filters = [chosen, chosen.only("segment", "New"), chosen.only("category")]
    at_once, in_turn = (Sales(load_files(text), AS_OF, Policies(), segmented) for _ in range(2))

    def works(sales):
        asked = [(build_buyers, f) for f in filters] + [(build_figures, f) for f in filters]
        return {place: partial(work, sales, f) for place, (work, f) in enumerate(asked)}

    expected = {place: work() for place, work in works(in_turn).items()}
    found = work_together(works(at_once))
    assert list(found) == list(expected)
    for place in range(len(filters)):
        for one, other in zip(found[place], expected[place], strict=True):
            pd.testing.assert_frame_equal(one, other)
        figures = len(filters) + place
        pd.testing.assert_frame_equal(found[figures], expected[figures])


def test_what_fails_among_answers_worked_out_at_once_is_raised():
    def fail():
        raise QueryFailed("No.", "Try again.")

    with pytest.raises(QueryFailed, match=r"No\."):
        work_together({"first": lambda: 1, "second": fail, "third": lambda: 3})


def test_revenue_by_category_and_place_adds_up_to_both(sales, filters):
    found = sales.by_category(filters, "region")
    for by, part in (("category", "category"), ("part", "region")):
        expected = sales.by_part(filters, part)["total_spend"]
        added = found.groupby(by)["total_spend"].sum().round(4)
        assert added.to_dict() == expected.to_dict()


def test_lists_of_values_are_compared_as_numbers(load_files):
    database = load_files(random_sales(0).to_csv(index=False).encode())
    chosen = SalesFilters(FIRST, AS_OF).only("country", "Peru", "Chile").only("category", "Tea")
    given = Policies().parameters(AS_OF) | chosen.parameters()
    statement, used = database.kept.prepare("sales_days", given)
    assert "STRPOS" not in statement
    assert (used["countries_0"], used["countries_1"], used["categories_0"]) == (
        "Peru",
        "Chile",
        "Tea",
    )


@pytest.mark.parametrize("part", ["category", "region"])
@pytest.mark.parametrize("table", ["sales_customers", "sales_days", "sales_parts", "sales_periods"])
def test_what_is_worked_out_here_is_what_the_server_would_give(
    request, sales, filters, table, part
):
    if not isinstance(sales.database, ServerDatabase):
        pytest.skip("files have no server")
    asked = filters.only("segment").parameters(part) | {"part": part, "grain": "month"}
    given = Policies().parameters(AS_OF) | asked
    statement = write_statement(sales.database, table, given)
    there = pd.DataFrame(request.getfixturevalue("mariadb").sql(statement, "tests"))
    here = sales.database.table(table, **given)
    if here.empty:
        assert there.empty
        return
    told = [frame[list(here)].astype(str).to_numpy() for frame in (rounded(here), rounded(there))]
    assert sorted(map(tuple, told[0])) == sorted(map(tuple, told[1]))


def rounded(table):
    money = [name for name in ("total_spend", "buyers_spend") if name in table]
    counts = [name for name in table if name.startswith("n_")]
    dates = [name for name in table if name.endswith("_on")]
    changed = table.assign(**{name: table[name].astype(float).round(4) for name in money})
    changed = changed.assign(**{name: changed[name].astype(int) for name in counts})
    return changed.assign(**{name: pd.to_datetime(changed[name]) for name in dates})


def days(first, last, spend=10.0):
    index = pd.date_range(first, last, name="ordered_on").astype("datetime64[s]")
    return pd.DataFrame({"total_spend": spend, "n_orders": 1}, index=index)


def test_month_that_is_not_over_is_compared_over_the_same_days():
    trend = build_trend(
        days("2024-03-01", "2024-04-09"),
        datetime.date(2024, 3, 1),
        datetime.date(2024, 4, 10),
        "month",
    )
    april = trend.loc["2024-04-01"]
    assert april["state"] == NOT_OVER
    assert np.isnan(april["change"])
    assert april["like_for_like"] == 0
    assert april["compared"] == "1–9 Apr 2024 with 1–9 Mar 2024"


def test_month_begun_before_the_data_is_marked_and_the_next_compared_over_its_days():
    trend = build_trend(
        days("2024-01-15", "2024-02-29"),
        datetime.date(2024, 1, 15),
        datetime.date(2024, 3, 1),
        "month",
    )
    assert trend["state"].tolist() == [BEGAN_BEFORE, ""]
    assert np.isnan(trend["change"].iloc[1])
    assert trend["like_for_like"].iloc[1] == 0
    assert trend["compared"].iloc[1] == "15–29 Feb 2024 with 15–29 Jan 2024"


def test_whole_months_are_compared_whole():
    trend = build_trend(
        days("2023-02-01", "2023-03-31"),
        datetime.date(2023, 2, 1),
        datetime.date(2023, 4, 1),
        "month",
    )
    assert trend["change"].iloc[1] == pytest.approx(31 / 28 - 1)
    assert trend["like_for_like"].iloc[1] == trend["change"].iloc[1]
    assert trend["compared"].tolist() == ["", ""]


def test_period_without_sales_is_a_gap_and_not_interpolated():
    both = pd.concat([days("2024-01-01", "2024-01-31"), days("2024-03-01", "2024-03-31")])
    trend = build_trend(both, datetime.date(2024, 1, 1), datetime.date(2024, 4, 1), "month")
    assert trend["total_spend"].isna().tolist() == [False, True, False]
    assert np.isnan(trend["change"].iloc[2])


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_periods_add_up_to_the_days(grain):
    every = days("2022-12-28", "2024-03-03", 0.1)
    trend = build_trend(every, datetime.date(2022, 12, 28), datetime.date(2024, 3, 4), grain)
    assert trend["total_spend"].sum() == pytest.approx(0.1 * len(every))
    assert trend["n_orders"].sum() == len(every)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("all", "2023-11-13", "2024-05-10"),
        ("2024", "2024-01-01", "2024-05-10"),
        ("2023-Q4", "2023-11-13", "2024-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2023-12", "2023-12-01", "2024-01-01"),
        ("2024-W01", "2024-01-01", "2024-01-08"),
        ("last-30-days", "2024-04-10", "2024-05-10"),
    ],
)
def test_period_of_a_url_is_read(text, since, until):
    found = read_period(text, FIRST, AS_OF)
    assert found == (datetime.date.fromisoformat(since), datetime.date.fromisoformat(until))


@pytest.mark.parametrize(
    "text", ["", "2024-13", "2024-W60", "2024-W00", "2024-Q5", "1999", "2030-01", "x"]
)
def test_period_that_is_none_of_the_data_is_none(text):
    assert read_period(text, FIRST, AS_OF) is None


def test_every_period_listed_can_be_read():
    assert all(read_period(text, FIRST, AS_OF) for text in list_periods(FIRST, AS_OF))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03", ("2024-02-01", "2024-03-01")),
        ("2024-05", ("2024-04-01", "2024-04-10")),
        ("2024-Q2", ("2024-01-01", "2024-02-10")),
        ("last-30-days", ("2024-03-11", "2024-04-10")),
        ("2024-W10", ("2024-02-26", "2024-03-04")),
        ("2024-W19", ("2024-04-29", "2024-05-03")),
        ("2024", None),
        ("2023-11", None),
        ("all", None),
    ],
)
def test_period_is_compared_with_the_days_before_it(text, expected):
    span = read_period(text, FIRST, AS_OF)
    found = days_to_compare(text, *span, FIRST)
    before = expected and tuple(map(datetime.date.fromisoformat, expected))
    assert found == (before and (span, before))


@pytest.mark.parametrize(
    ("text", "as_of", "now", "then"),
    [
        ("2023-03", "2023-03-31", ("2023-03-01", "2023-03-29"), ("2023-02-01", "2023-03-01")),
        ("2023-03", "2023-04-01", ("2023-03-01", "2023-04-01"), ("2023-02-01", "2023-03-01")),
        ("2023-02", "2023-03-31", ("2023-02-15", "2023-03-01"), ("2023-01-15", "2023-01-29")),
    ],
)
def test_period_of_other_days_than_the_one_before_is_cut_to_the_same_days(text, as_of, now, then):
    first, as_of = datetime.date(2023, 1, 15), datetime.date.fromisoformat(as_of)
    found = days_to_compare(text, *read_period(text, first, as_of), first)
    assert found == tuple(tuple(map(datetime.date.fromisoformat, span)) for span in (now, then))


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("last", [30, 59, 88, 90, 200, 430, 900])
def test_period_is_compared_over_the_same_days_as_in_the_trend(grain, last):
    first = datetime.date(2022, 11, 17)
    as_of = first + datetime.timedelta(days=last)
    sold = days(first, as_of, np.arange(last + 1.0))
    for start, row in build_trend(sold, first, as_of, grain).iterrows():
        text = name_period(start, grain)
        pair = days_to_compare(text, *read_period(text, first, as_of), first)
        assert (pair is None) == np.isnan(row["like_for_like"])
        if pair:
            now, then = (
                sold["total_spend"][str(since) : str(until - datetime.timedelta(days=1))].sum()
                for since, until in pair
            )
            assert row["like_for_like"] == now / then - 1


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_number_of_a_period_is_that_of_its_first_day(sales, grain):
    found = sales.by_period(SalesFilters(FIRST, AS_OF), grain)
    assert all(read_period(name_period(start, grain), FIRST, AS_OF) for start in found.index)
    assert period_start(0, "week").weekday() == 0


def test_pareto_rises_to_all_and_has_the_first_fifth():
    customers = pd.DataFrame({"total_spend": [50.0, 30, 10, 10, 0.0], "n_orders": [1, 1, 1, 1, 0]})
    pareto = profile_pareto(customers).set_index("share_of_customers")
    assert pareto.loc[0.5, ["n_customers", "share_of_spend"]].tolist() == [2, 0.8]
    assert pareto["share_of_spend"].iloc[-1] == 1
    assert pareto["share_of_spend"].is_monotonic_increasing


def test_sums_too_large_for_64_bits_are_right():
    amounts = [9e14, 8e14, 7e14, 0.01]
    pareto = profile_pareto(pd.DataFrame({"total_spend": amounts, "n_orders": 1}))
    assert pareto["total_spend"].iloc[-1] == sum(amounts)
    assert pareto["share_of_spend"].between(0, 1).all()
    assert pareto.set_index("share_of_customers")["share_of_spend"][0.5] == pytest.approx(17 / 24)
    sold = days("2024-01-30", "2024-02-01", [9e14, 8e14, 0.01])
    trend = build_trend(sold, datetime.date(2024, 1, 30), datetime.date(2024, 2, 2), "month")
    assert list(trend["total_spend"]) == [1.7e15, 0.01]


def test_changes_are_shares_and_points():
    columns = ["total_spend", "n_orders", "n_customers", "buyers_spend", "n_repeaters"]
    rows = derive_figures(pd.DataFrame([[150, 3, 2, 150, 1], [100, 2, 2, 100, 0]], columns=columns))
    found = compare_figures(rows.iloc[0], rows.iloc[1])
    assert found["total_spend"] == pytest.approx(0.5)
    assert found["repeat_rate"] == pytest.approx(0.5)
    assert found["mean_order_value"] == pytest.approx(0)


def parts_of(n):
    names = [f"Part {number}" for number in range(n)]
    table = pd.DataFrame({"total_spend": np.arange(n, 0, -1.0)}, pd.Index(names, name="part"))
    table["share_of_spend"] = table["total_spend"] / table["total_spend"].sum()
    return table.assign(n_orders=1, n_customers=1, mean_order_value=1.0, told=names)


def marks(chart):
    spec = chart.to_dict()
    return [layer["mark"]["type"] for layer in spec.get("layer", [spec])]


def test_parts_are_slices_or_bars_that_can_be_clicked():
    for as_donut, mark in ((True, "arc"), (False, "bar")):
        chart = chart_parts(parts_of(6), "Region", ["Part 1"], as_donut)
        assert marks(chart) == [mark]
        assert chart.to_dict()["params"][0]["name"] == "pick"


def test_bars_are_the_first_fifteen():
    chart = chart_parts(parts_of(40), "Category")
    assert len(next(iter(chart.to_dict()["datasets"].values()))) == 15


def trend_of(n_days):
    last = pd.Timestamp("2024-03-01") + pd.Timedelta(days=n_days)
    until = (last + pd.Timedelta(days=1)).date()
    trend = build_trend(days("2024-03-01", last), datetime.date(2024, 3, 1), until, "month")
    trend["period"] = [name_period(start, "month") for start in trend.index]
    return trend.assign(n_customers=1, told=[tell_period(s, "month") for s in trend.index])


def test_month_that_is_not_over_is_no_part_of_the_line():
    spec = chart_trend(trend_of(40), "month").to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "whole_spend" in rows[0])
    assert [row["whole_spend"] for row in rows] == [310, None]
    assert [row["kind"] for row in rows] == ["Whole", "In part"]


@pytest.mark.parametrize(
    "chart",
    [
        chart_parts(parts_of(3), "Region", (), True),
        chart_trend(trend_of(70), "month"),
        chart_pareto(profile_pareto(pd.DataFrame({"total_spend": [5.0, 3.0], "n_orders": [1, 2]}))),
    ],
    ids=["parts", "trend", "pareto"],
)
def test_chart_becomes_a_picture_without_a_browser(chart):
    assert b"<svg" in write_image(chart, "svg")[:500]
    png = write_image(chart, "png")
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] > 1000


@pytest.mark.parametrize(
    ("grain", "n_periods", "first", "last", "n_labels"),
    [
        ("month", 2, "2023-01-01", "2023-02-01", 2),
        ("month", 7, "2023-01-01", "2023-07-01", 7),
        ("month", 30, "2023-01-01", "2025-04-01", 10),
        ("quarter", 9, "2023-01-01", "2025-01-01", 9),
        ("year", 9, "2023-01-01", "2031-01-01", 9),
        ("week", 60, "2023-01-02", "2024-01-15", 10),
        ("week", 2000, "2023-01-02", "2023-01-02", 1),
    ],
)
def test_labels_of_the_course_are_first_days_of_periods_and_not_too_many(
    grain, n_periods, first, last, n_labels
):
    index = pd.period_range(first, periods=n_periods, freq=CODES[grain]).start_time
    trend = pd.DataFrame({"total_spend": 1.0, "state": ""}, index.rename("starts_on"))
    trend = trend.assign(period="", n_orders=1, n_customers=1, change=0.1, like_for_like=None)
    axis = chart_trend(trend.assign(compared=None, told=""), grain).to_dict()
    values = axis["layer"][0]["encoding"]["x"]["axis"]["values"]
    days_told = [f"{day['year']}-{day['month']:02d}-{day['date']:02d}" for day in values]
    assert (days_told[0], days_told[-1], len(days_told)) == (first, last, n_labels)
    assert set(days_told) <= set(index.strftime("%Y-%m-%d"))


def test_curve_of_few_customers_has_each_share_once_and_is_not_stacked():
    customers = pd.DataFrame({"total_spend": [5.0, 3.0, 2.0], "n_orders": [1, 2, 1]})
    spec = chart_pareto(profile_pareto(customers)).to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "n_customers" in rows[0])
    assert sorted(row["n_customers"] for row in rows) == [0, 1, 2, 3]
    assert [row["share_of_spend"] for row in rows if row["is_shown"]] == [0.0, 0.5, 0.8, 1.0]
    curve = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "area")
    assert curve["encoding"]["y"]["stack"] is None


def figures(n_customers, n_orders):
    return pd.Series(
        {
            "total_spend": 1000.0,
            "n_customers": n_customers,
            "n_orders": n_orders,
            "repeat_rate": 0.25,
        }
    )


def insights(n_customers=40, n_orders=80, n_days=70):
    customers = pd.DataFrame({"total_spend": [25.0] * 40, "n_orders": 2})
    segments = pd.DataFrame(
        {"n_customers": [10, 30], "total_spend": [250.0, 750.0]}, ["At risk", "Champions"]
    )
    return build_insights(
        figures(n_customers, n_orders),
        profile_pareto(customers),
        trend_of(n_days),
        "month",
        {"Category": parts_of(3)},
        {"Category": pd.Series({"Part 0": -20.0, "Part 1": 5.0})},
        segments,
        ("At risk", "No longer in use"),
    )


def test_insights_have_a_figure_each_and_say_where_it_is_shown():
    told = insights()
    assert 3 <= len(told) <= 6
    texts = {insight.shown_at: insight.text for insight in told}
    assert all("**" in text and any(sign.isdigit() for sign in text) for text in texts.values())
    assert "8 of 40, bring **20.0%**" in texts["pareto"]
    assert "Part 0 brings most by category: **50.0%**" in texts["category"]
    assert "April 2024 brought **3.2% less**" in texts["trend"]
    assert "Part 0 changed most (−20)" in texts["trend"]
    assert "10 customers" in texts["segments"]
    assert "**25.0%**" in texts["segments"]


@pytest.mark.parametrize(("n_customers", "n_orders"), [(19, 500), (100, 49)])
def test_no_insights_from_too_few_data(n_customers, n_orders):
    assert insights(n_customers, n_orders) == []
