"""A server that is named on the command line: its address, its password, the open connection."""

import getpass
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentation.errors import InvalidChoice
from segmentation.limits import load_limits
from segmentation.sources.addresses import ServerAddress, read_address

if TYPE_CHECKING:
    from segmentation.sources.servers import Server

PASSWORD = "SEGMENTATION_DATABASE_PASSWORD"
SECRETS = Path(".streamlit/secrets.toml")


@contextmanager
def connected(url_or_name: str) -> "Iterator[Server]":
    """A server, open while it is used."""
    from segmentation.sources.servers import open_server

    address, password = find_address(url_or_name)
    server = open_server(address, password, load_limits().statement_seconds)
    try:
        yield server
    finally:
        server.close()


def find_address(url_or_name: str) -> tuple[ServerAddress, str]:
    """Where a server is, and the password: its own, the environment's, or the one typed.

    Raises
    ------
    InvalidChoice
        The address holds a password, which other users of the machine could read, or there is
        no connection of that name.
    """
    if "://" not in url_or_name:
        address, password = read_address(find_section(url_or_name), url_or_name)
    else:
        address, password = read_address(url_or_name)
        if password is not None:
            raise InvalidChoice(
                "The address on the command line holds a password, which others could read there.",
                f"Leave it out and put it into the environment variable {PASSWORD}.",
            )
    return address, os.environ.get(PASSWORD) or password or ask_password(address.name)


def find_section(name: str, path: Path = SECRETS) -> Mapping[str, Any]:
    """The section [connections.name] of the secrets file.

    Raises
    ------
    InvalidChoice
        There is no such section, or the file cannot be read.
    """
    try:
        named = (
            tomllib.loads(path.read_text("utf-8")).get("connections", {}) if path.exists() else {}
        )
    except (OSError, ValueError) as error:
        # The parser's own message may quote the line with the password.
        raise InvalidChoice(f"{path} cannot be read as TOML.", "Correct the file.") from error
    if not isinstance(named, Mapping) or not isinstance(named.get(name), Mapping):
        raise InvalidChoice(
            f"There is no connection “{name}” in {path}.",
            "Give the name of a [connections.…] section, or an address like mysql://user@host/shop.",
        )
    return named[name]


def ask_password(name: str) -> str:
    """The password as it is typed at the terminal; empty where nobody can type one."""
    return getpass.getpass(f"Password for {name}: ") if sys.stdin.isatty() else ""
