"""The report's tables as what its pages print: texts, and places of a chart from 0 to 1."""

from segmentation.labels import day, listed, money, share, short
from segmentation.outputs.report_data import ReportData
from segmentation.outputs.report_sales import (
    Page,
    build_sales,
    build_who,
    len_customers,
    tell_figure,
)
from segmentation.outputs.report_words import clip
from segmentation.segments.rules import VALUE, is_light, segments_at_risk
from segmentation.tables import CUSTOMERS, FATES, SCORES, SEGMENTS


def build_pages(data: ReportData) -> Page:
    """All that the pages print, by page."""
    return {
        "title": "Customers and sales",
        "kind": "Segmentation report",
        "source": clip(data.source, 70),
        "span": f"Purchases from {day(data.first_on)} to {day(data.last_on)}",
        "as-of": f"as of {day(data.as_of)}",
        "cover": [
            tell_figure("Revenue", short(data.figures["total_spend"])),
            tell_figure("Orders", f"{data.figures['n_orders']:,.0f}"),
            tell_figure("Customers", f"{len_customers(data):,}"),
            tell_figure("Segments", f"{len(data.segments)}"),
        ],
        "stack": build_stack(data),
        "choices": list(map(list, data.choices.items())),
        "insights": [sentence.split("**") for sentence in data.insights],
        "notes": [],
        "sales": build_sales(data),
        "who": build_who(data),
        "segments": build_segments(data),
        "actions": build_actions(data),
        "risk": build_risk(data),
        "method": build_method(data),
    }


def build_stack(data: ReportData) -> list[Page]:
    """The segments that brought revenue, as parts of one bar."""
    brought = data.segments["share_of_spend"].clip(lower=0)
    colours = data.scheme.colours
    return [
        {"name": name, "colour": colours[str(name)], "share": float(part), "told": share(part)}
        for name, part in brought.items()
        if part > 0
    ]


def build_segments(data: ReportData) -> Page:
    """The table of segments, and the map of scores."""
    colours = data.scheme.colours
    names = ["n_customers", "share_of_customers", "total_spend", "share_of_spend"]
    names += ["median_recency_days", "median_n_orders"]
    rows = [
        {
            "name": name,
            "colour": colours[str(name)],
            "customers": f"{row['n_customers']:,.0f}",
            "share-of-customers": float(row["share_of_customers"]),
            "told-of-customers": share(row["share_of_customers"]),
            "revenue": short(row["total_spend"]),
            "share-of-revenue": float(row["share_of_spend"]),
            "told-of-revenue": share(row["share_of_spend"]),
            "days": f"{row['median_recency_days']:,.4g}",
            "orders": f"{row['median_n_orders']:,.4g}",
        }
        for name, row in data.segments.iterrows()
    ]
    best = data.segments["share_of_spend"].idxmax()
    top = data.segments.loc[best]
    by_value = data.scheme.axis == VALUE
    column = "FM" if by_value else "F"
    return {
        "says": f"{best} bring most: {share(top['share_of_spend'])} of the revenue from "
        f"{share(top['share_of_customers'])} of the customers.",
        "head": ["Segment", *(SEGMENTS[name].label for name in names)],
        "rows": rows,
        "most": float(max(data.segments[["share_of_customers", "share_of_spend"]].max())),
        "map": {
            "says": f"Customers by recency score (R) and "
            f"{'the mean of F and M (FM)' if by_value else 'frequency score (F)'}; "
            "colours as in the table.",
            "n": 0 if data.cells.empty else data.scheme.n_levels,
            "column": column,
            "cell": 60 if data.scheme.n_levels <= 6 else 38,
            "cells": [
                {
                    "colour": colours[row["segment"]],
                    "is-light": is_light(colours[row["segment"]]),
                    "told": f"{row['n_customers']:,}",
                }
                for _, row in data.cells.iterrows()
            ],
        },
    }


def build_actions(data: ReportData) -> list[dict[str, str]]:
    """What each segment is and what to do for it."""
    found = []
    for segment in data.scheme.segments:
        if segment.name in data.segments.index:
            row = data.segments.loc[segment.name]
            told = f"{row['n_customers']:,.0f} customers, {share(row['share_of_spend'])} of revenue"
            found.append(
                {
                    "name": segment.name,
                    "colour": segment.colour,
                    "told": told,
                    "meaning": segment.meaning,
                    "action": segment.action,
                }
            )
    return found


def build_risk(data: ReportData) -> Page:
    """The segments that used to buy well and have been gone for long, and the best in them."""
    names = [name for name in segments_at_risk(data.scheme) if name in data.segments.index]
    if data.cells.empty:
        return {
            "says": "The segments are clusters: the At risk page says who is slipping away.",
            "figures": [],
        }
    if not names:
        return {"says": "No customer is in a segment at risk.", "figures": []}
    found = data.segments.loc[names]
    n, spend = found["n_customers"].sum(), found["total_spend"].sum()
    of_spend = found["share_of_spend"].sum()
    longest = max(float(found["total_spend"].max()), 1e-9)
    head = ["", "Customer", "Segment", "Revenue", "Orders", "Days since last order"]
    return {
        "says": f"By scores, {listed(names)}: customers who used to buy well and have been gone "
        f"for long. Together they brought {share(of_spend)} of the revenue so far. The app's page "
        "At risk goes by each customer's own history instead, whatever the segment, so that it "
        "lists others.",
        "figures": [
            tell_figure("Customers", f"{n:,}", f"{share(n / len_customers(data))} of all"),
            tell_figure("Revenue so far", short(spend), f"{share(of_spend)} of all"),
            tell_figure("Spend of each", money(spend / n), "on average"),
        ],
        "rows": [
            {
                "label": name,
                "value": max(float(row["total_spend"]) / longest, 0.0),
                "told": short(row["total_spend"]),
                "note": f"{row['n_customers']:,.0f} customers",
            }
            for name, row in found.iterrows()
        ],
        "title": f"The {len(data.slipping)} of them who spent most",
        "head": head,
        "customers": [
            [
                str(place),
                clip(row["customer"]),
                row["segment"],
                money(row["total_spend"]),
                f"{row['n_orders']:,}",
                f"{row['recency_days']:,}",
            ]
            for place, (_, row) in enumerate(data.slipping.iterrows(), 1)
        ],
    }


def build_method(data: ReportData) -> Page:
    """What the words mean, the limits in use, and what became of the rows."""
    meant = {**CUSTOMERS, **SCORES}
    names = ["recency_days", "n_orders", "total_spend", "mean_order_value"]
    names += ["recency_score", "frequency_score", "monetary_score", "segment"]
    words = [
        [meant[name].label, f"{meant[name].meaning} {_source(meant[name].source)}".strip()]
        for name in names
    ]
    words.append(
        [
            "Ties",
            "A score depends on the value alone: equal customers have equal scores. A value equal "
            "to a cut point takes the better score for recency, the lower one for the others.",
        ]
    )
    words += [
        [
            "CLTV so far",
            "Mean order × orders of each customer, added up: by algebra their spend. A customer's "
            "share of it is revenue divided by customers.",
        ],
        [
            "Segments at risk",
            "Those whose cells lie below the middle of recency and not below the middle of the "
            "other score: they used to buy well and have been gone for long.",
        ],
    ]
    units = {"recency_days": "days", "n_orders": "number", "total_spend": "amount"}
    n_cuts = data.scheme.n_levels - 1
    return {
        "words": words,
        "cut-head": ["Measure", *(f"Cut {place + 1}" for place in range(n_cuts))],
        "cuts": [
            [f"{CUSTOMERS[name].label} ({unit})", *(short(cut) for cut in data.cut_points[name])]
            for name, unit in units.items()
        ],
        "fates": [
            [str(fate).capitalize(), f"{row['n_rows']:,}", money(row["amount"]), FATES[str(fate)]]
            for fate, row in data.fates.iterrows()
        ],
    }


def _source(source: str) -> str:
    return f"{source}." if source else ""
