import gzip
import io
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentation.errors import (
    FilesDiffer,
    FileTooLarge,
    InvalidChoice,
    SegmentationError,
    UnreadableFile,
)
from segmentation.limits import Limits
from segmentation.sources.files import ReadingChoices, read_files

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
JAN = b"customer,date,amount\n7,2024-01-02,9.50\n8,2024-01-03,12.00\n"
FEB = b"Amount;Customer ;date\n3,25;9;2024-02-04\n4,75;7;2024-02-05\n"


@pytest.fixture
def read(workspace, tmp_path):
    def read(*files, limits=None, rewrite=False, **choices):
        workspace.limits = limits or workspace.limits
        paths = []
        for i, (_, content) in enumerate(files):
            paths.append(tmp_path / f"upload-{i}.tmp")
            paths[-1].write_bytes(content)
        names = [name for name, _ in files]
        return read_files(workspace, paths, names, ReadingChoices(**choices), rewrite)

    return read


@pytest.fixture
def rows(workspace):
    def rows(table):
        return workspace.connection.execute(table.query).fetchall()

    return rows


def zipped(*files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


def parquet(table, **options):
    content = io.BytesIO()
    pq.write_table(table, content, **options)
    return content.getvalue()


def test_files_are_stacked_by_column_name(read, rows):
    table = read(("jan.csv", JAN), ("feb.csv", FEB))
    assert table.name == "jan.csv and 1 more"
    assert [file.name for file in table.files] == ["jan.csv", "feb.csv"]
    assert [column.name for column in table.columns] == ["customer", "date", "amount"]
    assert [row[:4] for row in rows(table)] == [
        ("7", "2024-01-02", "9.50", 0),
        ("8", "2024-01-03", "12.00", 0),
        ("9", "2024-02-04", "3,25", 1),
        ("7", "2024-02-05", "4,75", 1),
    ]


def test_stacked_files_keep_their_order(read, rows):
    files = [
        (f"{i}.csv", b"id,n\n" + b"".join(b"%d,%d\n" % (i, n) for n in range(3_000)))
        for i in range(12)
    ]
    found = [(int(row[0]), int(row[1])) for row in rows(read(*files))]
    assert found == [(i, n) for i in range(12) for n in range(3_000)]


def test_samples_stand_row_by_row(read):
    table = read(("jan.csv", JAN))
    assert [column.samples for column in table.columns] == [
        ("7", "8"),
        ("2024-01-02", "2024-01-03"),
        ("9.50", "12.00"),
    ]
    assert [column.kind for column in table.columns] == ["text"] * 3


def test_files_that_differ_are_named_with_their_columns(read):
    other = b"customer,date,sum\n7,2024-01-02,9.50\n"
    with pytest.raises(FilesDiffer, match=r"mar\.csv lacks amount and has sum besides"):
        read(("jan.csv", JAN), ("mar.csv", other))


@pytest.mark.parametrize("name", ["jan.csv.gz", "jan.csv"])
def test_gzip_is_told_by_its_bytes(read, rows, name):
    table = read((name, gzip.compress(JAN)))
    assert [row[0] for row in rows(table)] == ["7", "8"]
    assert table.files[0].n_rows == 2


def test_gzip_of_parquet_and_of_a_workbook(read):
    table = pa.table({"a": [1, 2]})
    assert read(("a.parquet.gz", gzip.compress(parquet(table)))).files[0].kind == "parquet"
    workbook = gzip.compress((DATA / "sales.xls").read_bytes())
    assert read(("a.xls.gz", workbook)).files[0].kind == "workbook"


def test_zip_of_alike_tables_is_stacked_and_side_files_are_ignored(read, rows):
    content = zipped(
        ("__MACOSX/._jan.csv", b"\0\5\x16\7"),
        (".DS_Store", b"\0\0"),
        ("in/jan.csv", JAN),
        ("in/feb.csv", FEB),
        ("in/readme.txt", b"These are our sales.\nPlease do not share.\n"),
        ("in/README.TXT", b""),
        ("in/logo.png", b"\x89PNG\r\n\x1a\n"),
        ("in/countries.csv", b"code,country\n1,Germany\n2,France\n"),
    )
    table = read(("orders.zip", content))
    assert [file.name for file in table.files] == ["orders.zip › feb.csv", "orders.zip › jan.csv"]
    assert len(rows(table)) == 4
    notes = " ".join(table.files[0].notes)
    assert "countries.csv" in notes
    assert "readme.txt" in notes


def test_zip_with_a_table_that_nearly_fits_is_refused(read):
    content = zipped(("jan.csv", JAN), ("mar.csv", JAN.replace(b"amount", b"sum")))
    with pytest.raises(FilesDiffer, match=r"mar\.csv lacks amount"):
        read(("orders.zip", content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(("more.zip", zipped(("jan.csv", JAN)))), "archive within an archive"),
        (zipped(("jan.csv.gz", gzip.compress(JAN))), "archive within an archive"),
        (gzip.compress(gzip.compress(JAN)), "archive within an archive"),
        (zipped(), "holds no files"),
        (zipped(("__MACOSX/jan.csv", JAN)), "holds no files"),
        (zipped(("jan.csv", b"")), "jan.csv is empty"),
        (zipped(("jan.csv", JAN), ("feb.csv", b"")), "feb.csv is empty"),
        (zipped(("a.png", b"\x89PNG"), ("b.png", b"\x89PNG")), "holds no table"),
        (zipped(("jan.csv", JAN * 50))[:-40], "damaged|cut off"),
        (zipped(("jan.csv", JAN * 50)).replace(b"PK\3\4\x14", b"PK\3\4\x14", 1)[:60], "damaged"),
        (gzip.compress(JAN * 50)[:-12], "damaged"),
        (gzip.compress(JAN * 50)[:15] + b"xxxx" + gzip.compress(JAN * 50)[19:], "damaged"),
        (b"\x1f\x8bnothing of the kind", "damaged"),
        (parquet(pa.table({"a": list(range(100))}))[:-20], "damaged"),
        (b"PAR1" + b"x" * 100 + b"PAR1", "damaged"),
        (b"PAR1", "damaged"),
        (parquet(pa.table({"a": pa.array([], pa.int64())})), "no rows"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "web page"),
        (b"\n <TABLE border=1><tr><td>a</td></tr></TABLE>", "web page"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:excel"/>',
            "saved as XML",
        ),
        (b'<?xml version="1.0"?><orders/>', "is XML"),
        (b'[{"customer": 7}]', "JSON"),
        (b'{"customer": 7}', "JSON"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"SQLite format 3\0and so on", "SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Office file"),
        (zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")), "document"),
        (
            zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")),
            "damaged|no visible",
        ),
        (zipped(("Index/Document.iwa", b"x")), "Numbers"),
    ],
    # The time is in the bytes of a gzip: they are no name for a test.
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_content_that_cannot_be_read_gets_one_sentence(read, content, message):
    with pytest.raises(UnreadableFile, match=message) as raised:
        read(("shop.csv", content))
    assert str(raised.value).startswith("shop.csv")
    assert "upload-0" not in str(raised.value) + raised.value.hint
    assert raised.value.hint.endswith(".")


def locked_zip():
    content = bytearray(zipped(("jan.csv", JAN)))
    content[6] |= 1
    directory = content.find(b"PK\1\2")
    content[directory + 8] |= 1
    return bytes(content)


def test_locked_zip(read):
    with pytest.raises(UnreadableFile, match="password"):
        read(("orders.zip", locked_zip()))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(("a.csv", data))])
def test_bomb_is_stopped_while_it_unpacks(read, workspace, pack):
    bomb = pack(b"0,0\n" * 20_000_000)
    with pytest.raises(FileTooLarge, match="200 times"):
        read(("bomb", bomb))
    with pytest.raises(FileTooLarge, match="2 MB"):
        read(("bomb", bomb), limits=Limits(unpacked_megabytes=2))
    assert sum(path.stat().st_size for path in workspace.folder.rglob("*.unpacked")) < 60_000_000


def test_zip_that_understates_its_sizes_is_refused(read):
    content = bytearray(zipped(("a.csv", JAN * 1_000)))
    directory = content.find(b"PK\1\2")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="damaged"):
        read(("orders.zip", bytes(content)))


def test_parquet_keeps_kinds(read, rows):
    moment = datetime(2024, 1, 2, 8, 26)
    summer = datetime(2024, 7, 2, 8, 26, tzinfo=UTC)
    table = pa.table(
        {
            "id": pa.array([7, None], pa.int32()),
            "amount": pa.array([Decimal("9.50"), Decimal("1.00")], pa.decimal128(10, 2)),
            "at": pa.array([moment, moment], pa.timestamp("ns")),
            "zoned": pa.array([summer, None], pa.timestamp("us", tz="Europe/Berlin")),
            "on": pa.array([date(2024, 1, 2), None]),
            "paid": pa.array([True, False]),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "bytes": pa.array([b"x", b"y"]),
            "line": pa.array(["1", "2"]),
        }
    )
    found = read(("shop.dat", parquet(table)))
    kinds = {column.name: column.kind for column in found.columns}
    assert kinds == {
        "id": "number",
        "amount": "number",
        "at": "timestamp",
        "zoned": "timestamp",
        "on": "date",
        "paid": "flag",
        "kind": "text",
        "bytes": "text",
        "line (2)": "text",
    }
    first, second = rows(found)
    assert first == (
        7,
        Decimal("9.50"),
        moment,
        datetime(2024, 7, 2, 8, 26),
        date(2024, 1, 2),
        True,
        "a",
        "x",
        "1",
        0,
        1,
    )
    assert second[-1] == 2
    assert found.columns[3].samples == ("2024-07-02 08:26:00", "")


MOMENTS = [datetime(2024, 1, 1, 23, 30), datetime(2024, 7, 2, 8, 26), None]


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin", "-03:30"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_times_of_any_unit_are_read_on_the_utc_clock(read, rows, unit, zone):
    found = read(
        ("a.parquet", parquet(pa.table({"at": pa.array(MOMENTS, pa.timestamp(unit, zone))})))
    )
    assert [column.kind for column in found.columns] == ["timestamp"]
    assert [row[0] for row in rows(found)] == MOMENTS


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_the_last_nanosecond_of_a_day_stays_on_that_day(read, rows, zone):
    at = pa.array([1_704_067_199_999_999_999]).cast(pa.timestamp("ns", zone))
    found = read(("a.parquet", parquet(pa.table({"at": at}))))
    assert rows(found)[0][0] == datetime(2023, 12, 31, 23, 59, 59, 999_999)


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        (pa.array([date(2024, 1, 2)], pa.date64()), "date", date(2024, 1, 2)),
        (pa.array([Decimal("9.50")], pa.decimal256(60, 2)), "number", 9.5),
        (pa.array([1.5], pa.float16()), "number", 1.5),
        (pa.array([None], pa.null()), "text", None),
        (pa.array(["a"], pa.large_string()), "text", "a"),
        (pa.array(["a"], pa.string_view()), "text", "a"),
        (pa.array([time(8, 26)], pa.time64("ns")), "text", "08:26:00"),
        (pa.array([{"a": 1}]), "text", "{'a': 1}"),
        (pa.array([[1, 2]]), "text", "[1, 2]"),
        (pa.array([[MOMENTS[0]]]), "text", "['2024-01-01 23:30:00']"),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), "text", "{a=1}"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_parquet_of_any_type_is_read(read, rows, cells, kind, expected):
    found = read(("a.parquet", parquet(pa.table({"c": cells}))))
    assert [column.kind for column in found.columns] == [kind]
    assert rows(found)[0][0] == expected


def test_parquet_and_csv_together_are_text(read, rows):
    table = pa.table({"customer": [7], "date": [date(2024, 3, 1)], "amount": [2.5]})
    found = read(("jan.csv", JAN), ("mar.parquet", parquet(table)))
    assert {column.kind for column in found.columns} == {"text"}
    assert rows(found)[-1] == ("7", "2024-03-01", "2.5", 1, 1)


def test_parquet_over_the_limits(read):
    table = parquet(pa.table({"a": [1, 2, 3], "b": [1, 2, 3]}))
    with pytest.raises(FileTooLarge, match="2 rows"):
        read(("a.parquet", table), limits=Limits(rows=2))
    with pytest.raises(FileTooLarge, match="2 columns"):
        read(("a.parquet", table), limits=Limits(columns=1))


def test_files_together_over_the_limit_of_rows(read):
    with pytest.raises(FileTooLarge, match=r"jan\.csv and 1 more has more than 3 rows"):
        read(("jan.csv", JAN), ("feb.csv", FEB), limits=Limits(rows=3))


@pytest.mark.parametrize("name", ["sales.xls", "sales.xlsb", "sales.ods"])
def test_suffix_that_lies(read, name):
    assert read(("shop.csv", (DATA / name).read_bytes())).files[0].kind == "workbook"
    assert read(("shop.xlsx", JAN)).files[0].kind == "text"


def test_names_with_quotes_do_no_harm(read, rows):
    content = b'"a""b","it\'s""; drop table x; --"\n1,2\n3,4\n'
    table = read(("it's.csv", content))
    assert [column.name for column in table.columns] == ['a"b', "it's\"; drop table x; --"]
    assert len(rows(table)) == 2


def test_fingerprint_changes_with_bytes_names_and_choices(read):
    first = read(("jan.csv", JAN)).fingerprint
    assert read(("jan.csv", JAN)).fingerprint == first
    others = [
        read(("jan.csv", JAN.replace(b"9.50", b"9.51"))),
        read(("feb.csv", JAN)),
        read(("jan.csv", JAN), header_line=1),
        read(("jan.csv", JAN), ("feb.csv", FEB)),
    ]
    assert len({first, *(other.fingerprint for other in others)}) == 5


def test_fingerprint_of_a_large_file_sees_its_middle(workspace, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(JAN)
        file.write(b"9,2024-01-01,1.00\n" * 4_500_000)
    first = read_files(workspace, [path]).fingerprint
    with path.open("r+b") as file:
        file.seek(len(JAN) + 18 * 100)
        file.write(b"8")
    assert read_files(workspace, [path]).fingerprint != first


def test_sheet_choice_is_refused_where_no_file_has_it(read):
    with pytest.raises(InvalidChoice):
        read(("sales.xls", (DATA / "sales.xls").read_bytes()), sheet="Lost")


def test_missing_file_is_named_without_its_folder(workspace, tmp_path):
    with pytest.raises(SegmentationError, match=r"^gone\.csv") as raised:
        read_files(workspace, [tmp_path / "gone.csv"])
    assert str(tmp_path) not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "n_rows", "columns"),
    [
        ("online_retail.csv.gz", 541_909, ["InvoiceNo", "StockCode", "Description", "Quantity"]),
        ("cdnow_master.txt", 69_659, ["customer_id", "date", "number_of_cds", "dollar_value"]),
        ("complete_journey.parquet", 1_469_307, ["household_id", "store_id"]),
    ],
)
def test_real_files_read_whole(workspace, name, n_rows, columns):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared data is not on this machine")
    table = read_files(workspace, [path])
    counted = workspace.connection.execute(f"select count(*) from ({table.query})")
    assert counted.fetchone() == (n_rows,)
    assert [column.name for column in table.columns][: len(columns)] == columns
    assert table.files[0].n_rows in (n_rows, None)
