"""A table's statement with its parameters written in, to be read or pasted elsewhere."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from segmentation.engine import sqlfiles
from segmentation.engine.database import Database, DuckDatabase
from segmentation.engine.placing import DUCKDB, needed

# Texts and quoted names are passed over, so that only what stands for a parameter is replaced.
_QUOTED = r"""'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`|"(?:[^"]|"")*\""""


def write_statement(database: Database, name: str, parameters: Mapping[str, object]) -> str:
    """The statement that makes a table of sql/, ready to paste into the engine's own client.

    Parameters
    ----------
    database : Database
        Where the rows are.
    name : str
        The stem of a file of sql/.
    parameters : mapping of str to object
        At least those that the table needs, but for ``reason``; others are passed over.

    Returns
    -------
    str
        In the dialect of the database, ended by a semicolon.
    """
    dialect = getattr(database, "dialect", DUCKDB)
    values = {key: literal(given, dialect) for key, given in needed(name, parameters).items()}
    names = "|".join(sorted(values)) or "(?!)"
    found = re.compile(rf"{_QUOTED}|[:$](?P<name>{names})\b", re.DOTALL)
    statement = found.sub(
        lambda match: values[match["name"]] if match["name"] else match[0],
        _statement(database, name, parameters),
    )
    return f"{statement.rstrip().rstrip(';')};"


def _statement(database: Any, name: str, parameters: Mapping[str, object]) -> str:
    # On a server copies of rows are looked for only where they are to be dropped.
    if isinstance(database, DuckDatabase):
        return database.statement(name)
    return str(database.statement(name, **parameters))


def describe_table(name: str) -> str:
    """What a table of sql/ holds: the sentence on top of its file."""
    first, _, _ = sqlfiles.files()[name].read_text("utf-8").partition("\n")
    return first.removeprefix("-- ").replace(":as_of", "the as-of day")


def literal(value: object, dialect: str) -> str:
    """A value as it is written in SQL.

    Examples
    --------
    >>> literal("O'Brien", "mysql"), literal(None, "mysql")
    ("'O''Brien'", 'null')
    """
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.date):
        return f"'{value.isoformat()}'"
    text = str(value).replace("'", "''")
    # A backslash is an escape to MySQL and a letter to the others.
    return "'" + (text.replace("\\", "\\\\") if dialect == "mysql" else text) + "'"
