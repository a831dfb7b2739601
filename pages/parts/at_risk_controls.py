"""Who is to be on the list: how much risk counts, least value, segments, places, days."""

import zlib

import pandas as pd
import streamlit as st

from pages.parts import at_risk_tables, predicting, session
from segmentation.value.at_risk import MODEL, RHYTHM
from segmentation.value.watch_list import LEAST_RISK, Wanted, present

# The pick, and that with which the map was drawn first, each with the map's key.
PICK, DRAWN = session.AT_RISK[1:]
AT_MOST, AT_LEAST, MOST_GAPS = round(100 * LEAST_RISK[MODEL]), LEAST_RISK[RHYTHM], 10.0


def draw(table: pd.DataFrame, kind: str) -> Wanted:
    """The controls; what they say, before anything is picked on the map."""
    with st.container(border=True):
        first, second, third = st.columns(3, gap="medium")
        with first:
            risk = draw_risk(kind)
        with second:
            days = draw_days(int(table["recency_days"].max()))
        with third:
            least = st.number_input(
                "Value so far at least",
                value=None,
                placeholder="any",
                step=100.0,
                format="%.4g",
                key="at_risk_least",
                persist_state="session",
            )
        first, second, third = st.columns(3, gap="medium")
        with first:
            segments = draw_names("Segments", table["segment"])
        with second:
            places = draw_names(at_risk_tables.place_label() or "Region", table["place"])
        with third:
            known = table.get("last_category", pd.Series(dtype="category"))
            categories = draw_names("Category last bought", known)
    margin = predicting.terms().margin
    return Wanted(kind, risk, least, segments, places, categories, days, margin=margin)


def draw_risk(kind: str) -> float:
    """How much risk counts, in the measure's own unit."""
    if kind == MODEL:
        share = st.slider(
            "P(active) at most",
            0,
            100,
            AT_MOST,
            format="%d%%",
            key="at_risk_p_active",
            persist_state="session",
            help="The chance that a customer has not left for good: the lower, the greater the "
            "risk.",
        )
        return share / 100
    return st.slider(
        "Overdue by at least",
        1.0,
        MOST_GAPS,
        AT_LEAST,
        step=0.1,
        format="%.1f × the usual gap",
        key="at_risk_overdue",
        persist_state="session",
        help="Days since the last order divided by the days that usually lie between two orders.",
    )


def draw_days(longest: int) -> tuple[float, float] | None:
    """Between how many days the last order is ago; None where that leaves nobody out."""
    if longest <= 1:
        return None
    low, high = st.slider(
        "Not ordered for, days",
        1,
        longest,
        (1, longest),
        key=f"at_risk_days_{longest}",
        persist_state="session",
    )
    # What is the longest today is no limit for those of three months ago.
    return None if (low, high) == (1, longest) else (float(low), float(high))


def draw_names(label: str, values: pd.Series) -> tuple[str, ...]:
    """Some of the names that there are; all where none is chosen."""
    names = present(values)
    chosen = st.multiselect(
        label,
        names,
        # Names of other data are no options here.
        key=f"at_risk_{label}_{mark(names)}",
        placeholder="all" if names else "not in your data",
        disabled=not names,
        persist_state="session",
    )
    return tuple(chosen)


def mark(choices: object) -> int:
    """A number for some choices, for the key of a widget that should not outlive them."""
    return zlib.crc32(repr(choices).encode())


def picked(wanted: Wanted, column: str) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """What is brushed on the map for these choices: ranges of the risk and of the value."""
    key = map_key(wanted)
    state = session.chosen(key)
    brushed = state["selection"].get("picked", {}) if state else {}
    if {column, "value_so_far"} <= brushed.keys():
        (low, high), (least, most) = brushed[column], brushed["value_so_far"]
        session.put(PICK, (key, ((float(low), float(high)), (float(least), float(most)))))
    kept = session.chosen(PICK)
    return kept[1] if kept and kept[0] == key else None


def drawn_with(wanted: Wanted) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """What the map begins with: the pick as the page was left, as a widget forgets it then.

    It stays while the map is there: drawn anew at each pick, the map would lose it.
    """
    key = map_key(wanted)
    if session.chosen(key) is None:
        session.put(DRAWN, session.chosen(PICK))
    kept = session.chosen(DRAWN)
    return kept[1] if kept and kept[0] == key else None


def drop_pick() -> None:
    """Forget the pick kept: the map tells the one just made, or that there is none."""
    session.forget(PICK)


def map_key(wanted: Wanted) -> str:
    """The map's key: other choices make another map, on which nothing is picked."""
    cleared = session.chosen("at_risk_cleared") or 0
    day, policies = session.as_of(), session.policies()
    return f"at_risk_map_{mark((wanted, day, policies, cleared))}"


def clear() -> None:
    """Pick nothing on the map."""
    session.put("at_risk_cleared", (session.chosen("at_risk_cleared") or 0) + 1)
