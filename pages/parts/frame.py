"""What every page begins with: its title, the menu, the data in use, and where errors show."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts import session
from segmentation.errors import SegmentationError

MENU = {
    "streamlit_app.py": ("Load data", ":material/upload_file:"),
    "pages/check.py": ("Check data", ":material/fact_check:"),
    "pages/segments.py": ("Segments", ":material/donut_small:"),
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
    if data is None:
        st.caption("No data loaded yet.")
        return
    with st.container(border=True):
        st.markdown(f"**{plain(data.name)}**")
        overview = data.overview
        st.caption(
            f"{overview.n_purchase_rows:,} purchases · {overview.first_on:%d %b %Y} to "
            f"{overview.last_on:%d %b %Y}"
        )
        session.put(session.AS_OF, session.applied().as_of)
        st.date_input(
            "As of",
            key=session.AS_OF,
            min_value=overview.first_on,
            format="YYYY-MM-DD",
            on_change=_choose_day,
            help="The first day that does not count; everything is worked out for this day. "
            f"Empty: the day after the last purchase ({overview.day_after}).",
        )


def _choose_day() -> None:
    session.set_as_of(session.chosen(session.AS_OF))
