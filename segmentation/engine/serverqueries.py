"""The queries of sql/ as a server is asked them: all at once, and rows grouped only once."""

import re
from collections.abc import Mapping

from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.engine.database import REASON

DIALECT, ORDERS = "serversql", "orders"
# What is in quotes is passed over, so that only what stands for a parameter is found.
_PARAMETER = re.compile(r"""'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`|:(?P<name>[a-z_]\w*)""", re.DOTALL)


def write_query(name: str, rows: exp.Query) -> str:
    """The statement that makes a table of sql/ on a server, with ``:name`` parameters.

    Parameters
    ----------
    name : str
        The stem of a file of sql/.
    rows : Query
        The table mapped_rows.
    """
    given = {"mapped_rows": rows}
    for step in sqlfiles.order(name)[:-1]:
        query = sqlfiles.parse(step)
        given[step] = without_grouping(query) if step == ORDERS else query
    return sqlfiles.write(name, DIALECT, given)


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

    return _PARAMETER.sub(put, statement.replace("%", "%%")), used
