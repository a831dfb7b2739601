"""What the data can and cannot carry, in sentences with their figures."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from segmentation.engine.database import Database
from segmentation.labels import day, money, share, span
from segmentation.marts.currencies import build_currencies
from segmentation.marts.quality import Overview
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd

MANY, FEW_CUSTOMERS, SHORT_DAYS = 0.25, 100, 180
LACKING, LACKING_SHARE = ("no customer", "no date", "no amount"), 0.1
EARLIEST = datetime.date(1990, 1, 1)


class Finding(NamedTuple):
    """A sentence; `kind` is "good", "mind" (the analysis suffers) or "note"."""

    kind: str
    sentence: str


def build_findings(
    database: Database,
    customers: "pd.DataFrame",
    overview: Overview,
    policies: Policies,
    as_of: datetime.date,
) -> list[Finding]:
    """What dates, currencies, orders and ties mean for the analysis.

    Parameters
    ----------
    database : Database
        Where the rows are.
    customers : DataFrame
        As `marts.customers.build_customers` gives it for `policies` and `as_of`.
    overview : Overview
        Of the same data.
    policies : Policies
        What counts as a purchase.
    as_of : date
        The first day that does not count.

    Returns
    -------
    list of Finding
        At least one; numbers in the data's currency and in days.
    """
    return [
        *_date_findings(customers, overview, as_of),
        *_currency_findings(database, policies, as_of),
        *_order_findings(customers, overview),
    ]


def tell_fates(fates: "pd.DataFrame", policies: Policies) -> list[Finding]:
    """What it means for the analysis how many rows do not count, and what returns amount to.

    Parameters
    ----------
    fates : DataFrame
        As `marts.quality.count_fates` gives it.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    list of Finding
        Empty where nearly all rows count and returns are below zero.
    """
    n_rows = int(fates["n_rows"].sum())
    found = [
        Finding("note", f"{n:,} of {n_rows:,} rows ({share(n / n_rows)}) are left out: {fate}.")
        for fate, n in fates["n_rows"].items()
        if fate in LACKING and n > LACKING_SHARE * n_rows
    ]
    returned = fates["amount"].get("return", 0)
    if returned > 0 and policies.returns == "net":
        sentence = (
            f"Returns and cancellations amount to {money(returned)}, above zero, and so add to "
            "what customers spent: write them with a minus in the data, or leave them out by the "
            "policy for returns."
        )
        found.append(Finding("mind", sentence))
    return found


def _date_findings(
    customers: "pd.DataFrame", overview: Overview, as_of: datetime.date
) -> Iterator[Finding]:
    first, last = overview.first_on, overview.last_on
    days = (last - first).days + 1
    length = "one day" if days == 1 else f"{days:,} days"
    told = f"The purchases run from {span(first, last)}, {length}."
    is_odd = first < EARLIEST or last > datetime.date.today() + datetime.timedelta(days=1)
    if days < SHORT_DAYS:
        yield Finding(
            "mind",
            f"{told} That is short: who buys once a year looks lost, and seasons cannot be seen.",
        )
    else:
        yield Finding("note" if is_odd else "good", told)
    if is_odd:
        yield Finding(
            "mind",
            "Some dates are long past or in the future. They stretch recency for everybody: look "
            "at the dates in the file, or choose an as-of day.",
        )
    if len(customers) < FEW_CUSTOMERS:
        yield Finding(
            "mind",
            f"{len(customers):,} {'customer is' if len(customers) == 1 else 'customers are'} few "
            "for percentiles: single customers move the cut points.",
        )
    if overview.is_by_customer and as_of < overview.day_after:
        yield Finding(
            "mind",
            "The data have one row a customer: what they had spent by an earlier as-of day cannot "
            "be known, so customers with a later order are left out.",
        )
    unknown = int(customers["first_ordered_on"].isna().sum())
    if unknown:
        whose = "1 customer" if unknown == 1 else f"{unknown:,} customers"
        yield Finding(
            "note",
            f"The first order of {whose} has no day, or one after the last order, and so counts as "
            "not known: what they will still buy cannot be predicted.",
        )


def _currency_findings(
    database: Database, policies: Policies, as_of: datetime.date
) -> Iterator[Finding]:
    found = build_currencies(database, as_of, policies)
    listed = ", ".join(
        f"{row.currency} in {row.n_rows:,} rows ({money(row.amount)})"
        for row in found.head(5).itertuples()
    )
    if len(found) > 1:
        yield Finding(
            "mind",
            f"The purchases are in {len(found)} currencies: {listed}. Amounts are added up as they "
            "stand, without exchange rates: convert them first, or load one currency at a time.",
        )
    elif len(found) == 1:
        yield Finding("good", f"One currency: {listed}.")


def _order_findings(customers: "pd.DataFrame", overview: Overview) -> Iterator[Finding]:
    if not overview.has_order_ids and not overview.is_by_customer:
        yield Finding(
            "note",
            "There are no order numbers: the rows of a customer on one day count as one order.",
        )
    counts = customers["n_orders"].value_counts(normalize=True)
    n_orders, part = counts.index[0], counts.iloc[0]
    if part > MANY:
        often = "once" if n_orders == 1 else f"{n_orders:,} times"
        yield Finding(
            "note",
            f"{share(part)} of the customers bought exactly {often}. They all get the same "
            "frequency score, whatever the order of the rows: equal customers are never split.",
        )
    dates = customers["last_ordered_on"].value_counts(normalize=True)
    if dates.iloc[0] > MANY:
        yield Finding(
            "mind",
            f"{share(dates.iloc[0])} of the customers ordered last on {day(dates.index[0])}: "
            "recency cannot tell them apart.",
        )
    negative = int((customers["total_spend"] <= 0).sum())
    if negative:
        yield Finding(
            "note",
            f"{negative:,} customers returned as much as they bought, or more: their spend is zero "
            "or negative.",
        )
