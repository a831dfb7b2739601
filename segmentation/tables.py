"""The columns of every table a page or a file shows: their labels, meanings and units."""

from typing import NamedTuple


class Column(NamedTuple):
    """What a reader is told of one column.

    Parameters
    ----------
    label : str
        Its heading, in sentence case.
    meaning : str
        One sentence.
    unit : str, default=""
        ``"days"``, ``"date"``, ``"time"``, ``"share"`` (0 to 1), ``"money"`` (the data's currency),
        ``"count"``, ``"score"``, ``"ratio"`` or nothing for text.
    source : str, default=""
        Author and year, where the field has one.
    """

    label: str
    meaning: str
    unit: str = ""
    source: str = ""


class Field(NamedTuple):
    """A column of the reader's data that the app can use."""

    label: str
    meaning: str
    group: str
    unit: str = ""


NEEDED, EITHER, USEFUL, PER_CUSTOMER = "needed", "amount", "useful", "one row a customer"

FIELDS = {
    "customer_id": Field("Customer", "Who bought: a number, a code or an e-mail.", NEEDED),
    "ordered_at": Field("Date", "When it was bought.", NEEDED, "time"),
    "amount": Field("Amount", "Money for the row.", EITHER, "money"),
    "quantity": Field("Quantity", "Pieces in the row; negative for a return.", EITHER, "count"),
    "unit_price": Field("Unit price", "Money for one piece.", EITHER, "money"),
    "order_id": Field("Order", "Rows with the same number are one order.", USEFUL),
    "currency": Field("Currency", "The row's currency.", USEFUL),
    "product": Field("Product", "What was bought.", USEFUL),
    "category": Field("Category", "The kind of product.", USEFUL),
    "region": Field("Region", "State, province or sales region.", USEFUL),
    "city": Field("City", "Where the customer lives.", USEFUL),
    "country": Field("Country", "Where the customer lives.", USEFUL),
    "age_group": Field("Age group", "The customer's age band.", USEFUL),
    "customer_age": Field("Age", "The customer's age in years.", USEFUL, "count"),
    "customer_name": Field("Customer name", "For lists and campaigns.", USEFUL),
    "email": Field("E-mail", "For lists and campaigns.", USEFUL),
    "phone": Field("Phone", "For lists and campaigns.", USEFUL),
    "n_orders": Field(
        "Orders so far",
        "Only for data with one row a customer: how many orders they made. The date is then "
        "that of their last order, and the amount their total spend.",
        PER_CUSTOMER,
    ),
    "first_ordered_at": Field(
        "First order", "Only for data with one row a customer: their first order.", PER_CUSTOMER
    ),
}

ATTRIBUTES = {
    name: Column(FIELDS[name].label, meaning, FIELDS[name].unit)
    for name, meaning in {
        "country": "The customer's latest country.",
        "region": "The customer's latest region.",
        "city": "The customer's latest city.",
        "age_group": "The customer's latest age group; from the age where only that is there.",
        "customer_age": "The customer's latest age.",
        "customer_name": "The customer's latest name.",
        "email": "The customer's latest e-mail address.",
        "phone": "The customer's latest phone number.",
    }.items()
}

CUSTOMERS = {
    "customer_id": Column("Customer", "The id in your data, without blanks around it."),
    "n_orders": Column(
        "Orders",
        "Different order numbers with a purchase; where there are none, days with a purchase.",
        "count",
        "Fader, Hardie & Lee (2005) count purchase days likewise",
    ),
    "total_spend": Column("Spend", "All amounts together, returns taken off by default.", "money"),
    "mean_order_value": Column("Mean order", "Spend divided by orders.", "money"),
    "first_ordered_on": Column(
        "First order",
        "Day of the first purchase; empty where one row a customer does not say it.",
        "date",
    ),
    "last_ordered_on": Column("Last order", "Day of the last purchase.", "date"),
    "recency_days": Column(
        "Days since last order", "Whole days from the last purchase to the as-of day.", "days"
    ),
    "n_purchase_days": Column("Purchase days", "Different days with a purchase.", "count"),
    "tenure_days": Column(
        "Days since first order", "Whole days from the first purchase to the as-of day.", "days"
    ),
}

SCORES = {
    "recency_score": Column(
        "R",
        "Recency score: high is lately.",
        "score",
        "Hughes (1994), Strategic Database Marketing",
    ),
    "frequency_score": Column(
        "F",
        "Frequency score: high is often.",
        "score",
        "Hughes (1994), Strategic Database Marketing",
    ),
    "monetary_score": Column(
        "M", "Monetary score: high is much.", "score", "Hughes (1994), Strategic Database Marketing"
    ),
    "segment": Column("Segment", "The name of the customer's cell in the scheme's grid."),
}

SEGMENTS = {
    "segment": Column("Segment", "The group's name."),
    "n_customers": Column("Customers", "Customers in the segment.", "count"),
    "share_of_customers": Column("Share of customers", "Of all customers.", "share"),
    "total_spend": Column("Revenue", "All that the segment's customers paid.", "money"),
    "share_of_spend": Column("Share of revenue", "Of all that customers paid.", "share"),
    "mean_order_value": Column("Mean order", "Revenue divided by orders.", "money"),
    "median_recency_days": Column(
        "Days since last order", "The segment's middle customer.", "days"
    ),
    "median_n_orders": Column("Orders", "The segment's middle customer.", "count"),
    "median_total_spend": Column("Spend", "The segment's middle customer.", "money"),
}

MOVES = {
    "before": Column("From", "The segment as applied."),
    "after": Column("To", "The segment with the change."),
    "n_customers": Column("Customers", "Customers that move.", "count"),
    "total_spend": Column("Revenue", "What those customers paid.", "money"),
}

SCORE_RANGES = {
    "score": Column("Score", "High is good.", "score"),
    "range": Column("Range", "The values that have this score."),
    "n_customers": Column("Customers", "Customers with this score.", "count"),
    "share_of_customers": Column("Share of customers", "Of all customers.", "share"),
}

PLACES = {
    "place": Column("Where", "The value of the attribute."),
    "n_customers": Column("Customers", "Customers of the segment there.", "count"),
    "share_of_segment": Column("Share of segment", "Of the segment's customers.", "share"),
    "share_of_customers": Column("Share of all", "Of all customers.", "share"),
    "concentration": Column(
        "Concentration",
        "Share of the segment divided by share of all: 2 is twice as common as on average.",
        "ratio",
        "location quotient, Haig (1926)",
    ),
}

LEDGER = {
    "fate": Column("Fate", "What became of the rows."),
    "n_rows": Column("Rows", "Rows with this fate.", "count"),
    "amount": Column("Amount", "Their amounts together.", "money"),
    "n_customers": Column("Customers", "Different customers in these rows.", "count"),
}

FATES = {
    "kept": "A purchase: it has a customer, a date and an amount above zero.",
    "return": "A return or cancellation: negative quantity or amount, or an order number marked "
    "as cancelled. Taken off the customer's spend (net) or left out (ignore); never an order.",
    "returns only": "A return of a customer who has no purchase in the data: the customer is "
    "left out.",
    "no customer": "The customer is empty, as for guests and cash sales.",
    "no date": "The date is empty or cannot be read.",
    "no amount": "The amount is empty or cannot be read.",
    "nothing paid": "The amount is zero: samples, gifts, corrections.",
    "exact duplicate": "All cells are the same as in an earlier row (only when duplicates are "
    "dropped).",
    "after as-of": "On or after the as-of day.",
}

LEFT_OUT = {
    "fate": LEDGER["fate"],
    "file": Column("File", "The file the row stands in."),
    "line": Column(
        "Line",
        "The row's line in that file, the header usually being line 1; in a database, its key.",
        "count",
    ),
    **{
        name: Column(field.label, field.meaning, field.unit)
        for name, field in FIELDS.items()
        if field.group != PER_CUSTOMER
    },
    "unreadable": Column("As written", "Cells that could not be read, as they stand."),
}
