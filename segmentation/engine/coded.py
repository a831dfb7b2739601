"""Ids and names in the stored sales as small numbers, which are grouped and joined far quicker."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

CUSTOMER, ORDER = "customer_id", "order_key"
ATTRIBUTES = ("category", "country", "region", "city", "age_group")
# Where all amounts together stay below it, so does every sum, and 64 bits are enough.
MOST_MONEY = 10**14
# A condition of sql/: a list of values as one text is looked through for the value of a row.
_LIST = re.compile(
    r"STRPOS\(\s*\$(?P<values>\w+),\s*CONCAT\(\$mark, (?P<column>[\w.]+), \$mark\)\s*\) > 0"
)
Execute = Callable[[str], Any]


class Codes(NamedTuple):
    """How the texts of one day's sales are told as numbers, and back.

    Parameters
    ----------
    customers : str
        The table of customer_id and number; in the order of the ids, so that both sort alike.
    orders : str
        The table of customer_id, order_key, customer (a number) and number, likewise in order.
    names : str
        The type of categories, places and age groups: a number to DuckDB, a text to who asks.
    money : str
        The type of amounts.
    """

    customers: str
    orders: str
    names: str
    money: str


def make_codes(execute: Execute, plain: str, number: int) -> Codes:
    """Codes for a table of sales.

    Parameters
    ----------
    execute : callable
        Runs a statement on the visit's DuckDB.
    plain : str
        The table as it was grouped, in texts.
    number : int
        What sets the names of these codes apart from others.
    """
    customers, orders, names = (f"{kind}_codes_{number}" for kind in ("customer", "order", "name"))
    execute(
        f"create or replace table {customers} as "
        f"select {CUSTOMER}, cast(row_number() over (order by {CUSTOMER}) as integer) as number "
        f"from (select distinct {CUSTOMER} from {plain})"
    )
    execute(
        f"create or replace table {orders} as select {CUSTOMER}, {ORDER}, number as customer, "
        f"cast(row_number() over (order by number, {ORDER}) as integer) as number "
        f"from (select distinct {CUSTOMER}, {ORDER} from {plain}) "
        f"inner join {customers} using ({CUSTOMER})"
    )
    every = " union ".join(f"select {name} as name from places" for name in ATTRIBUTES)
    execute(
        f"create or replace type {names} as enum ("
        f"with places as materialized (select distinct {', '.join(ATTRIBUTES)} from {plain}) "
        f"select name from (select '' as name union {every}) order by name)"
    )
    (whole,) = execute(f"select coalesce(sum(abs(amount)), 0) from {plain}").fetchone()
    money = "decimal(18, 4)" if whole < MOST_MONEY else "decimal(38, 4)"
    return Codes(customers, orders, names, money)


def encode(plain: str, columns: Sequence[str], codes: Codes) -> str:
    """The statement that makes a table of texts one of numbers."""
    has_orders = ORDER in columns
    given = {
        CUSTOMER: f"{codes.orders}.customer" if has_orders else f"{codes.customers}.number",
        ORDER: f"{codes.orders}.number",
        "is_purchase": "cast(is_purchase as integer)",
    }
    selected = ", ".join(f"{given.get(name, _narrow(name, codes))} as {name}" for name in columns)
    table, ids = (
        (codes.orders, f"{CUSTOMER}, {ORDER}") if has_orders else (codes.customers, CUSTOMER)
    )
    return f"select {selected} from {plain} inner join {table} using ({ids})"


def keep_narrow(statement: str, columns: Sequence[str], codes: Codes) -> str:
    """A statement over tables of numbers, its constants and sums in their types as well."""
    selected = ", ".join(f"{_narrow(name, codes)} as {name}" for name in columns)
    return f"select {selected} from ({statement}) as made"


def decode(statement: str, columns: Sequence[str], codes: Codes) -> str:
    """A statement whose numbers of customers and orders are texts again."""
    tables = {CUSTOMER: codes.customers, ORDER: codes.orders}
    selected = ", ".join(f"{tables.get(name, 'made')}.{name}" for name in columns)
    joins = "".join(
        f" inner join {table} on made.{name} = {table}.number"
        for name, table in tables.items()
        if name in columns
    )
    return f"select {selected} from ({statement}) as made{joins}"


def put_lists(
    statement: str, parameters: Mapping[str, Any], codes: Codes
) -> tuple[str, dict[str, str]]:
    """A statement that compares numbers where sql/ looks through a list, and what it needs more.

    A value that is no name of the data becomes a null, which nothing is equal to.
    """
    listed: dict[str, str] = {}

    def compare(match: re.Match[str]) -> str:
        name, column = match["values"], match["column"]
        if parameters[name] is None:
            return "true"
        mark = parameters["mark"]
        values = parameters[name].removeprefix(mark).removesuffix(mark).split(mark)
        given = {f"{name}_{place}": value for place, value in enumerate(values)}
        listed.update(given)
        form = f"try_cast(${{}} as {codes.names})" if column in ATTRIBUTES else "${}"
        return f"{column} in ({', '.join(map(form.format, given))})"

    return _LIST.sub(compare, statement), listed


def _narrow(name: str, codes: Codes) -> str:
    if name in ATTRIBUTES:
        return f"cast({name} as {codes.names})"
    return f"cast({name} as {codes.money})" if name == "amount" else name
