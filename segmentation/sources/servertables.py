"""A table, a view or a query of a server: its columns, their types and first values."""

import difflib
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp

from segmentation.errors import InvalidChoice
from segmentation.sources import serversql  # noqa: F401  registers the dialect
from segmentation.sources.addresses import ServerAddress
from segmentation.sources.answers import BYTES, DAY, MOMENT, NUMBER, TEXT, WHOLE, Answer
from segmentation.sources.connections import Connections
from segmentation.sources.readings import FileReading, RawColumn, RawTable
from segmentation.sources.selects import write_select

N_SAMPLES = 1_000
BINARY, BITS = "binary", "bits"
_RAW_KINDS = {WHOLE: "number", NUMBER: "number", BITS: "number", DAY: "date", MOMENT: "timestamp"}
_CATALOGUE = """
    select table_schema, table_name
    from information_schema.tables
    where table_schema not in ('information_schema', 'performance_schema', 'mysql', 'sys')
    order by table_schema, table_name
"""
_COLLATIONS = """
    select column_name, collation_name
    from information_schema.columns
    where table_schema = %(database)s and table_name = %(table)s and collation_name is not null
"""
_LEADING = """
    select column_name
    from information_schema.statistics
    where table_schema = %(database)s and table_name = %(table)s and seq_in_index = 1
"""
_KEY = """
    select column_name
    from information_schema.statistics
    where table_schema = %(database)s and table_name = %(table)s and index_name = 'PRIMARY'
"""


@dataclass(frozen=True)
class ServerType:
    """What the server says of a column.

    Parameters
    ----------
    kind : str
        One of the kinds of `answers`, or "binary" or "bits".
    scale : int
        Decimal places; 31 where they float.
    may_be_null : bool
        Whether the column takes nulls.
    collation : str, default=""
        By which its texts compare; empty where that is not known.
    """

    kind: str
    scale: int = 0
    may_be_null: bool = True
    collation: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether its texts compare to the letter, but for blanks at the end."""
        return self.collation in ("utf8mb4_bin", "utf8mb3_bin", "utf8_bin", "ascii_bin")


@dataclass(frozen=True)
class ServerTable(RawTable):
    """Rows that stay on their server.

    Parameters
    ----------
    types : mapping of str to ServerType
        By the columns' names.
    key : str or None
        The column of whole numbers that tells the rows apart, where the table has one.
    indexed : collection of str
        Columns that an index begins with.
    """

    types: Mapping[str, ServerType]
    key: str | None
    indexed: Collection[str]

    def rows(self) -> exp.Expr:
        """What stands after FROM, under the name ``raw``."""
        source = sqlglot.parse_one(self.query, read="serversql").args["from_"].this
        source.set("alias", exp.TableAlias(this=exp.to_identifier("raw")))
        return source


def list_tables(connections: Connections) -> tuple[tuple[str, str], ...]:
    """Database and name of every table and view that the account may see, in order."""
    answer = connections.run(_CATALOGUE, what="The list of tables")
    return tuple((schema, name) for schema, name in answer.rows)


def read_table(connections: Connections, name: str) -> ServerTable:
    """A table or view of the address's database.

    Raises
    ------
    InvalidChoice
        There is none of that name, or it has no column that can be read.
    SegmentationError
        The server does not answer or does not allow it.
    """
    address = connections.address
    names = [table for schema, table in list_tables(connections) if is_own(schema, address)]
    found = next((each for each in names if each == name), None) or next(
        (each for each in names if each.casefold() == name.casefold()), None
    )
    if found is None:
        close = difflib.get_close_matches(name, names, n=1)
        raise InvalidChoice(
            f"{address.name} has no table “{name}” that this account may read."
            + (f" Did you mean “{close[0]}”?" if close else ""),
            "Check its name, or ask the server's administrator for the right to SELECT from it.",
        )
    table = exp.select("*").from_(exp.table_(found, db=address.database, quoted=True))
    given = {"database": address.database, "table": found}
    keys, leading = (
        [name for (name,) in connections.run(query, given, found).rows]
        for query in (_KEY, _LEADING)
    )
    collations = dict(connections.run(_COLLATIONS, given, found).rows)
    read = _read(connections, found, table.sql("serversql"), collations)
    key = keys[0] if len(keys) == 1 and read.types[keys[0]].kind == WHOLE else None
    return replace(read, key=key, indexed=frozenset(leading))


def read_query(connections: Connections, text: str) -> ServerTable:
    """The rows of a query of the analyst's own.

    Raises
    ------
    UnsafeQuery
        It is not one query that only reads.
    InvalidChoice
        Two of its columns have the same name, or none can be read.
    SegmentationError
        The server does not answer or does not allow it.
    """
    query = write_select(text, connections.address.database, list_tables(connections))
    inner = sqlglot.parse_one(query, read="serversql")
    rows = exp.select("*").from_(inner.subquery("asked"))  # type: ignore[attr-defined]
    return _read(connections, "Your query", rows.sql("serversql"))


def is_own(schema: str, address: ServerAddress) -> bool:
    """Whether a database is the one that the address names."""
    return schema.casefold() == address.database.casefold()


def _read(
    connections: Connections,
    name: str,
    query: str,
    collations: Mapping[str, str] | None = None,
) -> ServerTable:
    first = connections.run(f"{query} limit {N_SAMPLES}", what=name)
    types = {
        column: replace(_type(first, i), collation=(collations or {}).get(column, ""))
        for i, column in enumerate(first.names)
    }
    columns = tuple(
        RawColumn(column, _RAW_KINDS.get(types[column].kind, "text"), _samples(first, i))
        for i, column in enumerate(first.names)
        # Points and shapes on a map.
        if types[column].kind != BYTES
    )
    if not columns:
        raise InvalidChoice(f"{name} has no column that can be read.", "Choose another table.")
    address = connections.address
    told = repr((address.host, address.port, address.database, query))
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    files = (FileReading(name, "server"),)
    return ServerTable(name, files, columns, query, fingerprint, types, None, ())


def _type(answer: Answer, place: int) -> ServerType:
    kind = answer.kinds[place]
    # The server calls both texts and bytes by the same number; the driver decodes texts only.
    if any(isinstance(row[place], bytes) for row in answer.rows):
        kind = {TEXT: BINARY, BYTES: BITS if answer.codes[place] == 16 else BYTES}[kind]
    return ServerType(kind, answer.scales[place], answer.may_be_null[place])


def _samples(answer: Answer, place: int) -> tuple[str, ...]:
    return tuple(map(_told, (row[place] for row in answer.rows)))


def _told(value: str | bytes | None) -> str:
    if value is None:
        return ""
    return value.hex() if isinstance(value, bytes) else value
