from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from segmentation.errors import FileTooLarge, InvalidChoice, UnreadableFile
from segmentation.limits import Limits
from segmentation.sources.cells import over
from segmentation.sources.files import ReadingChoices, read_files
from segmentation.sources.forms import study_forms
from segmentation.sources.readings import quoted

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
HEADER = ["Customer", "Ordered", "Amount"]
SALES = [HEADER, ["C1", "2024-01-02", 9.5], [17850, "2024-01-03", 12.25], ["C3", "2024-02-04", 3]]
SALES_ROWS = [
    ("C1", "2024-01-02", "9.5"),
    ("17850", "2024-01-03", "12.25"),
    ("C3", "2024-02-04", "3"),
]


@pytest.fixture
def read(workspace, tmp_path):
    def read(*sheets, limits=None, **choices):
        path = tmp_path / "upload.tmp"
        with xlsxwriter.Workbook(path) as workbook:
            formats = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            for title, cells in sheets:
                sheet = workbook.add_worksheet(title)
                if title.startswith("Hidden"):
                    sheet.hide()
                for i, row in enumerate(cells):
                    for j, cell in enumerate(row):
                        if isinstance(cell, datetime):
                            sheet.write_datetime(i, j, cell, formats)
                        elif isinstance(cell, str) and cell.startswith("="):
                            sheet.write_formula(i, j, cell, None, cell.removeprefix("="))
                        elif cell is not None:
                            sheet.write(i, j, cell)
        workspace.limits = limits or workspace.limits
        return read_files(workspace, [path], ["shop.xlsx"], ReadingChoices(**choices))

    return read


@pytest.fixture
def rows(workspace):
    def rows(table, with_line=False):
        names = [f'"{column.name}"' for column in table.columns] + ["line"] * with_line
        found = workspace.connection.execute(f"select {', '.join(names)} from ({table.query})")
        return [tuple("" if cell is None else cell for cell in row) for row in found.fetchall()]

    return rows


def notes(table):
    return " ".join(table.files[0].notes)


@pytest.mark.parametrize("suffix", ["xls", "xlsb", "ods"])
def test_kinds_of_workbook(workspace, rows, suffix):
    table = read_files(workspace, [DATA / f"sales.{suffix}"])
    assert table.files[0].sheet == "Sales"
    assert [column.name for column in table.columns] == ["Customer", "Ordered", "Amount", "Paid"]
    found = [tuple(cell.replace("T", " ") for cell in row) for row in rows(table)]
    assert found == [
        ("C1", "2024-01-02 08:26:00", "9.5", "true"),
        ("17850", "2024-01-03 00:00:00", "12.25", "false"),
        ("C3", "2024-02-04 00:00:00", "-3.75", "true"),
    ]


def test_cells_of_each_type_come_as_text_and_none_is_emptied(read, rows):
    cells = [
        ["id", "cell"],
        ["date", datetime(2010, 12, 1, 8, 26)],
        ["number", 17850],
        ["fraction", 2.55],
        ["many digits", 12345678.9012345],
        ["day number", 40513.35138888889],
        ["flag", True],
        ["error", "=#N/A"],
        ["other error", "=#DIV/0!"],
        ["text", " 0017 "],
        ["late text", "C536379"],
    ]
    table = read(("Sheet1", cells), header_line=1)
    assert [cell for _, cell in rows(table)] == [
        "2010-12-01 08:26:00",
        "17850",
        "2.55",
        "12345678.9012345",
        "40513.351388889",
        "true",
        "#N/A",
        "#DIV/0!",
        " 0017 ",
        "C536379",
    ]
    assert "error such as #N/A: 2" in notes(table)


def amounts(workspace, table, choice=None):
    chosen = {"amount": choice} if choice else {}
    form = study_forms(workspace.connection, table, {"amount": "Amount"}, chosen)["amount"]
    query = f"select {over(form.sql, quoted('Amount'))} from ({table.query})"
    return [v for (v,) in workspace.connection.execute(query).fetchall()], form.is_ambiguous


def mixed(*cells, foot=()):
    return ("Sales", [HEADER, *([f"C{i}", "2024-01-02", v] for i, v in enumerate(cells)), *foot])


@pytest.mark.parametrize(
    ("cells", "expected", "n_stored"),
    [
        (
            ["12,50", "12,50", 1.125, 2.375, 11.25, 3, -0.5],
            [12.5, 12.5, 1.125, 2.375, 11.25, 3, -0.5],
            4,
        ),
        (["1.234,50", "2.000", "1.125", 11.25, 1.125], [1234.5, 2000, 1125, 11.25, 1.125], 2),
        (["1.125,50", "1.125", "2.375"], [1125.5, 1125, 2375], 0),
        (["€ 12,50", "free", 1.125], [12.5, None, 1.125], 1),
        (["1,234.50", "7,125", 1.125], [1234.5, 7125, 1.125], 0),
        (["12,50", 0.1 + 0.2, 1e-7, 1e20], [12.5, 0.3, 1e-7, 1e20], 2),
    ],
)
def test_number_cells_beside_texts_are_read_as_stored(read, workspace, cells, expected, n_stored):
    table = read(mixed(*cells, foot=[["Total", None, 99.125]]))
    assert amounts(workspace, table) == (expected, False)
    assert ("numbers with decimals are read as stored" in notes(table)) == bool(n_stored)
    if n_stored:
        assert f"Amount holds numbers and texts: {n_stored} " in notes(table)


@pytest.mark.parametrize(("choice", "text"), [("decimal_point", 1234), ("decimal_comma", 1.234)])
def test_texts_that_can_be_read_in_two_ways_are_asked_about_and_number_cells_are_not(
    read, workspace, choice, text
):
    table = read(mixed("1,234", 11.25, 2.375, 0.5, 7))
    assert amounts(workspace, table)[1]
    assert amounts(workspace, table, choice) == ([text, 11.25, 2.375, 0.5, 7], False)


def test_number_cells_are_found_where_the_table_stands_apart_beside_errors(read, workspace):
    cells = ["12,50", 1.125, "=#N/A", None, "7,25", 2.375]
    _, filled = mixed(*cells)
    apart = [["", None], [], *([None, *row] for row in filled)]
    values, _ = amounts(workspace, read(("Jan", apart), ("Feb", apart)))
    assert values == [12.5, 1.125, None, None, 7.25, 2.375] * 2


def test_sheets_of_numbers_and_texts_are_stacked_with_those_of_texts(read, workspace):
    other = ("More", mixed("3,50", "4,25")[1])
    assert amounts(workspace, read(mixed("12,50", 1.125), other)) == (
        [12.5, 1.125, 3.5, 4.25],
        False,
    )


def test_title_blank_rows_foot_and_empty_columns(read, rows):
    cells = [
        ["Sales report"],
        [],
        [None, *HEADER],
        [None, None, None, "(EUR)"],
        *[[None, *row] for row in SALES[1:3]],
        [],
        [None, *SALES[3]],
        [None, "Total", None, 24.75],
        [],
        ["Generated on 2025-01-01"],
    ]
    table = read(("Sheet1", cells))
    assert rows(table, with_line=True) == [
        (*row, line) for row, line in zip(SALES_ROWS, [5, 6, 8], strict=True)
    ]
    assert (table.files[0].header_line, table.files[0].first_line) == (3, 5)
    for sentence in ("above the header", "between the header", "at the foot", "blank rows: 1"):
        assert sentence in notes(table)


def test_sheet_with_sales_is_chosen_among_others(read, rows):
    table = read(
        ("Read me", [["How to use this workbook"], ["Do not"]]),
        ("Lists", [["Country", "Code"], *[["Germany", "DE"]] * 5]),
        ("Hidden sales", SALES * 20),
        ("Orders", SALES),
        ("Empty", []),
    )
    assert table.files[0].sheet == "Orders"
    assert table.files[0].sheets == ("Read me", "Lists", "Orders")
    assert rows(table) == SALES_ROWS


def test_sheet_can_be_chosen(read, rows):
    lists = ("Lists", [["Country", "Code", "No"], ["Germany", "DE", 1]])
    table = read(("Orders", SALES), lists, sheet="Lists")
    assert rows(table) == [("Germany", "DE", "1")]
    with pytest.raises(InvalidChoice, match="no sheet called Lost"):
        read(("Orders", SALES), lists, sheet="Lost")


def test_sheets_with_the_same_columns_are_stacked(read, rows):
    table = read(("2023", SALES), ("2024", [*SALES, ["C4", "2024-05-05", 1]]), ("Notes", [["x"]]))
    assert [reading.name for reading in table.files] == ["shop.xlsx › 2023", "shop.xlsx › 2024"]
    assert rows(table) == [*SALES_ROWS, *SALES_ROWS, ("C4", "2024-05-05", "1")]


def test_one_of_the_sheets_with_the_same_columns_can_be_chosen(read, rows):
    table = read(("2023", SALES), ("2024", [*SALES, ["C4", "2024-05-05", 1]]), sheet="2023")
    assert rows(table) == SALES_ROWS
    assert table.files[0].alike_sheets == ("2023", "2024")


def test_sheet_without_header(read, rows):
    table = read(("Sheet1", SALES[1:]))
    assert table.files[0].header_line == 0
    assert [column.name for column in table.columns] == ["Column 1", "Column 2", "Column 3"]
    assert rows(table) == SALES_ROWS


@pytest.mark.parametrize(
    ("cells", "message"), [([], "no visible sheet"), ([HEADER], "header but no rows")]
)
def test_workbook_without_rows(read, cells, message):
    with pytest.raises(UnreadableFile, match=rf"shop\.xlsx.*{message}"):
        read(("Sheet1", cells))


def test_stray_cell_in_the_last_corner_is_refused_before_it_takes_all_memory(read):
    far = [*SALES, *[[]] * 60_000, [None] * 5_000 + ["x"]]
    with pytest.raises(FileTooLarge, match="row 60,005 and column 5,001"):
        read(("Sheet1", far))


def test_column_far_to_the_right_is_read_like_any_other(read, workspace):
    title, cells = mixed("12,50", 1.125, 2.375)
    far = read((title, [[*row[:2], *[None] * 15_000, row[2]] for row in cells]))
    assert [column.name for column in far.columns] == HEADER
    assert amounts(workspace, far)[0] == [12.5, 1.125, 2.375]


def test_sheet_of_too_many_columns_is_refused_only_where_it_is_chosen(read, rows):
    wide = [[f"x{i}" for i in range(2_500)], [1] * 2_500]
    assert len(rows(read(("Wide", wide), ("Sales", SALES)))) == 3
    with pytest.raises(FileTooLarge, match="2,500 columns; at most 2,000"):
        read(("Wide", wide), ("Sales", SALES), sheet="Wide")


def test_workbook_over_the_limits(read):
    with pytest.raises(FileTooLarge, match="2 rows"):
        read(("Sheet1", SALES), limits=Limits(rows=2))
    with pytest.raises(FileTooLarge, match="3 columns"):
        read(("Sheet1", SALES), limits=Limits(columns=2))


def test_workbook_that_unpacks_to_too_much(read):
    with pytest.raises(FileTooLarge, match="unpacks to more than 1 MB"):
        read(("Sheet1", [["a", "b"], *[[1, 2]] * 20_000]), limits=Limits(unpacked_megabytes=1))


def test_locked_workbook(workspace):
    with pytest.raises(UnreadableFile, match=r"locked\.xlsx is .* protected by a password"):
        read_files(workspace, [DATA / "locked.xlsx"])


@pytest.mark.parametrize("suffix", ["xls", "xlsb", "ods"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_truncated_workbook(workspace, tmp_path, suffix, share):
    content = (DATA / f"sales.{suffix}").read_bytes()
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UnreadableFile, match=r"^cut\.") as raised:
        read_files(workspace, [path])
    assert str(tmp_path) not in str(raised.value) + raised.value.hint


def test_online_retail_reads_whole(workspace):
    path = SHARED / "online_retail.xlsx"
    if not path.exists():
        pytest.skip("the shared data is not on this machine")
    table = read_files(workspace, [path])
    counted = workspace.connection.execute(f"select count(*), max(line) from ({table.query})")
    assert counted.fetchone() == (541_909, 541_910)
