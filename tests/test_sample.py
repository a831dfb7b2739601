import csv
import re
import time

import numpy as np
import pandas as pd
import pytest

from segmentation.segments.rules import CLASSIC, name_cells
from segmentation.sources import sample
from segmentation.sources.sample import build_sample_shop, write_sample_shop


@pytest.fixture(scope="module")
def shop():
    return build_sample_shop()


@pytest.fixture(scope="module")
def rows(shop):
    return shop.to_pandas().astype({"Unit_Price": float, "Sales": float})


@pytest.fixture(scope="module")
def purchases(rows):
    sold = rows[(rows["Quantity"] > 0) & rows["Sales"].notna() & rows["Order_Date"].notna()]
    return sold[sold["Customer_ID"].notna()]


@pytest.fixture(scope="module")
def customers(purchases):
    customers = purchases.groupby("Customer_ID").agg(
        n_orders=("Order_ID", "nunique"),
        total_spend=("Sales", "sum"),
        first=("Order_Date", "min"),
        last=("Order_Date", "max"),
        region=("Customer_Region", "first"),
    )
    customers["recency_days"] = (
        pd.Timestamp("2025-07-01") - customers["last"].dt.normalize()
    ).dt.days
    return customers


@pytest.fixture(scope="module")
def segments(customers):
    shares = [0.2, 0.4, 0.6, 0.8]
    scores = [
        1 + np.searchsorted(np.quantile(values, shares, method="inverted_cdf"), values)
        for values in (customers["recency_days"], customers["n_orders"])
    ]
    codes = name_cells(CLASSIC)[6 - scores[0], scores[1]]
    return pd.Series(np.array(CLASSIC.names)[codes], index=customers.index)


def test_two_runs_give_the_same_bytes_and_another_seed_another_shop(tmp_path, shop):
    write_sample_shop(tmp_path / "a.csv")
    write_sample_shop(tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert build_sample_shop().equals(shop)
    assert not build_sample_shop(seed=1).equals(shop)


@pytest.mark.parametrize("seed", range(5))
def test_any_seed_gives_a_shop_of_the_same_kind(seed):
    other = build_sample_shop(seed)
    assert 50_000 < other.num_rows < 70_000
    assert other["Customer_City"].null_count == 0


def test_file_is_plain_csv_with_a_header(tmp_path, rows):
    write_sample_shop(tmp_path / "shop.csv")
    text = (tmp_path / "shop.csv").read_text(encoding="utf-8")
    lines = list(csv.reader(text.splitlines()))
    assert lines[0] == list(sample.COLUMNS)
    assert len(lines) == 1 + len(rows)
    assert {len(line) for line in lines} == {15}
    assert '"' not in text
    first = dict(zip(*lines[:2], strict=True))
    assert re.fullmatch(r"2023-01-0\d \d\d:\d\d:00", first["Order_Date"])
    assert re.fullmatch(r"\d+\.\d\d", first["Unit_Price"])
    assert re.fullmatch(r"\d+\.\d\d", first["Sales"])


def test_it_is_made_while_nobody_waits(tmp_path):
    # 0.12 to 0.2 s on 2 cores; the bound leaves room for a busy machine
    start = time.perf_counter()
    write_sample_shop(tmp_path / "shop.csv")
    assert time.perf_counter() - start < 1


def test_size_days_and_catalogue_are_as_promised(rows, customers):
    assert len(customers) == 5_000
    assert 55_000 < len(rows) < 65_000
    assert rows["Order_Date"].min().date() < pd.Timestamp("2023-01-10").date()
    assert rows["Order_Date"].max().date() == pd.Timestamp("2025-06-30").date()
    assert rows["Product"].nunique() == 60
    assert rows["Category"].nunique() == 7
    assert rows.groupby("Product")["Category"].nunique().max() == 1
    assert rows.groupby("Product")["Unit_Price"].nunique().between(1, 3).all()


def test_sales_are_quantity_times_price_to_the_cent(rows):
    money = rows[rows["Sales"].notna()]
    assert (money["Sales"] - money["Quantity"] * money["Unit_Price"]).abs().max() < 0.005
    assert money["Unit_Price"].between(3, 130).all()
    assert rows["Quantity"].abs().between(1, 5).all()


def test_orders_have_one_buyer_one_time_and_one_to_eight_lines(rows):
    orders = rows[rows["Quantity"] > 0].drop_duplicates().groupby("Order_ID")
    assert orders.size().between(1, 8).all()
    assert orders["Customer_ID"].nunique().max() == 1
    assert orders["Order_Date"].nunique().max() == 1


def test_shares_of_flaws_are_as_promised(rows):
    assert (rows["Quantity"] < 0).mean() == pytest.approx(0.03, abs=0.003)
    assert rows["Customer_ID"].isna().mean() == pytest.approx(0.04, abs=0.005)
    assert rows.duplicated().mean() == pytest.approx(0.005, abs=0.0005)
    assert rows["Order_Date"].isna().sum() == 12
    assert rows["Sales"].isna().sum() == rows["Unit_Price"].isna().sum() == 9
    assert rows["Email"].isna().mean() < 0.07


def test_guests_are_known_by_nothing_but_where_they_live(rows):
    guests = rows[rows["Customer_ID"].isna()]
    unknown = ["Customer_Name", "Email", "Customer_Age", "Age_Group"]
    assert guests[unknown].isna().all(axis=None)
    assert guests[["Customer_City", "Customer_Region", "Country"]].notna().all(axis=None)


def test_returns_come_weeks_after_their_purchase_and_never_exceed_it(rows):
    back = rows[rows["Quantity"] < 0]
    assert back["Order_ID"].str.startswith("RT-").all()
    bought = rows[(rows["Quantity"] > 0) & rows["Order_Date"].notna()].drop_duplicates()
    pairs = back.assign(Order_ID=back["Order_ID"].str.replace("RT-", "SO-")).merge(
        bought, on=["Order_ID", "Product"], suffixes=("", "_bought")
    )
    assert len(back) - 3 <= len(pairs) <= len(back)
    assert (pairs["Quantity"] + pairs["Quantity_bought"] >= 0).all()
    assert (pairs["Order_Date"] - pairs["Order_Date_bought"]).dt.days.between(4, 40).all()


def test_year_peaks_before_christmas_and_dips_in_february(rows):
    monthly = rows.groupby([rows["Order_Date"].dt.year, rows["Order_Date"].dt.month])["Sales"].sum()
    for year in (2023, 2024):
        assert set(monthly[year].nlargest(2).index) == {11, 12}
    assert monthly[2024].idxmin() == 2
    assert monthly[2025].idxmin() == 2


def test_weekends_are_busier_than_midweek(rows):
    daily = rows.groupby(rows["Order_Date"].dt.day_of_week)["Sales"].sum()
    assert set(daily.nlargest(2).index) == {5, 6}


def test_shop_grows_from_year_to_year(rows):
    halves = rows[rows["Order_Date"].dt.month <= 6]
    halves = halves.groupby(halves["Order_Date"].dt.year)["Sales"].sum()
    assert halves[2023] < halves[2024] < halves[2025]


def test_two_in_five_customers_bought_once(customers):
    assert (customers["n_orders"] == 1).mean() == pytest.approx(0.4, abs=0.03)


def test_every_segment_has_customers_and_valuable_ones_have_lapsed(segments, customers):
    counts = segments.value_counts()
    assert set(counts.index) == set(CLASSIC.names)
    assert counts.min() > 100
    spend = customers["total_spend"].groupby(segments).mean()
    assert spend["Can't lose them"] > 5 * spend["Hibernating"]
    assert customers["first"].ge("2025-04-15").sum() > 300


def test_champions_are_twice_as_common_in_two_regions(segments, customers):
    share = segments.eq("Champions").groupby(customers["region"]).mean()
    favoured = share[list(sample.CHAMPION_REGIONS)]
    assert favoured.min() >= 2 * segments.eq("Champions").mean()
    assert favoured.min() >= 2 * share.drop(favoured.index).max()


def test_categories_differ_by_age(purchases):
    shares = pd.crosstab(purchases["Age_Group"], purchases["Category"], normalize="index")
    assert shares.loc["65 and over", "Garden"] > 3 * shares.loc["18–24", "Garden"]
    assert shares.loc["18–24", "Beauty"] > 3 * shares.loc["65 and over", "Beauty"]
    assert shares["Toys & games"].idxmax() == "35–44"
    bounds = purchases.groupby("Age_Group")["Customer_Age"].agg(["min", "max"])
    assert bounds.loc["25–34"].tolist() == [25, 34]


def test_customers_keep_their_attributes(rows):
    known = rows[rows["Customer_ID"].notna()].groupby("Customer_ID")
    columns = ["Customer_Name", "Email", "Customer_Age", "Age_Group", "Customer_City", "Country"]
    assert known[columns].nunique().max(axis=None) == 1


def test_names_come_in_several_scripts_and_mails_are_nobodys(rows):
    names = " ".join(rows["Customer_Name"].dropna().unique())
    for sign in ("ü", "é", "ł", "ş", "'", "Ν", "И"):
        assert sign in names
    mails = rows[["Customer_ID", "Email"]].dropna().drop_duplicates()
    assert mails["Email"].is_unique
    assert mails["Email"].str.fullmatch(r"[a-z]*\.?[a-z]*\d+@example\.(com|org)").all()


def test_places_are_of_their_country(rows):
    assert rows.groupby("Customer_Region")["Country"].nunique().max() == 1
    assert rows["Country"].nunique() == 8
    assert set(rows.loc[rows["Customer_Region"] == "Berlin", "Customer_City"]) == {
        *("Berlin", "Potsdam")
    }
