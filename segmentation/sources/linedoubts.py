"""What a reader has to know of lines, orders and guests, as far as a file's first rows tell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from segmentation.sources.contents import rough_value
from segmentation.sources.names import is_half_a_name, says
from segmentation.sources.readings import RawTable

_FEWEST_ORDERS, _FEWEST_GUESTS = 5, 10


def tell_line_doubts(raw: RawTable, columns: Mapping[str, str]) -> Iterator[str]:
    """Rows that count twice, belong to the row above, or are of many people under one id.

    Parameters
    ----------
    raw : RawTable
        The files; of their rows only the samples are looked at.
    columns : mapping of str to str
        The file's column for each of ours.

    Yields
    ------
    str
        A sentence or two for the analyst.
    """
    names = {column.name for column in raw.columns}
    cells = {
        ours: [cell.strip() for cell in column.samples]
        for ours, name in columns.items()
        for column in raw.columns
        if column.name == name
    }
    if "quantity" in columns and _is_called_a_price(columns.get("amount", "")):
        yield f"“{columns['amount']}” counts as it stands, and not times the quantity."
    if {"order_id", "amount"} <= cells.keys():
        customers = cells.get("customer_id", cells["order_id"])
        yield from _tell_sums(cells["order_id"], cells["amount"], customers)
    paid = cells.get("amount") or cells.get("unit_price")
    if paid and {"customer_id", "ordered_at"} <= cells.keys():
        yield from _tell_rows_below(paid, cells)
    email, name = columns.get("email"), columns.get("customer_name")
    whose = "email" if email and email != columns.get("customer_id") else "customer_name"
    if name and whose == "customer_name" and is_half_a_name(name, names):
        return
    if {"customer_id", whose} <= cells.keys():
        yield from _tell_guests(columns, cells["customer_id"], cells[whose], whose)


def _is_called_a_price(name: str) -> bool:
    return says(name, "unit_price") and not says(name, "amount")


def _tell_sums(orders: list[str], amounts: list[str], customers: list[str]) -> Iterator[str]:
    """Whether orders have a row of their own besides those of their lines."""
    found = defaultdict(list)
    for order, amount, customer in zip(orders, amounts, customers, strict=True):
        if order and customer and (value := rough_value(amount)):
            found[order].append(value)
    several = [values for values in found.values() if len(values) > 2]
    n_sums = sum(abs(2 * max(values) - sum(values)) < 0.005 for values in several)
    if n_sums >= _FEWEST_ORDERS and n_sums >= 0.8 * len(several):
        yield (
            f"In {n_sums:,} of the first {len(several):,} orders with several rows, one row has "
            "what the others have together, and all of them count: leave either the orders' rows "
            "or those of their lines out of the file."
        )


def _tell_rows_below(paid: list[str], cells: Mapping[str, list[str]]) -> Iterator[str]:
    """Whether rows lack what the row above them says of the order."""
    keys = [cells[ours] for ours in ("customer_id", "ordered_at", "order_id") if ours in cells]
    below = [
        bool(amount) and not any(said)
        for amount, said in zip(paid, zip(*keys, strict=True), strict=True)
    ]
    if sum(below) > 0.1 * len(below) and not below[0]:
        yield (
            f"{sum(below):,} of the first {len(below):,} rows have an amount, but neither customer "
            "nor date: if they are further lines of the order above them, fill these cells down "
            "in the file, or they are left out."
        )


def _tell_guests(
    columns: Mapping[str, str], ids: list[str], people: list[str], whose: str
) -> Iterator[str]:
    """Whether one id stands for many people."""
    found = defaultdict(set)
    for key, person in zip(ids, people, strict=True):
        if key and person:
            found[key].add(person.casefold())
    most, *rest = sorted(found, key=lambda key: -len(found[key])) or [""]
    n_people = len(found[most])
    if n_people >= _FEWEST_GUESTS and all(3 * len(found[key]) <= n_people for key in rest):
        what = "e-mail addresses" if whose == "email" else "names"
        yield (
            f"“{columns['customer_id']}” {most} stands with {n_people:,} different {what} in the "
            f"first {len(ids):,} rows and counts as one customer. If it means guests, choose "
            f"“{columns[whose]}” for the customer."
        )
