"""The Sales page's filters: in the URL, as removable chips, set by clicks, with a way back."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts import frame, sales_data, segmenting, session
from segmentation.marts.sales_filters import (
    ALL_TIME,
    LAST_DAYS,
    PLACES,
    SalesFilters,
    list_periods,
    read_period,
)
from segmentation.marts.sales_trend import GRAINS, fitting_grains
from segmentation.outputs.sales_charts import PICK
from segmentation.tables import FIELDS, SCORES

PERIOD, LEVEL, GRAIN = session.PERIOD, "by", "grain"
PICKS = "sales_picks"
NOT_GIVEN = "(not given)"
LABELS = {
    "category": FIELDS["category"].label,
    "country": FIELDS["country"].label,
    "region": FIELDS["region"].label,
    "city": FIELDS["city"].label,
    "age_group": FIELDS["age_group"].label,
    "segment": SCORES["segment"].label,
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def draw() -> tuple[SalesFilters, str]:
    """The filters' widgets and chips: what they let through, and how long a period is."""
    everything = sales_data.everything()
    first, day = everything.since, everything.until
    attributes = [*sales_data.known_parts(), "segment"]
    periods = [ALL_TIME, *LAST_DAYS, *list_periods(first, day)]
    grains = fitting_grains(first, day)
    _bring_back(periods)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keep_to(PERIOD, periods)
        period = st.selectbox(
            "Period",
            periods,
            key=PERIOD,
            format_func=tell,
            bind="query-params",
            width=210,
        )
        keep_to(GRAIN, grains)
        grain = st.segmented_control(
            "Course by",
            grains,
            key=GRAIN,
            default="month" if "month" in grains else grains[0],
            required=True,
            format_func=str.capitalize,
            bind="query-params",
        )
        with st.popover("Filters", icon=":material/filter_alt:"):
            chosen = {name: _choose(name) for name in attributes}
        state = {PERIOD: period, **{name: tuple(values) for name, values in chosen.items()}}
        _note(state)
        st.button(
            "Back",
            icon=":material/undo:",
            on_click=_go_back,
            disabled=not session.chosen(session.BACK),
            key="sales_go_back",
        )
    _draw_chips(period, chosen)
    since, until = read_period(period, first, day) or (first, day)
    plain = {
        name: tuple("" if value == NOT_GIVEN else value for value in values)
        for name, values in chosen.items()
        if values
    }
    return SalesFilters(since, until, tuple(plain.items())), grain


def _choose(attribute: str) -> list[str]:
    options = list(_options(attribute))
    keep_to(attribute, options)
    return st.multiselect(
        LABELS[attribute],
        options,
        key=attribute,
        placeholder="All",
        bind="query-params",
    )


def _options(attribute: str) -> list[str]:
    if attribute == "segment":
        return list(segmenting.applied().names)
    known = sales_data.ask(sales_data.parts(sales_data.everything(), attribute)).index
    return [told(part) for part in known]


def told(part: str) -> str:
    """A part for people: its name, or that there is none."""
    return part or NOT_GIVEN


def tell(period: str) -> str:
    """A period for people."""
    if period == ALL_TIME:
        return "All time"
    if period in LAST_DAYS:
        return f"Last {LAST_DAYS[period]} days"
    year, _, rest = period.partition("-")
    if rest.isdigit():
        return f"{MONTHS[int(rest) - 1]} {year}"
    if rest.startswith("W"):
        return f"Week {rest[1:]}, {year}"
    return f"{rest} {year}".strip()


def keep_to(key: str, options: list[str]) -> None:
    """Drop what other data had: a widget refuses what is no option of its own."""
    now = session.chosen(key)
    if isinstance(now, list | tuple) and not set(now) <= set(options):
        session.put(key, [value for value in now if value in options])
    elif isinstance(now, str) and now not in options:
        session.forget(key)


def _draw_chips(period: str, chosen: dict[str, list[str]]) -> None:
    """What is filtered by, each to be removed with a click."""
    chips = [(PERIOD, period)] if period != ALL_TIME else []
    chips += [(name, value) for name, values in chosen.items() for value in values]
    if not chips:
        return
    with st.container(horizontal=True, gap="small"):
        for name, value in chips:
            label = tell(value) if name == PERIOD else f"{LABELS[name]}: {value}"
            st.button(
                frame.plain(label),
                icon=":material/close:",
                on_click=_remove,
                args=(name, value),
                key=f"sales_chip_{name}_{value}",
                help="Remove this filter",
            )
        st.button("Clear all", type="tertiary", on_click=clear, key="sales_clear")


def _remove(name: str, value: str) -> None:
    if name == PERIOD:
        session.put(PERIOD, ALL_TIME)
    else:
        session.put(name, [other for other in session.chosen(name) if other != value])


def clear() -> None:
    """Remove every filter."""
    session.put(PERIOD, ALL_TIME)
    for name in LABELS:
        session.put(name, [])


def _note(state: dict[str, object]) -> None:
    """Remember the filters that were left, for the way back."""
    seen = session.chosen(session.SEEN)
    if seen is not None and seen != state:
        session.put(session.BACK, (*(session.chosen(session.BACK) or ()), seen)[-50:])
    session.put(session.SEEN, state)


def _bring_back(periods: list[str]) -> None:
    """After another page the filters are those that were left, unless the URL has others."""
    for name, values in (session.chosen(session.LINK) or {}).items():
        chosen = values if name in LABELS else _read(name, values[0], periods)
        if chosen is not None and name not in st.query_params:
            session.put(name, chosen)
            # A widget drawn for the first time writes no URL for what it was given.
            st.query_params[name] = values
    session.forget(session.LINK)
    for name, value in (session.chosen(session.SEEN) or {}).items():
        if session.chosen(name) is None and name not in st.query_params:
            session.put(name, value if name == PERIOD else list(value))


def _read(name: str, value: str, periods: list[str]) -> str | None:
    """The choice that a link tells as it stands on the page; None where it is none."""
    choices = {
        PERIOD: {tell(period): period for period in periods},
        GRAIN: {grain.capitalize(): grain for grain in GRAINS},
        LEVEL: {LABELS[place]: place for place in PLACES},
    }.get(name, {})
    return value if value in choices.values() else choices.get(value)


def _go_back() -> None:
    *earlier, last = session.chosen(session.BACK)
    session.put(session.BACK, tuple(earlier))
    session.put(session.SEEN, last)
    for name, value in last.items():
        session.put(name, value if name == PERIOD else list(value))


def pick_key(what: str) -> str:
    """The key of a chart that can be clicked; a new one after each click, so that none sticks."""
    return f"sales_{what}_{session.chosen(PICKS) or 0}"


def picker(attribute: str, what: str, then: str = "") -> Callable[[], None]:
    """What a click on a chart does: filter by the part clicked, or no longer; then go deeper."""
    return partial(_pick, attribute, pick_key(what), then)


def _pick(attribute: str, key: str, then: str) -> None:
    event = session.chosen(key)
    picked = event["selection"].get(PICK) if event else None
    if not picked:
        return
    session.put(PICKS, (session.chosen(PICKS) or 0) + 1)
    if attribute == PERIOD:
        value = picked[0]["period"]
        session.put(PERIOD, ALL_TIME if session.chosen(PERIOD) == value else value)
        return
    value = told(picked[0]["part"])
    chosen = list(session.chosen(attribute) or [])
    session.put(attribute, [] if chosen == [value] else [value])
    if then and chosen != [value]:
        session.put(LEVEL, then)
