import pymysql
import pytest
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from segmentation.errors import QueryFailed
from segmentation.sources.wire import read_rows

CELLS = "null, '', 'é🎁', 17, -1.50, date '2024-01-05', x'00ff', b'101'"
LENGTHS = [250, 251, 252, 65_535, 65_536, 1 << 20]


def connect(mariadb):
    return pymysql.connect(
        host="127.0.0.1",
        port=mariadb.port,
        user="root",
        database="tests",
        charset="utf8mb4",
        conv=encoders,
    )


@pytest.fixture
def connection(mariadb):
    with connect(mariadb) as opened:
        yield opened


# The rows as the driver reads them, and as we do.
def both(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        expected = cursor.fetchall()
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(statement)
        return list(expected), read_rows(cursor)


def test_cells_of_every_kind_are_those_of_the_driver(connection):
    expected, rows = both(connection, f"select {CELLS} union all select {CELLS}")
    assert rows == expected
    assert rows[0][:4] == (None, "", "é🎁", "17")


@pytest.mark.parametrize("length", LENGTHS)
def test_texts_of_every_length_are_whole(connection, length):
    expected, rows = both(connection, f"select repeat('x', {length}), 'y', repeat('z', {length})")
    assert rows == expected == [("x" * length, "y", "z" * length)]


def test_row_longer_than_a_packet_is_whole(mariadb):
    mariadb.sql("set global max_allowed_packet = 64 << 20")
    try:
        with connect(mariadb) as connection:
            statement = f"select repeat('x', {17 << 20}) union all select 'y'"
            expected, rows = both(connection, statement)
    finally:
        mariadb.sql("set global max_allowed_packet = 16 << 20")
    assert [len(cell) for (cell,) in rows] == [17 << 20, 1]
    assert rows == expected


def test_answer_without_rows(connection):
    assert both(connection, "select 1 from dual where 1 = 0") == ([], [])


def test_rows_come_in_parts_and_end(connection):
    with connection.cursor(SSCursor) as cursor:
        cursor.execute("select seq from seq_1_to_5", None)
        parts = [read_rows(cursor, 2) for _ in range(4)]
    assert parts == [[("1",), ("2",)], [("3",), ("4",)], [("5",)], []]


def test_statement_that_fails_after_some_rows_says_so_and_the_next_one_works(server):
    late = "select if(seq < 90000, seq, (select 1 union select 2)) from seq_1_to_99999"
    with pytest.raises(QueryFailed):
        server.connections.run(late)
    with pytest.raises(QueryFailed):
        list(server.connections.stream(late))
    assert server.connections.run("select 1").rows == (("1",),)
