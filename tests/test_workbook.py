import datetime
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import chain

import numpy as np
import openpyxl
import pandas as pd
import pytest

from segmentation.outputs import workbook_content
from segmentation.outputs.lists import build_customer_list
from segmentation.outputs.workbook import write_workbook
from segmentation.outputs.workbook_content import WorkbookContent
from segmentation.recipe import Recipe
from segmentation.segments.clusters import ClusterChoices, build_clustering, with_clustering
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter
from segmentation.segments.sweeps import sweep_clusters

N = 240
SHEETS = ["Summary", "Segments", "Customers", "At risk", "Sales", "Thresholds", "Ledger", "Method"]
# A cut point of each measure, by its cell, and one cell of the grid.
CHANGED = {"B5": 20.5, "C8": 9.0, "D6": 60.35}
CELLS = {"B5": ("recency_days", 0), "C8": ("n_orders", 3), "D6": ("total_spend", 1)}
# Ids that a spreadsheet takes for others: patterns, and the same letters in capitals.
ODD_IDS = ["VIP", "vip", "x*", "x?", "x~1", "x1", "~x", "Straße", "STRASSE"]
GRID_CELL, GRID_TO = (1, 0), "Champions"


def customers():
    rng = np.random.default_rng(5)
    n_orders = rng.integers(1, 12, N)
    days = rng.integers(1, 300, N)
    last = np.datetime64("2025-01-01") - days * np.timedelta64(1, "D")
    table = pd.DataFrame(
        {
            "n_orders": n_orders,
            "total_spend": np.round(rng.gamma(2, 60, N), 2),
            "mean_order_value": 0.0,
            "first_ordered_on": (last - np.timedelta64(9, "D")).astype("datetime64[s]"),
            "last_ordered_on": last.astype("datetime64[s]"),
            "recency_days": days,
        },
        index=pd.Index([f"c{i:03d}" for i in range(N)], name="customer_id"),
    )
    # In turn somebody who is at risk and somebody who is not.
    quiet = (days > 200) & (n_orders > 8)
    turns = zip(table.index[quiet], table.index[days < 50], strict=False)
    odd = zip(chain.from_iterable(turns), ODD_IDS, strict=False)
    table = table.rename(index=dict(odd)).sort_index()
    table["mean_order_value"] = (table["total_spend"] / table["n_orders"]).round(4)
    return table


def attributes(index):
    names = ["=1+1", "@SUM(1)", "http://x.example", "-5", "Зоя", "正"]
    return pd.DataFrame({"customer_name": [names[i % 6] for i in range(len(index))]}, index=index)


def recipe(scheme="classic", **choices):
    if scheme != "clusters":
        return Recipe(scheme=scheme, **choices)
    table, chosen = customers(), ClusterChoices()
    scaler = chosen.scaler().fit(table)
    sweep = sweep_clusters(scaler.transform(table), [3], table.index)
    return with_clustering(Recipe(), build_clustering(table, chosen, scaler, sweep.centres[3]))


def content(**choices):
    table = customers()
    segmenter = build_segmenter(recipe(**choices)).fit(count_measures(table))
    spend = table["total_spend"].sum()
    months = pd.to_datetime(["2024-11-01", "2024-12-01"]).astype("datetime64[s]")
    return WorkbookContent(
        name="shop",
        as_of=datetime.date(2025, 1, 1),
        customers=build_customer_list(table, segmenter, attributes(table.index)),
        segmenter=segmenter,
        fates=pd.DataFrame(
            {"n_rows": [900, 7], "amount": [spend, 12.5], "is_counted": [True, False]},
            index=pd.Index(["kept", "no customer"], name="fate"),
        ),
        turnover=pd.DataFrame(
            {
                "month": months,
                "category": ["Tea", None],
                "region": [None, "North"],
                "total_spend": [100.0, spend - 100],
            }
        ),
        made_at=datetime.datetime(2026, 1, 1, 12),
        currency="EUR",
    )


def made(given):
    out = io.BytesIO()
    write_workbook(given, out)
    return out.getvalue()


def opened(bytes_, **options):
    return openpyxl.load_workbook(io.BytesIO(bytes_), **options)


# openpyxl writes formulas without their values, so LibreOffice has to work all of them out.
@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("workbooks")
    for scheme in ("classic", "value", "clusters"):
        for state in ("before", "after"):
            book = opened(made(content(scheme=scheme)))
            sheet = book["Thresholds"]
            if state == "after":
                for cell, value in CHANGED.items():
                    sheet[cell] = value
                if scheme != "clusters":
                    sheet["B15"] = GRID_TO
            book.save(folder / f"{scheme}_{state}.xlsx")
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        + ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
        + [str(path) for path in sorted(folder.glob("*.xlsx"))],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {
        path.stem: openpyxl.load_workbook(path, data_only=True)
        for path in (folder / "out").glob("*.xlsx")
    }


def expected(scheme, state):
    table = customers()
    segmenter = build_segmenter(recipe(scheme)).fit(count_measures(table))
    if state == "after":
        cuts = {name: list(cuts) for name, cuts in segmenter.cut_points_.items()}
        for cell, (measure, place) in CELLS.items():
            cuts[measure][place] = CHANGED[cell]
        segmenter = build_segmenter(replace(recipe(scheme), cut_points=cuts))
        if scheme != "clusters":
            rows = [list(row) for row in segmenter.scheme.grid]
            rows[GRID_CELL[0]][GRID_CELL[1]] = GRID_TO
            segmenter.scheme = replace(segmenter.scheme, grid=tuple(map(tuple, rows)))
        segmenter.fit(count_measures(table))
    return build_customer_list(table, segmenter, attributes(table.index))


def read(sheet, head=1):
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head)]
    return pd.DataFrame(rows[1:], columns=rows[0])


STATES = [(s, t) for s in ("classic", "value", "clusters") for t in ("before", "after")]


@pytest.mark.parametrize(("scheme", "state"), STATES)
def test_scores_and_segments_are_those_of_the_app(recalculated, scheme, state):
    found = read(recalculated[f"{scheme}_{state}"]["Customers"])
    truth = expected(scheme, state)
    assert list(found["Customer"]) == list(truth.index)
    labels = {"Recency score": "recency_score", "Frequency score": "frequency_score"}
    segment = "Cluster" if scheme == "clusters" else "Segment"
    labels |= {"Monetary score": "monetary_score", segment: "segment"}
    for label, name in labels.items():
        assert list(found[label]) == list(truth[name])


@pytest.mark.parametrize(("scheme", "state"), STATES)
def test_sums_are_those_of_the_app_to_the_cent(recalculated, scheme, state):
    book = recalculated[f"{scheme}_{state}"]
    found = read(book["Segments"], 4).set_index("Segment")
    truth = expected(scheme, state)
    groups = truth.groupby(truth["segment"].astype(str))["total_spend"].agg(["size", "sum"])
    for name, (size, spend) in groups.iterrows():
        assert found.loc[name, "Customers"] == size
        assert round(found.loc[name, "Revenue"], 2) == round(spend, 2)
    assert found.loc["All", "Customers"] == N
    assert round(found.loc["All", "Revenue"], 2) == round(truth["total_spend"].sum(), 2)
    summary = {
        row[0].value: row[1].value for row in book["Summary"].iter_rows(min_row=4, max_row=11)
    }
    assert round(summary["Revenue"], 2) == round(truth["total_spend"].sum(), 2)
    assert summary["Brings most revenue"] == groups["sum"].idxmax()
    assert summary["Cut points"] == {"before": "as downloaded", "after": "changed here"}[state]


def test_a_changed_threshold_changes_something():
    before, after = expected("classic", "before"), expected("classic", "after")
    assert (before["segment"].astype(str) != after["segment"].astype(str)).sum() > 10


@pytest.mark.parametrize("state", ["before", "after"])
def test_customers_at_risk_show_their_segment_of_now(recalculated, state):
    found = read(recalculated[f"classic_{state}"]["At risk"], 3)
    truth = expected("classic", state)["segment"].astype(str)
    assert len(found) > 5
    assert list(found["Segment"]) == list(truth[found["Customer"]])
    assert {"VIP", "x*", "x~1", "~x"} <= set(found["Customer"])


def test_ledger_adds_up_and_sales_are_the_revenue(recalculated):
    book = recalculated["classic_before"]
    assert [row[3].value for row in book["Ledger"].iter_rows(min_row=8, max_row=8)] == ["adds up"]
    spend = customers()["total_spend"].sum()
    totals = [row for row in book["Sales"].iter_rows(values_only=True) if row[0] == "All"]
    assert [round(max(filter(None, row[1:])), 2) for row in totals] == [round(spend, 2)] * 2


def test_values_stored_beside_the_formulas_are_the_recalculated_ones(recalculated):
    stored = opened(made(content()), data_only=True)
    for name in SHEETS:
        for mine, theirs in zip(
            stored[name].values, recalculated["classic_before"][name].values, strict=False
        ):
            for a, b in zip(mine, theirs, strict=False):
                assert (a or 0) == (pytest.approx(b) if isinstance(b, float) else (b or 0))


def test_clusters_are_values_and_the_workbook_says_so():
    book = opened(made(content(scheme="clusters")))
    sheet = book["Customers"]
    heads = [cell.value for cell in sheet[1]]
    kinds = {name: sheet.cell(2, heads.index(name) + 1).data_type for name in heads}
    assert (kinds["Cluster"], kinds["Recency score"]) == ("s", "f")
    for name in ("Summary", "Segments", "Thresholds"):
        assert "Clusters are values" in book[name]["A2"].value
    assert "Segment_grid" not in book.defined_names


def test_sheets_charts_names_and_dates():
    book = opened(made(content()))
    assert book.sheetnames == SHEETS
    assert [len(book[name]._charts) for name in ("Summary", "Segments")] == [1, 2]
    assert set(book.defined_names) >= {
        "R_cut_points",
        "F_cut_points",
        "M_cut_points",
        "Segment_grid",
    }
    sheet = book["Customers"]
    assert list(sheet.tables) == ["Customer_list"]
    assert sheet.freeze_panes == "B2"
    heads = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, heads.index("Last order") + 1).is_date
    assert sheet.cell(2, heads.index("Spend") + 1).number_format == '#,##0.00 "EUR"'


def test_texts_are_texts_whatever_they_begin_with():
    book = opened(made(content()))
    heads = [cell.value for cell in book["Customers"][1]]
    column = heads.index("Customer name") + 1
    cells = [book["Customers"].cell(row, column) for row in range(2, 8)]
    assert [cell.data_type for cell in cells] == ["s"] * 6
    assert [cell.value for cell in cells] == list(attributes(range(6))["customer_name"])
    assert not any(cell.hyperlink for cell in cells)


def test_equal_content_gives_equal_bytes():
    assert made(content()) == made(content())


def test_too_many_customers_get_values_and_the_workbook_says_so(monkeypatch):
    monkeypatch.setattr(workbook_content, "MOST_WITH_FORMULAS", N - 1)
    content_bytes = made(content())
    book = opened(content_bytes)
    assert "Values, not formulas" in book["Summary"]["A2"].value
    kinds = {
        cell.data_type for name in ("Customers", "Summary") for row in book[name] for cell in row
    }
    assert "f" not in kinds
    found = read(opened(content_bytes, data_only=True)["Customers"])
    assert list(found["Segment"]) == list(expected("classic", "before")["segment"])


def test_more_customers_than_a_sheet_takes_leave_those_who_spent_least(monkeypatch):
    monkeypatch.setattr("segmentation.outputs.workbook_customers.MOST_ON_SHEET", 10)
    monkeypatch.setattr(workbook_content, "MOST_WITH_FORMULAS", 0)
    found = read(opened(made(content()))["Customers"])
    assert sorted(found["Spend"]) == sorted(customers()["total_spend"].nlargest(10))


@pytest.mark.parametrize("n_levels", [2, 3, 10])
def test_other_numbers_of_levels(n_levels):
    book = opened(made(content(n_levels=n_levels, scheme="value")))
    grid = book.defined_names["Segment_grid"].attr_text.partition("!")[2].replace("$", "")
    assert len(book["Thresholds"][grid]) == n_levels
    names = {cell.value for row in book["Thresholds"][grid] for cell in row}
    assert names <= set(content().names) | set(content(scheme="value").names)


def test_workbook_is_one_that_excel_opens_without_repair():
    archive = zipfile.ZipFile(io.BytesIO(made(content())))
    assert archive.testzip() is None
    assert "xl/charts/chart3.xml" in archive.namelist()


def test_day_is_written_as_on_the_pages():
    book = opened(made(content()))
    assert "as of 1 Jan 2025. " in book["Summary"]["A2"].value
    settings = {row[0].value: row[1].value for row in book["Method"].iter_rows()}
    assert settings["As of"] == "1 Jan 2025"
