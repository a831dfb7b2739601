"""A server's cells for those who study them with DuckDB's SQL: the questions go to the server."""

from collections.abc import Mapping
from typing import Any, Self

import sqlglot
from sqlglot import exp

from segmentation.sources.answers import TEXT
from segmentation.sources.cells import CellForm
from segmentation.sources.connections import Connections
from segmentation.sources.forms import study_forms
from segmentation.sources.readings import RawTable
from segmentation.sources.servertables import BINARY, BITS, ServerTable

ROWS = "server_rows"


class ServerCells:
    """Answers what `forms.study_forms` asks of a DuckDB connection, from a table on a server.

    Nothing is stored there: what is to become a table is kept as the query it would come from.

    Parameters
    ----------
    connections : Connections
        To the server.
    table : ServerTable
        Whose rows are `ROWS`.
    """

    def __init__(self, connections: Connections, table: ServerTable) -> None:
        self.connections = connections
        self.given: dict[str, exp.Query] = {ROWS: readable_rows(table)}
        self.found: list[tuple[Any, ...]] = []

    def execute(self, statement: str) -> Self:
        """Ask the server, or note what a table is to be."""
        for tree in sqlglot.parse(statement, read="duckdb"):
            if isinstance(tree, exp.Create):
                self.given[tree.this.name] = tree.expression
            elif isinstance(tree, exp.Query):
                self._ask(tree)
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows of the last answer."""
        return self.found

    def _ask(self, query: exp.Query) -> None:
        statement = with_rows(query, self.given).sql("serversql")
        answer = self.connections.run(statement, what="The columns of dates and numbers")
        columns = [column.to_pylist() for column in answer.to_batch().columns]
        self.found = list(zip(*columns, strict=True))


def study_table(
    connections: Connections,
    table: ServerTable,
    columns: Mapping[str, str],
    chosen: Mapping[str, str],
) -> dict[str, CellForm]:
    """How each date and number column is written, as `forms.study_forms` says for files.

    Raises
    ------
    SegmentationError
        The server does not answer.
    """
    raw = RawTable(table.name, table.files, table.columns, f"select * from {ROWS}", "")
    cells: Any = ServerCells(connections, table)
    return study_forms(cells, raw, columns, chosen)


def readable_rows(table: ServerTable) -> exp.Query:
    """The rows with texts that compare to the letter, and bytes and bits as text and number."""
    selected = [
        exp.alias_(
            as_readable(exp.column(column.name, quoted=True), table, column.name),
            column.name,
            quoted=True,
        )
        for column in table.columns
    ]
    return exp.select(*selected).from_(table.rows())


def as_readable(column: exp.Expr, table: ServerTable, name: str) -> exp.Expr:
    """One column's values as the app reads them."""
    kind = table.types[name].kind
    if kind == TEXT:
        return as_exact(column, table, name)
    if kind == BINARY:
        return exp.Lower(this=exp.Hex(this=column))
    if kind == BITS:
        return exp.Add(this=column, expression=exp.Literal.number(0))
    return column


def as_exact(text: exp.Expr, table: ServerTable, name: str) -> exp.Expr:
    """A text made of one column's, which compares to the letter whatever the column's collation."""
    found = table.types[name]
    if found.is_exact:
        return text
    return exp.func("exact_order" if found.collation.startswith("utf8mb4") else "exact_text", text)


def with_rows(query: exp.Query, given: Mapping[str, exp.Query]) -> exp.Query:
    """A query with other queries in the place of the tables that it names."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name in given and not node.db:
            return with_rows(given[node.name], given).subquery(node.alias or node.name)
        return node

    return query.copy().transform(put)  # type: ignore[return-value]
