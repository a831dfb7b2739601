"""Connections to a MySQL or MariaDB server that can only read, for a limited time."""

import ssl
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from segmentation.errors import InvalidChoice
from segmentation.sources.addresses import ServerAddress
from segmentation.sources.answers import Answer
from segmentation.sources.problems import connection_problem, query_problem

if TYPE_CHECKING:
    import pymysql
    import sqlalchemy

CONNECT_SECONDS = 5
# A statement that the server should have stopped by itself by then: it must have vanished.
VANISHED_SECONDS = 15
# Two, so that what is independent can be asked for at the same time; more would be felt by others.
AT_ONCE = 2
# Groups are kept in memory up to this size; the servers' default of 16 MB sends 100,000 customers
# to the disk, which takes three times as long.
TEMPORARY_BYTES = 256 << 20
BATCH = 65_536


def open_connection(
    address: ServerAddress, password: str, **options: Any
) -> "pymysql.Connection[Any]":
    """A plain connection of PyMySQL, encrypted as the address says.

    Parameters
    ----------
    address : ServerAddress
        Where to.
    password : str
        Of the address's user.
    **options : object
        Further ones of `pymysql.connect`.

    Raises
    ------
    InvalidChoice
        The file with the certificates to trust cannot be read.
    ServerUnreachable
        No server answers there within 5 seconds, or not with the encryption wanted.
    ServerRefused
        It does not accept the account.
    ServerFull
        It takes no more connections.
    """
    import pymysql

    try:
        return pymysql.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            password=password,
            database=address.database,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=CONNECT_SECONDS,
            **_tls(address),
            **options,
        )
    except (pymysql.MySQLError, OSError, RuntimeError, ValueError, LookupError, struct.error) as e:
        raise connection_problem(e, address, CONNECT_SECONDS) from e


def _tls(address: ServerAddress) -> dict[str, Any]:
    if address.tls == "off":
        return {"ssl_disabled": True}
    if not address.is_encrypted:
        return {}
    try:
        return {"ssl": ssl.create_default_context(cafile=address.ca or None)}
    except OSError as error:
        raise InvalidChoice(
            f"The certificates to trust for {address.name} cannot be read.", "Check ssl_ca."
        ) from error


class Connections:
    """Up to two connections to a server, opened when needed, that read and nothing else.

    Parameters
    ----------
    address : ServerAddress
        Where to.
    password : str
        Of the address's user; held by the driver only.
    statement_seconds : float
        How long the server may work on one statement.

    Raises
    ------
    SegmentationError
        As by `open_connection`.
    """

    def __init__(self, address: ServerAddress, password: str, statement_seconds: float) -> None:
        self.address = address
        self.statement_seconds = statement_seconds
        self._open: Callable[..., pymysql.Connection[Any]] = _opener(
            address, password, statement_seconds
        )
        self._engine = _pool(self._open, statement_seconds)

    def run(
        self,
        statement: str,
        parameters: Mapping[str, object] | Sequence[tuple[str, object]] = (),
        what: str = "It",
    ) -> Answer:
        """The whole answer to a statement.

        Parameters
        ----------
        statement : str
            With ``%(name)s`` for parameters and ``%%`` for a percent sign; without parameters a
            percent sign stands for itself.
        parameters : mapping of str to object, or pairs of them
            Values, sent apart from the text.
        what : str
            What it is for, for the sentence of an error.

        Raises
        ------
        SegmentationError
            As `problems.query_problem` says it.
        """
        from pymysql.cursors import SSCursor

        from segmentation.sources.wire import read_rows

        with self._asked(what) as connection, connection.cursor(SSCursor) as cursor:
            cursor.execute(statement, dict(parameters) or None)
            return Answer.of(cursor.description, tuple(read_rows(cursor)))

    def stream(
        self,
        statement: str,
        parameters: Mapping[str, object] | Sequence[tuple[str, object]] = (),
        what: str = "It",
    ) -> Iterator[Answer]:
        """The same, part by part, with no more than `BATCH` rows in memory."""
        from pymysql.cursors import SSCursor

        from segmentation.sources.wire import read_rows

        with self._asked(what) as connection, connection.cursor(SSCursor) as cursor:
            cursor.execute(statement, dict(parameters) or None)
            while rows := read_rows(cursor, BATCH):
                yield Answer.of(cursor.description, tuple(rows))

    @contextmanager
    def _asked(self, what: str) -> "Iterator[pymysql.Connection[Any]]":
        """A connection of the pool's; one on which anything went wrong is not used again."""
        import pymysql
        import sqlalchemy.exc

        try:
            with closing(self._engine.raw_connection()) as pooled:
                try:
                    yield pooled.driver_connection
                except BaseException as error:
                    pooled.invalidate(error)
                    raise
        except (sqlalchemy.exc.SQLAlchemyError, pymysql.MySQLError, OSError) as error:
            raise query_problem(error, self.address, what, self.statement_seconds) from error

    @contextmanager
    def writing(self, what: str) -> "Iterator[pymysql.Connection[Any]]":
        """A connection that may write what its account may; nothing stays without a commit.

        Parameters
        ----------
        what : str
            What it is for, for the sentence of an error.

        Raises
        ------
        SegmentationError
            As `problems.query_problem` says it.
        """
        import pymysql

        try:
            with self._open() as connection:
                yield connection
        except (pymysql.MySQLError, OSError) as error:
            raise query_problem(error, self.address, what, self.statement_seconds) from error

    def close(self) -> None:
        """Close all connections; the next statement would open one again."""
        self._engine.dispose()


def _opener(
    address: ServerAddress, password: str, statement_seconds: float
) -> "Callable[..., pymysql.Connection[Any]]":
    """A function that connects; what it needs for it can be seen nowhere else."""

    def connect(**options: Any) -> "pymysql.Connection[Any]":
        connection = open_connection(address, password, **options)
        connection._read_timeout = statement_seconds + VANISHED_SECONDS
        return connection

    return connect


def _pool(
    connect: "Callable[..., pymysql.Connection[Any]]", statement_seconds: float
) -> "sqlalchemy.Engine":
    import pymysql.converters
    import sqlalchemy
    from sqlalchemy import event

    # Values arrive as text and are read column by column: of 0000-00-00 no driver makes a date,
    # and one by one takes longer than the server needs to work them out.
    conversions = {
        kind: write
        for kind, write in pymysql.converters.conversions.items()
        if not isinstance(kind, int)
    }

    engine = sqlalchemy.create_engine(
        "mysql+pymysql://",
        creator=lambda: connect(conv=conversions),
        pool_size=AT_ONCE,
        max_overflow=0,
        pool_timeout=statement_seconds + VANISHED_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    # At each checkout and not once: what one statement may have changed is gone for the next.
    @event.listens_for(engine, "checkout")
    def settle(connection: Any, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_settings("MariaDB" in connection.get_server_info(), statement_seconds))

    return engine


def _settings(is_mariadb: bool, seconds: float) -> str:
    own = (
        f"max_statement_time = {seconds:g}, tx_read_only = 1"
        if is_mariadb
        else f"max_execution_time = {1000 * seconds:.0f}, transaction_read_only = 1"
    )
    # With this collation texts of ours, and numbers cast to text, compare to the letter.
    texts = "sql_mode = '', collation_connection = utf8mb4_bin"
    sizes = f"tmp_table_size = {TEMPORARY_BYTES}, max_heap_table_size = {TEMPORARY_BYTES}"
    return f"set session {own}, {texts}, {sizes}"
