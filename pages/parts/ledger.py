"""The ledger of the Check page: rows and money by fate, the policies, the rows left out."""

from dataclasses import replace

import streamlit as st

from pages.parts import cached, downloads, figures, frame, grid, session
from segmentation.errors import SegmentationError
from segmentation.labels import listed
from segmentation.marts.quality import build_overview, build_steps
from segmentation.outputs.charts import chart_ledger
from segmentation.tables import FATES, LEDGER, LEFT_OUT

RETURNS = {"net": "Net: returns reduce spend", "ignore": "Ignore: returns are left out"}
DUPLICATES = {"keep": "Keep every row", "drop": "Drop exact copies"}
EXAMPLES, REFUSED = 20, "check_refused"
ICONS = {"good": ":material/check_circle:", "mind": ":material/warning:", "note": ":material/info:"}


def draw_totals() -> None:
    """Rows and money in the file, and what of it counts."""
    fates = cached.fates()
    counted = fates[fates["is_counted"]]
    customers = cached.customers()
    with st.container(horizontal=True):
        figures.draw("Rows in the data", f"{fates['n_rows'].sum():,}")
        figures.draw("Money in the data", grid.money(fates["amount"].sum()))
        figures.draw("Rows that count", f"{counted['n_rows'].sum():,}")
        figures.draw("Customers' spend", grid.money(counted["amount"].sum()))
        figures.draw("Customers", f"{len(customers):,}")
    rows_spend, customers_spend = counted["amount"].sum(), customers["total_spend"].sum()
    if abs(rows_spend - customers_spend) < 0.005:
        st.caption(
            f"Adds up: {fates['n_rows'].sum():,} rows by fate are all rows of the data, and the "
            f"rows that count come to the spend of the {len(customers):,} customers."
        )
    else:
        st.error(
            f"Does not add up: the rows that count come to {grid.money(rows_spend)}, the "
            f"customers to {grid.money(customers_spend)}. Please report this."
        )


def draw_way() -> None:
    """The way of the money as a picture."""
    st.altair_chart(chart_ledger(build_steps(cached.fates())), width="stretch")


def draw_fates() -> None:
    """Rows and money by fate as a table, below it what each fate means."""
    fates = cached.fates().reset_index()
    fates["counts"] = fates.pop("is_counted").map({True: "Counts", False: "Left out"})
    fates["meaning"] = fates["fate"].map(FATES)
    st.dataframe(
        fates.drop(columns="meaning").assign(fate=fates["fate"].str.capitalize()),
        hide_index=True,
        width="stretch",
        column_config={
            **grid.column_config(LEDGER),
            "counts": st.column_config.TextColumn("Counts?"),
        },
        alt="Rows and money by fate",
    )
    meanings = zip(fates["fate"].str.capitalize(), fates["meaning"], strict=True)
    st.caption("  \n".join(f"**{fate}**: {meaning}" for fate, meaning in meanings))
    ledger = fates[["fate", "n_rows", "amount", "counts", "meaning"]].set_index("fate")
    downloads.offer("Download the ledger", "ledger", lambda: ledger)


def draw_policies() -> None:
    """What to do with returns and with duplicates, each with what it would change."""
    now, effects = session.policies(), cached.policy_effects()
    current = effects.loc[(now.returns, now.duplicates)]
    if refused := session.chosen(REFUSED):
        frame.show_error(refused)
    left, middle, right = st.columns(3)
    with left:
        draw_policy("Returns", "returns", RETURNS, now.returns)
        other = "ignore" if now.returns == "net" else "net"
        tell_change(RETURNS[other], current, effects.loc[(other, now.duplicates)])
    with middle:
        draw_policy("Exact duplicates", "duplicates", DUPLICATES, now.duplicates)
        other = "drop" if now.duplicates == "keep" else "keep"
        if (now.returns, other) in effects.index:
            tell_change(DUPLICATES[other], current, effects.loc[(now.returns, other)])
        else:
            offer_count(other)
    with right:
        session.put("check_cancelled_prefix", now.cancelled_prefix)
        st.text_input(
            "Cancelled order numbers begin with",
            key="check_cancelled_prefix",
            placeholder="no mark",
            on_change=choose_policy,
            args=("check_cancelled_prefix", "cancelled_prefix"),
            help="Rows of such orders are returns even where their quantity is not negative. "
            "Compared as typed, capitals and signs as they are.",
        )
        st.caption("Such as the C of C536379 in Online Retail. Empty: no order number is a mark.")


def draw_policy(label: str, name: str, options: dict[str, str], current: str) -> None:
    """One policy as a choice of two."""
    key = f"check_{name}"
    session.put(key, current)
    st.radio(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=choose_policy,
        args=(key, name),
    )


def offer_count(other: str) -> None:
    """Ask the server for the copies only when told to: it compares all rows with each other."""
    if st.button(
        "Count the copies",
        key="check_count_copies",
        help="The server has to compare every row with all others, which can take long.",
    ):
        cached.fates(duplicates=other)
        st.rerun()


def choose_policy(key: str, name: str) -> None:
    """Use what was chosen or typed on every page."""
    use_policy(name, (session.chosen(key) or "").strip())


def use_policy(name: str, chosen: object) -> None:
    """Use a policy on every page, once the database has shown that it can be worked out."""
    session.forget(REFUSED)
    data, policies = session.require_data(), replace(session.policies(), **{name: chosen})
    try:
        if name == "duplicates":
            cached.fates(duplicates=chosen)
        # Which purchase is the last one hangs on them, and so does the as-of day.
        overview = build_overview(data.rows.database, policies)
    except SegmentationError as error:
        session.put(REFUSED, error)
    else:
        data.overview = overview
        session.set_policies(**{name: chosen})


def tell_change(label: str, current, other) -> None:  # type: ignore[no-untyped-def]
    """What the other choice would change, in one line."""
    rows, money = other["n_rows"] - current["n_rows"], other["amount"] - current["amount"]
    customers = other["n_customers"] - current["n_customers"]
    if not rows and not money:
        st.caption(f"“{label}” would change nothing here.")
        return
    changes = [
        f"{thing} by {change:{form}}".replace("-", "−")
        for thing, change, form in (
            ("the rows", rows, "+,.0f"),
            ("the spend", money, "+,.2f"),
            ("the customers", customers, "+,.0f"),
        )
        if change
    ]
    st.caption(f"“{label}” would change {listed(changes)}.")


def draw_left_out() -> None:
    """The first rows of each reason, and all of them as a file."""
    fates = cached.fates()
    out = fates[~fates["is_counted"]]
    if out.empty:
        st.caption("Every row counts.")
        return
    reason = st.segmented_control(
        "Reason",
        list(out.index),
        format_func=str.capitalize,
        key="check_reason",
        default=out.index[0],
        required=True,
    )
    n_rows = out.loc[reason, "n_rows"]
    rows = cached.left_out(reason, EXAMPLES)
    first = f" The first {len(rows)} of {n_rows:,} rows:" if n_rows > len(rows) else ""
    st.caption(f"{FATES[reason]}{first}")
    # A view of a server has no key, so its rows have no line.
    known = rows if rows["line"].notna().any() else rows.drop(columns="line")
    st.dataframe(
        known.drop(columns="fate"),
        hide_index=True,
        width="stretch",
        column_config=grid.column_config(LEFT_OUT),
        placeholder="–",
        alt=f"Rows left out: {reason}",
    )
    with st.container(horizontal=True):
        downloads.offer_left_out(f"Download “{reason}”", reason)
        downloads.offer_left_out("Download all rows left out", None)


def draw_findings() -> None:
    """Sentences on dates, currencies and ties."""
    for finding in cached.findings():
        st.markdown(f"{ICONS[finding.kind]} {frame.plain(finding.sentence)}")
