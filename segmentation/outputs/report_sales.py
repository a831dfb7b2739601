"""The report's pages on sales: figures, the trend, the parts, and who brings the revenue."""

from typing import TYPE_CHECKING, Any

from segmentation.labels import day, listed, money, share, short
from segmentation.outputs.report_data import ReportData
from segmentation.outputs.report_words import clip, mark_axis, period_name
from segmentation.tables import FIELDS

if TYPE_CHECKING:
    import pandas as pd

# Bars of each attribute and height of the trend in points, so that two attributes side by side
# leave air, and four still stand on the page.
SHOWN_PARTS, TREND_HEIGHT = {True: 8, False: 5}, {True: 150, False: 104}
# Labels under a chart's columns, at most: more would run into each other.
MOST_LABELS = 13
TOP_SHARE = 0.2
Page = dict[str, Any]


def len_customers(data: ReportData) -> int:
    """All customers."""
    return int(data.segments["n_customers"].sum())


def tell_figure(label: str, value: str, note: str = "") -> dict[str, str]:
    """A figure on a card."""
    return {"label": label, "value": value, "note": note}


def build_sales(data: ReportData) -> Page:
    """Figures, the trend, and the strongest parts of each attribute."""
    found, n_customers = data.figures, len_customers(data)
    spend, orders, is_short = found["total_spend"], found["n_orders"], len(data.parts) <= 2
    return {
        "says": f"All purchases before {day(data.as_of)}, returns "
        f"{data.choices['Returns'].split(' on ')[0]}.",
        "figures": [
            tell_figure("Revenue", short(spend), money(spend)),
            tell_figure("Orders", f"{orders:,.0f}", f"{orders / n_customers:,.2f} a customer"),
            tell_figure("Customers", f"{n_customers:,}", f"{money(spend / n_customers)} each"),
            tell_figure("Mean order", money(found["mean_order_value"]), "revenue over orders"),
            tell_figure("Repeat rate", share(found["repeat_rate"]), "of customers ordered again"),
            tell_figure("CLTV so far", money(found["cltv"]), "mean order × orders, a customer"),
        ],
        "trend": build_trend_chart(data.trend, data.grain),
        "height": TREND_HEIGHT[is_short],
        "parts": [
            build_part(FIELDS[part].label, found, SHOWN_PARTS[is_short])
            for part, found in data.parts.items()
            if len(found)
        ],
    }


def build_trend_chart(trend: "pd.DataFrame", grain: str) -> Page:
    """Revenue by period as columns; those that are not whole are hatched and said to be."""
    if trend.empty:
        return {"columns": []}
    spend = trend["total_spend"].fillna(0)
    lines = mark_axis(float(spend.min()), float(spend.max()))
    low, size = lines[0], lines[-1] - lines[0]
    every = -(-len(trend) // MOST_LABELS)
    partial = trend[trend["state"] != ""]
    told = [f"{period_name(start, grain)} ({row['state']})" for start, row in partial.iterrows()]
    return {
        "title": f"Revenue by {grain}",
        "zero": -low / size,
        "ticks": [{"value": (line - low) / size, "label": short(line)} for line in lines],
        "columns": [
            {
                "value": (float(value) - low) / size,
                "label": period_name(start, grain) if place % every == 0 else "",
                "is-whole": state == "",
            }
            for place, (start, value, state) in enumerate(
                zip(trend.index, spend, trend["state"], strict=True)
            )
        ],
        "note": f"Hatched: {listed(told)}." if told else "",
    }


def build_part(label: str, found: "pd.DataFrame", n_shown: int) -> Page:
    """One attribute's strongest parts as bars, the others together."""
    shown, rest = found.head(n_shown), found.iloc[n_shown:]
    longest = max(float(shown["total_spend"].max()), 1e-9)
    rows = [
        {
            "label": clip(name or "Not given", 18),
            "value": max(float(row["total_spend"]) / longest, 0.0),
            "told": short(row["total_spend"]),
            "note": share(row["share_of_spend"]),
        }
        for name, row in shown.iterrows()
    ]
    note = ""
    if len(rest):
        note = (
            f"{len(rest)} more: {short(rest['total_spend'].sum())}, "
            f"{share(rest['share_of_spend'].sum())}."
        )
    return {"title": f"Revenue by {label.lower()}", "rows": rows, "note": note}


def build_who(data: ReportData) -> Page:
    """The curve of concentration, and the customers who spent most."""
    curve = data.pareto
    at = (curve["share_of_customers"] - TOP_SHARE).abs().idxmin()
    top = float(curve.loc[at, "share_of_spend"])
    head = ["", "Customer", "Segment", "Revenue", "Share", "Orders", "Last order"]
    rows = [
        [
            str(place),
            clip(row["customer"]),
            row["segment"],
            money(row["total_spend"]),
            share(row["share_of_spend"]),
            f"{row['n_orders']:,}",
            day(row["last_ordered_on"]),
        ]
        for place, (_, row) in enumerate(data.top.iterrows(), 1)
    ]
    percent = round(100 * TOP_SHARE)
    return {
        "says": f"The top {percent}% of customers bring {share(top)} of the revenue.",
        "points": [
            [float(x), min(max(float(y), 0.0), 1.0)]
            for x, y in zip(curve["share_of_customers"], curve["share_of_spend"], strict=True)
        ],
        "mark": {"x": TOP_SHARE, "y": min(max(top, 0.0), 1.0), "told": share(top)},
        "title": f"The {len(rows)} customers who spent most",
        "head": head,
        "rows": rows,
    }
