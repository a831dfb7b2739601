"""Finding a customer: a few letters of an id, a name or an e-mail, and who fits."""

import streamlit as st

from pages.parts import cached, frame, grid, segmenting, session
from segmentation.marts.directory import NAMED_BY, Directory, build_directory
from segmentation.tables import ATTRIBUTES

SHOWN, CHOSEN = 8, "customers_chosen"


def directory() -> Directory:
    """All customers, ready to be searched."""
    customers, attributes = cached.customers(), cached.attributes()
    return cached.remembered(
        ("directory", *cached.here()),
        lambda: build_directory(customers, attributes),
        "Preparing the search…",
    )


@st.fragment
def draw() -> None:
    """The search field, and those who fit as they are typed."""
    attributes = cached.attributes()
    known = [name for name in NAMED_BY if name in attributes]
    named = [ATTRIBUTES[name].label.removeprefix("Customer ").lower() for name in known]
    if session.chosen(CHOSEN):
        # The search is over: the page shows the customer instead of the list.
        session.forget(CHOSEN)
        session.put("customers_search", "")
    typed = st.text_input(
        f"Find a customer by {' or '.join([', '.join(['id', *named[:-1]]), *named[-1:]])}",
        key="customers_search",
        type="search",
        live="200ms",
        placeholder="Type a part of it",
        width=520,
    )
    if missing := [ATTRIBUTES[name].label for name in NAMED_BY if name not in known]:
        columns = " and ".join(missing)
        st.caption(f"Match {columns} on Load data to search by that too.")
    if not typed.strip():
        return
    found = directory().find(typed, SHOWN + 1)
    if not found:
        fields = " or ".join(["id", *named])
        st.caption(f"No customer has “{frame.plain(typed.strip())}” in their {fields}.")
        return
    draw_found(found[:SHOWN])
    if len(found) > SHOWN:
        st.caption(f"The {SHOWN} that fit best; type more to narrow them down.")


def draw_found(found: list[str], key: str = "customers_found") -> None:
    """A button for each customer, with what tells them apart."""
    customers = cached.customers().loc[found]
    segments = segmenting.applied().segmenter.predict(customers)
    with st.container(gap="xsmall", key=key):
        for place, customer_id in enumerate(found):
            row = customers.loc[customer_id]
            told = f"{frame.plain(segments[customer_id])} · {grid.short(row['total_spend'])}"
            if st.button(
                f"**{name_of(customer_id)}** &nbsp; {told}",
                key=f"{key}_{place}",
                type="tertiary",
                icon=":material/person:",
            ):
                session.choose_customer(customer_id)
                session.put(CHOSEN, True)
                st.rerun()


def name_of(customer_id: str) -> str:
    """A customer's id with name and e-mail, where they are known."""
    attributes = cached.attributes()
    named = [customer_id]
    if customer_id in attributes.index:
        row = attributes.loc[customer_id]
        named += [row[name] for name in NAMED_BY if name in row and isinstance(row[name], str)]
    return frame.plain(" · ".join(dict.fromkeys(named)))
