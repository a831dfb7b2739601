import csv
import re
from io import StringIO
from random import Random

import pytest

from segmentation.errors import FileTooLarge, InvalidChoice, UnreadableFile
from segmentation.limits import Limits
from segmentation.sources.encodings import SAMPLE_BYTES
from segmentation.sources.files import RawTable, ReadingChoices, read_files

SHOP = "customer,date,amount\n7,2024-01-02,9.50\n8,2024-01-03,12.00\n9,2024-02-04,3.25\n"
SHOP_ROWS = [
    ("7", "2024-01-02", "9.50"),
    ("8", "2024-01-03", "12.00"),
    ("9", "2024-02-04", "3.25"),
]


@pytest.fixture
def read(workspace, tmp_path):
    def read(content, name="shop.csv", rewrite=False, limits=None, **choices):
        path = tmp_path / "upload.tmp"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        workspace.limits = limits or workspace.limits
        return read_files(workspace, [path], [name], ReadingChoices(**choices), rewrite)

    return read


@pytest.fixture
def rows(workspace):
    def rows(table: RawTable, with_line=False):
        names = [f'"{column.name}"' for column in table.columns] + ["line"] * with_line
        found = workspace.connection.execute(f"select {', '.join(names)} from ({table.query})")
        return [tuple("" if cell is None else cell for cell in row) for row in found.fetchall()]

    return rows


def names(table):
    return [column.name for column in table.columns]


def notes(table):
    return " ".join(table.files[0].notes)


def test_regular_csv_is_read_in_place(read, rows):
    table = read(SHOP)
    assert names(table) == ["customer", "date", "amount"]
    assert rows(table) == SHOP_ROWS
    assert (table.files[0].n_rows, table.files[0].header_line, table.files[0].first_line) == (
        3,
        1,
        2,
    )
    assert table.columns[0].samples == ("7", "8", "9")
    assert table.files[0].notes == ()


def test_each_row_looked_at_gives_the_same_and_keeps_lines(read, rows):
    table = read(SHOP, rewrite=True)
    assert rows(table, with_line=True) == [
        (*row, line) for line, row in enumerate(SHOP_ROWS, start=2)
    ]
    assert table.files[0].n_rows is None


@pytest.mark.parametrize("rewrite", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n\n"])
def test_line_ends_of_every_system(read, rows, end, last, rewrite):
    table = read((SHOP.rstrip("\n") + last).replace("\n", end), rewrite=rewrite)
    assert rows(table) == SHOP_ROWS
    assert table.files[0].n_rows in (3, None)


def test_mixed_line_ends(read, rows):
    table = read(SHOP.replace("\n", "\r\n", 2), rewrite=True)
    assert rows(table) == SHOP_ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_delimiter_is_found(read, rows, delimiter):
    table = read(SHOP.replace(",", delimiter))
    assert table.files[0].delimiter == delimiter
    assert rows(table) == SHOP_ROWS


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("id;total\n1;2,50\n2;3,75\n3;1,20\n", ";"),
        ("id\ttotal, EUR\ttext\n1\t2,50\ta,b\n2\t3,75\tc,d\n", "\t"),
        ('id,note\n1,"a;b"\n2,"c;d"\n', ","),
        ("1;2,50\n2;3,75\n3;1,20\n", ";"),
        ("sep=|\nid|total\n1|2\n", "|"),
        ("id,date\n1,2024-01-02 08:26:00\n2,2024-01-03 09:00:00\n", ","),
    ],
)
def test_delimiter_is_told_from_other_marks(read, content, delimiter):
    assert read(content).files[0].delimiter == delimiter


HEADER = "customer_id,ordered_at,order_id,amount,category\n"


@pytest.mark.parametrize("category", ["Home|Kitchen", "Shirt;L", "Home|Kitchen;x", "a\tb"])
@pytest.mark.parametrize("above", [HEADER, "Sales of January; all shops\n\n" + HEADER])
def test_a_mark_in_each_rows_category_does_not_separate_cells(read, above, category):
    rows = "".join(f"c{i},2024-01-02,{i},{i}.50,{category}\n" for i in range(50))
    table = read(above + rows)
    assert names(table) == HEADER.strip().split(",")
    assert table.files[0].delimiter == ","


@pytest.mark.parametrize(
    "content",
    [
        "Sales by customer, January\nKd;Tg;Wert\n" + "a;2024-01-02;2,50\n" * 9,
        "customer, order, date\nKd;Tg;Wert\n" + "a;2024-01-02;2,50\n" * 9,
        "Kd;Tg;Was;Wert\n" + "a;2024-01-02;item, per day;2,50\n" * 9,
        "customer;date, time;amount, net\n" + "a;2024-01-02, 08:26;2,50\n" * 9,
        "customer;what\n" + "a;item, order, date, price\n" * 9,
    ],
)
def test_commas_in_titles_and_texts_do_not_separate_cells(read, content):
    assert read(content).files[0].delimiter == ";"


@pytest.mark.parametrize("blank", ["  ,,", " , , ", "\u00a0,,"])
def test_rows_of_blanks_are_blank_lines(read, rows, blank):
    table = read(SHOP.replace("8,", f"{blank}\n8,", 1))
    assert rows(table) == SHOP_ROWS
    assert notes(table) == "Skipped 1 blank line."


def test_runs_of_blanks_as_cdnow_has_them(read, rows):
    table = read(
        " id  date n  value\r\n 00001 19970101  1   11.77\r\n 00002 19970112 12   12.00\r\n"
    )
    assert names(table) == ["id", "date", "n", "value"]
    assert rows(table)[1] == ("00002", "19970112", "12", "12.00")


def test_delimiter_can_be_corrected(read, rows):
    table = read("a b,c\n1 2,3\n", delimiter=" ")
    assert rows(table) == [("1", "2,3")]


IN_TWO = "customer,date,amount\n7,2024-01-02,9,50\n8,2024-01-03,12,00\n9,2024-02-04,-3,25\n"


IN_THE_MIDDLE = "qty,price,date\n3,9,50,2024-01-05\n7,19,99,2024-01-06\n4,5,50,2024-01-07\n"


@pytest.mark.parametrize(
    "content",
    [
        IN_TWO,
        re.sub("(?m)^7.*|^8.*|^9.*", r"\g<0>,1,75", IN_TWO.replace("date", "date,price")),
        IN_THE_MIDDLE,
        IN_THE_MIDDLE.replace("price", "item").replace("5,50", "5,05"),
        "unit price,customer,amount,note\n" + "9,50,7,19,00,paid\n" * 3,
    ],
)
def test_numbers_that_commas_between_cells_cut_in_two_are_refused(read, content):
    with pytest.raises(UnreadableFile, match=r"numbers such as 9,50, which are cut in two"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        IN_TWO.replace("amount", "amount,"),
        IN_TWO.replace("amount", "amount,grade"),
        IN_TWO.replace("\n", ",\n"),
        IN_TWO.replace("12,00", "12,x"),
        IN_TWO.replace("12,00", "x,00"),
        "customer,items,age\n1,7,2,25\n2,8,1,31\n3,9,4,47\n",
        "customer,items,age\n7,2,25,x\n8,1,31,y\n9,4,47,z\n",
        "customer,price,age\n" + "7,2,25,\n" * 3,
        IN_THE_MIDDLE.replace("2024-01-06", "2024-01-06,1"),
        IN_THE_MIDDLE.replace("date", "cents,date"),
        IN_TWO.replace("customer,date,amount\n", ""),
        SHOP.replace("\n", ",\n"),
        "customer,date,amount\n" + "x,10,501,223,45\n" * 3,
    ],
)
def test_whole_numbers_beside_each_other_are_read(read, content):
    assert len(read(content).columns) >= 3


def test_numbers_cut_in_two_are_read_where_there_is_said_to_be_no_header(read, rows):
    assert rows(read(IN_TWO, header_line=0))[1] == ("7", "2024-01-02", "9", "50")


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "x"])
def test_impossible_delimiter_is_refused(read, delimiter):
    if delimiter:
        with pytest.raises(InvalidChoice, match="separated"):
            read(SHOP, delimiter=delimiter)


ENCODED = {
    "cp1252": "Kunde;Straße;Ort\n1;Müllerstraße;Köln\n2;Große Gasse;Zürich\n",
    "cp1250": "klient;imię;miasto\n1;Łukasz Żółć;Łódź\n2;Świętosława;Kraków\n",
    "cp1251": "клиент;имя;город\n1;Анна Петрова;Москва\n2;Иван Сидоров;Тверь\n",
    "cp1254": "Sipariş No;Müşteri;Şehir\n1;Ayşe Yılmaz;İzmir\n2;Çağrı Öztürk;Muğla\n",
    "mac_roman": "Kunde;Name;Ort\n1;Jürgen Müller;Köln\n2;Françoise Bärlocher;Zürich\n",
    "cp932": "顧客,名前,金額\n1,山田太郎,1200\n2,すずき はなこ,900\n",
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_code_page_is_found(read, rows, encoding):
    text = ENCODED[encoding]
    table = read(text.encode(encoding))
    assert table.files[0].encoding == encoding
    lines = [line.split("," if encoding == "cp932" else ";") for line in text.splitlines()]
    assert names(table) == lines[0]
    assert rows(table) == [tuple(line) for line in lines[1:]]
    assert "Read as" in notes(table)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "name;qty\nCafé René;1\nÉlodie à la carte;2\nGarçon;3\n"),
        ("cp1252", "name;qty\nJosé Núñez;1\nMaría Peña;2\n"),
        ("cp1252", "name;price\nTea;£3\nCake;€4\n"),
        ("cp1252", "name;qty\nSmörgåsbord;1\nBlåbær og fløde;2\n"),
        ("cp1252", "name;qty\nPão de açúcar;1\nMaçã;2\n"),
        ("cp1250", "jméno;počet\nPříliš žluťoučký kůň;1\nJiří Dvořák;2\n"),
        ("cp1250", "név;db\nÁrvíztűrő tükörfúrógép;1\nŐrsi Gergő;2\n"),
        ("mac_roman", "name;qty\nCafé René;1\nÉlodie à la carte;2\nGarçon;3\n"),
        ("cp1251", "name;qty\nЧай зелёный;1\nКОФЕ;2\n"),
        ("cp932", "name,qty\nスマートフォン,1\nノートパソコン,2\n"),
        ("cp1250", "price;qty\n12.50 zł;1\n3.00 zł;2\n"),
        ("cp1250", "cena;qty\n12.50 Kč;1\n3.00 Kč;2\n"),
        ("cp1251", "price;qty\n12.50 руб.;1\n3.00 руб.;2\n"),
        ("mac_roman", "price;qty\n12.50 €;1\n3.00 €;2\n"),
        ("mac_roman", "prix;qty\n1\u00a0250.50;1\n3\u00a0100.00;2\n"),
        ("cp932", "price,qty\n1200円,1\n300円,2\n"),
    ],
)
def test_code_page_is_found_from_a_few_letters(read, rows, encoding, text):
    table = read(text.encode(encoding))
    assert table.files[0].encoding == encoding
    assert rows(table)[0][0] == text.splitlines()[1].replace(",", ";").split(";")[0]


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
    ],
)
@pytest.mark.parametrize("rewrite", [False, True])
def test_unicode_with_and_without_mark(read, rows, codec, encoding, rewrite):
    text = "customer;name;amount\r\n1;Łukasz;2,5\r\n2;Zoë 😀;3\r\n"
    table = read(text.encode(codec), rewrite=rewrite)
    assert table.files[0].encoding == encoding
    assert names(table) == ["customer", "name", "amount"]
    assert rows(table) == [("1", "Łukasz", "2,5"), ("2", "Zoë 😀", "3")]


def test_encoding_can_be_corrected(read, rows):
    content = "name;qty\nŽižka;1\n".encode("cp1250")
    assert rows(read(content, encoding="windows-1250")) == [("Žižka", "1")]
    assert read(content, encoding="windows-1250").files[0].encoding == "cp1250"


def test_unknown_encoding_is_refused(read):
    with pytest.raises(InvalidChoice, match="klingon"):
        read(SHOP, encoding="klingon")


def test_letters_beyond_the_head_decide_the_encoding(read, rows):
    head = "id;name\n" + "1;plain\n" * 60_000
    table = read(head.encode() + "2;Müller\n".encode("cp1252"), rewrite=True)
    assert table.files[0].encoding == "cp1252"
    assert rows(table)[-1] == ("2", "Müller")


def test_wrongly_chosen_utf8_shows_what_it_could_not_read(read, rows):
    table = read("name;qty\nMüller;1\n".encode("cp1252"), encoding="utf-8", rewrite=True)
    assert rows(table) == [("M�ller", "1")]
    assert "could not be read" in notes(table)


def test_a_few_broken_bytes_do_not_make_utf8_another_encoding(read, rows):
    content = ("name;qty\n" + "Müller Žižka Łódź;1\n" * 20).encode() + b"cut off \xc3;2\n"
    table = read(content)
    assert table.files[0].encoding == "utf-8"
    assert rows(table)[-1] == ("cut off �", "2")


def test_title_above_and_junk_between_header_and_data(read, rows):
    table = read(
        "Sales report;;\nFrom 2024 to 2025\n\ncustomer;date;amount\n;;(EUR)\n-----;-----;-----\n"
        "7;2024-01-02;9,50\n8;2024-01-03;12,00\n"
    )
    assert names(table) == ["customer", "date", "amount"]
    assert rows(table) == [("7", "2024-01-02", "9,50"), ("8", "2024-01-03", "12,00")]
    assert (table.files[0].header_line, table.files[0].first_line) == (4, 7)
    assert "“Sales report”" in notes(table)
    assert "between the header and the data" in notes(table)


@pytest.mark.parametrize(
    "foot",
    [
        "Total;;24,75\n",
        "\nGenerated on 2025-01-01\n",
        ";;24,75;\n\n Grand total;\n",
        "---\nSumme: 3\n",
    ],
)
def test_foot_is_left_out_with_a_note(read, rows, foot):
    table = read(SHOP.replace(",", ";") + foot)
    assert rows(table) == SHOP_ROWS
    assert "at the foot" in notes(table)


def test_sparse_rows_are_no_foot_where_they_are_usual(read, rows):
    rest = "1,a@x.de,2024-01-02,cup\n1,,,pot\n2,b@x.de,2024-01-03,jug\n2,,,mug\n"
    table = read("order,email,date,item\n" + rest, rewrite=True)
    assert rows(table)[-1] == ("2", "", "", "mug")


def test_rulers_between_rows_are_left_out(read, rows):
    table = read(SHOP.replace("8,", "-----,-----,-----\n8,"))
    assert rows(table) == SHOP_ROWS
    assert "Skipped line 3 between the rows" in notes(table)


def test_file_without_header_gets_numbered_columns(read, rows):
    table = read(SHOP.partition("\n")[2])
    assert names(table) == ["Column 1", "Column 2", "Column 3"]
    assert rows(table) == SHOP_ROWS
    assert (table.files[0].header_line, table.files[0].first_line) == (0, 1)
    assert "No header" in notes(table)


def test_header_line_can_be_corrected(read, rows):
    assert names(read("a;b;c\nd;e;f\n1;2;3\n", header_line=2)) == ["d", "e", "f"]
    table = read(SHOP, header_line=0)
    assert rows(table)[0] == ("customer", "date", "amount")
    assert names(table)[0] == "Column 1"


def test_header_of_one_text_column_and_rows_of_text(read, rows):
    table = read("product\ncup\npot\n")
    assert names(table) == ["product"]
    assert rows(table) == [("cup",), ("pot",)]


def test_names_that_all_stand_twice_are_a_header(read):
    table = read("customer,customer,date,date,amount,amount\n" + "7,8,2024-01-02,2024-01-03,9,5\n")
    assert names(table)[:3] == ["customer", "customer (2)", "date"]


def test_names_are_unique_tidy_and_not_ours(read):
    table = read('Total,total,,"Line\n no",line, Total \n1,2,3,4,5,6\n1,2,3,4,5,6\n')
    assert names(table) == ["Total", "total (2)", "Column 3", "Line no", "line (2)", "Total (3)"]


@pytest.mark.parametrize("rewrite", [False, True])
def test_empty_columns_without_name_are_left_out(read, rows, rewrite):
    table = read("a,b,,\n1,2,,\n3,4,,\n", rewrite=rewrite)
    assert names(table) == ["a", "b"]
    assert rows(table) == [("1", "2"), ("3", "4")]


def test_nameless_column_with_text_far_down_is_kept(read, rows):
    table = read("a,b,\n" + "1,2,\n" * 60_000 + "3,4,x\n")
    assert names(table) == ["a", "b", "Column 3"]
    assert rows(table)[-1] == ("3", "4", "x")


def test_row_numbers_without_header_as_r_writes_them(read, rows):
    table = read('"id","total"\n"1",7,2.5\n"2",8,3.5\n"3",9,1\n')
    assert names(table) == ["Column 1", "id", "total"]
    assert rows(table)[0] == ("1", "7", "2.5")


def test_blank_lines_keep_true_line_numbers(read, rows):
    table = read("a,b\n1,2\n\n   \n3,4\n,\n5,6\n")
    assert rows(table, with_line=True) == [("1", "2", 2), ("3", "4", 5), ("5", "6", 7)]
    assert "3 blank lines" in notes(table)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1252"])
def test_lines_that_end_with_cr_may_have_lf_within_their_cells(read, rows, codec):
    table = read('a,b\r1,"x\ny, ""é"""\r2,"p\n"\r3,r\r'.encode(codec))
    assert rows(table, with_line=True) == [("1", 'x\ny, "é"', 2), ("2", "p\n", 4), ("3", "r", 6)]


def test_lines_that_end_with_cr_are_seen_where_the_sample_ends_within_a_cell(read, rows):
    rest = SAMPLE_BYTES - len('a,b\r1,"x\n')
    table = read('a,b\r1,"x\n' + "y" * (rest + 9) + '"\r2,z\r')
    assert [row[0] for row in rows(table)] == ["1", "2"]


def test_quoted_cells_over_several_lines(read, rows):
    table = read('a,b\n1,"x\ny, ""z"""\n2,"p\n\nq"\n3,r\n')
    assert rows(table, with_line=True) == [
        ("1", 'x\ny, "z"', 2),
        ("2", "p\n\nq", 4),
        ("3", "r", 7),
    ]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ('1,12" pipe,5', ("1", '12" pipe', "5")),
        ('1,"12" pipe",5', ("1", '12" pipe', "5")),
        ('1,"pipe,5', ("1", '"pipe', "5")),
        ('1,"a ""b"" c",5', ("1", 'a "b" c', "5")),
        ('1, "a,b" ,5', ("1", "a,b", "5")),
        ('"1","",""', ("1", "", "")),
        ('1,"",5', ("1", "", "5")),
        ('1,"""",5', ("1", '"', "5")),
        ('"1","2","3"', ("1", "2", "3")),
    ],
)
def test_stray_quotes_are_text(read, rows, row, cells):
    content = f'a,b,c\n0,x,1\n{row}\n"2",y,3\n4,"z",5\n'
    table = read(content, rewrite=True)
    assert rows(table) == [("0", "x", "1"), cells, ("2", "y", "3"), ("4", "z", "5")]


def test_unclosed_quote_does_not_swallow_the_rest(read, rows):
    table = read("a,b\n" + '1,"open\n' + "2,x\n" * 300)
    assert len(rows(table)) == 301
    assert rows(table)[0] == ("1", '"open')


def test_short_rows_are_filled_up(read, rows):
    table = read("a,b,c\n1,2,3\n4\n5,6,7\n8,9\n")
    assert rows(table) == [("1", "2", "3"), ("4", "", ""), ("5", "6", "7"), ("8", "9", "")]
    assert "2 rows had fewer cells" in notes(table)


def test_surplus_cells_are_named_by_line(read, rows):
    table = read("a,b\n1,2\n3,4,5\n6,7\n8,9,,\n")
    assert rows(table) == [("1", "2"), ("3", "4"), ("6", "7"), ("8", "9")]
    assert "Row 3 has more cells than the header" in notes(table)


def test_nul_bytes_are_removed(read, rows):
    table = read(SHOP.replace("9.50", "9.\x0050"))
    assert rows(table) == SHOP_ROWS
    assert "1 NUL" in notes(table)


def test_end_of_file_mark_of_dos_is_no_row(read, rows):
    assert rows(read(SHOP + "\x1a")) == SHOP_ROWS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "shop.csv is empty"),
        (b" \n\t\n  \r\n", "nothing but blanks"),
        (b"customer,date,amount\n", "header but no rows"),
        (b"\xef\xbb\xbfcustomer,date,amount", "header but no rows"),
        (bytes(range(256)) * 40, "no text"),
        (b"\0" * 5000, "no text"),
    ],
)
def test_content_that_is_no_table(read, content, message):
    with pytest.raises(UnreadableFile, match=message) as raised:
        read(content)
    assert "shop.csv" in str(raised.value)
    assert "upload.tmp" not in str(raised.value)


def test_long_cell_within_the_limit(read, rows):
    table = read(f"a,b\n1,{'x' * 10_000_000}\n2,y\n")
    assert [len(cell) for _, cell in rows(table)] == [10_000_000, 1]
    assert len(table.columns[1].samples[0]) == 1_000


@pytest.mark.parametrize("cell", ["x" * 2_000_000, '"' + "x\n" * 1_000_000 + '"'])
def test_oversized_cell_is_refused_with_its_line(read, cell):
    if "\n" in cell:
        cell = cell.replace("\n", "x", 999_990)
    with pytest.raises(UnreadableFile, match="line 3"):
        read(f"a,b\n1,2\n3,{cell}\n", limits=Limits(cell_megabytes=1))


@pytest.mark.parametrize("rewrite", [False, True])
def test_too_many_rows_or_columns(read, rewrite):
    with pytest.raises(FileTooLarge, match="2 rows"):
        read(SHOP, limits=Limits(rows=2), rewrite=rewrite)
    with pytest.raises(FileTooLarge, match="3 columns"):
        read(SHOP, limits=Limits(columns=2), rewrite=rewrite)


def test_poor_last_row_is_no_foot(read, rows):
    table = read("order,date,item,amount\n1,2024-01-02,cup,3\n2,2024-01-03,pot,4\n3,2024-01-04,,\n")
    assert rows(table)[-1] == ("3", "2024-01-04", "", "")


@pytest.mark.parametrize("seed", range(5))
def test_any_table_comes_back_as_it_was_written(read, rows, seed):
    random = Random(seed)
    texts = ["a", "Müller", '12" pipe', "x,y", 'say "hi"', "", " b ", "é|ü", '""', "l1\nl2", "\n"]
    given = [(str(i), "2024-01-02", random.choice(texts), random.choice(texts)) for i in range(40)]
    content = StringIO()
    writer = csv.writer(content, quoting=random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer.writerows([("id", "date", "item", "note"), *given])
    assert rows(read(content.getvalue(), rewrite=True)) == given


def test_foot_of_a_large_file_does_not_make_it_slow(read, rows):
    content = "id,date,item,amount\n" + "1,2024-01-02,cup,3\n" * 30_000
    table = read(content + "\nTotal,,,90000\nGenerated on 2025-01-01\n")
    assert table.files[0].n_rows == len(rows(table)) == 30_000
    assert "Skipped 2 lines at the foot (lines 30003 and 30004" in notes(table)
