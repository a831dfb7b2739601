"""Predicted lifetime value: in all, by segment with its interval, and for each customer."""

import datetime

import pandas as pd
import streamlit as st

from pages.parts import (
    cached,
    downloads,
    figures,
    grid,
    lifetime_trust,
    predicting,
    segmenting,
    session,
)
from segmentation.errors import NotReliable
from segmentation.outputs.value_charts import chart_segment_value
from segmentation.segments.rules import Scheme
from segmentation.tables import CUSTOMERS
from segmentation.value.intervals import ALL, profile_value
from segmentation.value.lifetime import LifetimeModel
from segmentation.value_tables import PREDICTION, SEGMENT_VALUE

SHOWN_CUSTOMERS, MANY_ONCE = 500, 0.2
COLUMNS = (
    *("customer_id", "segment", "value", "p_active", "expected_orders", "order_value"),
    *("expected_spend", "next_order_on"),
)


def draw() -> None:
    """The verdict, then either the prediction or why there is none."""
    model = predicting.fitted()
    if isinstance(model, NotReliable):
        draw_refusal(model)
        return
    lifetime_trust.draw_verdict()
    prediction = predicting.prediction()
    segment = predicting.segments().reindex(prediction.index)
    table = by_segment()
    draw_headlines(table)
    if takes_once_for_active(model):
        st.caption(
            f":material/info: {grid.share(model.share_once_)} of the customers bought on one day "
            "only, and BG/NBD takes these for active: nobody leaves before a second purchase. "
            "MBG/NBD does not."
        )
    groups = table[table.index != ALL]
    st.subheader("By segment", anchor=False)
    st.altair_chart(chart_segment_value(groups, colours()), width="stretch")
    st.dataframe(
        grid.rounded(table.reset_index(), SEGMENT_VALUE),
        hide_index=True,
        width="stretch",
        height="content",
        column_config=grid.column_config(SEGMENT_VALUE),
        column_order=list(SEGMENT_VALUE),
        alt="Predicted value by segment with its interval",
    )
    st.caption(
        "The interval holds 90%: how well the parameters are known (delta method) and how the "
        "orders of single customers scatter. It takes the models for true and knows no campaigns, "
        "seasons or crises: the Trust view says how far off they were before."
    )
    downloads.offer("Download the table of segments", "predicted-value-segments", lambda: table)
    draw_customers(prediction, segment)


def takes_once_for_active(model: LifetimeModel) -> bool:
    """Whether so many bought once that it matters that BG/NBD never lets them go."""
    return model.model == "BG/NBD" and model.share_once_ > MANY_ONCE


def draw_refusal(reason: NotReliable) -> None:
    """Why there is no prediction, what would help, and what there is instead."""
    with st.container(border=True):
        st.markdown(
            "#### :material/block: No prediction for these data\n\nWhat the models would predict "
            "here would mislead, so it is left out. **Simple** says what a customer is worth by a "
            "rule of thumb and **So far** what each one has brought; the page **At risk** ranks "
            "customers by their own rhythm instead."
        )
        st.markdown(f"**Why.** {reason}")
        st.markdown(f"**What would help.** {reason.hint}")


def colours() -> dict[str, str]:
    """Each segment's colour."""
    scheme: Scheme = predicting.scheme()
    return scheme.colours


def by_segment() -> pd.DataFrame:
    """Predicted value by segment, remembered."""
    model, table, prediction = predicting.fitted(), predicting.purchases(), predicting.prediction()
    terms, day = predicting.terms(), session.as_of()
    segment = predicting.segments().reindex(table.index)
    days = (terms.end(day) - day).days
    return cached.remembered(
        ("segment value", day, session.policies(), terms, segmenting.choices()),
        lambda: profile_value(model, table, prediction, segment, days),
        "Adding up the segments and their intervals…",
    )


def draw_headlines(table: pd.DataFrame) -> None:
    """Value of all customers, between which limits, orders and active customers."""
    whole = table.loc[ALL]
    terms, day = predicting.terms(), session.as_of()
    last = terms.end(day) - datetime.timedelta(days=1)
    reach = (
        f"{grid.short(whole['low'])} to {grid.short(whole['high'])}"
        if whole["low"] == whole["low"]
        else "spend varies too much for an interval"
    )
    with st.container(horizontal=True):
        figures.draw(f"Predicted CLTV to {grid.day(last)}", grid.short(whole["value"]), reach)
        figures.draw("Predicted CLTV per customer", grid.short(whole["mean_value"]))
        figures.draw("Expected orders", f"{whole['expected_orders']:,.0f}")
        figures.draw(
            "Active customers",
            f"{whole['active_customers']:,.0f}",
            f"of {whole['n_customers']:,.0f}",
        )


def draw_customers(prediction: pd.DataFrame, segment: pd.Series) -> None:
    """The customers with the highest predicted value, and the list of all."""
    st.subheader("Customers", anchor=False)
    best = prediction.nlargest(SHOWN_CUSTOMERS, "value")
    st.dataframe(
        grid.rounded(best.assign(segment=segment.reindex(best.index)).reset_index(), PREDICTION),
        hide_index=True,
        width="stretch",
        column_config=grid.column_config(
            {"customer_id": CUSTOMERS["customer_id"], "segment": SEGMENT_VALUE["segment"]}
            | PREDICTION
        ),
        column_order=COLUMNS,
        alt="Customers with the highest predicted value",
    )
    if len(prediction) > SHOWN_CUSTOMERS:
        st.caption(f"The {SHOWN_CUSTOMERS} highest of {len(prediction):,}; the download has all.")
    purchases = predicting.purchases()
    downloads.offer(
        "Download all customers",
        "predicted-value",
        lambda: prediction.assign(segment=segment).join(purchases[["x", "t_x", "T"]]),
        "A row a customer: P(active), expected orders and spend, value, likely next order, and "
        "the models' x, t_x and T.",
    )
