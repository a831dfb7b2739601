"""How far to believe the prediction: tried on the past, and what the models learnt."""

import datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import downloads, figures, grid, predicting, session
from segmentation.errors import NotReliable
from segmentation.outputs.value_charts import chart_record
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.track_record import TrackRecord, judge
from segmentation.value_tables import TRACK_RECORD

if TYPE_CHECKING:
    from collections.abc import Callable

ICONS = {
    "good": ":material/verified:",
    "fair": ":material/info:",
    "poor": ":material/warning:",
}
BOXES = {"good": st.success, "fair": st.info, "poor": st.warning}


def record() -> TrackRecord | NotReliable | None:
    """How the models did on held-out time; why they could not be tried; None: no time to spare."""
    return predicting.outlook().record()


def draw_verdict() -> None:
    """One sentence: whether to use the prediction."""
    tried, model = record(), predicting.fitted()
    if isinstance(model, NotReliable):
        st.warning(f"No prediction for these data. {model} {model.hint}", icon=ICONS["poor"])
        return
    grade, sentence = judge(tried if isinstance(tried, TrackRecord) else None, model)
    BOXES[grade](sentence, icon=ICONS[grade])


def draw() -> None:
    """The trust card."""
    draw_verdict()
    tried = record()
    if isinstance(tried, TrackRecord):
        draw_record(tried)
    else:
        why = f"{tried}" if tried else "The history is too short to hold out four weeks or more."
        if session.require_data().overview.is_by_customer:
            why = "With one row a customer the orders of the past are not known."
        st.info(f"The models could not be tried on the past. {why}", icon=":material/history:")
    draw_fit()


def draw_record(tried: TrackRecord) -> None:
    """Predicted against happened: in total, by past orders, by segment."""
    last = tried.ends - datetime.timedelta(days=1)
    st.subheader("Tried on the past", anchor=False)
    st.caption(
        f"Fitted on what was known before {grid.day(tried.begins)}, held against what happened "
        f"from then to {grid.day(last)} ({(tried.ends - tried.begins).days} days), for the "
        f"{len(tried.customers):,} customers known by then. The plain average lets everyone buy "
        "like the average customer. "
        "Orders are days with a purchase."
    )
    totals = tried.totals()
    with st.container(horizontal=True):
        for what, label in (("orders", "Orders"), ("spend", "Money")):
            for of, name in (("predicted", "predicted"), ("average", "by plain average")):
                figures.draw(
                    f"{label} {name}",
                    grid.short(totals[f"{of}_{what}"]),
                    off(tried.error(what, of), totals[f"happened_{what}"]),
                )
    st.caption(
        "Mean distance from what a customer did: "
        f"{tried.miss('orders'):.2f} orders and {grid.short(tried.miss('spend'))} money by the "
        f"models, {tried.miss('orders', 'average'):.2f} orders and "
        f"{grid.short(tried.miss('spend', 'average'))} money by the plain average."
    )
    by = st.segmented_control(
        "By",
        ["Repeat purchases before", "Segment before"],
        key="lifetime_record_by",
        default="Repeat purchases before",
        required=True,
        label_visibility="collapsed",
    )
    groups: dict[str, Callable[[], pd.DataFrame]] = {
        "Repeat purchases before": tried.by_orders,
        "Segment before": lambda: tried.by_segment(predicting.segments(tried.begins)),
    }
    table = groups[by]().rename_axis("group").reset_index()
    st.altair_chart(chart_record(table, by), width="stretch")
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            **grid.column_config(TRACK_RECORD),
            "group": st.column_config.TextColumn(by),
        },
        column_order=list(TRACK_RECORD),
        alt="What was predicted and what happened",
    )
    downloads.offer("Download this table", "track-record", lambda: table.set_index("group"))


def off(error: float, happened: float) -> str:
    """How far a total was off what happened: “13.2% under 6,988”."""
    if happened <= 0:
        return "nothing happened"
    return f"{grid.share(abs(error))} {'over' if error > 0 else 'under'} {grid.short(happened)}"


def draw_fit() -> None:
    """What the models learnt from all the data, and what they take for granted."""
    st.subheader("What the models learnt", anchor=False)
    model = predicting.fitted_unchecked()
    if isinstance(model, NotReliable):
        st.caption(f"Nothing: {model}")
        return
    with st.container(horizontal=True):
        figures.draw("Bought on one day only", grid.share(model.share_once_))
        figures.draw("Left for good", grid.share(model.share_gone_))
        figures.draw("Frequency and spend", f"{model.correlation_:+.2f}".replace("-", "−"))
        fits = model.purchases_.converged_ and model.spend_.converged_
        figures.draw("Best fit", "found" if fits else "not found")
    st.caption(
        "Bought on one day only, however many orders: they tell little, so their figures lean on "
        "everyone else's. Segments counts those with one order. "
        "Frequency and spend: their correlation; the models take it to be nil, and beyond ±0.3 the "
        "values of the most frequent are off."
    )
    st.dataframe(
        parameters(model),
        hide_index=True,
        width="stretch",
        height="content",
        alt="Parameters of the models",
    )
    spend, left_out = model.spend_, model.spend_.n_left_out_
    apart = (
        f" {left_out:,} repeat buyers whose purchases add up to nothing were left out."
        if left_out
        else ""
    )
    st.caption(f"Spend was learnt from {spend.n_fitted_:,} repeat buyers.{apart}")


def parameters(model: LifetimeModel) -> pd.DataFrame:
    """Each parameter with its standard error, as a table for people."""
    rows = []
    for name, fitted, symbols, units in (
        (model.model, model.purchases_, "r α a b", ("", "days", "", "")),
        ("Gamma-Gamma", model.spend_, "p q γ", ("", "", "money")),
    ):
        errors = fitted.parameters_ * fitted.covariance_.diagonal() ** 0.5
        for symbol, value, error, unit in zip(
            symbols.split(), fitted.parameters_, errors, units, strict=True
        ):
            known = f"± {error:,.3g}" if error == error else "not known"
            rows.append((name, symbol, f"{value:,.4g}", known, unit))
    columns = ["Model", "Parameter", "Value", "Standard error", "Unit"]
    return pd.DataFrame(rows, columns=columns)
