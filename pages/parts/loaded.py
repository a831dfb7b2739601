"""What came of loading: a problem in a sentence, or what was kept and where to go next."""

import streamlit as st

from pages.parts import figures, frame, grid, recipe_given, session


def draw_summary() -> None:
    """The problem with the files given, or the figures of the data in use."""
    if problem := session.take_problem():
        frame.show_error(problem)
    recipe_given.tell()
    data = session.data()
    if data is None:
        return
    if session.has_unloaded_files():
        st.caption(f"Until that is put right, the data in use are still {frame.plain(data.name)}.")
        return
    from pages.parts import cached

    fates = cached.fates()
    counted = fates[fates["is_counted"]]
    st.subheader(f"Loaded now: {frame.plain(data.name)}", anchor=False)
    n_rows, n_kept = fates["n_rows"].sum(), counted["n_rows"].sum()
    with st.container(horizontal=True):
        figures.draw("Rows in the data", f"{n_rows:,}")
        figures.draw("Rows that count", f"{n_kept:,}", f"{n_kept / n_rows:.1%} of all")
        for label, figure in (
            ("Customers", f"{fates['n_customers'].get('kept', 0):,}"),
            ("Their spend", grid.short(counted["amount"].sum())),
        ):
            figures.draw(label, figure)
    st.caption(
        "Held for this visit only: reloading or closing the page lets go of them. The recipe, to "
        "download on Segments, brings your choices back."
    )
    if not data.is_copied:
        from pages.parts import statements

        st.caption(frame.plain(statements.describe(data)))
    for decision in data.rows.decisions():
        st.caption(frame.plain(decision))
    if data.rows.n_overlapping:
        tell_overlap(data.rows.n_overlapping)
    if data.overview.is_by_customer:
        st.info(
            "The data have one row a customer: their orders and spend are used as given.",
            icon=":material/person:",
        )
    with st.container(horizontal=True):
        st.page_link("pages/check.py", label="Check what was kept", icon=":material/fact_check:")
        st.page_link("pages/segments.py", label="See the segments", icon=":material/donut_small:")


def tell_overlap(n_rows: int) -> None:
    """That files have rows in common, and what to do about it or what was done."""
    told = f"{n_rows:,} rows stand in more than one of the files"
    if session.policies().duplicates == "drop":
        st.caption(f"{told}; exact copies are dropped, so each of them counts once.")
        return
    st.warning(
        f"{told}: exports that overlap? Drop exact copies on the Check page if so.",
        icon=":material/content_copy:",
    )
