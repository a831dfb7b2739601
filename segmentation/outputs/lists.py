"""Customers with their scores, segment and attributes, as lists that are taken away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentation.segments.cells import count_customers
from segmentation.segments.profiles import median_spend, profile_segments
from segmentation.segments.segmenter import Segmenter
from segmentation.tables import ATTRIBUTES

if TYPE_CHECKING:
    import pandas as pd

MEASURED = [
    "n_orders",
    "total_spend",
    "mean_order_value",
    "first_ordered_on",
    "last_ordered_on",
    "recency_days",
]


def build_customer_list(
    customers: "pd.DataFrame",
    segmenter: Segmenter,
    attributes: "pd.DataFrame",
    segments: Sequence[str] | None = None,
) -> "pd.DataFrame":
    """The customers of some segments, with all that is known of them.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    segmenter : RuleSegmenter or ClusterSegmenter
        Fitted.
    attributes : DataFrame
        As `marts.customers.build_attributes` gives it.
    segments : sequence of str, optional
        Names of the segments wanted; all where none are given.

    Returns
    -------
    DataFrame indexed by customer_id, in the order of `customers`
        The measures, recency_score, frequency_score, monetary_score, segment, then the
        attributes.
    """
    scores = segmenter.scorer.transform(customers)
    table = customers[MEASURED].join(scores)
    table["segment"] = segmenter.predict(customers)
    if segments is not None:
        table = table[table["segment"].isin(list(segments))]
    known = attributes.reindex(table.index)
    return table.join(known[[name for name in ATTRIBUTES if name in known]])


def join_known(
    customers: "pd.DataFrame", *known: "pd.DataFrame | pd.Series | None"
) -> "pd.DataFrame":
    """The list with what else is known of each customer, as far as it has it not yet.

    Parameters
    ----------
    customers : DataFrame indexed by customer_id
        As `build_customer_list` gives it.
    *known : DataFrame or Series indexed by customer_id, or None
        Further columns; none where a table has no rows.
    """
    for table in known:
        if table is not None and len(table):
            more = table.to_frame() if table.ndim == 1 else table
            customers = customers.join(more[[name for name in more if name not in customers]])
    return customers


def build_segment_table(customers: "pd.DataFrame", segmenter: Segmenter) -> "pd.DataFrame":
    """The columns of `tables.SEGMENTS` for every segment that has customers, in scheme order."""
    cells = count_customers(customers)
    codes = segmenter.code_cells(cells)
    names = segmenter.scheme.names
    profile = profile_segments(cells, codes, names)
    profile["median_total_spend"] = median_spend(customers, codes, names)
    return profile[profile["n_customers"] > 0]
