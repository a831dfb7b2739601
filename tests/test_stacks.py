from itertools import permutations

import duckdb
import pytest

from segmentation.sources.cells import over
from segmentation.sources.readings import FileReading, RawColumn, RawTable, literal
from segmentation.sources.stacks import study_files


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


def dates(*cells):
    return [{"ordered_at": cell} for cell in cells]


def amounts(*cells):
    return [{"amount": cell} for cell in cells]


# Files by their names as rows of texts, each column called as ours, as one table.
def stack(files):
    names = list(next(iter(files.values()))[0])
    rows = [
        f"({', '.join(map(literal, [*row.values(), index]))})"
        for index, file in enumerate(files.values())
        for row in file
    ]
    samples = [tuple(row[name] for file in files.values() for row in file)[:1000] for name in names]
    return RawTable(
        "files",
        tuple(FileReading(name, "text") for name in files),
        tuple(RawColumn(name, "text", cells) for name, cells in zip(names, samples, strict=True)),
        f"select * replace (cast(file_index as utinyint) as file_index), null as line "
        f"from (values {', '.join(rows)}) as t({', '.join(names)}, file_index)",
        "fingerprint",
    )


def study(connection, files, **chosen):
    raw = stack(files)
    names = [column.name for column in raw.columns]
    forms = study_files(connection, raw, {name: name for name in names}, chosen)
    cells = ", ".join(over(forms[name].sql, name) for name in names)
    return forms, connection.execute(f"select {cells} from ({raw.query})").fetchall()


def numbers(amount, quantity, unit_price):
    return [{"amount": amount, "quantity": quantity, "unit_price": unit_price}]


def told(row):
    [value] = row
    return value if isinstance(value, float) else str(value)[:10]


DAYS, MONTHS = dates("31/12/2024", "03/04/2024"), dates("12/31/2024", "03/04/2024", "05/06/2024")
COMMAS, POINTS = amounts("12,50", "1.234"), amounts("12.50", "1,234", "2,345")
# Files that alone are read without a question.
STACKS = {
    "day and month in front": [DAYS, MONTHS],
    "dots and slashes": [dates("03.04.2024", "05.06.2024"), MONTHS],
    "short years": [dates("31-12-24", "03-04-24"), dates("12-31-24", "03-04-24")],
    "comma and point": [COMMAS, POINTS],
    "thousands": [amounts("1.234,5", "2.345"), amounts("1,234.5", "2,345", "3,456")],
    "currencies": [amounts("1.234,50 €", "2.345 €"), amounts("$1,234.50", "$2,345")],
    "decided by another column": [numbers("7", "1,234", "9.90"), numbers("7", "1,5", "9")],
    "decided by a plain column": [numbers("7", "3,50", "7"), numbers("12.50", "1,234", "7")],
    "two kinds of numbers and ISO": [
        dates("45296", "45297.5"),
        dates("20240105", "20240106"),
        dates("2024-01-05"),
    ],
    "few Excel numbers beside ISO": [
        dates("45296", "45297"),
        dates("2024-01-05", *"abcde"),
    ],
    "Excel numbers beside ISO": [dates("45296"), dates("2024-01-05 10:30")],
    "three files": [DAYS, MONTHS, dates("2024-12-31")],
    "two of one branch": [DAYS, MONTHS, dates("30/12/2024", "03/04/2024")],
    "a file without any": [DAYS, MONTHS, dates("")],
    "a file where it makes no difference": [DAYS, MONTHS, dates("01/01/2024")],
    "whole numbers": [COMMAS, POINTS, amounts("7", "1200")],
}


@pytest.mark.parametrize("contents", STACKS.values(), ids=STACKS)
def test_files_give_together_what_they_give_one_by_one(connection, contents):
    alone = [study(connection, {"file.csv": content})[1] for content in contents]
    for order in permutations(range(len(contents))):
        forms, together = study(connection, {f"{i}.csv": contents[i] for i in order})
        assert together == [row for i in order for row in alone[i]]
        assert not any(form.is_ambiguous for form in forms.values())


OPEN_DAYS, OPEN_MARKS = dates("05/06/2024", "07/08/2024"), amounts("7,123", "5")
# What is open in one file is read as all others are, or asked about.
BESIDE = {
    "days": ([DAYS], OPEN_DAYS, "2024-06-05"),
    "months": ([MONTHS], OPEN_DAYS, "2024-05-06"),
    "days and ISO": ([DAYS, dates("2024-12-31")], OPEN_DAYS, "2024-06-05"),
    "commas": ([COMMAS], OPEN_MARKS, 7.123),
    "points": ([POINTS], OPEN_MARKS, 7123),
    "points and whole numbers": ([POINTS, amounts("7")], OPEN_MARKS, 7123),
    "days and months": ([DAYS, MONTHS], OPEN_DAYS, None),
    "dots": ([dates("03.04.2024")], OPEN_DAYS * 2, None),
    "days before short years in front": ([DAYS], dates("24-01-05", "24-01-31"), None),
    "nothing": ([dates("2024-12-31")], OPEN_DAYS, None),
    "commas and points": ([COMMAS, POINTS], OPEN_MARKS, None),
    "whole numbers": ([amounts("7", "5")], OPEN_MARKS, None),
}


@pytest.mark.parametrize(("others", "content", "expected"), BESIDE.values(), ids=BESIDE)
def test_an_open_file_goes_by_the_others_where_these_agree(connection, others, content, expected):
    files = {"open.csv": content} | {f"{i}.csv": other for i, other in enumerate(others)}
    forms, found = study(connection, files)
    [form] = forms.values()
    assert form.is_ambiguous == (expected is None)
    if expected:
        assert told(found[0]) == expected
    backwards = study(connection, dict(reversed(files.items())))
    [again] = backwards[0].values()
    assert (again.is_ambiguous, again.open_in) == (form.is_ambiguous, form.open_in)
    assert backwards[1][-len(content) :] == found[: len(content)]


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        ([("31/12/2024", "12,50"), ("05/06/2024", "12.50")], {"ordered_at"}),
        ([("31/12/2024", "12,50"), ("12/31/2024", "1,234")], {"amount"}),
        ([("31/12/2024", "12,50"), ("05/06/2024", "1,234")], set()),
        ([("45296", "12,50"), ("20240105", "1,234")], {"amount"}),
    ],
)
def test_no_file_goes_by_others_that_write_something_in_another_way(connection, files, asked):
    rows = {str(i): [{"ordered_at": day, "amount": n}] for i, (day, n) in enumerate(files)}
    forms, _ = study(connection, rows)
    assert {ours for ours, form in forms.items() if form.is_ambiguous} == asked
    assert all(forms[ours].open_in == "1" for ours in asked)
    assert all("Elsewhere it is" in forms[ours].elsewhere for ours in asked)


def test_an_answer_is_for_the_files_that_leave_it_open(connection):
    files = {"days.csv": DAYS, "months.csv": MONTHS, "open.csv": OPEN_DAYS}
    form = study(connection, files)[0]["ordered_at"]
    assert (form.open_in, form.open_cells) == ("open.csv", ("05/06/2024", "07/08/2024"))
    assert form.label == "day/month/year in days.csv; month/day/year in months.csv"
    assert [(option.name, str(option.first)) for option in form.options] == [
        ("day_first", "2024-06-05"),
        ("month_first", "2024-05-06"),
    ]
    for answer, month in (("day_first", 6), ("month_first", 5)):
        forms, found = study(connection, files, ordered_at=answer)
        assert [value.month for (value,) in found] == [12, 4, 12, 3, 5, month, month + 2]
        assert not forms["ordered_at"].is_ambiguous


@pytest.mark.parametrize(
    ("files", "answer", "expected"),
    [
        ([MONTHS, OPEN_DAYS], "day_first", "2024-06-05"),
        ([DAYS, OPEN_DAYS], "month_first", "2024-05-06"),
        ([POINTS, OPEN_MARKS], "decimal_comma", 7.123),
        ([COMMAS, OPEN_MARKS], "decimal_point", 7123),
    ],
)
def test_an_answer_leaves_a_file_that_is_certain_as_it_is(connection, files, answer, expected):
    [ours] = files[0][0]
    (sure, open_file), (_, alone) = files, study(connection, {"sure.csv": files[0]})
    found = study(connection, {"sure.csv": sure, "open.csv": open_file}, **{ours: answer})[1]
    assert found[: len(sure)] == alone
    assert told(found[len(sure)]) == expected
