"""The columns of the tables on value and risk: their labels, meanings and units."""

from segmentation.tables import CUSTOMERS, Column

PURCHASES = {
    "x": Column(
        "Repeat purchases",
        "Days with a purchase after the first one.",
        "count",
        "x in Fader, Hardie & Lee (2005)",
    ),
    "t_x": Column(
        "Age at last purchase",
        "Days from the first purchase to the last; 0 where there is one.",
        "days",
        "t_x in Fader, Hardie & Lee (2005)",
    ),
    "T": Column(
        "Age",
        "Days from the first purchase to the last day that counts, the one before the as-of day.",
        "days",
        "T in Fader, Hardie & Lee (2005)",
    ),
    "total_spend": CUSTOMERS["total_spend"],
    "mean_spend": Column(
        "Mean repeat purchase",
        "Spend after the first purchase day divided by repeat purchases; 0 where there are none.",
        "money",
        "Fader & Hardie (2013)",
    ),
}

PREDICTION = {
    "p_active": Column(
        "P(active)",
        "Chance that the customer has not left for good.",
        "share",
        "Fader, Hardie & Lee (2005); Batislam, Denizel & Filiztekin (2007)",
    ),
    "expected_orders": Column(
        "Expected orders", "Days with a purchase expected up to the end of the horizon.", "number"
    ),
    "order_value": Column(
        "Expected order value",
        "Mean amount expected of the customer's orders to come.",
        "money",
        "Fader & Hardie (2013)",
    ),
    "expected_spend": Column(
        "Expected spend", "Expected orders times expected order value, undiscounted.", "money"
    ),
    "value": Column(
        "Predicted value",
        "Expected spend times margin, money of later months discounted to the as-of day.",
        "money",
        "Fader, Hardie & Lee (2005); Fader & Hardie (2013)",
    ),
    "value_if_active": Column(
        "Value if active", "The predicted value, were the customer certain to be active.", "money"
    ),
    "next_order_on": Column(
        "Likely next order",
        "Day by which half of such customers, if active, order again; empty where P(active) is "
        "under 50% or the day is over two years away.",
        "date",
    ),
}

SIMPLE_VALUE = {
    "segment": Column("Segment", "The group's name."),
    "n_customers": Column("Customers", "Customers in the group.", "count"),
    "order_value": Column("Mean order", "Spend divided by orders.", "money"),
    "orders_per_year": Column(
        "Orders per year",
        "Orders divided by the years that customers are known, at least one year each.",
        "number",
    ),
    "value": Column(
        "Simple CLTV", "Mean order × orders per year × expected years × margin.", "money"
    ),
}

VALUE_SO_FAR = {
    "group": Column("Group", "What the customers have in common."),
    "n_customers": Column("Customers", "Customers in the group.", "count"),
    "n_orders": CUSTOMERS["n_orders"],
    "value": Column("Value so far", "Spend times margin.", "money"),
    "share_of_value": Column("Share of value", "Of the value of all customers.", "share"),
    "mean_value": Column("Per customer", "Value so far divided by customers.", "money"),
}

SEGMENT_VALUE = {
    "segment": Column("Segment", "The group's name."),
    "n_customers": Column("Customers", "Customers in the segment.", "count"),
    "active_customers": Column(
        "Active", "Customers expected to be active still: P(active) added up.", "estimate"
    ),
    "expected_orders": Column(
        "Expected orders", "Days with a purchase expected up to the end of the horizon.", "estimate"
    ),
    "value": PREDICTION["value"],
    "share_of_value": Column("Share of value", "Of the predicted value of all customers.", "share"),
    "mean_value": Column("Per customer", "Predicted value divided by customers.", "money"),
    "low": Column("From", "Lower end of the 90% interval of the predicted value.", "money"),
    "high": Column("To", "Upper end of the 90% interval of the predicted value.", "money"),
}

TRACK_RECORD = {
    "group": Column("Group", "What the customers have in common before the held-out time."),
    "n_customers": Column("Customers", "Customers known before the held-out time.", "count"),
    "happened_orders": Column("Orders", "Days with a purchase in the held-out time.", "count"),
    "predicted_orders": Column("Predicted", "Orders by the models, from before it.", "estimate"),
    "average_orders": Column("By average", "Orders, were all customers alike.", "estimate"),
    "happened_spend": Column("Money", "Spend in the held-out time.", "money"),
    "predicted_spend": Column("Predicted", "Money by the models, undiscounted.", "money"),
    "average_spend": Column("By average", "Money, were all customers alike.", "money"),
}

CLOCK = {
    "measure": Column("Measure", "What is measured."),
    "value": Column("Value", "The figure for this customer."),
    "unit": Column("Unit", "What it is counted in."),
}
