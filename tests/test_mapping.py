import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from segmentation.sources.columns import guess_amount_per, guess_columns
from segmentation.sources.forms import study_forms
from segmentation.sources.mapping import TYPES, mapped_query
from segmentation.sources.readings import RawColumn, RawTable, literal, quoted

DATA = Path(__file__).parents[2] / "shared" / "data"
AS_DESCRIBED = {"decimal(18, 4)": "DECIMAL(18,4)"}


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def text_table(header, *rows):
    """Rows as text, with the line numbers of a file that has a header."""
    names = ", ".join([*map(quoted, header), "file_index", "line"])
    values = ", ".join(
        f"({', '.join('null::varchar' if c is None else literal(c) for c in row)}, 0, {line})"
        for line, row in enumerate(rows, start=2)
    )
    columns = tuple(
        RawColumn(name, "text", tuple(row[i] or "" for row in rows))
        for i, name in enumerate(header)
    )
    query = f"select * from (values {values}) as t({names})"
    return RawTable("shop.csv", (), columns, query, "fingerprint")


def relation(connection, raw, columns, **options):
    forms = study_forms(connection, raw, columns)
    return connection.sql(mapped_query(raw, columns, forms, **options))


def rows(connection, raw, columns, ours, **options):
    """The wanted columns of the mapped rows, a value alone where one is wanted."""
    mapped = relation(connection, raw, columns, **options).project(", ".join(ours)).fetchall()
    return [row[0] if len(ours) == 1 else row for row in mapped]


def one_column(connection, ours, *cells, kind="text", sql_type="varchar"):
    raw = text_table(["c"], *[(cell,) for cell in cells])
    if kind != "text":
        query = f"select c::{sql_type} as c, file_index, line from ({raw.query})"
        raw = RawTable("shop.csv", (), (RawColumn("c", kind, ()),), query, "fingerprint")
    return rows(connection, raw, {ours: "c"}, [ours])


def test_what_databases_write_for_no_value_is_no_customer(connection):
    written = ["NULL", "nan", " None ", "\\N", "#N/A", "Nan Goldin", "0"]
    assert one_column(connection, "customer_id", *written) == [
        *[None] * 5,
        "Nan Goldin",
        "0",
    ]
    assert one_column(connection, "customer_name", "None") == ["None"]


NEEDED = {"customer_id": "who", "ordered_at": "when", "amount": "what"}
HEADER = ["who", "when", "what"]


def test_all_columns_come_typed_and_in_order_whatever_is_mapped(connection):
    mapped = relation(connection, text_table(HEADER, ("1", "2024-01-05", "9.5")), NEEDED)
    names = [*TYPES, "unreadable", "file_index", "line", "row_hash"]
    assert mapped.columns == names
    types = dict(zip(names, map(str, mapped.types), strict=True))
    assert {ours: types[ours] for ours in TYPES} == {
        ours: AS_DESCRIBED.get(kind, kind.upper()) for ours, kind in TYPES.items()
    }
    rest = {"unreadable": "VARCHAR", "line": "BIGINT", "row_hash": "UBIGINT"}
    assert {name: types[name] for name in rest} == rest


@pytest.mark.parametrize("ours", ["customer_id", "order_id"])
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("17850", "17850"),
        ("17850.0", "17850"),
        (" 17850.0 ", "17850"),
        ("00123", "00123"),
        ("00123.0", "00123"),
        ("  ann ", "ann"),
        ("17850\u00a0", "17850"),
        ("\u00a017850.0", "17850"),
        ("17850\t", "17850"),
        ("\u00e9va", "\u00e9va"),
        ("\u00a0", None),
        ("v1.0", "v1.0"),
        ("1.5.0", "1.5.0"),
        ("17850.00", "17850.00"),
        ("-5.0", "-5.0"),
        ("C536379", "C536379"),
        ("", None),
        ("   ", None),
        (None, None),
        ("'; drop table x; --", "'; drop table x; --"),
    ],
)
def test_ids_are_trimmed_and_lose_what_a_spreadsheet_added(connection, ours, cell, expected):
    assert one_column(connection, ours, cell) == [expected]


@pytest.mark.parametrize(
    ("sql_type", "cell", "expected"),
    [
        ("double", "17850", "17850"),
        ("double", "1e15", "1000000000000000"),
        ("double", "1.5", "1.5"),
        ("bigint", "17850", "17850"),
        ("decimal(9, 2)", "17850", "17850"),
        ("double", None, None),
    ],
)
def test_ids_that_are_numbers_have_no_decimals(connection, sql_type, cell, expected):
    found = one_column(connection, "customer_id", cell, kind="number", sql_type=sql_type)
    assert found == [expected]


def test_texts_are_trimmed_and_empty_ones_are_null(connection):
    assert one_column(connection, "product", " a b ", "  ", "2.0") == ["a b", None, "2.0"]


def test_amount_is_quantity_times_price_to_four_decimals(connection):
    raw = text_table(["q", "p"], ("3", "1.005"), ("-1", "0.333333"), ("2", ""), ("x", "5"))
    columns = {"quantity": "q", "unit_price": "p"}
    found = rows(connection, raw, columns, ["quantity", "unit_price", "amount", "unreadable"])
    assert found == [
        (3.0, 1.005, Decimal("3.0150"), None),
        (-1.0, 0.333333, Decimal("-0.3333"), None),
        (2.0, None, None, None),
        (None, 5.0, None, "x"),
    ]


def test_a_mapped_amount_counts_rather_than_quantity_times_price(connection):
    raw = text_table(["q", "p", "a"], ("3", "2", "5.50"), ("x", "2", "1.5"))
    columns = {"quantity": "q", "unit_price": "p", "amount": "a"}
    found = rows(connection, raw, columns, ["amount", "order_amount", "unreadable"])
    assert found == [
        (Decimal("5.5"), Decimal("5.5"), None),
        (Decimal("1.5"), Decimal("1.5"), "x"),
    ]


def test_what_cannot_be_read_is_kept_as_it_stands(connection):
    given = [
        ("1", "2024-01-05", "9.5"),
        ("1", "2024-02-31", "9.5"),
        ("1", "", " n/a "),
        ("1", "soon", "much"),
        ("1", "  ", ""),
        ("1", "2024-01-05", "99999999999999999"),
    ]
    found = rows(connection, text_table(HEADER, *given), NEEDED, ["unreadable"])
    assert found == [None, "2024-02-31", "n/a", "soon, much", None, "99999999999999999"]


def test_equal_rows_have_equal_hashes_over_all_columns(connection):
    raw = text_table(
        [*HEADER, "note"],
        ("1", "2024-01-05", "9.5", "a"),
        ("1", "2024-01-05", "9.5", "a"),
        ("1", "2024-01-05", "9.5", "b"),
    )
    first, second, third = rows(connection, raw, NEEDED, ["row_hash"])
    assert first == second != third
    assert rows(connection, raw, NEEDED, ["row_hash"], hashed=False) == [None] * 3


def test_the_currency_written_in_amounts_is_used_where_no_column_has_it(connection):
    raw = text_table([*HEADER, "money"], ("1", "2024-01-05", "9,50 €", "SEK"))
    assert rows(connection, raw, NEEDED, ["currency"]) == ["EUR"]
    assert rows(connection, raw, NEEDED | {"currency": "money"}, ["currency"]) == ["SEK"]
    priced = {"quantity": "who", "unit_price": "what"}
    assert rows(connection, raw, priced, ["amount", "currency"]) == [(Decimal("9.5"), "EUR")]


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Total (EUR)", "EUR"),
        ("price_usd", "USD"),
        ("Umsatz in €", "EUR"),
        ("Valor R$", "BRL"),
        ("Amount US$", "USD"),
        ("Amount $", None),
        ("EUR in USD", None),
        ("Reurbished", None),
    ],
)
def test_the_currency_in_the_name_of_the_amounts_is_used_where_they_have_none(
    connection, header, currency
):
    raw = text_table(["who", "when", header], ("1", "2024-01-05", "9.50"), ("1", "2024-01-06", ""))
    columns = {"customer_id": "who", "ordered_at": "when", "amount": header}
    assert rows(connection, raw, columns, ["currency"]) == [currency] * 2


def test_one_column_may_stand_for_two_of_ours(connection):
    raw = text_table(HEADER, ("ann@x.org", "2024-01-05", "9.5"))
    found = rows(connection, raw, NEEDED | {"email": "who"}, ["customer_id", "email"])
    assert found == [("ann@x.org", "ann@x.org")]


def test_a_customer_file_has_orders_and_a_first_date(connection):
    raw = text_table(["n", "first"], ("3", "5.1.2024"), ("x", ""))
    columns = {"n_orders": "n", "first_ordered_at": "first"}
    query = mapped_query(raw, columns, study_forms(connection, raw, columns))
    found = connection.sql(query).project("n_orders, first_ordered_at::date::varchar").fetchall()
    assert found == [(3, "2024-01-05"), (None, None)]


ORDER_HEADER = ["order", "who", "when", "total", "q", "p"]
ORDER_COLUMNS = {
    "order_id": "order",
    "customer_id": "who",
    "ordered_at": "when",
    "amount": "total",
    "quantity": "q",
    "unit_price": "p",
}
FIRST_LINE = [
    ("#1", "ann", "2024-01-05", "30.00", "2", "10"),
    ("#1", "", "", "", "1", "12"),
    ("#2", "ben", "2024-01-06", "5.00", "1", "5"),
    ("", "cia", "2024-01-07", "3.00", "1", "3"),
    ("", "dan", "2024-01-07", "4.00", "1", "3"),
]
REPEATED = [
    ("#1", "ann", "2024-01-05", "30.00", "1", "10"),
    ("#1", "ann", "2024-01-05", "30.00", "2", "10"),
    ("#1", "ann", "2024-01-05", "30.00", "1", "1"),
]


def test_a_total_on_the_first_line_is_the_orders(connection):
    ours = ["order_id", "customer_id", "ordered_at::date::varchar", "amount", "order_amount"]
    raw = text_table(ORDER_HEADER, *FIRST_LINE)
    found = rows(connection, raw, ORDER_COLUMNS, ours, amount_per="order")
    assert sorted(found, key=str) == [
        ("#1", "ann", "2024-01-05", Decimal("11.25"), Decimal(30)),
        ("#1", "ann", "2024-01-05", Decimal("18.75"), Decimal(30)),
        ("#2", "ben", "2024-01-06", Decimal(5), Decimal(5)),
        (None, "cia", "2024-01-07", Decimal(3), Decimal(3)),
        (None, "dan", "2024-01-07", Decimal(4), Decimal(4)),
    ]


def test_what_is_said_of_an_order_once_holds_for_its_lines(connection):
    raw = text_table(
        [*ORDER_HEADER, "land", "town", "money", "age"],
        ("#1", "ann", "2024-01-05", "30", "2", "10", "DE", "Berlin", "EUR", "34"),
        ("#1", "", "", "", "1", "10", "", "", "", ""),
        ("#2", "ben", "2024-01-06", "5", "1", "5", "", "", "EUR", ""),
        ("", "cia", "2024-01-07", "3", "1", "3", "AT", "", "", ""),
        ("", "dan", "2024-01-07", "4", "1", "4", "", "", "", ""),
    )
    said = {"country": "land", "city": "town", "currency": "money", "customer_age": "age"}
    found = rows(connection, raw, ORDER_COLUMNS | said, list(said), amount_per="order")
    assert found == [
        *[("DE", "Berlin", "EUR", 34.0)] * 2,
        (None, None, "EUR", None),
        ("AT", None, None, None),
        (None, None, None, None),
    ]


LINES = ["Name", "Email", "Created at", "Total", "Lineitem quantity", "Lineitem name"]
LINES += ["Lineitem price", "Billing Country"]
LINE_ROWS = [
    ("#1", "ann", "2024-01-05", "30", "2", "pen", "10", "DE"),
    ("#1", "", "", "", "1", "ink", "5", ""),
    ("#2", "ben", "2024-01-06", "5", "1", "pen", "5", ""),
    ("", "", "2024-01-07", "4", "1", "ink", "4", ""),
]


@pytest.mark.parametrize("amount", [{}, {"amount": "Total"}])
def test_lines_of_a_known_export_have_what_is_said_once_whatever_the_amount(connection, amount):
    raw = text_table(LINES, *LINE_ROWS)
    columns = guess_columns(raw)
    del columns["amount"]
    wanted = ["line", "customer_id", "ordered_at", "country", "amount"]
    found = rows(connection, raw, columns | amount, wanted, amount_per="row")
    paid = [30, None, 5, 4] if amount else [20, 5, 5, 4]
    first = ("ann", datetime.datetime(2024, 1, 5), "DE")
    assert found == [
        (2, *first, paid[0]),
        (3, *first, paid[1]),
        (4, "ben", datetime.datetime(2024, 1, 6), None, 5),
        (5, None, datetime.datetime(2024, 1, 7), None, 4),
    ]


def test_lines_of_other_files_are_as_they_stand(connection):
    raw = text_table(["Order", *LINES[1:6], "Price", "Country"], *LINE_ROWS)
    columns = {"order_id": "Order", "customer_id": "Email", "ordered_at": "Created at"}
    columns |= {"amount": "Price", "country": "Country"}
    assert rows(connection, raw, columns, ["customer_id", "country"])[1] == (None, None)


def test_a_repeated_total_is_spread_by_what_the_lines_are_worth(connection):
    raw = text_table(ORDER_HEADER, *REPEATED)
    found = rows(connection, raw, ORDER_COLUMNS, ["line", "amount"], amount_per="order")
    # 30 × 10/31, 30 × 20/31 and what is left over by rounding, 30 × 1/31.
    assert found == [(2, Decimal("9.6774")), (3, Decimal("19.3549")), (4, Decimal("0.9677"))]


# Total, quantity and price of each of an order's lines, and what each counts.
SPREAD = {
    "dearest last": (["305/1/5", "/1/300"], [5, 300]),
    "with shipping": (["33/1/10", "/1/20"], [11, 22]),
    "free": (["0/1/10", "/1/20"], [0, 0]),
    "a gift": (["20/1/20", "/1/0"], [20, 0]),
    "a line without a price": (["20/1/", "/1/10"], [0, 20]),
    "refund": (["-305/-1/5", "/-1/300"], [-5, -300]),
    "refund of positive pieces": (["-305/1/5", "/1/300"], [-5, -300]),
    "something brought back": (["30/-1/50", "/1/20", "/1/60"], [0, "7.5", "22.5"]),
    "a discount line": (["30/1/40", "/1/-10"], [30, 0]),
    "refund but for a line": (["-40/-1/50", "/1/10"], [-40, 0]),
    "no quantities": (["30//5", "//7"], [30, 0]),
    "prices of nothing": (["30/1/0", "/1/0"], [30, 0]),
    "worth less than nothing": (["30/-1/5", "/-1/7"], [30, 0]),
    "the same line twice": (["30/1/5", "30/1/5", "30/1/20"], [10, 0, 20]),
    "a total that cannot be read": (["x/1/5", "/1/7"], [None, None]),
    "several totals": (["30/1/5", "20/1/10"], [10, 20]),
}


@pytest.mark.parametrize(("lines", "expected"), SPREAD.values(), ids=SPREAD)
def test_a_total_is_spread_over_the_lines_to_the_last_digit(connection, lines, expected):
    given = [("#1", "ann", "2024-01-05", *line.split("/")) for line in lines]
    raw = text_table(ORDER_HEADER, *given)
    found = rows(connection, raw, ORDER_COLUMNS, ["amount"], amount_per="order")
    assert found == [None if amount is None else Decimal(amount) for amount in expected]


def test_lines_worth_the_same_are_told_apart_by_what_they_are(connection):
    header, columns = [*ORDER_HEADER, "what"], ORDER_COLUMNS | {"product": "what"}
    given = [("#1", "ann", "2024-01-05", "10", "1", "5", what) for what in "cab"]
    for ordered in (given, given[::-1]):
        raw = text_table(header, *ordered)
        found = rows(connection, raw, columns, ["product", "amount"], amount_per="order")
        assert dict(found) == {
            "a": Decimal("3.3334"),
            "b": Decimal("3.3333"),
            "c": Decimal("3.3333"),
        }


def test_a_repeated_total_counts_on_the_first_of_equal_lines(connection):
    raw = text_table(ORDER_HEADER, *[REPEATED[0]] * 3)
    found = rows(connection, raw, ORDER_COLUMNS, ["line", "amount"], amount_per="order")
    assert found == [(2, Decimal(30)), (3, Decimal(0)), (4, Decimal(0))]


def test_rows_keep_the_order_of_the_file(connection):
    given = [(str(7 * i % 1000), str(i), "2024-01-05", "5", "1", "5") for i in range(5000)]
    raw = text_table(ORDER_HEADER, *given)
    found = rows(connection, raw, ORDER_COLUMNS, ["customer_id"], amount_per="order")
    assert found == [who for _, who, *_ in given]


@pytest.mark.parametrize("given", [FIRST_LINE, REPEATED, [*REPEATED, *FIRST_LINE]])
@pytest.mark.parametrize("amount_per", ["row", "order"])
def test_the_order_of_rows_does_not_matter(connection, given, amount_per):
    ours = [*TYPES, "unreadable", "row_hash"]
    there, back = (
        rows(connection, text_table(ORDER_HEADER, *r), ORDER_COLUMNS, ours, amount_per=amount_per)
        for r in (given, given[::-1])
    )
    assert sorted(there, key=str) == sorted(back, key=str)


def test_per_order_totals_without_details_or_readable_totals(connection):
    raw = text_table(["o", "a"], ("#1", "30"), ("#1", ""), ("#2", "x"), ("#2", ""))
    columns = {"order_id": "o", "amount": "a"}
    found = rows(
        connection,
        raw,
        columns,
        ["order_id", "amount", "unreadable"],
        amount_per="order",
        hashed=False,
    )
    assert sorted(found, key=str) == [
        ("#1", Decimal(0), None),
        ("#1", Decimal(30), None),
        ("#2", None, "x"),
        ("#2", None, None),
    ]


@pytest.mark.parametrize("name", ['a"b', "'; drop table x; --", "cell", "🛒", "<b>", "amount"])
def test_hostile_column_names_do_no_harm(connection, name):
    raw = text_table([name, "when", "customer_id"], ("7", "5.1.2024", "€ 9,50"))
    columns = {"customer_id": name, "ordered_at": "when", "amount": "customer_id"}
    found = rows(connection, raw, columns, ["customer_id", "amount"])
    assert found == [("7", Decimal("9.5"))]


def raw_table(connection, query, name):
    shown = connection.execute(f"{query} limit 1000")
    kinds = {"VARCHAR": "text", "TIMESTAMP": "timestamp"}
    names = [(column[0], kinds.get(str(column[1]), "number")) for column in shown.description]
    samples = zip(*shown.fetchall(), strict=True)
    columns = tuple(
        RawColumn(name, kind, tuple("" if cell is None else str(cell) for cell in cells))
        for (name, kind), cells in zip(names, samples, strict=True)
    )
    query = f"select *, 0 as file_index, null::bigint as line from ({query})"
    return RawTable(name, (), columns, query, name)


# Rows, customers and revenue of the first are counted in the data's own README by two programs;
# the others are plain sums over the file: `awk '{s += $4}'` and sum(sales_value) by pyarrow.
REAL = {
    "online_retail.csv.gz": (
        "select * from read_csv({path}, all_varchar = true)",
        (541_909, 4_372, Decimal("9747747.9340")),
    ),
    "cdnow_master.txt": (
        "select cells[1] as customer_id, cells[2] as date, cells[3] as number_of_cds, "
        "cells[4] as dollar_value from (select string_split_regex(trim(line), ' +') as cells "
        "from read_csv({path}, columns = {{'line': 'varchar'}}, delim = '', header = true))",
        (69_659, 23_570, Decimal("2500315.6300")),
    ),
    "complete_journey.parquet": (
        "select * from read_parquet({path})",
        (1_469_307, 2_469, Decimal("4596039.5800")),
    ),
}


@pytest.mark.parametrize(("name", "query", "counts"), [(n, *c) for n, c in REAL.items()], ids=REAL)
def test_real_files_are_understood_without_help(connection, name, query, counts):
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not on this machine")
    raw = raw_table(connection, query.format(path=literal(DATA / name)), name)
    columns = guess_columns(raw)
    assert guess_amount_per(raw, columns) == "row"
    forms = study_forms(connection, raw, columns)
    sampled = study_forms(connection, raw, columns, whole=False)
    assert {o: form.sql for o, form in forms.items()} == {o: f.sql for o, f in sampled.items()}
    assert {form.n_unreadable for form in forms.values()} == {0}
    found = connection.execute(
        "select count(*), count(distinct customer_id), sum(amount), count(unreadable), "
        f"count(ordered_at) from ({mapped_query(raw, columns, forms)})"
    ).fetchall()
    assert found == [(*counts, 0, counts[0])]
