"""A query of the analyst's own: taken only if it is one that reads, and written out anew."""

import re
from collections.abc import Collection, Iterator

import sqlglot
from sqlglot import exp

from segmentation.errors import UnsafeQuery

# Comments that a server runs as code, which no parser sees.
_RUN_COMMENT = re.compile(r"/\*\s*M?!", re.IGNORECASE)
_FORBIDDEN = {
    *("sleep", "benchmark", "load_file", "get_lock", "release_lock", "release_all_locks"),
    *("is_free_lock", "is_used_lock", "master_pos_wait", "source_pos_wait", "master_gtid_wait"),
    *("wait_for_executed_gtid_set", "wait_until_sql_thread_after_gtids", "setval", "nextval"),
    *("lastval", "sys_exec", "sys_eval", "sys_get", "sys_set", "lo_import", "last_insert_id"),
}
_HINT = "Write one SELECT that only reads, or make a view of it and choose that."


def write_select(text: str, database: str, tables: Collection[tuple[str, str]]) -> str:
    """A query as the server is to run it: names quoted, tables with their database, no comments.

    Parameters
    ----------
    text : str
        What the analyst typed; a semicolon at its end is passed over.
    database : str
        That of tables which are named without one.
    tables : collection of (str, str)
        Database and name of all tables and views that the account may see.

    Returns
    -------
    str
        The same query, from its parsed tree, for MySQL and MariaDB.

    Raises
    ------
    UnsafeQuery
        It is not one query that only reads, or names a table that is not there.
    """
    if _RUN_COMMENT.search(text):
        raise UnsafeQuery(
            "The query has a comment that servers run as code (/*! … */).", "Take it out."
        )
    try:
        trees = [tree for tree in sqlglot.parse(text, read="mysql") if tree is not None]
    except (sqlglot.ParseError, sqlglot.TokenError) as error:
        raise UnsafeQuery("The query cannot be understood.", _HINT) from error
    except RecursionError as error:
        raise UnsafeQuery("The query is nested too deeply.", _HINT) from error
    if len(trees) != 1:
        raise UnsafeQuery(f"There are {len(trees)} statements where one is expected.", _HINT)
    tree = trees[0]
    if not isinstance(tree, exp.Query) or not tree.selects:
        raise UnsafeQuery("That is no SELECT.", _HINT)
    for problem in _problems(tree):
        raise UnsafeQuery(f"The query {problem}.", _HINT)
    known = {(schema.casefold(), name.casefold()): (schema, name) for schema, name in tables}
    for table in list(tree.find_all(exp.Table)):
        _qualify(table, database, known)
    return tree.sql("serversql", identify=True, comments=False)


def _problems(tree: exp.Query) -> Iterator[str]:

    for node in tree.walk():
        if isinstance(node, exp.DML | exp.DDL | exp.Command | exp.Set) and not isinstance(
            node, exp.Query
        ):
            yield "does more than read"
        elif isinstance(node, exp.Into):
            yield "writes its answer somewhere (INTO)"
        elif isinstance(node, exp.Lock):
            yield "locks rows"
        elif isinstance(node, exp.PropertyEQ):
            yield "sets a variable"
        elif isinstance(node, exp.Placeholder):
            yield "has a placeholder"
        elif isinstance(node, exp.Anonymous | exp.Func):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if name.casefold() in _FORBIDDEN:
                yield f"calls {name.upper()}, which does more than read"


def _qualify(
    table: exp.Table, database: str, known: dict[tuple[str, str], tuple[str, str]]
) -> None:
    """Name a table with its database, as the server spells both."""
    if not isinstance(table.this, exp.Identifier) or _is_own(table):
        return
    if not table.db and table.name.casefold() == "dual":
        table.set("this", exp.to_identifier("dual", quoted=False))
        return
    schema = table.db or database
    found = known.get((schema.casefold(), table.name.casefold()))
    if found is None or table.catalog:
        raise UnsafeQuery(
            f"The query reads “{table.name}”, which {schema} does not have or the account may not "
            "read.",
            "Check the name, or ask the server's administrator for the right to SELECT from it.",
        )
    table.set("db", exp.to_identifier(found[0], quoted=True))
    table.set("this", exp.to_identifier(found[1], quoted=True))
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(found[1], quoted=True)))


def _is_own(table: exp.Table) -> bool:
    """Whether a name means one of the query's own tables (WITH), seen from where it stands."""
    if table.db:
        return False
    child: exp.Expr = table
    while parent := child.parent:
        seen: list[exp.Expr] = []
        if isinstance(parent, exp.With):
            seen = parent.expressions if parent.recursive else parent.expressions[: child.index]
        elif (own := parent.args.get("with_")) is not None and own is not child:
            seen = own.expressions
        if any(cte.alias.casefold() == table.name.casefold() for cte in seen):
            return True
        child = parent
    return False
