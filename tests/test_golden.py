import datetime
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from segmentation.engine import sqlfiles
from segmentation.marts.sales_filters import SalesFilters
from segmentation.recipe import Policies

FOLDER = Path(__file__).parent / "golden"
CASES = sorted(path.parent for path in FOLDER.glob("*/*/given.csv"))
AS_OF = datetime.date(2024, 4, 1)
# Where rules meet, one case is not enough.
AT_LEAST_TWO = {
    "judged_rows",
    "customers",
    "row_fates",
    "left_out_rows",
    "customer_attributes",
    "customer_products",
    "chosen_sales",
    "sales_lines",
    "sales_periods",
    "sales_parts",
    "customer_categories",
}


# parameters.toml may hold returns, duplicates, cancelled (a prefix), undone (a list), as_of (a day
# or "none"), reason (of the rows left out), customer; for sales part, grain, by (an attribute to
# group by), chosen (lists of values by attribute), since, until, and segmented (customer =
# "segment").
def parameters(case):
    file = case / "parameters.toml"
    given = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    as_of = given.pop("as_of", AS_OF)
    named = {name: given.pop(name, None) for name in ("reason", "customer")}
    named |= filters(given)
    policies = Policies(cancelled_prefix=given.pop("cancelled", ""), **given)
    return {**policies.parameters(None if as_of == "none" else as_of), **named}


def filters(given):
    chosen = tuple((name, tuple(values)) for name, values in given.pop("chosen", {}).items())
    days = given.pop("since", datetime.date(2000, 1, 1)), given.pop("until", AS_OF)
    asked = SalesFilters(*days, chosen).parameters(given.pop("by", ""))
    asked |= {"part": given.pop("part", "region"), "grain": given.pop("grain", "month")}
    if segmented := given.pop("segmented", None):
        asked["segmented"] = pd.DataFrame(segmented.items(), columns=["customer_id", "segment"])
    return asked


def cell(value):
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    if isinstance(value, datetime.date):
        moment = pd.Timestamp(value)
        return f"{moment:%Y-%m-%d}" if moment == moment.normalize() else f"{moment:%F %T}"
    return f"{float(value):.15g}"


def rows(table):
    return sorted(tuple(map(cell, row)) for row in table.itertuples(index=False))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_table_is_as_expected(case, load):
    database = load((case / "given.csv").read_bytes())
    actual = database.table(case.parent.name, **parameters(case))
    expected = pd.read_csv(case / "expect.csv", dtype=str, keep_default_na=False)
    assert rows(actual[list(expected)]) == rows(expected)


@pytest.mark.parametrize("table", sqlfiles.files())
def test_cases_of_a_table_cover_all_of_its_columns(table, loaded_shop):
    expected = [case / "expect.csv" for case in CASES if case.parent.name == table]
    assert len(expected) >= (2 if table in AT_LEAST_TWO else 1)
    made = loaded_shop.table(table, **Policies().parameters(AS_OF), customer="a", **filters({}))
    assert {name for path in expected for name in pd.read_csv(path)} == set(made)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_case_is_of_a_file_and_can_be_checked_by_hand(case):
    assert case.parent.name in sqlfiles.files()
    assert len((case / "given.csv").read_text("utf-8").splitlines()) <= 25
