"""The queries of sql/ as a server is asked them: all at once, and rows grouped only once."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.engine.folding import fold
from segmentation.engine.inlining import (
    passes_rows_on,
    put_certain,
    put_values,
    read_through,
    reads_texts,
)
from segmentation.engine.placing import REASON

DIALECT, ORDERS = "serversql", "orders"
WRITTEN_IN = ("duplicates", "returns")
# What is in quotes is passed over, so that only what stands for a parameter is found.
_PARAMETER = re.compile(r"""'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`|:(?P<name>[a-z_]\w*)""", re.DOTALL)


def write_query(
    name: str,
    rows: exp.Query,
    parameters: Mapping[str, object],
    never_null: Collection[str] = (),
) -> str:
    """The statement that makes a table of sql/ on a server.

    Parameters
    ----------
    name : str
        The stem of a file of sql/.
    rows : Query
        The table mapped_rows.
    parameters : mapping of str to object
        Those that are null, and policies, are worked into the text; all others stay ``:name``.
    never_null : collection of str
        Columns of the server's that take no nulls.
    """
    known = frozenset(worked_in(parameters).items())
    queries = {"mapped_rows": fold(put_certain(rows, never_null))}
    plain: dict[str, exp.Query] = {}
    for step in ("mapped_rows", *sqlfiles.order(name)):
        if step not in queries:
            asked = step, step == ORDERS != name, known
            if plain.keys() & sqlfiles.reads_of(step):
                query = read_through(_with_values(*asked), plain)
                queries[step] = fold(put_certain(query, never_null))
            else:
                queries[step] = _with_values_folded(*asked)
        query = queries[step]
        if passes_rows_on(query) and not reads_texts(query):
            plain[step] = query
    return _join(name, queries).sql(DIALECT, copy=False, comments=False, pretty=True)


def worked_in(parameters: Mapping[str, object]) -> dict[str, object]:
    """Those parameters that a statement has no place for, but is another text with."""
    return {key: value for key, value in parameters.items() if value is None or key in WRITTEN_IN}


@lru_cache(1024)
def _with_values(step: str, ungrouped: bool, known: frozenset[tuple[str, object]]) -> exp.Query:
    """The query of one file with what is known of its parameters; not to be changed."""
    query = sqlfiles.parse(step)
    return put_values(without_grouping(query) if ungrouped else query, dict(known))


@lru_cache(1024)
def _with_values_folded(
    step: str, ungrouped: bool, known: frozenset[tuple[str, object]]
) -> exp.Query:
    """The same for a file that what is known of the reader's rows says nothing about."""
    return fold(_with_values(step, ungrouped, known))


def split_rows(rows: exp.Query, middle: str | int | None) -> list[exp.Query]:
    """The table mapped_rows in two parts, by whether a customer's id comes before `middle`."""
    if middle is None:
        return [rows]
    ids = next(column for column in rows.selects if column.alias_or_name == "customer_id").unalias()
    limit = exp.convert(middle)
    return [
        rows.where(kind(this=ids.copy(), expression=limit.copy())) for kind in (exp.LT, exp.GTE)
    ]


def _join(name: str, queries: dict[str, exp.Query]) -> exp.Query:
    """One statement of the last query and those that it still reads."""
    needed = {name}
    for step in reversed(queries):
        if step in needed:
            needed |= sqlfiles.reads(queries[step])
    statement = queries[name].copy()
    own = statement.args.pop("with_", None)
    for step in sorted(needed & sqlfiles.BROUGHT.keys()):
        statement.with_(step, as_=sqlfiles.parse_empty(step), copy=False)
    for step, query in queries.items():
        if step in needed and step != name:
            statement.with_(step, as_=query.copy(), copy=False)
    for cte in own.expressions if own else ():
        statement.with_(cte.alias, as_=cte.this, copy=False)
    return statement


def without_grouping(query: exp.Query) -> exp.Query:
    """The query with a row for each row in the place of each group.

    Who sums up such rows gets what summing up the groups gives, and a server that keeps nothing
    is spared the work of grouping twice.

    Raises
    ------
    ValueError
        It has an aggregate other than count(*), sum, min and max.
    """
    query = query.copy()
    query.set("group", None)
    for aggregate in list(query.find_all(exp.AggFunc)):
        if isinstance(aggregate, exp.Count) and isinstance(aggregate.this, exp.Star):
            aggregate.replace(exp.Literal.number(1))
        elif isinstance(aggregate, exp.Sum | exp.Min | exp.Max):
            aggregate.replace(aggregate.this)
        else:
            raise ValueError(f"{aggregate.sql()} does not add up over groups")
    return query


def bind(statement: str, parameters: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """A statement in the driver's form, and the values that go with it.

    Parameters
    ----------
    statement : str
        As `write_query` gives it.
    parameters : mapping of str to object
        At least those that it names, but for ``reason``; others are passed over.
    """
    given = {REASON: None, **parameters}
    used: dict[str, object] = {}

    def put(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match[0]
        used[name] = given[name]
        return f"%({name})s"

    text = _PARAMETER.sub(put, statement.replace("%", "%%"))
    # The driver reads percent signs only where there are values.
    return (text if used else statement), used
