"""What became of the reader's rows, to the cent, and what the data can carry."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.engine.undone import BY_ROWS, MOST_STATUSES
from segmentation.errors import NothingKept
from segmentation.labels import day
from segmentation.recipe import RETURNS, Policies
from segmentation.tables import FATES, LEFT_OUT

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COUNTED = {"net": ("kept", "return"), "ignore": ("kept",)}


# Days that stand for “never”, such as 31 Dec 9999, have no day after them.
LAST_DAY = datetime.date.max - datetime.timedelta(days=1)


@dataclass(frozen=True)
class Overview:
    """What the purchases cover.

    Parameters
    ----------
    n_purchase_rows : int
        Rows that are purchases.
    amount : float
        What they amount to, in the data's currency.
    first_on, last_on : date
        Days of the first and the last purchase.
    sales_from : date
        Day of the first row that is part of the customers' spend: a return that counts may come
        before the first purchase.
    has_order_ids : bool
        Whether orders are counted by number; else by day.
    is_by_customer : bool
        Whether the data have one row a customer.
    """

    n_purchase_rows: int
    amount: float
    first_on: datetime.date
    last_on: datetime.date
    sales_from: datetime.date
    has_order_ids: bool
    is_by_customer: bool

    @property
    def day_after(self) -> datetime.date:
        """The first day that knows every purchase: the as-of day unless another is chosen."""
        return min(self.last_on, LAST_DAY) + datetime.timedelta(days=1)


def build_overview(
    database: Database, policies: Policies, as_of: datetime.date | None = None
) -> Overview:
    """What the purchases before a day cover; before any day where none is given.

    Raises
    ------
    NothingKept
        No row is a purchase, or none before the day; the message says what became of the rows
        instead.
    """
    row = database.table("overview", **policies.parameters(as_of)).iloc[0]
    if row["n_purchase_rows"] == 0:
        fates = count_fates(database, policies, as_of)
        told = ", ".join(f"{fate}: {n:,}" for fate, n in fates["n_rows"].items() if n)
        if as_of and "after as-of" in fates.index:
            raise NothingKept(
                f"No row before {day(as_of)} is a purchase ({told}).", "Choose a later as-of day."
            )
        if "undone order" in fates.index:
            raise NothingKept(
                f"No order counts: by their status nothing came of any ({told}).",
                "Choose other statuses that do not count, or another column for the status.",
            )
        raise NothingKept(
            f"No row has a customer, a date and an amount above zero ({told or 'no rows'}).",
            "Check which columns were chosen for these three.",
        )
    return Overview(
        n_purchase_rows=int(row["n_purchase_rows"]),
        amount=float(row["amount"]),
        first_on=row["first_on"].date(),
        last_on=row["last_on"].date(),
        sales_from=row["sales_from"].date(),
        has_order_ids=bool(row["has_order_ids"]),
        is_by_customer=bool(row["has_order_counts"]),
    )


def count_fates(
    database: Database, policies: Policies, as_of: datetime.date | None
) -> "pd.DataFrame":
    """Rows and money by fate; a partition of the reader's rows.

    Returns
    -------
    DataFrame of shape (n_fates, 4), indexed by fate, in the order of `tables.FATES`
        n_rows, amount (in the data's currency), n_customers, and is_counted: whether rows of
        this fate are part of the customers' spend under the returns policy.
    """
    fates = database.table("row_fates", **policies.parameters(as_of)).set_index("fate")
    fates = fates.loc[[fate for fate in FATES if fate in fates.index]]
    # Sums of decimals are exact to four places; as doubles they may end in …00000001.
    fates["amount"] = fates["amount"].round(4)
    fates["is_counted"] = fates.index.isin(COUNTED[policies.returns])
    return fates


def build_statuses(
    database: Database, policies: Policies, as_of: datetime.date | None
) -> "pd.DataFrame":
    """What the orders' status says, of the rows that count or would but for it.

    Returns
    -------
    DataFrame of shape (n_statuses, 5), those with most rows first
        status (empty where the data do not say it), n_rows, amount (in the data's currency),
        paid_back (of it below zero) and n_customers; the same whichever statuses count, and those
        alone that are looked at.
    """
    import pyarrow as pa

    asked = policies.parameters(as_of)
    batches = list(database.stream("statuses", BY_ROWS, MOST_STATUSES, **asked))
    statuses = pa.Table.from_batches(batches).to_pandas().fillna({"status": ""})
    # Sums of decimals are exact to four places; as doubles they may end in …00000001.
    return statuses.assign(amount=statuses["amount"].round(4))


def count_returns(fates: "pd.DataFrame", duplicates: str) -> "pd.DataFrame":
    """What each policy for returns would make of rows whose fates are known.

    Parameters
    ----------
    fates : DataFrame
        As `count_fates` gives it.
    duplicates : {"keep", "drop"}
        The policy that they were counted by.

    Returns
    -------
    DataFrame of shape (2, 3), indexed by returns and duplicates
        n_rows and amount that count, n_customers with a purchase.
    """
    import pandas as pd

    found = {}
    for returns in RETURNS:
        counted = fates[fates.index.isin(COUNTED[returns])]
        found[returns, duplicates] = {
            "n_rows": counted["n_rows"].sum(),
            "amount": round(counted["amount"].sum(), 4),
            "n_customers": fates["n_customers"].get("kept", 0),
        }
    return pd.DataFrame(found).T.rename_axis(["returns", "duplicates"])


def build_left_out(
    database: Database,
    policies: Policies,
    as_of: datetime.date | None,
    fate: str | None = None,
    limit: int | None = None,
) -> "pd.DataFrame":
    """The rows that do not count, with their fate, file and line.

    Parameters
    ----------
    database : Database
        Where the rows are.
    policies : Policies
        What counts as a purchase.
    as_of : date or None
        The first day that does not count.
    fate : str, optional
        Only rows with this fate.
    limit : int, optional
        How many rows at most.

    Returns
    -------
    DataFrame of shape (n_left_out, up to 20)
        Columns of `tables.LEFT_OUT`, without those that the data do not have; in the order
        of the files and their lines.
    """
    import pandas as pd
    import pyarrow as pa

    batches = list(stream_left_out(database, policies, as_of, fate, limit))
    if not batches:
        return pd.DataFrame(columns=["fate", "file", "line"])
    rows = pa.Table.from_batches(batches).to_pandas()
    mapped = [name for name in rows if name in ("fate", "file", "line") or rows[name].notna().any()]
    return rows[mapped]


def stream_left_out(
    database: Database,
    policies: Policies,
    as_of: datetime.date | None,
    fate: str | None = None,
    limit: int | None = None,
) -> Iterator["pa.RecordBatch"]:
    """The rows of `build_left_out` with all columns of `tables.LEFT_OUT`, batch by batch."""
    import pyarrow as pa

    batches = database.stream(
        "left_out_rows",
        "file_index, line",
        limit,
        **policies.parameters(as_of),
        reason=fate,
    )
    files = pa.array(list(database.files))
    for batch in batches:
        named = files.take(batch.column("file_index"))
        columns = [named if name == "file" else batch.column(name) for name in LEFT_OUT]
        yield pa.RecordBatch.from_arrays(columns, names=list(LEFT_OUT))


def left_out_columns(mapped: Iterable[str]) -> list[str]:
    """The columns of `tables.LEFT_OUT` that data with these columns of ours can fill."""
    always = {"fate", "file", "line", "amount", "unreadable"}
    return [name for name in LEFT_OUT if name in always | set(mapped)]


def build_steps(fates: "pd.DataFrame") -> "pd.DataFrame":
    """The way of the money, from all that is in the data to the customers' spend.

    Parameters
    ----------
    fates : DataFrame
        As `count_fates` gives it.

    Returns
    -------
    DataFrame of shape (n_fates + 1, 6)
        step, kind ("total", "out" for rows left out, "off" for returns taken off), n_rows,
        amount, and start and end: the money before and after the step.
    """
    import pandas as pd

    everything = fates["amount"].sum()
    steps = [("In the data", "total", fates["n_rows"].sum(), everything, 0.0, everything)]
    left = everything
    for fate, row in fates[~fates["is_counted"]].iterrows():
        after = left - row["amount"]
        steps.append((f"{fate}".capitalize(), "out", row["n_rows"], row["amount"], left, after))
        left = after
    if "return" in fates.index and fates.loc["return", "is_counted"]:
        back = fates.loc["return"]
        bought = left - back["amount"]
        steps.append(("Purchases", "total", fates.loc["kept", "n_rows"], bought, 0.0, bought))
        steps.append(("Return", "off", back["n_rows"], back["amount"], bought, left))
    counted = fates.loc[fates["is_counted"], "n_rows"].sum()
    steps.append(("Customers' spend", "total", counted, left, 0.0, left))
    return pd.DataFrame(steps, columns=["step", "kind", "n_rows", "amount", "start", "end"])
