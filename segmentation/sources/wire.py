"""Rows of an answer as they come over the wire, read in half the driver's time."""

from typing import Any

from pymysql.connections import MAX_PACKET_LEN, MysqlPacket
from pymysql.cursors import SSCursor

# A row begins with its first cell's length: up to 250 as it is; or this for null; or one more for
# each size of a longer number, the last of which is no length where the packet is short.
_NULL, _LONGEST, _SHORT = 0xFB, 0xFE, 9
_SIZES = {0xFC: 2, 0xFD: 3, 0xFE: 8}


def read_rows(cursor: SSCursor, at_most: int | None = None) -> list[tuple[Any, ...]]:
    """The next rows of a statement, each value a text, bytes or None.

    The driver makes an object of each row and calls three functions for each value, which for
    100,000 customers takes as long as a quarter of the server's work.

    Parameters
    ----------
    cursor : SSCursor
        Of a connection that converts nothing and speaks UTF-8, with a statement executed.
    at_most : int, optional
        How many rows; all that are left where it is not given.

    Raises
    ------
    pymysql.MySQLError
        The server ended the statement, or has gone.
    """
    result: Any = cursor._result
    connection = result.connection
    rows: list[tuple[Any, ...]] = []
    are_texts = [encoding is not None for encoding, _ in result.converters]
    while result.unbuffered_active and (at_most is None or len(rows) < at_most):
        packet = _read_packet(connection)
        if packet[0] >= _LONGEST and (len(packet) < _SHORT or packet[0] > _LONGEST):
            _end(result, MysqlPacket(packet, connection.encoding))
            break
        row: list[str | bytes | None] = []
        at = 0
        for is_text in are_texts:
            length = packet[at]
            at += 1
            if length == _NULL:
                row.append(None)
                continue
            if length > _NULL:
                start, at = at, at + _SIZES[length]
                length = int.from_bytes(packet[start:at], "little")
            cell = packet[at : at + length]
            row.append(cell.decode() if is_text else cell)
            at += length
        rows.append(tuple(row))
    return rows


def _read_packet(connection: Any) -> bytes:
    """One packet; what is longer than a packet may be comes in several."""
    parts = []
    while True:
        header = connection._read_bytes(4)
        connection._next_seq_id = (header[3] + 1) % 256
        parts.append(connection._read_bytes(int.from_bytes(header[:3], "little")))
        if len(parts[-1]) < MAX_PACKET_LEN:
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _end(result: Any, packet: MysqlPacket) -> None:
    """Take note that there are no more rows, or raise what the server says instead."""
    result.unbuffered_active, result.connection = False, None
    if packet.is_error_packet():
        packet.raise_for_error()
    result._check_packet_is_eof(packet)
