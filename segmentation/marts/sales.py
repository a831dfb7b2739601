"""The sales within filters: by customer, by day, by period, by attribute and by product."""

import datetime
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.marts.sales_filters import CATEGORY, SalesFilters
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd

STRONGEST = 3
BRING_MOST = "n_orders = 0, total_spend desc, customer_id"


class Sales:
    """The sales of the customers, to be asked for parts of them.

    Revenue is what customers paid, returns taken off on the day they happen where the policy is
    "net".  Customers who only brought something back within the filters count as revenue, not as
    customers.

    Parameters
    ----------
    database : Database
        Where the rows are.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.
    segmented : DataFrame, optional
        customer_id and segment, needed to filter or group by segment; never changed.
    """

    def __init__(
        self,
        database: Database,
        as_of: datetime.date,
        policies: Policies,
        segmented: "pd.DataFrame | None" = None,
    ) -> None:
        self.database = database
        self.as_of = as_of
        self.policies = policies
        self.segmented = segmented

    def ask(
        self, table: str, filters: SalesFilters, by: str = "", **more: object
    ) -> "pd.DataFrame":
        """One of the sales tables of sql/marts, money to four places.

        Parameters
        ----------
        table : str
            The stem of the file.
        filters : SalesFilters
        by : str, default=""
            The attribute to group by, if any.
        **more : object
            Parameters of that file alone: ``part``, or ``grain``.
        """
        return _rounded(self.database.table(table, **self._asked(filters, by), **more))

    def _asked(self, filters: SalesFilters, by: str = "") -> dict[str, object]:
        asked = {**self.policies.parameters(self.as_of), **filters.parameters(by)}
        return asked if self.segmented is None else {**asked, "segmented": self.segmented}

    def by_customer(self, filters: SalesFilters, limit: int | None = None) -> "pd.DataFrame":
        """Who bought what within the filters, those who bring most first.

        Parameters
        ----------
        filters : SalesFilters
        limit : int, optional
            How many at most.

        Returns
        -------
        DataFrame of shape (up to n_customers, 3), indexed by customer_id
            total_spend (in the data's currency), n_orders, last_ordered_on (datetime64; none for
            customers without a purchase in it, who come last).  Of equals the first by id.
        """
        import pyarrow as pa

        asked = self._asked(filters)
        batches = [*self.database.stream("sales_customers", BRING_MOST, limit, **asked)]
        if batches:
            found = _rounded(pa.Table.from_batches(batches).to_pandas())
        else:
            found = self.ask("sales_customers", filters)
        found["last_ordered_on"] = found["last_ordered_on"].astype("datetime64[s]")
        return found.set_index("customer_id")

    def spends(self, filters: SalesFilters) -> "pd.DataFrame":
        """What each customer within the filters spent, in no order, as `profile_pareto` takes it.

        Returns
        -------
        DataFrame of shape (n_customers, 2)
            total_spend (in the data's currency) and n_orders.
        """
        return self.ask("sales_spends", filters)

    def by_segment(self, filters: SalesFilters) -> "pd.DataFrame":
        """How many customers of each segment there are within the filters, and their spend.

        Returns
        -------
        DataFrame of shape (n_segments, 2), indexed by segment, in its order
            n_customers and total_spend.
        """
        found = self.ask("sales_segments", filters).dropna(subset="segment")
        return found.set_index("segment").sort_index()

    def by_day(self, filters: SalesFilters) -> "pd.DataFrame":
        """Revenue and orders of each day that has any.

        Returns
        -------
        DataFrame of shape (n_days, 2), indexed by ordered_on, in its order
            total_spend and n_orders.
        """
        found = self.ask("sales_days", filters)
        found["ordered_on"] = found["ordered_on"].astype("datetime64[s]")
        return found.set_index("ordered_on").sort_index()

    def by_period(self, filters: SalesFilters, grain: str) -> "pd.DataFrame":
        """Revenue, orders, customers and those with several orders, of each period with any.

        Returns
        -------
        DataFrame of shape (n_periods, 5), indexed by the day on which the period begins
            total_spend, buyers_spend (of those who bought something in it), n_orders, n_customers,
            n_repeaters.
        """
        found = self.ask("sales_periods", filters, grain=grain)
        found["buyers_spend"] = found["buyers_spend"].round(4)
        found["starts_on"] = [period_start(int(number), grain) for number in found["period"]]
        found["starts_on"] = found["starts_on"].astype("datetime64[s]")
        return found.drop(columns="period").set_index("starts_on").sort_index()

    def totals(self, filters: SalesFilters) -> "pd.DataFrame":
        """The columns of `by_period` for all days together: one row, or none without sales."""
        found = self.ask("sales_periods", filters, grain="all").drop(columns="period")
        found["buyers_spend"] = found["buyers_spend"].round(4)
        return found

    def by_part(self, filters: SalesFilters, part: str) -> "pd.DataFrame":
        """The sales by one attribute, the part that brings most first.

        Returns
        -------
        DataFrame of shape (n_parts, 5), indexed by part, ``""`` where the data do not say it
            total_spend, share_of_spend (0 to 1), n_orders, n_customers, mean_order_value.
        """
        return shared(self.ask("sales_parts", filters, part, part=part).set_index("part"))

    def by_product(self, filters: SalesFilters) -> "pd.DataFrame":
        """The sales by product, likewise; n_pieces as well. Reads the rows themselves."""
        return shared(self.ask("sales_products", filters).set_index("product"))

    def by_category(self, filters: SalesFilters, place: str) -> "pd.DataFrame":
        """The revenue by category and a place.

        Parameters
        ----------
        filters : SalesFilters
        place : {"country", "region", "city"}

        Returns
        -------
        DataFrame of shape (n_pairs, 3)
            part, category and total_spend.
        """
        return self.ask("sales_part_categories", filters, CATEGORY, part=place)

    def strongest_categories(self, filters: SalesFilters, place: str) -> "pd.Series":
        """For each part of a place the categories that bring most, as one text."""
        found = self.by_category(filters, place)
        found = found[found["category"] != ""].sort_values(
            ["total_spend", "category"], ascending=[False, True]
        )
        first = found.groupby("part").head(STRONGEST)
        return first.groupby("part")["category"].agg(", ".join)


def _rounded(table: "pd.DataFrame") -> "pd.DataFrame":
    """Sums of decimals are exact to four places; as doubles they may end in …00000001."""
    table["total_spend"] = table["total_spend"].round(4)
    return table


def shared(parts: "pd.DataFrame") -> "pd.DataFrame":
    """Parts with their share and their mean order, the part that brings most first."""
    parts = parts.sort_index().sort_values("total_spend", ascending=False, kind="stable")
    whole = parts["total_spend"].sum()
    parts.insert(1, "share_of_spend", parts["total_spend"] / whole if whole else 0.0)
    parts["mean_order_value"] = parts["total_spend"] / parts["n_orders"].where(lambda n: n > 0)
    return parts


def period_start(number: int, grain: str) -> datetime.date:
    """The day on which a period of sales_periods.sql begins.

    >>> period_start(2024, "year"), period_start(24294, "month")
    (datetime.date(2024, 1, 1), datetime.date(2024, 7, 1))
    """
    if grain == "week":
        return datetime.date(1900, 1, 1) + datetime.timedelta(weeks=number)
    n_months = {"year": 12, "quarter": 3, "month": 1}[grain]
    year, month = divmod(number * n_months, 12)
    return datetime.date(year, month + 1, 1)
