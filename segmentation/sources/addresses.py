"""Where a database server is, from an address in one line or a section of the owner's secrets."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from segmentation.errors import InvalidChoice, ServerRefused
from segmentation.limits import Limits

DIALECTS = ("mysql", "mariadb")
TLS = ("auto", "on", "off")
# Settings of a connection that change nothing here; any other that is not known is an error, since
# it may be one that was to make the connection safe.
WITHOUT_EFFECT = ("charset",)
_SHAPE = "Write it as mysql://user@host:3306/database."


@dataclass(frozen=True)
class ServerAddress:
    """Where a database is and as whom to use it; the password is kept apart.

    Parameters
    ----------
    host : str
        Name or number of the machine.
    port : int
        1 to 65535.
    database : str
        The database (schema) on it.
    user : str
        The account; empty where none was given.
    name : str
        What people call it.
    tls : {"auto", "on", "off"}, default="auto"
        Whether the connection is encrypted and the certificate checked; "auto": unless the
        server is this machine.
    ca : str, default=""
        File with the certificates to trust; empty: those of the system.
    """

    host: str
    port: int
    database: str
    user: str
    name: str
    tls: str = "auto"
    ca: str = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is on."""
        return self.tls == "on" or (self.tls == "auto" and not is_local(self.host))


def read_address(
    given: str | Mapping[str, Any], name: str = ""
) -> tuple[ServerAddress, str | None]:
    """An address, and the password where one stands in it.

    Parameters
    ----------
    given : str or mapping
        ``mysql://user@host:port/database?tls=on``, or a section [connections.name] of Streamlit's
        secrets: ``url``, or ``dialect``, ``host``, ``port``, ``database``, ``username``,
        ``password`` and ``query`` (``tls``, ``ssl_ca``).
    name : str, default=""
        What people call it; empty: its database and host.

    Raises
    ------
    InvalidChoice
        It is no address of a MySQL or MariaDB database. The message does not repeat it.
    """
    called = f"The connection “{name}”" if name else "The address"
    if isinstance(given, str):
        return _read_url(given, called, name)
    if "url" in given:
        return _read_url(str(given["url"]), called, name)
    dialect = str(given.get("dialect", given.get("type", "mysql")))
    _check_dialect(dialect, called)
    settings = given.get("query", {})
    if not isinstance(settings, Mapping):
        settings = dict(parse_qsl(str(settings)))
    password = given.get("password")
    address = _address(
        called,
        name,
        str(given.get("host", "")),
        given.get("port", 3306),
        str(given.get("database", "")),
        str(given.get("username", "")),
        settings,
    )
    return address, None if password is None else str(password)


def check_host(address: ServerAddress, limits: Limits) -> None:
    """See that a visitor may type this address.

    Raises
    ------
    ServerRefused
        The owner of this installation has switched typing off, or did not list the host.
    """
    if not limits.typed_connections:
        raise ServerRefused(
            "This installation does not connect to servers that are typed in.",
            "Choose one of the connections that its owner has named.",
        )
    if limits.hosts and address.host.casefold() not in {host.casefold() for host in limits.hosts}:
        raise ServerRefused(
            f"This installation does not connect to {address.host}.",
            "Choose one of the hosts that its owner has listed, or ask the owner to add it.",
        )


def is_local(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _read_url(text: str, called: str, name: str) -> tuple[ServerAddress, str | None]:
    try:
        parts = urlsplit(text.strip())
        port = parts.port or 3306
    except ValueError:
        raise InvalidChoice(f"{called} cannot be read.", _SHAPE) from None
    _check_dialect(parts.scheme, called)
    address = _address(
        called,
        name,
        unquote(parts.hostname or ""),
        port,
        unquote(parts.path.removeprefix("/")),
        unquote(parts.username or ""),
        dict(parse_qsl(parts.query)),
    )
    return address, None if parts.password is None else unquote(parts.password)


def _check_dialect(dialect: str, called: str) -> None:
    if dialect.partition("+")[0].lower() not in (*DIALECTS, "sql"):
        raise InvalidChoice(f"{called} is not of a MySQL or MariaDB database.", _SHAPE)


def _address(
    called: str,
    name: str,
    host: str,
    port: Any,
    database: str,
    user: str,
    settings: Mapping[str, Any],
) -> ServerAddress:
    problems = list(_problems(host, port, database, settings))
    if problems:
        raise InvalidChoice(f"{called} {' and '.join(problems)}.", _SHAPE)
    return ServerAddress(
        host,
        int(port),
        database,
        user,
        name or f"{database} on {host}",
        str(settings.get("tls", "auto")),
        str(settings.get("ssl_ca", "")),
    )


def _problems(host: str, port: Any, database: str, settings: Mapping[str, Any]) -> Iterator[str]:
    if not host:
        yield "names no host"
    if not database:
        yield "names no database"
    if not str(port).isdecimal() or not 0 < int(port) < 65_536:
        yield "has a port that is no number from 1 to 65535"
    if settings.get("tls", "auto") not in TLS:
        yield "has a tls that is not auto, on or off"
    for key in settings:
        if key not in ("tls", "ssl_ca", *WITHOUT_EFFECT):
            yield f"has a setting “{key}” that is not known here (tls and ssl_ca are)"
