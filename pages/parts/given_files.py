"""Files given beside the data: kept with them, since an uploader is emptied on leaving its page."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from pages.parts import frame, session


class Given(NamedTuple):
    """A file as it was read, under the id that its upload had."""

    file_id: str
    name: str
    content: Any


def draw(
    key: str, label: str, types: Sequence[str], says: str, read: Callable[[bytes, str], Any]
) -> Given | None:
    """An uploader, and what `read` made of the bytes and name of the file given last."""
    held = session.require_data().held
    upload = st.file_uploader(
        label, type=types, key=key, help=says, on_change=drop_removed, args=(key,)
    )
    if upload is not None and (key not in held or held[key].file_id != upload.file_id):
        drop(key)
        with st.spinner("Reading the file…"):
            content = read(upload.getvalue(), upload.name)
        held[key] = Given(upload.file_id, upload.name, content)
    given: Given | None = held.get(key)
    if given and upload is None:
        tell(given, key)
    return given


def tell(given: Given, key: str) -> None:
    """Which file is in use while the uploader is empty again, and a way to let go of it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"In use: **{frame.plain(given.name)}**. Another file takes its place.")
        st.button(
            "Remove", icon=":material/close:", key=f"{key}_remove", on_click=drop, args=(key,)
        )


def drop_removed(key: str) -> None:
    """Let go of a file that was taken out of its uploader."""
    if session.chosen(key) is None:
        drop(key)


def drop(key: str) -> None:
    """Let go of a file."""
    session.require_data().held.pop(key, None)
