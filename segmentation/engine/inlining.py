"""Queries that read straight through others, which a server would work out for each use."""

from collections.abc import Collection, Mapping

from sqlglot import exp

# Tables that have the attributes of the reader's rows as they are.
_ATTRIBUTED = ("judged_rows", "orders")
_MORE_THAN_COLUMNS = ("group", "having", "joins", "distinct", "limit", "order", "with_")


def put_values(query: exp.Query, values: Mapping[str, object]) -> exp.Query:
    """The query with nulls and given texts in the place of parameters."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder) and node.name in values:
            value = values[node.name]
            return exp.null() if value is None else exp.Literal.string(str(value))
        return node

    return query.transform(put)  # type: ignore[return-value]


def put_certain(query: exp.Query, names: Collection[str]) -> exp.Query:
    """The query with what is asked about nulls answered for columns that have none."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            column = node.this
            if isinstance(column, exp.Column) and column.table == "raw" and column.name in names:
                return exp.false()
        return node

    return query.transform(put)  # type: ignore[return-value]


def passes_rows_on(query: exp.Query) -> bool:
    """Whether a query gives rows of one place, each once, with other columns."""
    return isinstance(query, exp.Select) and not (
        any(query.args.get(key) for key in _MORE_THAN_COLUMNS)
        or query.is_star
        or query.find(exp.AggFunc, exp.Window)
    )


def reads_texts(query: exp.Query) -> bool:
    """Whether it makes numbers or dates of texts, which should be written once only."""
    return any(
        isinstance(node, exp.RegexpFullMatch)
        or (isinstance(node, exp.TryCast) and node.to.is_type("double"))
        or (isinstance(node, exp.Anonymous) and node.name.lower() == "try_strptime")
        for node in query.walk()
    )


def read_through(query: exp.Query, given: Mapping[str, exp.Query]) -> exp.Query:
    """The query with its reads of plain tables replaced by what those read.

    Parameters
    ----------
    query : Query
        Whose selects read from tables.
    given : mapping of str to Query
        Queries by the tables' names, each as `passes_rows_on` says.
    """
    query = query.copy()
    for select in list(query.find_all(exp.Select)):
        source = select.args.get("from_")
        inner = given.get(source.this.name) if source else None
        if inner is None or select.args.get("joins") or select.is_star:
            continue
        meant = {column.alias_or_name: column.unalias() for column in inner.selects}
        for column in list(select.find_all(exp.Column)):
            if column.find_ancestor(exp.Select) is select and column.name in meant:
                _put_for_column(column, meant[column.name].copy())
        select.set("from_", inner.args["from_"].copy())
        if condition := inner.args.get("where"):
            select.where(condition.this, copy=False)
    return query


def _put_for_column(column: exp.Column, value: exp.Expr) -> None:
    if isinstance(value, exp.Binary | exp.Connector | exp.Not | exp.Anonymous):
        value = exp.paren(value, copy=False)
    parent = column.parent
    if isinstance(parent, exp.Select) and column.arg_key == "expressions":
        value = exp.alias_(value, column.name, copy=False)
    column.replace(value)


def group_by_less(query: exp.Query, rows: exp.Query) -> exp.Query:
    """The query without grouping by what is null in every row, which costs as much as others.

    Parameters
    ----------
    query : Query
        Of a file of sql/.
    rows : Query
        The table mapped_rows, which says what is null.
    """
    nulls = {column.alias: column for column in rows.selects if _is_null(column.unalias())}
    if "customer_age" not in nulls:
        nulls.pop("age_group", None)  # which is derived from it
    query = query.copy()
    for select in list(query.find_all(exp.Select)):
        group, source = select.args.get("group"), select.args.get("from_")
        if not group or not source or select.args.get("joins"):
            continue
        if source.this.name not in _ATTRIBUTED:
            continue
        keys = [key for key in group.expressions if key.name not in nulls]
        if keys:
            group.set("expressions", keys)
            for column in select.selects:
                if isinstance(column, exp.Column) and column.name in nulls:
                    column.replace(nulls[column.name].copy())
    return query


def _is_null(value: exp.Expr) -> bool:
    return isinstance(value, exp.Cast) and isinstance(value.this, exp.Null)
