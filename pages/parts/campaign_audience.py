"""Who is in the audience: conditions joined by and, or, not; saved by name in the recipe."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.parts import campaigning, frame, grid, recipes, session
from segmentation.audience import Audience, Condition
from segmentation.tables import AUDIENCES, STRATA

TEXTS = (
    *("segment", "rule_segment", "at_risk", "favourite_category", "last_category"),
    *("country", "region", "city", "age_group"),
)
NUMBERS = (
    *("total_spend", "n_orders", "mean_order_value", "recency_days", "recency_score"),
    *("frequency_score", "monetary_score", "p_active", "expected_orders", "expected_value"),
    *("at_stake", "overdue_ratio", "customer_age"),
)
IS, IS_NOT, BETWEEN, OUTSIDE, TOP = "is", "is not", "is between", "is not between", "is in the top"
MOST_SHOWN = 200


def draw() -> None:
    """The saved audiences, the conditions, and who meets them."""
    draw_saved()
    wanted = campaigning.audience()
    everyone = campaigning.customers()
    for place, group in enumerate(wanted.groups):
        draw_group(place, group, everyone)
    st.button(
        "Or customers who…",
        icon=":material/add:",
        key="campaign_add_group",
        on_click=add_group,
        help="Another group of conditions: a customer is in who meets all of any group.",
    )
    found = campaigning.members()
    campaigning.draw_size(found)
    if lacks := campaigning.lacks():
        st.caption(frame.plain(lacks))
    if found.empty:
        st.info("Nobody meets the conditions: change or remove one.")
    else:
        draw_members(found)


def draw_saved() -> None:
    """Choose, save or delete an audience by name."""
    saved = dict(session.applied().audiences)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if saved:
            st.selectbox(
                "Saved audiences",
                list(saved),
                index=None,
                key="campaign_saved",
                placeholder="Choose one to use",
                on_change=load_saved,
                width=260,
            )
        st.text_input(
            "Name",
            key=session.AUDIENCE_NAME,
            placeholder="Win back",
            persist_state="session",
            width=260,
        )
        st.button("Save", key="campaign_save", on_click=save, icon=":material/bookmark:")
        if session.chosen(session.AUDIENCE_NAME) in saved:
            st.button("Delete", key="campaign_delete", on_click=delete)
        if saved:
            recipes.offer()


def load_saved() -> None:
    """Go on with a saved audience."""
    name = session.chosen("campaign_saved")
    if name:
        campaigning.use(Audience.read(session.applied().audiences[name]))
        session.put(session.AUDIENCE_NAME, name)


def save() -> None:
    """Keep the audience under its name."""
    name = (session.chosen(session.AUDIENCE_NAME) or "").strip()
    if name:
        saved = dict(session.applied().audiences)
        session.save_audiences({**saved, name: campaigning.audience().describe()})


def delete() -> None:
    """Forget the audience of that name."""
    saved = dict(session.applied().audiences)
    saved.pop(session.chosen(session.AUDIENCE_NAME), None)
    session.save_audiences(saved)


def draw_group(place: int, group: tuple[Condition, ...], everyone: pd.DataFrame) -> None:
    """Conditions that hold all at once."""
    with st.container(border=True):
        st.markdown("**Customers whose…**" if place == 0 else "**or whose…**")
        for at, condition in enumerate(group):
            draw_condition((place, at), condition, everyone)
        with st.container(horizontal=True):
            st.button(
                "And whose…",
                icon=":material/add:",
                key=f"campaign_add_{place}",
                on_click=add_condition,
                args=(place,),
            )


def draw_condition(place: tuple[int, int], condition: Condition, everyone: pd.DataFrame) -> None:
    """One condition as a row of choices."""
    columns = [name for name in (*TEXTS, *NUMBERS) if name in everyone]
    if condition.column not in columns:
        columns.append(condition.column)
    labels = {name: campaigning.label(name) for name in columns}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"campaign_{place[0]}_{place[1]}"
        session.put(f"{key}_column", condition.column)
        st.selectbox(
            "What",
            columns,
            format_func=labels.__getitem__,
            key=f"{key}_column",
            on_change=choose_column,
            args=(place,),
            width=200,
        )
        if condition.column in NUMBERS:
            draw_range(place, condition)
        else:
            draw_values(place, condition, everyone)
        st.button(
            "",
            icon=":material/close:",
            key=f"{key}_remove",
            on_click=remove,
            args=(place,),
            help="Remove this condition",
        )


def draw_kind(place: tuple[int, int], kinds: list[str], kind: str) -> None:
    """How the column is asked about."""
    key = f"campaign_{place[0]}_{place[1]}_kind"
    session.put(key, kind)
    st.selectbox("How", kinds, key=key, on_change=choose_kind, args=(place,), width=150)


def draw_values(place: tuple[int, int], condition: Condition, everyone: pd.DataFrame) -> None:
    """The values wanted."""
    draw_kind(place, [IS, IS_NOT], IS_NOT if condition.negated else IS)
    key = f"campaign_{place[0]}_{place[1]}_among"
    there = values_of(everyone, condition.column)
    session.put(key, list(condition.among))
    st.multiselect(
        "Values",
        [*there, *(value for value in condition.among if value not in there)],
        key=key,
        placeholder="Any",
        on_change=choose_values,
        args=(place,),
    )


def values_of(everyone: pd.DataFrame, column: str) -> list[str]:
    """What occurs in a column: segments in their order, other texts the commonest first."""
    if column not in everyone:
        return []
    counts = everyone[column].value_counts()
    if isinstance(everyone[column].dtype, pd.CategoricalDtype):
        counts = counts.sort_index()
    return [str(value) for value, n in counts.items() if n][:2000]


def draw_range(place: tuple[int, int], condition: Condition) -> None:
    """The numbers wanted: a range, or the highest."""
    is_top = condition.top is not None
    kind = TOP if is_top else OUTSIDE if condition.negated else BETWEEN
    draw_kind(place, [BETWEEN, OUTSIDE, TOP], kind)
    wanted = {"top": condition.top} if is_top else {"low": condition.low, "high": condition.high}
    unit, size = campaigning.unit(condition.column)
    for name, value in wanted.items():
        key = f"campaign_{place[0]}_{place[1]}_{name}"
        if value is None:
            session.forget(key)
        else:
            session.put(key, value if is_top else round(value * size, 10))
        st.number_input(
            {"low": "From", "high": "To", "top": "Customers"}[name] + (", %" if size > 1 else ""),
            min_value=1 if is_top else None,
            value=None,
            step=1 if is_top else None,
            format=None if is_top else "%.2f" if unit in ("money", "share") else "%.6g",
            placeholder="any",
            key=key,
            on_change=choose_number,
            args=(place, name),
            width=166,
        )


def change(place: tuple[int, int], changed: Condition | None) -> None:
    """Put a condition in the place of another; None removes it, and a group left empty."""
    now = campaigning.audience()
    groups = [list(group) for group in now.groups]
    groups[place[0]][place[1] : place[1] + 1] = [] if changed is None else [changed]
    kept = tuple(tuple(group) for group in groups if group) or ((Condition("segment"),),)
    campaigning.use(replace(now, groups=kept))


def current(place: tuple[int, int]) -> Condition:
    """The condition in a place."""
    return campaigning.audience().groups[place[0]][place[1]]


def choose_column(place: tuple[int, int]) -> None:
    """Ask about another column."""
    change(place, Condition(session.chosen(f"campaign_{place[0]}_{place[1]}_column")))


def choose_kind(place: tuple[int, int]) -> None:
    """Ask in another way."""
    kind, now = session.chosen(f"campaign_{place[0]}_{place[1]}_kind"), current(place)
    if kind == TOP:
        change(place, Condition(now.column, top=100))
    else:
        change(place, replace(now, top=None, negated=kind in (IS_NOT, OUTSIDE)))


def choose_values(place: tuple[int, int]) -> None:
    """Ask for other values."""
    chosen = session.chosen(f"campaign_{place[0]}_{place[1]}_among")
    change(place, replace(current(place), among=tuple(chosen)))


def choose_number(place: tuple[int, int], name: str) -> None:
    """Ask for another end of the range, or another length of the top list."""
    value = session.chosen(f"campaign_{place[0]}_{place[1]}_{name}")
    if name == "top":
        value = int(value or 1)
    elif value is not None:
        value /= campaigning.unit(current(place).column)[1]
    change(place, replace(current(place), **{name: value}))


def remove(place: tuple[int, int]) -> None:
    """Take a condition away."""
    change(place, None)


def add_condition(place: int) -> None:
    """One more condition that has to hold as well."""
    now = campaigning.audience()
    groups = list(now.groups)
    groups[place] = (*groups[place], Condition("total_spend"))
    campaigning.use(replace(now, groups=tuple(groups)))


def add_group() -> None:
    """One more group of conditions."""
    now = campaigning.audience()
    campaigning.use(replace(now, groups=(*now.groups, (Condition("segment"),))))


def draw_members(found: pd.DataFrame) -> None:
    """Who is in, by segment and one by one."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.subheader("By segment", anchor=False)
        sizes = found.groupby("segment", observed=True)["total_spend"].agg(["size", "sum"])
        sizes.columns = ["n_customers", "total_spend"]
        st.dataframe(
            sizes.reset_index(),
            hide_index=True,
            width="stretch",
            height="content",
            column_config=grid.column_config({**STRATA, "total_spend": AUDIENCES["total_spend"]}),
            alt="The audience by segment",
        )
    with right:
        st.subheader("The customers", anchor=False)
        shown = [name for name in AUDIENCES if name in found and name != "arm"]
        top = found.nlargest(MOST_SHOWN, "total_spend")[shown]
        st.dataframe(
            grid.rounded(top.reset_index(), AUDIENCES),
            hide_index=True,
            width="stretch",
            height=380,
            column_config=grid.column_config(AUDIENCES),
            alt="The customers of the audience",
        )
        if len(found) > MOST_SHOWN:
            st.caption(f"The {MOST_SHOWN} with the highest spend; the file has all.")
