"""Puts the customers with their segments into a table of the analyst's own server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from segmentation.errors import InvalidChoice
from segmentation.sources.servers import Server

if TYPE_CHECKING:
    import pandas as pd
    import pymysql

# By it a table that may be replaced is told from all others.
MARK = "Customer segments, replaced at each run of segmentation"
LONGEST_NAME = 64
_THERE = """
    select table_comment
    from information_schema.tables
    where table_schema = database() and table_name = %s
"""
_COLUMNS = """
    select column_name
    from information_schema.columns
    where table_schema = database() and table_name = %s
    order by ordinal_position
"""


def write_segments(server: Server, table: str, customers: "pd.DataFrame") -> int:
    """Replace the rows of a table by the customers; the number of rows written.

    All in one transaction: others see the old rows until the new ones are complete, and the old
    ones stay where anything goes wrong.

    Parameters
    ----------
    server : Server
        Whose account must have the rights to CREATE, SELECT, INSERT and DELETE.
    table : str
        Made where it is not there.
    customers : DataFrame, indexed by customer_id
        What to write, a column each.

    Raises
    ------
    InvalidChoice
        The name cannot be used, or there is a table of that name that is not one of these.
    SegmentationError
        The server does not answer or does not allow it.
    """
    if not table.strip() or len(table) > LONGEST_NAME or "\0" in table or table != table.strip():
        raise InvalidChoice(
            f"“{table}” cannot be the name of a table.",
            f"Choose one of 1 to {LONGEST_NAME} characters, without blanks around it.",
        )
    with server.connections.writing(f"Writing the table “{table}”") as connection:
        cursor = connection.cursor()
        _prepare(cursor, table, customers)
        cursor.execute(f"delete from {_quoted(table)}")
        columns = ", ".join(map(_quoted, _names(customers)))
        marks = ", ".join(["%s"] * len(_names(customers)))
        # Not a percent sign of a name, but one of the driver's, may stand in this statement.
        statement = f"insert into {_quoted(table)} ({columns})".replace("%", "%%")
        cursor.executemany(f"{statement} values ({marks})", list(_rows(customers)))
        connection.commit()
    return len(customers)


def _prepare(cursor: "pymysql.cursors.Cursor", table: str, customers: "pd.DataFrame") -> None:
    """Make the table, or see that the one there is may be replaced."""
    cursor.execute(_THERE, [table])
    if not (found := cursor.fetchall()):
        cursor.execute(_definition(table, customers))
        return
    if found[0][0] != MARK:
        raise InvalidChoice(
            f"There is a table “{table}” already that this app has not made.",
            "Choose another name.",
        )
    cursor.execute(_COLUMNS, [table])
    if [name for (name,) in cursor.fetchall()] != _names(customers):
        raise InvalidChoice(
            f"The table “{table}” has other columns than these customers.",
            "Choose another name, or drop the table first.",
        )


def _definition(table: str, customers: "pd.DataFrame") -> str:
    kinds = {"i": "bigint", "u": "bigint", "f": "double", "M": "datetime", "b": "boolean"}
    columns = [
        "varchar(255) not null primary key",
        *(kinds.get(dtype.kind, "text") for dtype in customers.dtypes),
    ]
    defined = ", ".join(
        f"{_quoted(name)} {kind}" for name, kind in zip(_names(customers), columns, strict=True)
    )
    return (
        f"create table {_quoted(table)} ({defined}) engine = InnoDB "
        f"default character set utf8mb4 collate utf8mb4_bin comment = '{MARK}'"
    )


def _names(customers: "pd.DataFrame") -> list[str]:
    return [str(customers.index.name), *map(str, customers.columns)]


def _rows(customers: "pd.DataFrame") -> Iterator[tuple[Any, ...]]:
    columns = [customers.index.tolist()]
    for name in customers:
        column = customers[name]
        cells = column.astype(object).where(column.notna(), None)
        columns.append(
            [cell.to_pydatetime() if hasattr(cell, "to_pydatetime") else cell for cell in cells]
        )
    return zip(*columns, strict=True)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
