"""What the lines of an order have of it: a share of its total, its customer, day and place."""

from collections.abc import Callable, Collection

AMOUNT = "decimal(18, 4)"
# What an order's further lines may leave empty.
TEXTS = ("currency", "status", "region", "city", "country", "age_group")
ORDER_WIDE = ("customer_id", "ordered_at", *TEXTS, "customer_age")
_ORDER = "over (partition by order_id)"
_TOTAL = f"case when order_id is null then amount else max(amount) {_ORDER} end"
_WORTH = f"try_cast(quantity * unit_price as {AMOUNT})"
# What the shares are shares of: the lines of more than nothing, or those of a refund.
_WHOLE = (
    f"case when sum(worth) {_ORDER} > 0 then sum(case when worth > 0 then worth end) {_ORDER} "
    f"when max(amount) {_ORDER} < 0 then sum(case when worth < 0 then worth end) {_ORDER} end"
)
# In doubles, by operations that give all engines the same digits.
_SHARE = (
    "case when nth = 1 and (worth > 0 and whole > 0 or worth < 0 and whole < 0) then "
    "cast(floor(cast(total as double) * cast(n_alike * worth as double) / cast(whole as double) "
    f"* 10000 + 0.5) / 10000 as {AMOUNT}) else 0 end"
)


def fill_orders(values: Collection[str], exact: Callable[[str], str] = str) -> list[str]:
    """For those of `ORDER_WIDE` that are among our columns: what the order's lines leave empty.

    Parameters
    ----------
    values : collection of str
        Which of our columns there are.
    exact : callable, default=str
        Makes of a text one that compares to the letter, where an engine's do not.

    Returns
    -------
    list of str
        An expression for each, under its name.
    """
    compared = {ours: exact(ours) if ours in TEXTS else ours for ours in ORDER_WIDE}
    return [
        f"case when order_id is null then {ours} "
        f"else coalesce({ours}, min({compared[ours]}) {_ORDER}) end as {ours}"
        for ours in ORDER_WIDE
        if ours in values
    ]


def spread_totals(rows: str, values: Collection[str], kept: str, ties: str) -> str:
    """Rows on which an order's total is spread by quantity × price, in DuckDB's SQL.

    A share is rounded as amounts are, and the largest line has what is left over, so that an
    order's shares add up to its total.  None is larger than the total or of another sign, as a
    line that was brought back would be.  Lines that are the same in all but the amount have their
    share on the first of them, so that it stays where copies are left out.  Where there is nothing
    to go by, the whole total is on one line.

    Parameters
    ----------
    rows : str
        A query over at least ``order_id`` and ``amount``.
    values : collection of str
        Which of our columns it has.
    kept : str
        What to select of them; ``amount`` has to be among it.
    ties : str
        Columns by which equal lines are put in an order.

    Returns
    -------
    str
        A query over `kept`, ``total`` (null where no line has a readable one) and ``counted``
        (what the row counts of it), and what these are made from.
    """
    shares = (
        f"select {kept}, {_TOTAL} as total, cast(0 as {AMOUNT}) as share from ({rows}) as valued"
    )
    if {"quantity", "unit_price"} <= set(values):
        alike = f"partition by {', '.join(ours for ours in values if ours != 'amount')}"
        placed = (
            f"select {kept}, worth, {_TOTAL} as total, {_WHOLE} as whole, "
            f"count(*) over ({alike}) as n_alike, "
            f"row_number() over ({alike} order by {ties}) as nth "
            f"from (select *, {_WORTH} as worth from ({rows}) as valued) as weighed"
        )
        shares = f"select *, {_SHARE} as share from ({placed}) as placed"
        # By what is shown first, so that engines that put ties in another order give the same.
        shown = [ours for ours in ("product", "category") if ours in values]
        ties = ", ".join(["worth desc nulls last", *shown, ties])
    place = f"partition by order_id order by abs(share) desc, amount desc nulls last, {ties}"
    counted = (
        "case when order_id is null or total is null then total "
        f"when row_number() over ({place}) = 1 "
        f"then cast(total - sum(share) {_ORDER} + share as {AMOUNT}) else share end"
    )
    return f"select *, {counted} as counted from ({shares}) as shared"
