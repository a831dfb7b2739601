import datetime
import gzip
import io
import zipfile
from contextlib import ExitStack
from functools import partial

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from segmentation.engine.loading import load_rows, study_recipe
from segmentation.errors import (
    AmbiguousCells,
    MissingColumn,
    NothingKept,
    QueryFailed,
    SegmentationError,
    UnreadableFile,
)
from segmentation.marts.customers import build_customers
from segmentation.marts.quality import build_left_out, build_overview, count_fates
from segmentation.recipe import Policies, Recipe, load_recipe, write_recipe
from segmentation.sources.files import ReadingChoices, read_files
from segmentation.sources.workspace import Workspace

HEADER = "customer_id,ordered_at,amount\n"
GOOD = "".join(f"c{i % 7},2024-01-{1 + i % 28:02d},{i}.50\n" for i in range(1, 6))
IN_PLACE = ["Reading the rows"]
ONE_BY_ONE = [*IN_PLACE, "Reading the rows one by one, since some are irregular"]


@pytest.fixture
def open_files(tmp_path):
    with ExitStack() as opened:

        def open_files(*files, recipe=None, duplicates=True, choices=None, steps=None):
            workspace = opened.enter_context(Workspace(memory_megabytes=200))
            paths = [tmp_path / f"upload-{i}" for i in range(len(files))]
            for path, (_, content) in zip(paths, files, strict=True):
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            read = partial(read_files, workspace, paths, [name for name, _ in files], choices)
            return load_rows(
                workspace,
                read(),
                recipe or Recipe(),
                partial(read, rewrite=True),
                duplicates,
                (steps if steps is not None else []).append,
            )

        yield open_files


@pytest.fixture
def open_csv(open_files):
    return lambda text, **options: open_files(("shop.csv", text), **options)


def kept(loaded):
    query = "select customer_id, ordered_at, amount from loaded_rows order by rowid"
    return loaded.database.workspace.connection.execute(query).fetchall()


def left_out(loaded, *columns):
    policies = loaded.recipe.policies
    table = build_left_out(loaded.database, policies, None)
    return [tuple(row) for row in table[list(columns)].to_numpy()]


# Long enough that what is wrong at the end is not seen in the samples and the head.
def long_file(*endings, n_rows=10_000):
    rows = (f"customer-{i % 700},2024-01-{1 + i % 28:02d},{i}.50\n" for i in range(n_rows))
    return HEADER + "".join(rows) + "".join(f"{ending}\n" for ending in endings)


def test_columns_and_policies_are_guessed_and_kept_in_the_recipe(open_csv):
    loaded = open_csv("Customer ID;Order Date;Total\n1;2024-01-02;5.00\n2;2024-01-03;6.50\n")
    assert loaded.recipe.columns == {
        "customer_id": "Customer ID",
        "ordered_at": "Order Date",
        "amount": "Total",
    }
    assert loaded.recipe.amount_per == "row"
    assert loaded.recipe.policies == Policies()
    assert set(loaded.forms) == {"ordered_at", "amount"}
    assert loaded.database.files == ["shop.csv"]


def test_columns_of_the_recipe_win(open_csv):
    recipe = Recipe(columns={"customer_id": "b", "ordered_at": "c", "amount": "d"})
    loaded = open_csv("a,b,c,d\nx,y,2024-01-02,5\n", recipe=recipe)
    assert [row[0] for row in kept(loaded)] == ["y"]
    assert loaded.recipe.columns == recipe.columns


def test_column_that_is_needed_and_missing_is_named(open_csv):
    with pytest.raises(MissingColumn, match="customer") as problem:
        open_csv("colour,ordered_at,amount\nred,2024-01-02,5\nred,2024-01-03,6\n")
    assert "shop.csv" in str(problem.value)


def test_column_of_the_recipe_that_the_file_lacks_is_named(open_csv):
    recipe = Recipe(
        columns={"customer_id": "Kunde", "ordered_at": "ordered_at", "amount": "amount"}
    )
    with pytest.raises(MissingColumn, match="Kunde"):
        open_csv(HEADER + GOOD, recipe=recipe)


AMBIGUOUS_DATES = HEADER + "a,03/04/2024,5\nb,05/06/2024,6\n"


def test_dates_that_can_be_read_in_two_ways_are_asked_for(open_csv):
    with pytest.raises(AmbiguousCells, match="ordered_at can be read in two ways") as problem:
        open_csv(AMBIGUOUS_DATES)
    told = str(problem.value)
    assert "shop.csv" in told
    assert "day/month/year (2024-04-03 to 2024-06-05)" in told
    assert "month/day/year (2024-03-04 to 2024-05-06)" in told
    assert problem.value.hint.startswith("Choose which one is right")


@pytest.mark.parametrize(("order", "day"), [("day_first", (4, 3)), ("month_first", (3, 4))])
def test_dates_are_read_as_chosen(open_csv, order, day):
    loaded = open_csv(AMBIGUOUS_DATES, recipe=Recipe(forms={"ordered_at": order}))
    assert (kept(loaded)[0][1].month, kept(loaded)[0][1].day) == day


AMBIGUOUS_AMOUNTS = "customer_id;ordered_at;amount\na;2024-01-02;1,234\nb;2024-01-03;2,345\n"


def test_amounts_that_can_be_read_in_two_ways_are_asked_for(open_csv):
    with pytest.raises(AmbiguousCells, match="amount can be read in two ways"):
        open_csv(AMBIGUOUS_AMOUNTS)


@pytest.mark.parametrize(("mark", "total"), [("decimal_point", 3579), ("decimal_comma", 3.579)])
def test_amounts_are_read_as_chosen(open_csv, mark, total):
    loaded = open_csv(AMBIGUOUS_AMOUNTS, recipe=Recipe(forms={"amount": mark}))
    assert float(sum(row[2] for row in kept(loaded))) == total


PRICED = "customer_id;ordered_at;quantity;unit_price\na;2024-01-02;1,000;{}\n"


@pytest.mark.parametrize(("price", "total"), [("3,50", 3.5), ("3.50", 3500)])
def test_quantities_are_read_as_their_prices_are_written(open_csv, price, total):
    assert float(kept(open_csv(PRICED.format(price)))[0][2]) == total


def test_quantities_are_asked_for_where_prices_are_open_too(open_csv):
    with pytest.raises(AmbiguousCells, match="quantity can be read in two ways"):
        open_csv(PRICED.format("3"))
    loaded = open_csv(PRICED.format("3"), recipe=Recipe(forms={"amount": "decimal_comma"}))
    assert float(kept(loaded)[0][2]) == 3


def test_amount_further_down_that_can_be_read_in_two_ways_is_asked_for(open_csv):
    rows = HEADER + "a,2024-01-02,990\n" * 2_000 + "a,2024-01-02,9.990\n"
    with pytest.raises(AmbiguousCells, match="amount can be read in two ways"):
        open_csv(rows)
    loaded = open_csv(rows + "a,2024-01-02,0.5\n")
    assert [float(row[2]) for row in kept(loaded)[-2:]] == [9.99, 0.5]


def test_regular_file_is_read_in_place(open_csv):
    steps = []
    loaded = open_csv(long_file(), steps=steps)
    assert steps == [*IN_PLACE, "Looking for duplicates"]
    assert len(kept(loaded)) == 10_000


@pytest.mark.parametrize(
    ("endings", "n_rows", "line"),
    [
        (["", "x,,1", "c1,2024-01-01,5"], 10_002, 10_003),
        (['"two\nlines",2024-01-01,5', "x,,1", "c1,2024-01-01,5"], 10_003, 10_004),
        (["c1,2024-01-01,5,more", "x,,1", "c1,2024-01-01,5"], 10_003, 10_003),
        (["c1,2024-01-01", "x,,1", "c1,2024-01-01,5"], 10_003, 10_003),
        (['c1 "the one",2024-01-01,5', "x,,1", "c1,2024-01-01,5"], 10_003, 10_003),
    ],
    ids=["blank line", "line end in a cell", "cell too many", "cell too few", "stray quotes"],
)
def test_file_that_is_irregular_further_down_is_read_row_by_row(open_csv, endings, n_rows, line):
    steps = []
    loaded = open_csv(long_file(*endings), steps=steps)
    assert len(kept(loaded)) == n_rows
    assert ("no date", line) in left_out(loaded, "fate", "line")
    assert count_fates(loaded.database, Policies(), None)["n_rows"].sum() == n_rows


@pytest.mark.parametrize("duplicates", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_of_nothing_but_delimiters_are_blank_however_far_down(open_csv, end, duplicates):
    rows = "c1,2024-01-02,5.00\n" * 10_000 + ",,\n" * 3 + ",2024-01-02,6.00\n" + ",,\n" * 30_000
    steps = []
    loaded = open_csv((HEADER + rows).replace("\n", end), steps=steps, duplicates=duplicates)
    assert "one by one" not in "".join(steps)
    assert left_out(loaded, "fate", "line") == [("no customer", 10_005)]
    assert "Skipped 30,003 blank lines." in loaded.raw.files[0].notes
    assert count_fates(loaded.database, Policies(), None)["n_rows"].sum() == 10_001


def test_blank_rows_in_one_of_several_files_leave_all_lines_right(open_files):
    rows = "c1,2024-01-02,5.00\n" * 3
    odd = "c1,2024-01-02,5,more\n,,\n"
    files = [rows, rows + ",,\n" + rows, odd + rows, rows]
    loaded = open_files(
        *((f"{i}.csv", HEADER + text + ",2024-01-02,6.00\n") for i, text in enumerate(files))
    )
    found = left_out(loaded, "file", "line", "fate")
    assert [row[:2] for row in found if row[2] == "no customer"] == [
        *(("0.csv", 5), ("1.csv", 9), ("2.csv", 7), ("3.csv", 5))
    ]
    assert [len(reading.notes) for reading in loaded.raw.files] == [0, 1, 2, 0]


def test_blank_rows_are_told_once_when_the_file_is_loaded_again(tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text(HEADER + GOOD + ",,\n" + GOOD)
    with Workspace() as workspace:
        raw = read_files(workspace, [path])
        once = load_rows(workspace, raw, Recipe(), lambda: raw).raw
        assert once.files[0].notes == ("Skipped 1 blank line.",)
        assert load_rows(workspace, once, Recipe(), lambda: once).raw is once


def test_rows_of_remarks_are_no_blank_rows(open_csv):
    rows = "c1,2024-01-02,5.00,\n" * 10_000 + ",,,posted late\n" + "c1,2024-01-02,5.00,\n"
    steps = []
    loaded = open_csv(HEADER.replace("\n", ",note\n") + rows, steps=steps)
    assert steps[:1] == IN_PLACE
    assert "one by one" not in "".join(steps)
    assert left_out(loaded, "fate", "line") == [("no customer", 10_002)]


def test_reader_is_told_that_rows_are_read_one_by_one(open_csv):
    steps = []
    open_csv(long_file("c1,2024-01-01,5,more", "c1,2024-01-01,5"), steps=steps)
    assert steps == [*ONE_BY_ONE, "Looking for duplicates"]


def test_numbers_in_another_writing_further_down_are_read(open_csv):
    loaded = open_csv(long_file('c1,2024-01-01,"1,234.50"', "c1,2024-01-01,$2.25"))
    assert [float(row[2]) for row in kept(loaded)[-2:]] == [1234.5, 2.25]
    assert left_out(loaded, "fate", "line") == []


def test_dates_in_another_writing_further_down_are_read(open_csv):
    loaded = open_csv(long_file("c1,31.12.2023,5", "c1,24.12.2023 18:30,5"))
    assert [f"{row[1]:%m-%d %H:%M}" for row in kept(loaded)[-2:]] == ["12-31 00:00", "12-24 18:30"]


def test_cells_that_cannot_be_read_further_down_are_left_out_with_their_line(open_csv):
    loaded = open_csv(long_file("c1,2024-01-01,free", "c1,some day,5", "c1,2024-01-01,5"))
    assert left_out(loaded, "fate", "line", "unreadable") == [
        ("no amount", 10_002, "free"),
        ("no date", 10_003, "some day"),
    ]
    assert loaded.forms["amount"].n_unreadable == 1


def test_date_further_down_that_can_be_read_in_two_ways_is_asked_for(open_csv):
    with pytest.raises(AmbiguousCells, match="can be read in two ways"):
        open_csv(long_file("c1,03/04/2024,5"))


TABLE = [
    ["customer_id", "ordered_at", "amount"],
    ["a", "2024-01-02", "5.25"],
    ["", "2024-01-03", "6.50"],
    ["b", "2024-01-04", "7.75"],
    ["c", "", "8.00"],
    ["d", "2024-01-05", "9.00"],
]


def as_csv(table=TABLE, comma=",", end="\n"):
    return "".join(comma.join(row) + end for row in table)


def as_workbook(above=0):
    book = openpyxl.Workbook()
    for row in [*[["Sales of the year"]] * above, *TABLE]:
        book.active.append([float(cell) if "." in cell else cell or None for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_parquet(table=None, **options):
    content = io.BytesIO()
    table = table or pa.csv.read_csv(io.BytesIO(as_csv().encode()))
    pq.write_table(table, content, **options)
    return content.getvalue()


def zipped(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (as_csv(), [3, 5]),
        (as_csv(end="\r\n"), [3, 5]),
        (as_csv(end="\r"), [3, 5]),
        (as_csv(comma=";"), [3, 5]),
        (as_csv(comma="\t").encode("utf-16"), [3, 5]),
        (b"\xef\xbb\xbf" + as_csv().encode(), [3, 5]),
        ("Sales of the year\n\n" + as_csv(), [5, 7]),
        (as_csv().replace("5.25\n", "5.25\n\n"), [4, 6]),
        (as_csv().replace("a,", '"a\nb",'), [4, 6]),
        (as_csv() + "\n\n", [3, 5]),
        (gzip.compress(as_csv().encode()), [3, 5]),
        (zipped(shop=as_csv()), [3, 5]),
        (as_workbook(), [3, 5]),
        (as_workbook(above=2), [5, 7]),
        (as_parquet(), [2, 4]),
    ],
    ids=[
        "csv",
        "Windows line ends",
        "old Mac line ends",
        "semicolons",
        "utf-16 with tabs",
        "byte order mark",
        "title above",
        "blank line",
        "line end in a cell",
        "blank lines at the end",
        "gzip",
        "zip",
        "workbook",
        "workbook with titles",
        "parquet",
    ],
)
def test_left_out_rows_are_found_again_in_any_kind_of_file(open_files, content, lines):
    loaded = open_files(("shop", content))
    found = left_out(loaded, "fate", "line")
    assert found == list(zip(["no customer", "no date"], lines, strict=True))


def test_left_out_rows_of_a_file_without_a_header_are_counted_from_its_first_line(open_csv):
    columns = {"customer_id": "Column 1", "ordered_at": "Column 2", "amount": "Column 3"}
    loaded = open_csv(as_csv(TABLE[1:]), recipe=Recipe(columns=columns))
    assert left_out(loaded, "line") == [(2,), (4,)]


def test_left_out_rows_of_several_files_have_their_file_and_line(open_files):
    first, second = as_csv(), "Title\n\n" + as_csv(TABLE[:3])
    loaded = open_files(("jan.csv", first), ("feb.csv", second), ("mar.zip", zipped(mar=first)))
    assert left_out(loaded, "file", "line") == [
        ("jan.csv", 3),
        ("jan.csv", 5),
        ("feb.csv", 5),
        *[(name, line) for name in [loaded.database.files[2]] for line in (3, 5)],
    ]
    assert "mar" in loaded.database.files[2]


def test_lines_stay_right_in_a_file_that_is_read_at_several_places_at_once(open_csv):
    lines = range(2, 600_002)
    rows = "".join(f"c{line},2024-01-01,{line % 1000 and 5}\n" for line in lines)
    found = left_out(open_csv(HEADER + rows), "customer_id", "line")
    assert found == [(f"c{line}", line) for line in lines if line % 1000 == 0]


@pytest.mark.parametrize("other", ["other", "file_row_number"])
def test_lines_of_a_parquet_file_of_many_parts_are_its_rows(open_files, other):
    lines = range(1, 400_001)
    amounts = [line % 1000 and 5 for line in lines]
    columns = {"customer_id": lines, "ordered_at": ["2024-01-01"] * len(lines), "amount": amounts}
    content = as_parquet(pa.table({**columns, other: lines}), row_group_size=5000)
    found = left_out(open_files(("shop.parquet", content)), "customer_id", "line")
    assert found == [(str(line), line) for line in lines if line % 1000 == 0]


def days_since_1970(*days):
    return pa.array(days, pa.int32()).cast(pa.date32())


def seconds_since_1970(*seconds):
    return pa.array(seconds, pa.int64()).cast(pa.timestamp("s"))


@pytest.mark.parametrize(
    "days",
    [
        days_since_1970(19_723, 2**31 - 1, 2_932_897, -719_163, 200_000_000, -719_162),
        seconds_since_1970(1_704_067_200, 10**12, -(10**12), 253_402_300_800, -(10**11), -(10**10)),
    ],
    ids=["dates", "times"],
)
def test_days_of_parquet_files_beyond_the_years_of_the_calendar_are_no_dates(open_files, days):
    ids, amounts = list("abcdef"), [5.0] * 6
    content = as_parquet(pa.table({"customer_id": ids, "ordered_at": days, "amount": amounts}))
    loaded = open_files(("shop.parquet", content))
    assert left_out(loaded, "fate", "line") == [("no date", line) for line in (2, 3, 4, 5)]
    customers = build_customers(loaded.database, datetime.date(2025, 1, 1), Policies())
    assert sorted(customers.index) == ["a", "f"]


def test_parquet_file_that_is_damaged_within_gets_a_sentence(open_files):
    n = 50_000
    columns = {"customer_id": [f"c{i}" for i in range(n)], "ordered_at": ["2024-01-01"] * n}
    content = bytearray(as_parquet(pa.table({**columns, "amount": [1.5] * n}), row_group_size=5000))
    at = len(content) // 2
    content[at : at + 20_000] = bytes(20_000)
    with pytest.raises(UnreadableFile, match=r"shop.parquet cannot be read to its end"):
        open_files(("shop.parquet", bytes(content)))


DAYS = "a,31/12/2024,12.50\na,03/04/2024,5\n"
MONTHS = "b,12/31/2024,12.50\nb,03/04/2024,5\n"
OPEN_DAYS = "c,05/06/2024,7\n"


def as_sheets(**sheets):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, text in sheets.items():
        sheet = book.create_sheet(title)
        for line in (HEADER + text).splitlines():
            sheet.append(line.split(","))
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "files",
    [
        [("north.csv", HEADER + DAYS), ("south.csv", HEADER + MONTHS)],
        [("both.xlsx", as_sheets(north=DAYS, south=MONTHS))],
        [("both.zip", zipped(north=HEADER + DAYS, south=HEADER + MONTHS))],
    ],
    ids=["files", "sheets", "zip"],
)
def test_each_of_several_files_is_read_as_it_is_written(open_files, files):
    loaded = open_files(*files)
    assert [(day.month, day.day) for _, day, _ in kept(loaded)] == [
        (12, 31),
        (4, 3),
        (12, 31),
        (3, 4),
    ]
    north, south = (reading.name for reading in loaded.raw.files)
    assert list(loaded.decisions()) == [
        f"ordered_at is read file by file: day/month/year in {north}; month/day/year in {south}."
    ]


def test_file_that_is_open_beside_others_that_do_not_agree_is_named(open_files):
    files = [("north", HEADER + DAYS), ("south", HEADER + MONTHS), ("east", HEADER + OPEN_DAYS)]
    with pytest.raises(AmbiguousCells, match="In east the column ordered_at") as problem:
        open_files(*files)
    assert "day/month/year in north; month/day/year in south, but" in str(problem.value)


def test_recipe_of_files_written_otherwise_asks_where_next_months_leave_it_open(open_files):
    recipe = open_files(("n.csv", HEADER + DAYS), ("s.csv", HEADER + MONTHS)).recipe
    assert recipe.forms == {"ordered_at": "by_file"}
    recipe = load_recipe(write_recipe(recipe))
    agreeing = open_files(("n.csv", HEADER + DAYS), ("s.csv", HEADER + DAYS), recipe=recipe)
    assert agreeing.forms["ordered_at"].label == "day/month/year"
    next_month = [("n.csv", HEADER + DAYS), ("s.csv", HEADER + OPEN_DAYS)]
    assert [day.month for _, day, _ in kept(open_files(*next_month))] == [12, 4, 6]
    with pytest.raises(AmbiguousCells, match=r"In s\.csv"):
        open_files(*next_month, recipe=recipe)
    answered = recipe.change(forms={"ordered_at": "month_first"})
    assert [day.month for _, day, _ in kept(open_files(*next_month, recipe=answered))] == [12, 4, 5]
    assert open_files(next_month[0], recipe=recipe).forms["ordered_at"].label == "day/month/year"


def test_lines_stay_right_where_one_of_several_files_is_read_row_by_row(open_files):
    second = as_csv().replace("5.25\n", "5.25\n\n")
    loaded = open_files(("a.csv", as_csv()), ("b.csv", second), ("c.csv", as_csv()))
    assert [line for (line,) in left_out(loaded, "line")] == [3, 5, 4, 6, 3, 5]


def test_two_hundred_and_fifty_six_files_are_as_good_as_one(open_files):
    archive = zipped(**{f"day{i:03d}": as_csv(TABLE[:3]) for i in range(256)})
    loaded = open_files(("year.zip", archive))
    assert [line for (line,) in left_out(loaded, "line")] == [3] * 256


ORDERS = "order_id,customer_id,ordered_at,amount,quantity,unit_price\n"


def per_order(n_orders=30):
    lines = []
    for i in range(n_orders):
        number = 1000 + i * 7 % n_orders
        lines.append(f"{number},c{i % 5},2024-01-{1 + i % 28:02d},{10 + i}.00,1,{7 + i}\n")
        lines.append(f"{number},,,,1,3\n")
    return lines


def test_total_that_stands_once_per_order_counts_once(open_csv):
    loaded = open_csv(ORDERS + "".join(per_order()))
    assert loaded.recipe.amount_per == "order"
    fates = count_fates(loaded.database, loaded.recipe.policies, None)
    assert fates["n_rows"].to_dict() == {"kept": 60}
    assert fates.loc["kept", "amount"] == sum(range(10, 40))


def test_lines_stay_right_where_totals_stand_once_per_order(open_csv):
    lines = [*per_order(), "2000,,2024-01-01,5.00,1,5\n", "2001,x,,6.00,1,6\n", *per_order()[:1]]
    loaded = open_csv(ORDERS + "".join(lines))
    assert loaded.recipe.amount_per == "order"
    found = left_out(loaded, "fate", "line", "order_id")
    assert found == [("no customer", 62, "2000"), ("no date", 63, "2001")]


def test_rows_of_an_earlier_file_are_counted_as_overlapping(open_files):
    jan = HEADER + "a,2024-01-02,5\nb,2024-01-03,6\nb,2024-01-03,6\n"
    feb = HEADER + "b,2024-01-03,6\nc,2024-02-01,7\n"
    mar = HEADER + "c,2024-02-01,7\nb,2024-01-03,6\nd,2024-03-01,8\n"
    loaded = open_files(("jan.csv", jan), ("feb.csv", feb), ("mar.csv", mar))
    assert loaded.n_overlapping == 3
    fates = count_fates(loaded.database, Policies(duplicates="drop"), None)
    assert fates["n_rows"].to_dict() == {"kept": 4, "exact duplicate": 4}


def test_rows_with_empty_cells_overlap_where_one_file_is_read_row_by_row(open_files):
    header = "customer_id,ordered_at,amount,note\n"
    jan, feb = "a,2024-01-02,5,\n", "a,2024-01-02,5,\n\nb,2024-02-01,6,\n"
    loaded = open_files(("jan.csv", header + jan), ("feb.csv", header + feb))
    assert [reading.n_rows for reading in loaded.raw.files] == [1, None]
    assert loaded.n_overlapping == 1


def test_files_that_do_not_overlap_say_so(open_files):
    jan, feb = HEADER + "a,2024-01-02,5\na,2024-01-02,5\n", HEADER + "a,2024-02-02,5\n"
    assert open_files(("jan.csv", jan), ("feb.csv", feb)).n_overlapping == 0
    assert open_files(("jan.csv", jan)).n_overlapping == 0


def test_duplicates_are_equal_in_all_cells_also_those_that_are_not_used(open_csv):
    header = "customer_id,ordered_at,amount,note\n"
    rows = "a,2024-01-02,5,x\na,2024-01-02,5,y\na,2024-01-02,5.0,x\na,2024-01-02,5,x\n"
    loaded = open_csv(header + rows)
    drop = Policies(duplicates="drop")
    assert count_fates(loaded.database, drop, None)["n_rows"].to_dict() == {
        "kept": 3,
        "exact duplicate": 1,
    }
    table = build_left_out(loaded.database, drop, None)
    assert table["line"].tolist() == [5]


def test_duplicates_that_were_not_looked_for_are_all_kept(open_csv):
    steps = []
    loaded = open_csv(HEADER + GOOD + GOOD, duplicates=False, steps=steps)
    assert steps == IN_PLACE
    fates = count_fates(loaded.database, Policies(duplicates="drop"), None)
    assert fates["n_rows"].to_dict() == {"kept": 10}


def invoices(*numbers):
    rows = (f"{n},c{i},2024-01-02,5\n" for i, n in enumerate(numbers))
    return "order_id," + HEADER + "".join(rows)


@pytest.mark.parametrize(
    ("numbers", "prefix"),
    [
        (["536365", "536366", "C536367"], "C"),
        (["536365", "536366", "536367"], ""),
        (["C1", "C2", "C3"], ""),
        (["1", "C2", "C3"], ""),
        (["A1", "B2", "C3", "D4"], ""),
        (["1", "2", "CC3", "X4"], ""),
    ],
    ids=["some", "none", "all", "most", "letters of all kinds", "other words"],
)
def test_cancellations_are_recognised_by_a_c_before_the_number(open_csv, numbers, prefix):
    assert open_csv(invoices(*numbers)).recipe.policies.cancelled_prefix == prefix


def orders(*rows):
    return "Order Status," + HEADER + "".join(f"{state},c,2024-01-02,{n}\n" for state, n in rows)


@pytest.mark.parametrize(
    ("rows", "recognised"),
    [
        ([("Completed", 5), ("Cancelled", 5), ("partially_refunded", 5)], ("Cancelled",)),
        ([("paid", 5), ("voided", 5), ("Failed", 5)], ("Failed", "voided")),
        ([("paid", 5), ("refunded", 9), ("refunded", -9)], ("refunded",)),
        ([("paid", 5), ("paid", 9), ("refunded", -9)], ()),
        ([("paid", 9), ("paid", -9), ("refunded", 9), ("void", 5)], ("void",)),
        ([("paid", 9), ("paid", -8), ("refunded", 9)], ("refunded",)),
        ([("paid", 5), ("open", 5)], ()),
    ],
    ids=[
        *("cancelled", "several", "refunds with their orders", "refunds alone"),
        *("refunds under another status", "fewer refunds than refunded", "none"),
    ],
)
def test_statuses_of_orders_that_do_not_count_are_recognised(open_csv, rows, recognised):
    loaded = open_csv(orders(*rows))
    assert loaded.recipe.columns["status"] == "Order Status"
    assert loaded.recipe.policies.recognised == recognised
    assert any("do not count" in told for told in loaded.decisions()) == bool(recognised)
    fates = count_fates(loaded.database, loaded.recipe.policies, None)
    assert fates["amount"].sum() == sum(amount for _, amount in rows)
    gone = [amount for state, amount in rows if state in recognised]
    assert fates["n_rows"].get("undone order", 0) == len(gone)


def test_statuses_chosen_win_over_those_recognised(open_csv):
    for undone, n_kept in [((), 3), (("CANCELLED", "paid"), 1), (None, 2)]:
        recipe = Recipe(policies=Policies(undone=undone))
        loaded = open_csv(orders(("Cancelled", 5), ("paid", 6), ("open", 7)), recipe=recipe)
        assert loaded.recipe.policies.recognised == ("Cancelled",)
        fates = count_fates(loaded.database, loaded.recipe.policies, None)
        assert fates["n_rows"]["kept"] == n_kept


def test_file_in_which_no_order_counts_says_why(open_csv):
    loaded = open_csv(orders(("Cancelled", 5), ("Failed", 6)))
    with pytest.raises(NothingKept, match="undone order: 2") as problem:
        build_overview(loaded.database, loaded.recipe.policies)
    assert "status" in problem.value.hint


def test_status_said_once_an_order_holds_for_all_its_lines(open_csv):
    header = "Name,Email,Financial Status,Created at,Total,Lineitem name,Lineitem quantity,"
    lines = "".join(
        f"#{i},a@x.de,{state},2024-01-02,30,Tea,1,10\n#{i},,,,,Pot,1,20\n"
        for i, state in enumerate(["paid", "voided", "refunded", "partially_refunded"])
    )
    loaded = open_csv(f"{header}Lineitem price\n{lines}")
    fates = count_fates(loaded.database, loaded.recipe.policies, None)
    assert fates["n_rows"].to_dict() == {"kept": 4, "undone order": 4}
    assert fates["amount"].to_dict() == {"kept": 60, "undone order": 60}


def test_policies_of_the_recipe_win_over_what_is_recognised(open_csv):
    loaded = open_csv(invoices("1", "2", "C3"), recipe=Recipe(policies=Policies()))
    assert loaded.recipe.policies.cancelled_prefix == ""


def test_cancellations_are_recognised_wherever_in_the_file_they_stand(open_csv):
    numbers = [str(i) for i in range(100_000, 101_500)]
    assert open_csv(invoices(*numbers, "C7", "8")).recipe.policies.cancelled_prefix == "C"


def test_loading_again_into_a_workspace_replaces_the_rows(tmp_path):
    path = tmp_path / "shop.csv"
    with Workspace(memory_megabytes=200) as workspace:
        for text, n in [(GOOD + GOOD, 10), (GOOD, 5)]:
            path.write_text(HEADER + text)
            read = partial(read_files, workspace, [path])
            loaded = load_rows(workspace, read(), Recipe(), partial(read, rewrite=True))
            assert len(kept(loaded)) == n
            fates = count_fates(loaded.database, Policies(duplicates="drop"), None)
            assert fates.loc["kept", "n_rows"] == 5


def test_forms_can_be_studied_before_loading(tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text(AMBIGUOUS_DATES)
    columns = {name: name for name in HEADER.strip().split(",")}
    with Workspace(memory_megabytes=200) as workspace:
        raw = read_files(workspace, [path])
        forms = study_recipe(workspace, raw, Recipe(columns=columns))
        assert [option.name for option in forms["ordered_at"].options] == [
            "day_first",
            "month_first",
        ]
        path.write_text(long_file("c1,2024-01-01,5,more", "c1,2024-01-01,5"))
        raw = read_files(workspace, [path])
        with pytest.raises(UnreadableFile, match=r"shop\.csv"):
            study_recipe(workspace, raw, Recipe(columns=columns))


def test_reading_choices_hold_when_rows_are_read_one_by_one(open_csv):
    text = long_file("c1,2024-01-01,5,more", "c1,2024-01-01,5").replace(",", "|")
    loaded = open_csv(text, choices=ReadingChoices(delimiter="|", header_line=1))
    assert len(kept(loaded)) == 10_002


def test_many_days_asked_for_in_turn_each_have_their_own_customers(open_csv):
    database = open_csv(HEADER + GOOD).database

    def spends():
        for day in range(3, 10):
            customers = build_customers(database, datetime.date(2024, 1, day), Policies())
            yield customers["total_spend"].sum()

    # 1.50 on the 2nd, 2.50 on the 3rd and so on, to 5.50 on the 6th.
    expected = [1.5, 4, 7.5, 12, 17.5, 17.5, 17.5]
    assert list(spends()) == expected
    assert list(spends()) == expected


def test_query_that_fails_is_told_by_its_table_and_keeps_the_cause(open_csv):
    database = open_csv(HEADER + GOOD).database
    database.workspace.close()
    with pytest.raises(QueryFailed, match="row fates") as problem:
        count_fates(database, Policies(), None)
    assert isinstance(problem.value.__cause__, duckdb.Error)
    assert isinstance(problem.value, SegmentationError)


def test_guest_who_comes_last_is_a_row_like_any_other(open_csv):
    header = "order_id,product," + HEADER
    rows = "".join(f"{i},Tea,c{i},2024-01-0{i},5.00\n" for i in range(1, 9))
    loaded = open_csv(header + rows + ",,,2024-01-09,5.00\n")
    fates = count_fates(loaded.database, Policies(), None)
    assert fates["n_rows"].to_dict() == {"kept": 8, "no customer": 1}


def test_long_table_comes_in_order_and_up_to_a_limit(open_csv):
    rows = "".join(f"c{i},2024-01-0{i},0\n" for i in range(1, 6))
    database = open_csv(HEADER + rows + GOOD).database
    parameters = Policies().parameters(None)
    found = list(database.stream("left_out_rows", "line desc", 3, **parameters))
    assert pa.Table.from_batches(found)["line"].to_pylist() == [6, 5, 4]
    found = list(database.stream("left_out_rows", "line", **parameters))
    assert pa.Table.from_batches(found)["line"].to_pylist() == [2, 3, 4, 5, 6]


def test_statement_shows_the_way_from_the_rows_to_the_table(open_csv):
    statement = open_csv(HEADER + GOOD).database.statement("customers")
    places = [statement.index(name) for name in ("loaded_rows", "judged_rows AS", "customers AS")]
    assert places == sorted(places)
    assert "$as_of" in statement
