"""A server's columns as ours, typed: the query that everything else there builds on."""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from segmentation.sources.answers import DAY, MOMENT, NUMBER, TEXT, WHOLE
from segmentation.sources.cells import CellForm, over
from segmentation.sources.columns import has_order_lines
from segmentation.sources.contents import cells_of
from segmentation.sources.forms import DATES, NUMBERS
from segmentation.sources.mapping import TYPES, is_of_no_use, possible_orders, told_currency
from segmentation.sources.readings import quoted
from segmentation.sources.servercells import as_exact, as_readable
from segmentation.sources.servertables import BITS, ServerTable
from segmentation.sources.totals import ORDER_WIDE, fill_orders, spread_totals

IDS = ("customer_id", "order_id")
# Decimal places that an amount has; with more, it is rounded row by row as in files.
PLACES = 4


def map_rows(
    table: ServerTable,
    columns: Mapping[str, str],
    forms: Mapping[str, CellForm],
    amount_per: str = "row",
    are_ids_tidy: bool = False,
    numbered: bool = False,
) -> exp.Query:
    """Query that gives the rows under our names, typed; `mapping.mapped_query` for servers.

    Ids that are whole numbers stay so, since the server groups them by its index then; they
    become texts when they come over.

    Parameters
    ----------
    table : ServerTable
        The rows.
    columns : mapping of str to str
        The table's column for each of ours.
    forms : mapping of str to CellForm
        As `servercells.study_table` gives them for these columns.
    amount_per : {"row", "order"}, default="row"
        As for `mapping.mapped_query`.
    are_ids_tidy : bool, default=False
        Whether it is known that customers' ids are as they are to be already.
    numbered : bool, default=False
        Whether to number the copies of equal rows, which takes the server long.

    Returns
    -------
    Query
        In DuckDB's SQL but for the functions of `serversql`; over all columns of `TYPES`, then
        `unreadable`, `file_index`, `line` (the row's key) and `copy_number`.
    """
    cells = {ours: _raw(theirs) for ours, theirs in columns.items()}
    readable = {
        ours: as_readable(sqlglot.parse_one(cell, read="duckdb"), table, columns[ours]).sql(
            "duckdb"
        )
        for ours, cell in cells.items()
    }
    values = {ours: _value(ours, table, columns[ours], readable[ours], forms) for ours in cells}
    if are_ids_tidy and is_simple_id(table, columns):
        values["customer_id"] = cells["customer_id"]
    if currency := told_currency(columns, readable, forms):
        values["currency"] = currency
    if "amount" not in values and {"quantity", "unit_price"} <= values.keys():
        product = f"({values['quantity']}) * ({values['unit_price']})"
        values["amount"] = f"try_cast({product} as {TYPES['amount']})"
    line = f"cast({_raw(table.key)} as bigint)" if table.key else "cast(null as bigint)"
    extra = {
        "unreadable": _unreadable(table, columns, readable, values),
        "file_index": "0",
        "line": line,
        "copy_number": _copy_number(table) if numbered else "1",
    }
    per_order = amount_per == "order" and {"order_id", "amount"} <= columns.keys()
    if not per_order:
        values["order_amount"] = values.get("amount", f"cast(null as {TYPES['amount']})")
    if per_order or has_order_lines(table, columns):
        query = _rows_of_orders(values, extra, per_order)
    else:
        query = _select(values, extra, "server_rows as raw")
    tree = sqlglot.parse_one(query, read="duckdb")
    for each in list(tree.find_all(exp.Table)):
        if each.name == "server_rows":
            each.replace(table.rows())
    return tree  # type: ignore[return-value]


def _select(values: Mapping[str, str], extra: Mapping[str, str], source: str) -> str:
    selected = [f"{values.get(ours, f'cast(null as {TYPES[ours]})')} as {ours}" for ours in TYPES]
    selected += [f"{value} as {name}" for name, value in extra.items()]
    return f"select {', '.join(selected)} from {source}"


def _value(
    ours: str,
    table: ServerTable,
    name: str,
    cell: str,
    forms: Mapping[str, CellForm],
) -> str:
    """The expression for one of our columns over a cell of theirs."""
    kind, scale = table.types[name].kind, table.types[name].scale
    if ours in DATES:
        if kind in (DAY, MOMENT):
            return f"valid_moment({cell})"
        return over(forms[ours].sql, cell)
    if ours in NUMBERS:
        is_number = kind in (WHOLE, NUMBER, BITS)
        value = cell if is_number else over(forms[ours].sql, cell)
        is_exact = kind == WHOLE or (kind == NUMBER and scale <= PLACES)
        if ours == "amount":
            return value if is_exact else f"try_cast({value} as {TYPES[ours]})"
        return possible_orders(value) if ours == "n_orders" else value
    if ours in IDS and (kind == WHOLE or (kind == NUMBER and scale == 0)):
        return cell
    if kind in (NUMBER, WHOLE, BITS):
        whole = f"cast(cast({cell} as bigint) as varchar)"
        return f"case when floor({cell}) = {cell} then {whole} else cast({cell} as varchar) end"
    if kind in (DAY, MOMENT):
        return f"cast({cell} as varchar)"
    if ours in IDS and kind == TEXT:
        column = sqlglot.parse_one(_raw(name), read="duckdb")
        letter = [exp.Literal.string("A")] if _are_lettered(table, name) else []
        if table.types[name].collation.startswith("utf8mb4"):
            return exp.func("tidy_id", as_exact(column, table, name), *letter).sql("duckdb")
        # Each look at another character set's letters would put them into this one again.
        return as_exact(exp.func("tidy_id", column, *letter), table, name).sql("duckdb")
    return f"nullif(trim({cell}), '')"


def is_simple_id(table: ServerTable, columns: Mapping[str, str]) -> bool:
    """Whether the customers' ids are texts that the server compares as the app does."""
    found = table.types[columns["customer_id"]]
    return found.kind == TEXT and found.is_exact


def _are_lettered(table: ServerTable, name: str) -> bool:
    """Whether the first ids all begin with a letter, so that this is worth looking at first."""
    samples = next(cells_of(column) for column in table.columns if column.name == name)
    return bool(samples) and min(samples) >= "A"


def _raw(name: str) -> str:
    return f"raw.{quoted(name)}"


def _unreadable(
    table: ServerTable,
    columns: Mapping[str, str],
    cells: Mapping[str, str],
    values: Mapping[str, str],
) -> str:
    """Cells as they stand, for what is null although its cell is not empty."""
    open_to_doubt = [
        ours
        for ours in (*DATES, *NUMBERS)
        if ours in columns
        and (
            ours in (*DATES, "n_orders")
            or table.types[columns[ours]].kind not in (WHOLE, NUMBER, BITS)
        )
    ]
    unread = [
        f"case when {is_of_no_use(ours, values[ours])} "
        f"then nullif(trim(cast({cells[ours]} as varchar)), '') end"
        for ours in open_to_doubt
    ]
    return (
        f"nullif(concat_ws(', ', {', '.join(unread)}), '')" if unread else "cast(null as varchar)"
    )


def _copy_number(table: ServerTable) -> str:
    """Which copy of its cells a row is; the key that tells rows apart is none of them."""
    names = [column.name for column in table.columns if column.name != table.key]
    cells = ", ".join(f"exact_bytes({_raw(name)})" for name in names)
    order = f" order by {_raw(table.key)}" if table.key else ""
    return f"row_number() over (partition by {cells}{order})"


def _rows_of_orders(values: Mapping[str, str], extra: Mapping[str, str], per_order: bool) -> str:
    """Rows with what is said of their order once, and `per_order` with a share of its total."""
    inner = ", ".join(f"{value} as {name}" for name, value in {**values, **extra}.items())
    rows = f"select {inner} from server_rows as raw"
    said_once = fill_orders(values, "exact_text({})".format)
    kept = ", ".join([ours for ours in (*values, *extra) if ours not in ORDER_WIDE] + said_once)
    final = {ours: ours for ours in values}
    if per_order:
        rows = spread_totals(rows, values, kept, "copy_number, line")
        final |= {"amount": "counted", "order_amount": "total"}
    else:
        rows = f"select {kept} from ({rows}) as given"
    return _select(final, {name: name for name in extra}, f"({rows}) as spread")
