"""The columns of the tables on customers at risk: their labels, meanings and units."""

from segmentation.tables import CUSTOMERS, Column
from segmentation.value_tables import PREDICTION

AT_RISK = {
    "customer_id": CUSTOMERS["customer_id"],
    "segment": Column("Segment", "The customer's segment as of the as-of day."),
    "segment_before": Column(
        "Three months ago", "Their segment three months before that day, by the same cut points."
    ),
    "at_stake": Column(
        "At stake",
        "Money likely to be lost. By the models: value if active × (1 − P(active)). By rhythm: "
        "spend per year × margin × the share of the silence that is longer than the usual gap.",
        "money",
    ),
    "p_active": PREDICTION["p_active"],
    "overdue_ratio": Column(
        "Overdue", "Days since the last order divided by the usual gap: 1 is on time.", "ratio"
    ),
    "value_so_far": Column("Value so far", "Spend times margin.", "money"),
    "last_ordered_on": CUSTOMERS["last_ordered_on"],
    "usual_gap_days": Column(
        "Usual gap, days",
        "Mean days from each day with a purchase to the next; with fewer than three such days the "
        "middle gap of their segment.",
        "number",
    ),
    "gap_of": Column("Gap from", "Whose orders the usual gap is measured on."),
    "overdue_days": Column(
        "Days overdue", "Days since the last order beyond the usual gap; 0 on time.", "days"
    ),
    "favourite_category": Column(
        "Favourite category", "The category on which the customer spent most."
    ),
    "last_category": Column("Last category", "The category that the customer bought last."),
    "offer": Column("What to offer", "The recommended action of the customer's segment."),
}

RETURNED = {
    "segment": Column("Segment", "The customers' segment at the earlier day."),
    "n_flagged": Column("Flagged", "Customers whom the same choices flagged then.", "count"),
    "n_returned": Column("Came back", "Those of them who have bought again since.", "count"),
    "share_returned": Column("Share", "Came back divided by flagged.", "share"),
    "low": Column("From", "Lower end of the share's 90% interval.", "share", "Wilson (1927)"),
    "high": Column("To", "Upper end of the share's 90% interval.", "share", "Wilson (1927)"),
}
