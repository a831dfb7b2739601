"""A connection to the visitor's server: one that the owner has named, or one that is typed."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts import frame, session
from segmentation.errors import InvalidChoice, SegmentationError
from segmentation.limits import load_limits
from segmentation.sources.addresses import check_host, read_address

TYPED = "Another server"
TLS = {
    "auto": "On, unless the server is this machine",
    "on": "On, certificate checked",
    "off": "Off",
}


def draw() -> session.Connection | None:
    """The connection in use, or what it takes to make one."""
    connection = session.connection()
    if connection:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/database: Connected to **{frame.plain(connection.name)}**")
            st.button("Disconnect", key="load_disconnect", type="tertiary", on_click=disconnect)
        return connection
    named, limits = named_connections(), load_limits()
    options = [*named, *([TYPED] if limits.typed_connections else [])]
    if not options:
        st.info(
            "No database has been set up here. The owner of this installation names connections "
            "in .streamlit/secrets.toml.",
            icon=":material/database_off:",
        )
        return None
    picked = TYPED
    if named:
        picked = st.selectbox(
            "Connection",
            options,
            key="load_connection",
            persist_state="session",
            format_func=lambda name: name if name == TYPED else f"{name} (set up by the owner)",
            width=420,
        )
    with st.form("load_server", border=picked == TYPED):
        address, password = (
            draw_named(picked, named[picked]) if picked in named else draw_typed(limits.hosts)
        )
        if st.form_submit_button("Connect", type="primary", icon=":material/link:"):
            attempt(picked, address, password)
    return None


def named_connections() -> dict[str, Mapping[str, Any]]:
    """The sections [connections.…] of the owner's secrets, by name."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return dict(st.secrets.get("connections", {}))


def draw_named(name: str, section: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """A connection of the owner's: where it leads, and its password unless they gave it."""
    try:
        address, password = read_address(section, name)
    except SegmentationError as error:
        frame.show_error(error)
        return section, ""
    st.caption(f"{frame.plain(f'{address.database} on {address.host}, as {address.user}')}")
    return section, draw_password() if password is None else ""


def draw_typed(hosts: Sequence[str]) -> tuple[Mapping[str, Any], str]:
    """Fields for a server's address, user and password."""
    left, right = st.columns([3, 1])
    with left:
        if hosts:
            host = st.selectbox("Host", hosts, key="load_host", persist_state="session")
        else:
            host = typed("Host", "load_host", "db.example.com")
    with right:
        port = st.number_input(
            "Port", 1, 65_535, 3306, key="load_port", persist_state="session", format="%d"
        )
    left, right = st.columns(2)
    with left:
        database = typed("Database", "load_database", "shop")
        user = typed("User", "load_user", "reader")
    with right:
        tls = st.selectbox(
            "Encryption (TLS)",
            list(TLS),
            format_func=TLS.__getitem__,
            key="load_tls",
            persist_state="session",
        )
        password = draw_password()
    st.caption("An account that may only read (SELECT) is all the app needs.")
    section = {
        "dialect": "mysql",
        "host": host,
        "port": int(port),
        "database": database,
        "username": user,
        "query": {"tls": tls},
    }
    return section, password


def typed(label: str, key: str, example: str) -> str:
    """One field that is kept for the visit."""
    text = st.text_input(label, key=key, placeholder=example, persist_state="session")
    return text.strip()


def draw_password() -> str:
    """The field for the password: under a new key, so empty, after each attempt."""
    key = f"load_password_{session.chosen(session.PASSWORDS)}"
    return st.text_input("Password", type="password", key=key, autocomplete="off")


def attempt(name: str, section: Mapping[str, Any], password: str) -> None:
    """Connect; a problem is kept for the page to show."""
    session.forget(session.PROBLEM)
    try:
        with st.spinner("Connecting…"):
            connect(name, section, password)
    except SegmentationError as error:
        session.leave_problem(error)
    session.next_password()
    st.rerun()


def connect(name: str, section: Mapping[str, Any], password: str) -> None:
    """Open a server and look at which tables it has."""
    from segmentation.sources.servers import open_server

    missing = [part for part in ("host", "database", "username") if not section.get(part)]
    if name == TYPED and missing:
        raise InvalidChoice(
            f"The {missing[0].replace('username', 'user')} is missing.",
            "Type host, database and user.",
        )
    limits = load_limits()
    address, own = read_address(section, "" if name == TYPED else name)
    if name == TYPED:
        check_host(address, limits)
    server = open_server(address, own or password, limits.statement_seconds)
    session.put(session.CONNECTION, session.Connection(address.name, server, server.tables()))


def disconnect() -> None:
    """Close the connection, and let go of data that came through it."""
    connection = session.connection()
    if connection:
        session.let_go_of(connection.server)
        connection.server.close()
