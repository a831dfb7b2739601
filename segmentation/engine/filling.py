"""Puts sales that were read from files into the table ``customer_sales`` of a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from segmentation.engine.database import DuckDatabase
from segmentation.engine.sqlfiles import FOLDER
from segmentation.errors import InvalidChoice, QueryFailed, ServerRefused
from segmentation.sources.addresses import ServerAddress
from segmentation.sources.connections import open_connection
from segmentation.sources.problems import number_of, query_problem
from segmentation.sources.readings import literal

if TYPE_CHECKING:
    import pymysql

TABLE = "customer_sales"
SCHEMA, VIEWS = FOLDER / "mysql" / "schema.sql", FOLDER / "mysql" / "clean.sql"
# Its columns and ours, in the order in which the rows are sent.
COLUMNS = {
    "Order_ID": "order_id",
    "Customer_ID": "customer_id",
    "Customer_Name": "customer_name",
    "Email": "email",
    "Phone": "phone",
    "Order_Date": "ordered_at",
    "Product": "product",
    "Category": "category",
    "Quantity": "quantity",
    "Unit_Price": "unit_price",
    "Sales": "amount",
    "Order_Status": "status",
    "Currency": "currency",
    "Customer_Age": "customer_age",
    "Age_Group": "age_group",
    "Customer_City": "city",
    "Customer_Region": "region",
    "Country": "country",
}
# Rows in one INSERT: 20 statements a second for 50,000 rows, each far below any packet limit.
BATCH = 2_000
# How long the server may be silent over one statement: it may be writing all of the rows.
SILENT_SECONDS = 3600
# The account may read, but not create or insert.
MAY_NOT_WRITE = {1044, 1142, 1143, 1227, 1290, 1792, 1836}
# The server or the client forbids LOAD DATA LOCAL: MySQL's old and new number, and MariaDB's.
NOT_ALLOWED = {1148, 3948, 4166}


@contextmanager
def open_for_loading(address: ServerAddress, password: str) -> "Iterator[pymysql.Connection[Any]]":
    """A connection that may write; unless all goes well, what it wrote is taken back.

    Parameters
    ----------
    address : ServerAddress
        Where to.
    password : str
        Of the address's user.

    Raises
    ------
    ServerRefused
        The account may not write.
    SegmentationError
        As by `open_connection` and `query_problem`.
    """
    import pymysql

    # A server could ask for any file of ours with this; it is on while rows are sent only.
    connection = open_connection(address, password, local_infile=True)
    connection._read_timeout = SILENT_SECONDS
    try:
        yield connection
    except (pymysql.MySQLError, OSError) as error:
        if number_of(error) in MAY_NOT_WRITE:
            raise ServerRefused(
                f"The account may not create and fill tables in {address.name}.",
                "Use an account that may, or ask the server's administrator.",
            ) from error
        raise query_problem(error, address, f"The table {TABLE}", SILENT_SECONDS) from error
    finally:
        connection.close()


def load_sales(
    connection: "pymysql.Connection[Any]", database: DuckDatabase, existing: str | None = None
) -> int:
    """Send the rows to the server's table, all or none, and give the number of rows sent.

    Parameters
    ----------
    connection : pymysql.Connection
        With the right to create and to insert, and with ``local_infile`` on.
    database : DuckDatabase
        Where the rows are, mapped and typed.
    existing : {"replace", "append"} or None
        What to do where the table has rows already; None: refuse.

    Raises
    ------
    InvalidChoice
        The table has rows, or a text is longer than its column takes.
    QueryFailed
        The server changed a value, such as a number that is too large for its column.
    """
    check_lengths(database)
    with connection.cursor() as cursor:
        # A server that is not strict would cut what does not fit; notes say what is only rounded.
        strict = "sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')"
        cursor.execute(f"set session {strict}, sql_notes = 0")
        # Both before the first row: what makes a table or a view ends a transaction.
        create_tables(cursor, SCHEMA)
        create_tables(cursor, VIEWS)
        check_empty(cursor, existing)
        if existing == "replace":
            cursor.execute(f"delete from {TABLE}")
        n_rows = _send(cursor, database)
    connection.commit()
    return n_rows


def create_tables(cursor: "pymysql.cursors.Cursor", script: Path) -> None:
    """Run the statements of a script one by one."""
    for statement in script.read_text("utf-8").split(";\n"):
        if statement.strip():
            cursor.execute(statement)


def check_empty(cursor: "pymysql.cursors.Cursor", existing: str | None) -> None:
    """Raise InvalidChoice where the table has rows and nobody said what to do with them."""
    cursor.execute(f"select 1 from {TABLE} limit 1")
    if existing is None and cursor.fetchall():
        raise InvalidChoice(
            f"The table {TABLE} has rows already.",
            "Add --replace to put these in their place, or --append to keep them.",
        )


def check_lengths(database: DuckDatabase) -> None:
    """Raise InvalidChoice where a text is longer than its column takes, instead of cutting it."""
    longest = column_lengths()
    asked = ", ".join(f"max(length({COLUMNS[name]}))" for name in longest)
    found = _query(database, f"select {asked} from mapped_rows").fetchall()[0]
    too_long = [
        f"{name} takes {limit} characters, and there is one with {length:,}"
        for (name, limit), length in zip(longest.items(), found, strict=True)
        if length is not None and length > limit
    ]
    if too_long:
        raise InvalidChoice(
            f"Texts are too long: {'; '.join(too_long)}.",
            "Correct them in the file, or choose another column.",
        )


@cache
def column_lengths() -> dict[str, int]:
    """How many characters each text column of the schema takes."""
    columns = sqlglot.parse_one(SCHEMA.read_text("utf-8"), read="mysql").find_all(exp.ColumnDef)
    return {
        column.name: int(column.kind.expressions[0].name)
        for column in columns
        if column.kind and column.kind.is_type("varchar")
    }


def count_unpaid(database: DuckDatabase) -> int:
    """How many rows have nothing of their order's total: it could not be spread over its lines.

    The server's table knows amounts of rows alone, so there these are rows without a payment.
    """
    asked = "select count(*) from mapped_rows where amount = 0 and order_amount <> 0"
    return int(_query(database, asked).fetchall()[0][0])


def _send(cursor: "pymysql.cursors.Cursor", database: DuckDatabase) -> int:
    """Send all rows, by LOAD DATA LOCAL where it is allowed."""
    import pymysql

    try:
        return _send_file(cursor, database)
    except pymysql.MySQLError as error:
        if not error.args or error.args[0] not in NOT_ALLOWED:
            raise
    return _send_batches(cursor, database)


def _send_file(cursor: "pymysql.cursors.Cursor", database: DuckDatabase) -> int:
    path = database.workspace.new_path(".tsv")
    # Without an escape character an unquoted NULL is null, and a backslash is a backslash.
    form = "format csv, header false, delimiter '\t', quote '\"', escape '\"', nullstr 'NULL'"
    _query(database, f"copy ({_rows()}) to {literal(path)} ({form})")
    try:
        n_rows = cursor.execute(
            f"load data local infile %s into table {TABLE} character set utf8mb4 "
            "fields terminated by '\t' optionally enclosed by '\"' escaped by '' "
            f"lines terminated by '\n' ({', '.join(COLUMNS)})",
            [str(path)],
        )
        # LOCAL makes a warning of what is an error elsewhere, and goes on with another value.
        cursor.execute("show warnings limit 1")
        if changed := cursor.fetchall():
            raise QueryFailed(
                f"The server would have changed a value: {changed[0][2]}.",
                "Correct it in the file, and load the file again.",
            )
    finally:
        path.unlink()
    return n_rows


def _send_batches(cursor: "pymysql.cursors.Cursor", database: DuckDatabase) -> int:
    marks = ", ".join(["%s"] * len(COLUMNS))
    statement = f"insert into {TABLE} ({', '.join(COLUMNS)}) values ({marks})"
    n_rows = 0
    for rows in _batches(database):
        n_rows += cursor.executemany(statement, rows) or 0
    return n_rows


def _batches(database: DuckDatabase) -> Iterator[list[tuple[object, ...]]]:
    found = _query(database, _rows())
    while rows := found.fetchmany(BATCH):
        yield rows


def _rows() -> str:
    selected = ", ".join(f"{ours} as {name}" for name, ours in COLUMNS.items())
    return f"select {selected} from mapped_rows order by file_index, line"


def _query(database: DuckDatabase, query: str) -> Any:
    """What DuckDB gives for a statement over mapped_rows."""
    rows = database.rows().sql("duckdb")
    cursor = database.workspace.connection.cursor()
    cursor.execute(f"create or replace temp view mapped_rows as {rows}")
    return cursor.execute(query)
