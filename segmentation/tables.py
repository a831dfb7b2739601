"""The columns of every table a page or a file shows: their labels, meanings and units."""

from segmentation.labels import Column, Field

NEEDED, EITHER, USEFUL, PER_CUSTOMER = "needed", "amount", "useful", "one row a customer"

FIELDS = {
    "customer_id": Field("Customer", "Who bought: a number, a code or an e-mail.", NEEDED),
    "ordered_at": Field("Date", "When it was bought.", NEEDED, "time"),
    "amount": Field("Amount", "Money for the row.", EITHER, "money"),
    "quantity": Field("Quantity", "Pieces in the row; negative for a return.", EITHER, "count"),
    "unit_price": Field("Unit price", "Money for one piece.", EITHER, "money"),
    "order_id": Field("Order", "Rows with the same number are one order.", USEFUL),
    "status": Field(
        "Order status",
        "What became of the order: paid, cancelled, refunded. Check data says which do not count.",
        USEFUL,
    ),
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
        "Day of the first purchase; empty where one row a customer does not say it, or says one "
        "after the last.",
        "date",
    ),
    "last_ordered_on": Column("Last order", "Day of the last purchase.", "date"),
    "recency_days": Column(
        "Days since last order", "Whole days from the last purchase to the as-of day.", "days"
    ),
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
    "segment": Column("Segment", "The customer's cell in the scheme's grid, or their cluster."),
}

CLUSTER_MEASURES = {
    **{
        name: CUSTOMERS[name]
        for name in ("recency_days", "n_orders", "total_spend", "mean_order_value", "tenure_days")
    },
    "share_of_returns": Column(
        "Share of returns", "Money sent back divided by money bought.", "share"
    ),
    "customer_age": ATTRIBUTES["customer_age"],
}

SEGMENTS = {
    "segment": Column("Segment", "The group's name."),
    "n_customers": Column("Customers", "Customers in the segment.", "count"),
    "share_of_customers": Column("Share of customers", "Of all customers.", "share"),
    "total_spend": Column("Revenue", "All that the segment's customers paid.", "money"),
    "share_of_spend": Column("Share of revenue", "Of all that customers paid.", "share"),
    "mean_order_value": Column("Mean order", "Revenue divided by orders.", "money"),
    "median_recency_days": Column(
        "Median recency", "Days since the last order of the segment's middle customer.", "days"
    ),
    "median_n_orders": Column("Median orders", "The segment's middle customer.", "count"),
    "median_total_spend": Column("Median spend", "The segment's middle customer.", "money"),
}

MOVES = {
    "before": Column("From", "The segment as applied."),
    "after": Column("To", "The segment with the change."),
    "n_customers": Column("Customers", "Customers that move.", "count"),
    "total_spend": Column("Revenue", "What those customers paid.", "money"),
}

SCORE_RANGES = {
    "score": Column("Score", "High is good.", "score"),
    "range": Column(
        "Values found", "The lowest and the highest value that customers of this score have."
    ),
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

CUSTOMER_ORDERS = {
    "ordered_on": Column("Day", "Day of the order.", "date"),
    "order_id": Column("Order", "Its number, where the data have one."),
    "fate": Column("Kind", "A purchase, or a return."),
    "n_rows": Column("Rows", "Rows of the data in it.", "count"),
    "amount": Column("Amount", "What its rows amount to.", "money"),
}

CUSTOMER_PRODUCTS = {
    "category": Column("Category", "The kind of product."),
    "product": Column("Product", "What was bought."),
    "n_purchase_days": Column("Days bought", "Different days on which it was bought.", "count"),
    "last_ordered_on": Column("Last bought", "Day on which it was bought last.", "date"),
    "total_spend": Column("Spend", "What the customer paid for it, returns taken off.", "money"),
    "share_of_spend": Column(
        "Share of spend", "Of what the customer paid; parts below zero count as zero.", "share"
    ),
}

RANKING = {
    "spend_rank": Column("Rank", "Place by spend: 1 spent most.", "count"),
    "customer_id": CUSTOMERS["customer_id"],
    "segment": Column("Segment", "The customer's cell in the scheme's grid, or their cluster."),
    "total_spend": CUSTOMERS["total_spend"],
    "n_orders": CUSTOMERS["n_orders"],
    "last_ordered_on": CUSTOMERS["last_ordered_on"],
}

RHYTHM = {
    "usual_gap_days": Column(
        "Usual gap",
        "Mean days from each day with a purchase to the next, as on At risk; it takes three such "
        "days.",
        "days",
    ),
    "longest_gap_days": Column(
        "Longest gap", "Most days from one day with a purchase to the next.", "days"
    ),
    "overdue_ratio": Column(
        "Against their rhythm",
        "Days since the last order divided by the usual gap: 2 is twice as long as usual.",
        "ratio",
    ),
}

SWEEP = {
    "n_clusters": Column("Groups", "How many clusters.", "count"),
    "inertia": Column(
        "Inertia",
        "Squared distances of all customers to the centre of their cluster, added up; the less, "
        "the closer together.",
        "number",
        "MacQueen (1967)",
    ),
    "silhouette": Column(
        "Silhouette",
        "How much closer customers are to their own cluster than to the next one: 1 is far apart, "
        "0 is no gap at all.",
        "number",
        "Rousseeuw (1987)",
    ),
    "stability": Column(
        "Stability",
        "How well clusters made from resampled customers agree with these (adjusted Rand index): "
        "1 is the same, 0 is chance.",
        "number",
        "Hubert & Arabie (1985)",
    ),
    "share_of_smallest": Column(
        "Smallest group", "Share of customers in the smallest cluster.", "share"
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
    "no orders": "The number of orders so far is not a whole number above zero (only with one row "
    "a customer).",
    "undone order": "The order's status says that nothing came of it, such as cancelled, failed or "
    "refunded, as chosen under Policies. What was paid back of such an order is left out with it.",
    "nothing paid": "The amount is zero: samples, gifts, corrections.",
    "exact duplicate": "All cells are the same as in an earlier row (only when duplicates are "
    "dropped).",
    "after as-of": "On or after the as-of day.",
}

STATUSES = {
    "status": Column("Order status", "As the data have it."),
    "n_rows": Column("Rows", "Rows with a customer, a date and an amount.", "count"),
    "amount": LEDGER["amount"],
    "paid_back": Column("Paid back", "Of it, amounts below zero.", "money"),
    "n_customers": LEDGER["n_customers"],
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

SALES = {
    "part": Column("Part", "A category, place or age group, or that the data do not say it."),
    "period": Column("Period", "A week from Monday, a month, a quarter or a year."),
    "total_spend": Column(
        "Revenue", "What customers paid, returns taken off on the day they happen.", "money"
    ),
    "share_of_spend": Column("Share", "Of the revenue within the filters.", "share"),
    "n_orders": Column(
        "Orders",
        "Different order numbers of a customer with a purchase within the filters; where there "
        "are none, days. An order spread over several parts or periods counts in each of them, "
        "and once in all.",
        "count",
    ),
    "n_customers": Column("Customers", "Different customers with a purchase in it.", "count"),
    "mean_order_value": Column("Mean order", "Revenue divided by orders.", "money"),
    "repeat_rate": Column(
        "Repeat rate", "Customers with two or more orders in it, of all its customers.", "share"
    ),
    "cltv_sum": Column(
        "CLTV so far, all customers",
        "Σ over the customers of mean order value × number of orders. As a customer's mean order "
        "value is their spend divided by their orders, this is their spend: the figure equals the "
        "revenue, less what customers without a purchase within the filters brought back.",
        "money",
        "Farris et al. (2010), Marketing metrics",
    ),
    "cltv": Column(
        "CLTV so far",
        "Per customer: what customers have spent divided by their number, or mean order value × "
        "orders per customer, which is the same by algebra. It looks back only: the page Lifetime "
        "value has the simple figure and the prediction of what is still to come.",
        "money",
        "Farris et al. (2010), Marketing metrics",
    ),
    "change": Column(
        "Change", "Against the whole period before; empty unless both are whole.", "share"
    ),
    "like_for_like": Column(
        "Like for like",
        "Against the period before over those days only that are known of both: day 1 to 9 of a "
        "month that is not over against day 1 to 9.",
        "share",
    ),
    "compared": Column("Days compared", "Where not whole periods were compared."),
    "state": Column(
        "State", "Empty for a whole period; else that it is not over or had begun before the data."
    ),
    "strongest": Column("Strongest categories", "The three that bring most there."),
    "product": Column("Product", "What was bought."),
    "n_pieces": Column("Pieces", "Quantities together, returns taken off.", "count"),
    "share_of_customers": Column(
        "First customers", "That share of the customers, those who bring most first.", "share"
    ),
}

AUDIENCES = {
    **CUSTOMERS,
    "recency_score": Column("Recency score", "High is lately.", "score"),
    "frequency_score": Column("Frequency score", "High is often.", "score"),
    "monetary_score": Column("Monetary score", "High is much.", "score"),
    "segment": SCORES["segment"],
    "rule_segment": Column(
        "Segment by rules", "What the rules would give, where segments are clusters."
    ),
    "favourite_category": Column(
        "Favourite category", "The category for which the customer paid most."
    ),
    "last_category": Column("Last category", "The category that the customer bought last."),
    "p_active": Column(
        "Probability of being active",
        "That the customer has not left for good.",
        "share",
        "Fader, Hardie & Lee (2005)",
    ),
    "expected_orders": Column(
        "Expected orders", "Days with a purchase expected up to the end of the horizon.", "number"
    ),
    "expected_value": Column(
        "Expected value",
        "Expected orders × expected order value × margin up to the end of the horizon, later "
        "money discounted.",
        "money",
        "Fader, Hardie & Lee (2005); Fader & Hardie (2013)",
    ),
    "at_risk": Column("At risk", "By the measure of the page At risk and its usual limit."),
    "at_stake": Column("At stake", "Money likely to be lost, as on the page At risk.", "money"),
    "overdue_ratio": Column(
        "Overdue", "Days since the last order divided by the usual gap: 1 is on time.", "ratio"
    ),
    "arm": Column("Arm", "Target: is addressed. Control: is held out, to compare with."),
    **ATTRIBUTES,
}

ADDRESS_PROBLEMS = {
    "no address": "There is none in the data.",
    "not an address": "What is written cannot be an e-mail address or phone number.",
    "letters not taken": "The address has letters outside ASCII, which this tool refuses.",
    "would run": "The address begins like a formula; a spreadsheet on the way would run it.",
    "same address": "A customer further up in the list has the same address.",
    "held out": "A customer of the control group has the same address.",
    "e-mail left empty": "In the file by phone; the e-mail written cannot be used.",
    "phone left empty": "In the file by e-mail; the phone written is no number of that country.",
}

ARMS = {
    "trait": Column("What", "What is compared."),
    "target": Column("Target", "Mean of those who are addressed, or their share."),
    "control": Column("Control", "Mean of those who are held out, or their share."),
    "difference": Column(
        "Difference",
        "In standard deviations; below 0.1 either way the arms are alike.",
        "ratio",
        "Austin (2009)",
    ),
}

STRATA = {
    "segment": SCORES["segment"],
    "n_customers": Column("Customers", "In the audience.", "count"),
    "n_target": Column("Target", "Those who are addressed.", "count"),
    "n_control": Column("Control", "Those who are held out.", "count"),
    "share_of_control": Column("Held out", "Share of the segment.", "share"),
}

OUTCOMES = {
    "segment": SCORES["segment"],
    "n_target": Column("Target", "Customers addressed.", "count"),
    "n_control": Column("Control", "Customers held out.", "count"),
    "rate_target": Column("Ordered, target", "Share with an order in the time.", "share"),
    "rate_control": Column("Ordered, control", "Share with an order in the time.", "share"),
    "lift": Column("Lift", "Share of target less share of control.", "share"),
    "lift_low": Column(
        "Lift from",
        "Lower end of its 95% interval; those of the segments hold all together.",
        "share",
        "Newcombe (1998), method 10",
    ),
    "lift_high": Column(
        "Lift to",
        "Upper end of its 95% interval; those of the segments hold all together.",
        "share",
        "Newcombe (1998), method 10",
    ),
    "mean_target": Column("Revenue each, target", "Per customer, buyers or not.", "money"),
    "mean_control": Column("Revenue each, control", "Per customer, buyers or not.", "money"),
    "gain": Column("Gain each", "Revenue of target less control, per customer.", "money"),
    "gain_low": Column(
        "Gain from",
        "Lower end of its 95% interval; those of the segments hold all together. Too narrow where "
        "an arm has fewer than 20 orders.",
        "money",
        "Welch (1947)",
    ),
    "gain_high": Column(
        "Gain to",
        "Upper end of its 95% interval; those of the segments hold all together. Too narrow where "
        "an arm has fewer than 20 orders.",
        "money",
        "Welch (1947)",
    ),
    "detectable": Column(
        "Could show",
        "The smallest lift that arms of this size show four times in five.",
        "share",
        "Fleiss, Levin & Paik (2003)",
    ),
    "verdict": Column("Verdict", "What the intervals say."),
}
