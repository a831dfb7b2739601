"""What is taken for a column of ours where no name says which it is."""

from collections.abc import Callable, Mapping

from segmentation.sources import contents
from segmentation.sources.longnames import ROW_IDS
from segmentation.sources.names import by_whole_name, is_half_a_name, says_other
from segmentation.sources.readings import RawColumn, RawTable

_STANDS_FOR_CUSTOMER = ("email", "customer_name", "phone")


def find_row_ids(raw: RawTable, found: dict[str, str]) -> None:
    """Take a plain "ID" for the order's number in a file without lines of orders.

    Parameters
    ----------
    raw : RawTable
        The files.
    found : dict of str to str
        The file's column for each of ours, to be added to.
    """
    rank = by_whole_name(ROW_IDS)
    free = {*found.values()} - {found.get("product")}
    ids = [
        column
        for column in raw.columns
        if rank(column.name) is not None and column.name not in free and contents.is_unique(column)
    ]
    product = found.get("product")
    has_lines = product is not None and product not in {column.name for column in ids}
    if not ids or has_lines or {"order_id", "unit_price", "n_orders"} & found.keys():
        return
    found["order_id"] = min(ids, key=lambda column: rank(column.name) or 0).name
    found.pop("product", None)


def find_by_cells(raw: RawTable, found: dict[str, str]) -> None:
    """Take dates, amounts and ids that come back for what no name says.

    Parameters
    ----------
    raw : RawTable
        The files.
    found : dict of str to str
        The file's column for each of ours, to be added to.
    """

    def add(ours: str, find: Callable[[list[RawColumn]], RawColumn | None]) -> None:
        taken = set(found.values())
        free = [column for column in raw.columns if column.name not in taken]
        column = find([column for column in free if not says_other(column.name, ours)])
        if column:
            found[ours] = column.name

    def find_customers(columns: list[RawColumn]) -> RawColumn | None:
        names, products, orders = (
            named(raw, found.get(ours)) for ours in ("customer_name", "product", "order_id")
        )
        if names:
            columns = [column for column in columns if contents.has_one_name(column, names)]
        if products:
            columns = [c for c in columns if not contents.are_the_same(c, products)]
        if orders:
            columns = [c for c in columns if not contents.has_one_name(c, orders)]
        return contents.find_customers(columns)

    if "ordered_at" not in found:
        add("ordered_at", contents.find_dates)
    if "amount" not in found and "unit_price" not in found:
        add("amount", contents.find_amounts)
    if "customer_id" not in found and "email" not in found:
        add("customer_id", find_customers)
    customers, days = named(raw, found.get("customer_id")), named(raw, found.get("ordered_at"))
    if "order_id" not in found and customers and days:
        add("order_id", lambda columns: contents.find_orders(columns, customers, days))


def let_stand_in(raw: RawTable, found: dict[str, str]) -> None:
    """Take what tells customers apart for their id where there is none.

    Parameters
    ----------
    raw : RawTable
        The files.
    found : dict of str to str
        The file's column for each of ours, to be changed.
    """
    usable = [
        ours
        for ours in _STANDS_FOR_CUSTOMER
        if ours in found and not (ours == "customer_name" and _is_half_a_name(raw, found))
    ]
    if "customer_id" not in found and usable:
        found["customer_id"] = found.pop(usable[0])


def is_of_all_pieces(raw: RawTable, found: Mapping[str, str]) -> bool:
    """Whether a price is the row's amount: without a quantity, or as it grows with that.

    Parameters
    ----------
    raw : RawTable
        The files.
    found : dict of str to str
        The file's column for each of ours, a unit price among them.
    """
    price, quantity = named(raw, found["unit_price"]), named(raw, found.get("quantity"))
    if price is None or quantity is None:
        return True
    product = named(raw, found.get("product") or found.get("category"))
    return contents.grow_with_quantity(price, quantity, product)


def named(raw: RawTable, name: str | None) -> RawColumn | None:
    """The column of that name; None where there is none.

    Parameters
    ----------
    raw : RawTable
        The files.
    name : str or None
        As it stands in the files.
    """
    return next((column for column in raw.columns if column.name == name), None)


def _is_half_a_name(raw: RawTable, found: Mapping[str, str]) -> bool:
    return is_half_a_name(found["customer_name"], [column.name for column in raw.columns])
