"""What every page begins with: its title, the menu, the data in use, and where errors show."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts import grid, session
from segmentation.errors import SegmentationError
from segmentation.labels import span

MENU = {
    "streamlit_app.py": ("Load data", ":material/upload_file:"),
    "pages/check.py": ("Check data", ":material/fact_check:"),
    "pages/sales.py": ("Sales", ":material/monitoring:"),
    "pages/customers.py": ("Customers", ":material/person_search:"),
    "pages/segments.py": ("Segments", ":material/donut_small:"),
    "pages/at_risk.py": ("At risk", ":material/trending_down:"),
    "pages/lifetime_value.py": ("Lifetime value", ":material/savings:"),
    "pages/campaign.py": ("Campaign", ":material/campaign:"),
    "pages/method.py": ("Method", ":material/menu_book:"),
}
NAME = "Segmentation"


@contextmanager
def page(script: str, says: str) -> Iterator[None]:
    """Draw the frame of `script`, a key of MENU, around what the page draws.

    `says` is the question that the page answers.
    """
    title, _ = MENU[script]
    # An emoji: the browser would fetch a material icon from the web.
    st.set_page_config(page_title=f"{title} · {NAME}", page_icon="🧩", layout="wide")
    session.start()
    with st.sidebar:
        draw_sidebar()
    st.title(title, anchor=False)
    st.caption(says)
    try:
        yield
    except SegmentationError as error:
        show_error(error)


def show_error(error: SegmentationError) -> None:
    """One problem as one box: what is wrong, and what to do."""
    st.error(f"**{plain(str(error))}** {plain(error.hint)}", icon=":material/error:")


def plain(text: str) -> str:
    """Text of a file's own that Markdown leaves alone."""
    for mark in "\\`*_[]<>$:~#|":
        text = text.replace(mark, "\\" + mark)
    return text


def draw_sidebar() -> None:
    """The menu, the data in use and the as-of day."""
    st.markdown(f"### :primary[:material/donut_small:] {NAME}")
    for target, (label, symbol) in MENU.items():
        st.page_link(target, label=label, icon=symbol)
    data = session.data()
    if session.chosen(session.PENDING):
        st.caption("Your files are still to be read: Load data goes on with them.")
    elif data is None:
        st.caption("No data loaded yet.")
    if data is None:
        return
    with st.container(border=True):
        st.markdown(f"**{plain(data.name)}**")
        overview, day = data.overview, session.applied().as_of
        st.caption(span(overview.first_on, overview.last_on))
        session.put(session.AS_OF, day)
        days = [
            overview.first_on,
            overview.day_after,
            datetime.date.today(),
            day or overview.day_after,
        ]
        st.date_input(
            "As of",
            key=session.AS_OF,
            min_value=min(days),
            max_value=max(days),
            format="YYYY-MM-DD",
            on_change=_choose_day,
            help="The first day that does not count; everything is worked out for this day. "
            "Empty: the day after the last purchase.",
        )
        if day is None:
            st.caption(f"{grid.day(overview.day_after)}, the day after the last purchase")


def _choose_day() -> None:
    session.set_as_of(session.chosen(session.AS_OF))
