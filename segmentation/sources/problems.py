"""What a database server's own errors mean to the person who uses it: one sentence each."""

import socket
import ssl

from segmentation.errors import (
    InvalidChoice,
    QueryFailed,
    QueryTooSlow,
    SegmentationError,
    ServerFull,
    ServerGone,
    ServerRefused,
    ServerUnreachable,
)
from segmentation.sources.addresses import ServerAddress

# The servers' own numbers, MySQL's and MariaDB's.
_WRONG_ACCOUNT = {1045, 1251, 1698, 1862, 2054, 2059, 3118, 4151}
_NO_DATABASE = {1044, 1049}
_NO_ENTRY = {1129, 1130}
_NO_CONNECTIONS = {1040, 1203, 1226}
_NO_ROOM = {3, 126, 1021, 1026, 1037, 1038, 1041, 1114}
_NO_RIGHT = {1142, 1143, 1227, 1345, 1356, 1370}
_NO_WRITING = {1290, 1792, 1836}
_TOO_SLOW = {1028, 1969, 3024}
_STOPPED = {1053, 1079, 1317, 1927, 2006, 2013, 2014, 2055, 4031}
_NO_TLS, _NO_TABLE, _NO_COLUMN, _COLUMN_TWICE = 2026, 1146, 1054, 1060


def connection_problem(
    error: BaseException, address: ServerAddress, seconds: float
) -> SegmentationError:
    """Why a server could not be connected to.

    Parameters
    ----------
    error : BaseException
        What the driver raised.
    address : ServerAddress
        Where the server was looked for.
    seconds : float
        How long it was waited for.
    """
    number, cause = number_of(error), getattr(error, "original_exception", error)
    where = f"{address.host}, port {address.port},"
    if number in _WRONG_ACCOUNT:
        return ServerRefused(
            f"{address.host} does not accept this user and password.",
            "Check both, or ask the server's administrator.",
        )
    if number in _NO_DATABASE:
        return ServerRefused(
            f"{address.host} has no database “{address.database}” that this user may use.",
            "Check its name, or ask the server's administrator.",
        )
    if number in _NO_ENTRY:
        return ServerRefused(
            f"{address.host} does not let this machine in.", "Ask the server's administrator."
        )
    if number in _NO_CONNECTIONS:
        return _no_connections(address)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ServerUnreachable(
            f"The certificate of {address.host} cannot be trusted ({cause.verify_message}).",
            "Give the file of the authority that signed it as ssl_ca, or ask the owner to.",
        )
    if number == _NO_TLS or isinstance(cause, ssl.SSLError):
        return ServerUnreachable(
            f"{address.host} does not offer an encrypted connection (TLS).",
            "Ask its administrator to, or choose TLS off where the network is your own.",
        )
    if isinstance(cause, socket.gaierror):
        return ServerUnreachable(
            f"There is no host {address.host}.", "Check its name in the address."
        )
    if isinstance(cause, TimeoutError) or "timed out" in str(error):
        return ServerUnreachable(
            f"{where} did not answer within {seconds:g} seconds.",
            "Check host and port, and whether a firewall is in between.",
        )
    if isinstance(cause, OSError):
        return ServerUnreachable(f"No server answers at {where[:-1]}.", "Check host and port.")
    return ServerUnreachable(
        f"What answers at {where} is no MySQL or MariaDB server that can be used.",
        "Check host and port, and the server's version.",
    )


def query_problem(
    error: BaseException, address: ServerAddress, what: str, seconds: float
) -> SegmentationError:
    """Why a statement gave nothing.

    Parameters
    ----------
    error : BaseException
        What the driver raised.
    address : ServerAddress
        Of the server.
    what : str
        What was asked for, as in “The table customers”.
    seconds : float
        How long a statement may take.
    """
    number = number_of(error)
    if number in _TOO_SLOW:
        return QueryTooSlow(
            f"{what} took {address.host} longer than {seconds:g} seconds and was stopped.",
            "Add an index that starts with the customer's column, or ask the owner of this "
            "installation for a longer statement_seconds.",
        )
    if number in _NO_CONNECTIONS:
        return _no_connections(address)
    if number in _NO_ROOM:
        return ServerFull(
            f"{address.host} has no memory or disk left for this: {_inside(what)}.",
            "Ask the server's administrator.",
        )
    if number in _NO_RIGHT:
        return ServerRefused(
            f"The account lacks a right that this takes: {_inside(what)}.",
            "Ask the server's administrator; for reading, SELECT is enough.",
        )
    if number in _NO_WRITING:
        return ServerRefused(
            f"{address.host} allows nothing but reading here.", "Use an account that may write."
        )
    if number in (_NO_TABLE, _NO_COLUMN):
        return QueryFailed(
            f"{what} names a table or column that {address.name} does not have (any more).",
            "Check the names, or choose the table again.",
        )
    if number == _COLUMN_TWICE:
        return InvalidChoice(
            f"{what} has two columns of the same name.", "Give each a name of its own with AS."
        )
    if number in _STOPPED or number is None or isinstance(error, OSError):
        return ServerGone(
            f"{address.host} ended the connection while it was asked.",
            "Try again; if it happens again, ask the server's administrator.",
        )
    return QueryFailed(
        f"{what} could not be worked out by {address.host} (its error {number}).",
        "Check the query, or ask the server's administrator.",
    )


def number_of(error: BaseException) -> int | None:
    """The server's number of an error; None where the connection itself broke."""
    original = getattr(error, "orig", None) or error
    number = original.args[0] if original.args else None
    return number if isinstance(number, int) and number > 0 else None


def _inside(what: str) -> str:
    """A subject as it stands within a sentence."""
    return what[:1].lower() + what[1:]


def _no_connections(address: ServerAddress) -> ServerFull:
    return ServerFull(
        f"{address.host} takes no more connections at the moment.", "Try again in a minute."
    )
