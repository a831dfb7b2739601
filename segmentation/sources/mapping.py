"""The reader's columns as ours, typed: the one query that everything else builds on."""

import re
from collections.abc import Mapping, Sequence

from segmentation.sources.cells import CellForm, over
from segmentation.sources.columns import has_order_lines
from segmentation.sources.readings import RawTable, literal, quoted
from segmentation.sources.totals import AMOUNT, fill_orders, spread_totals
from segmentation.sources.words import named_currency

# Our columns in their order, with their DuckDB types.
TYPES = {
    "customer_id": "varchar",
    "ordered_at": "timestamp",
    "amount": AMOUNT,
    "order_amount": AMOUNT,
    "order_id": "varchar",
    "quantity": "double",
    "unit_price": "double",
    "currency": "varchar",
    "status": "varchar",
    "product": "varchar",
    "category": "varchar",
    "region": "varchar",
    "city": "varchar",
    "country": "varchar",
    "age_group": "varchar",
    "customer_age": "double",
    "customer_name": "varchar",
    "email": "varchar",
    "phone": "varchar",
    "n_orders": "bigint",
    "first_ordered_at": "timestamp",
}
# How databases and notebooks write that there is no value; no customer is called so.
NO_VALUE = ("NULL", "null", "(null)", "<null>", "NaN", "nan", "None", "N/A", "#N/A", "\\N")
# Around ids: a blank, a tab that keeps a spreadsheet from taking them for numbers, and the blank
# that does not break, as copied from a page.
ID_BLANKS, AFTER_ASCII = " \t\u00a0", "\u007f"
# Of one customer; their sum over all customers is a whole number then, too.
MOST_ORDERS = 1_000_000_000


def mapped_query(
    raw: RawTable,
    columns: Mapping[str, str],
    forms: Mapping[str, CellForm],
    amount_per: str = "row",
    hashed: bool = True,
) -> str:
    """DuckDB query that gives the rows under our names, typed.

    Parameters
    ----------
    raw : RawTable
        The files.
    columns : mapping of str to str
        The file's column for each of ours.
    forms : mapping of str to CellForm
        As `study_forms` gives them for these columns.
    amount_per : {"row", "order"}, default="row"
        "order": the amount is the order's total, written on its first line or on each of its
        lines. It counts once: spread over the lines by quantity × price where they have that,
        else on one of them; see `totals.spread_totals`. The rows keep the file's order. What
        exports of order lines say once an order holds for its other lines with "row" as well.
    hashed : bool, default=True
        Whether to fill `row_hash`: 1.6 s of CPU time for 10 million rows of eight columns.

    Returns
    -------
    str
        A query over all columns of `TYPES` (null where nothing is mapped), then `unreadable`
        (date and number cells as they stand that are not empty but cannot be read),
        `file_index`, `line` and `row_hash` (equal for rows that are equal in all cells).
    """
    cells = {ours: f"raw.{quoted(theirs)}" for ours, theirs in columns.items()}
    values = _values(raw, columns, cells, forms)
    per_order = amount_per == "order" and {"order_id", "amount"} <= columns.keys()
    is_in_lines = per_order or has_order_lines(raw, columns)
    read = [ours for ours in TYPES if ours in cells and ours in forms]
    selected = [
        *(f"{value} as {ours}" for ours, value in values.items()),
        *(f"{cells[ours]} as {ours}_cell" for ours in read),
        *("raw.file_index", "raw.line"),
        *([_row_hash(raw)] if hashed or per_order else []),
        *(["row_number() over () as position"] if is_in_lines else []),
    ]
    rows = f"select {', '.join(selected)} from ({raw.query}) as raw"
    if "amount" not in values and {"quantity", "unit_price"} <= values.keys():
        values["amount"] = f"try_cast(quantity * unit_price as {TYPES['amount']})"
        rows = f"select *, {values['amount']} as amount from ({rows})"
    if per_order:
        rows = _rows_of_orders(rows, values)
    else:
        filled = _filled(values) if is_in_lines else "*"
        rows = f"select {filled}, {_typed('amount', values)} as order_amount from ({rows})"
    values["order_amount"] = "amount"
    return (
        f"select {', '.join(f'{_typed(ours, values)} as {ours}' for ours in TYPES)}, "
        f"{_unreadable(read)} as unreadable, "
        f"file_index, cast(line as bigint) as line, "
        f"{'row_hash' if hashed else 'cast(null as ubigint)'} as row_hash "
        f"from ({rows})" + (" order by position" if is_in_lines else "")
    )


def _values(
    raw: RawTable,
    columns: Mapping[str, str],
    cells: Mapping[str, str],
    forms: Mapping[str, CellForm],
) -> dict[str, str]:
    """The expression for each of our columns that comes straight from the file."""
    kinds = {column.name: column.kind for column in raw.columns}
    values = {ours: _value(ours, cell, kinds[columns[ours]], forms) for ours, cell in cells.items()}
    if currency := told_currency(columns, cells, forms):
        values["currency"] = currency
    return values


def told_currency(
    columns: Mapping[str, str], cells: Mapping[str, str], forms: Mapping[str, CellForm]
) -> str | None:
    """What money is in where no column has it: as the amounts say, else their column's name.

    Parameters
    ----------
    columns : mapping of str to str
        The file's column for each of ours.
    cells : mapping of str to str
        Their cells, as expressions.
    forms : mapping of str to CellForm
        How they are written.

    Returns
    -------
    str or None
        An expression.
    """
    if "currency" in columns:
        return None
    money = [ours for ours in ("amount", "unit_price") if ours in cells]
    for ours in money:
        if ours in forms and (written := forms[ours].currency):
            return over(written, cells[ours])
    code = named_currency(columns[money[0]]) if money else None
    return code and literal(code)


def _row_hash(raw: RawTable) -> str:
    return f"hash({', '.join(f'raw.{quoted(column.name)}' for column in raw.columns)}) as row_hash"


def _unreadable(studied: Sequence[str]) -> str:
    """Cells as they stand, for what is null although its cell is not empty."""
    # One test for most rows: putting texts together costs more than all the rest.
    missing = " or ".join(["false", *(is_of_no_use(ours, ours) for ours in studied)])
    cells = ", ".join(
        f"case when {is_of_no_use(ours, ours)} "
        f"then nullif(trim(cast({ours}_cell as varchar)), '') end"
        for ours in studied
    )
    return f"case when {missing} then nullif(concat_ws(', ', {cells or 'null'}), '') end"


def _typed(ours: str, values: Mapping[str, str]) -> str:
    return ours if ours in values else f"cast(null as {TYPES[ours]})"


def _value(ours: str, cell: str, kind: str, forms: Mapping[str, CellForm]) -> str:
    """The expression for one of our columns over a cell of theirs."""
    if ours in forms:
        value = over(forms[ours].sql, cell)
        if ours == "n_orders":
            return possible_orders(value)
        if kind in ("date", "timestamp"):
            return f"case when {_is_in_our_years(cell)} then {value} end"
        return f"try_cast({value} as {TYPES[ours]})" if ours == "amount" else value
    if kind == "number":
        # Parquet keeps ids in doubles once one is missing: 17850.0 is customer 17850.
        whole = f"try_cast({cell} as hugeint)"
        return (
            f"case when {whole} = {cell} then cast({whole} as varchar) "
            f"else cast({cell} as varchar) end"
        )
    if kind != "text":
        return f"cast({cell} as varchar)"
    if ours in ("customer_id", "order_id"):
        return _tidy_id(cell)
    return (
        f"case when {cell} >= '!' and not ends_with({cell}, ' ') then {cell} "
        f"else nullif(trim({cell}), '') end"
    )


def _is_in_our_years(cell: str) -> str:
    """Whether a day of a Parquet file is one that Python knows, too."""
    return f"{cell} >= date '0001-01-01' and {cell} < date '10000-01-01'"


def _tidy_id(cell: str) -> str:
    """An id without blanks around it, without a spreadsheet's ``.0``, and null for `NO_VALUE`.

    Nearly all ids are as they should be, and seeing that takes a third of the time of tidying.
    Values are not looked for in a list, of which DuckDB would make a join for all rows.
    """
    ends = [f"not ends_with({cell}, {literal(end)})" for end in (*ID_BLANKS, ".0")]
    tests = [f"{cell} >= '!'", f"{cell} < {literal(AFTER_ASCII)}", *ends]
    tests += [f"{cell} <> {literal(none)}" for none in NO_VALUE]
    text = f"regexp_replace(trim({cell}, {literal(ID_BLANKS)}), '^([0-9]+)\\.0$', '\\1')"
    none = literal("|".join(map(re.escape, ("", *NO_VALUE))))
    return (
        f"case when {' and '.join(tests)} then {cell} "
        f"when not regexp_full_match({text}, {none}) then {text} end"
    )


def possible_orders(value: str) -> str:
    """A customer's number of orders; 0 where it is a number, but none of whole orders."""
    return (
        f"case when {value} between 1 and {MOST_ORDERS} and {value} = floor({value}) "
        f"then cast({value} as {TYPES['n_orders']}) when {value} is not null then 0 end"
    )


def is_of_no_use(ours: str, value: str) -> str:
    """Whether a cell that is not empty says nothing, so that it is told as it stands."""
    return f"coalesce({value}, 0) = 0" if ours == "n_orders" else f"{value} is null"


def _rows_of_orders(rows: str, values: Mapping[str, str]) -> str:
    """Rows that have a share of their order's total, and all of them what is said of it once."""
    spread = spread_totals(rows, values, _filled(values), "row_hash, position")
    return f"select * replace (counted as amount), total as order_amount from ({spread})"


def _filled(values: Mapping[str, str]) -> str:
    filled = fill_orders(values)
    return f"* replace ({', '.join(filled)})" if filled else "*"
