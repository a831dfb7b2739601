"""One MySQL or MariaDB server, as the visitor uses it: its tables, and answers to questions."""

from segmentation.errors import ServerUnreachable
from segmentation.sources.addresses import ServerAddress, check_host, read_address
from segmentation.sources.answers import Answer
from segmentation.sources.connections import Connections, open_connection
from segmentation.sources.servertables import (
    ServerTable,
    is_own,
    list_tables,
    read_query,
    read_table,
)

__all__ = [
    "Answer",
    "Server",
    "ServerAddress",
    "ServerTable",
    "check_host",
    "open_connection",
    "open_server",
    "read_address",
]

# What the queries need: common table expressions, window functions, and casts to double.
_OLDEST = {"MariaDB": (10, 4), "MySQL": (8, 0, 17)}


class Server:
    """An open server; nothing that it is asked can change anything on it.

    Parameters
    ----------
    connections : Connections
        To it.
    version : str
        Such as "MariaDB 10.11.19".
    """

    def __init__(self, connections: Connections, version: str) -> None:
        self.connections = connections
        self.version = version

    @property
    def address(self) -> ServerAddress:
        """Where it is."""
        return self.connections.address

    def tables(self) -> tuple[str, ...]:
        """Names of the tables and views of its database that the account may see."""
        found = list_tables(self.connections)
        return tuple(name for schema, name in found if is_own(schema, self.address))

    def read_table(self, name: str) -> ServerTable:
        """A table or view; raises as `servertables.read_table` does."""
        return read_table(self.connections, name)

    def read_query(self, text: str) -> ServerTable:
        """A query of the analyst's own; raises as `servertables.read_query` does."""
        return read_query(self.connections, text)

    def close(self) -> None:
        """Close the connections."""
        self.connections.close()


def open_server(address: ServerAddress, password: str, statement_seconds: float = 60) -> Server:
    """A server to be read from, once it has answered.

    Parameters
    ----------
    address : ServerAddress
        Where it is.
    password : str
        Of the address's user.
    statement_seconds : float, default=60
        How long it may work on one statement.

    Raises
    ------
    ServerUnreachable
        Nothing answers there, or a server that is too old.
    SegmentationError
        Otherwise as by `connections.open_connection`.
    """
    connections = Connections(address, password, statement_seconds)
    ((told,),) = connections.run("select version()", what="The server's version").rows
    kind = "MariaDB" if "mariadb" in told.lower() else "MySQL"
    number = told.partition("-")[0]
    if tuple(map(int, number.split("."))) < _OLDEST[kind]:
        connections.close()
        oldest = ".".join(map(str, _OLDEST[kind]))
        raise ServerUnreachable(
            f"{address.host} runs {kind} {number}, which is too old.",
            f"Use a server with {kind} {oldest} or newer.",
        )
    return Server(connections, f"{kind} {number}")
