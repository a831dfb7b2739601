"""Finds the files of sql/ by the table they make, and writes them out for one engine.

A file makes one table and is named after it.  Where it says ``from transactions`` and there
is a ``transactions.sql``, that file's query is put in front as a common table expression, so
one statement reads everything and a read-only account is enough.
"""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import sqlglot
from sqlglot import exp

from segmentation.engine.inlining import group_by_less

FOLDER = Path(__file__).parents[2] / "sql"
WRITTEN_FOR = "duckdb"
# Tables worked out in Python that a question may bring; without rows where it brings none.
BROUGHT = {
    "segmented": "select cast(null as varchar) as customer_id, cast(null as varchar) as segment "
    "from (select 1 as one) as none where one = 0"
}


@cache
def files() -> dict[str, Path]:
    """Every query of sql/ by the table it makes."""
    return {
        path.stem: path
        for room in ("staging", "marts")
        for path in sorted((FOLDER / room).glob("*.sql"))
    }


@cache
def parse(table: str) -> exp.Query:
    """The query of one file, as a tree; not to be changed."""
    return bare(sqlglot.parse_one(files()[table].read_text("utf-8"), read=WRITTEN_FOR))  # type: ignore[arg-type]


def bare(query: exp.Query) -> exp.Query:
    """The query itself, rid of its remarks and of where in the text its words stood.

    They are never written out, and a copy of them takes longer than one of the query.
    """
    for node in query.walk():
        node.comments = None
        node.meta.clear()
    return query


def parse_empty(table: str) -> exp.Query:
    """A table of `BROUGHT` where a question brings none: without rows."""
    return sqlglot.parse_one(BROUGHT[table], read=WRITTEN_FOR)  # type: ignore[return-value]


def reads(query: exp.Query) -> set[str]:
    """Names of the tables a query reads, less those it defines itself."""
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    return {table.name for table in query.find_all(exp.Table)} - own


@cache
def reads_of(table: str) -> frozenset[str]:
    """Names of the tables that one file reads."""
    return frozenset(reads(parse(table)))


def order(table: str, given: Collection[str] = ()) -> list[str]:
    """Names of the files a table is made from, each after those it reads; itself last.

    Tables that are `given`, and what only they read, are left out.
    """
    done: list[str] = []

    def visit(name: str) -> None:
        for needed in sorted(reads_of(name) & files().keys()):
            if needed not in done and needed not in given:
                visit(needed)
        done.append(name)

    visit(table)
    return done


@cache
def parameters(table: str) -> frozenset[str]:
    """Names of the parameters that a table needs, those of the files below it included."""
    return frozenset(
        placeholder.name
        for name in order(table)
        for placeholder in parse(name).find_all(exp.Placeholder)
    )


def write(table: str, dialect: str, given: Mapping[str, exp.Query]) -> str:
    """One statement that makes a table.

    Parameters
    ----------
    table : str
        The stem of a file of sql/.
    dialect : str
        sqlglot's name of the engine's SQL, such as ``"duckdb"`` or ``"mysql"``.
    given : mapping of str to Query
        Tables that are there already, by name: at least the reader's own rows, under our
        column names.  A table that a file makes as well is taken from here.

    Returns
    -------
    str
        The statement, with ``:name`` parameters in the dialect's form.
    """
    statement = exp.select("*").from_(exp.to_table(table))
    names = order(table, given)
    needed = set().union(*map(reads_of, names))
    queries = {name: query.copy() for name, query in given.items() if name in needed}
    rows = given.get("mapped_rows") if dialect == WRITTEN_FOR else None
    for name in names:
        queries[name] = group_by_less(parse(name), rows) if rows else parse(name).copy()
    for name in sorted(needed & BROUGHT.keys() - given.keys()):
        statement.with_(name, as_=parse_empty(name), copy=False)
    for name, query in queries.items():
        statement.with_(name, as_=query, copy=False)
    if dialect == WRITTEN_FOR:
        # DuckDB would write out a table that is read twice, as wide and as long as the data.
        for cte in statement.find_all(exp.CTE):
            cte.set("materialized", False)
    return statement.sql(dialect, comments=False, pretty=True)
