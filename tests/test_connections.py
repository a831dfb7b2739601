import subprocess
import threading
import time

import pymysql
import pytest
from mariadb import PrivateServer

from segmentation.errors import (
    InvalidChoice,
    QueryFailed,
    QueryTooSlow,
    ServerFull,
    ServerGone,
    ServerRefused,
    ServerUnreachable,
)
from segmentation.sources.addresses import ServerAddress
from segmentation.sources.connections import BATCH, Connections
from segmentation.sources.problems import connection_problem, query_problem
from segmentation.sources.servers import open_server, read_address

HERE = ServerAddress("db.example.com", 3306, "shop", "reader", "shop")


@pytest.fixture
def opened(mariadb):
    address, _ = read_address(f"mysql://root@127.0.0.1:{mariadb.port}/tests")
    connections = Connections(address, "", 60)
    yield connections
    connections.close()


def test_values_arrive_as_they_are_and_never_as_code(opened):
    hostile = "'; drop table x; -- \\ % %s :x"
    answer = opened.run("select %(a)s as a, '%%' as b", {"a": hostile})
    assert answer.rows == ((hostile, "%"),)
    assert opened.run("select '%' as b").rows == (("%",),)


def test_nothing_can_be_written_even_with_all_rights(opened, mariadb):
    mariadb.sql("create table if not exists not_for_us (id int)", "tests")
    for statement in ("insert into not_for_us values (1)", "delete from not_for_us"):
        with pytest.raises(ServerRefused):
            opened.run(statement)
    with pytest.raises(QueryFailed):
        opened.run("select 1; select 2")
    assert mariadb.sql("select * from not_for_us", "tests") == []


def test_every_statement_has_its_limits(opened):
    settings = "select @@max_statement_time, @@tx_read_only, @@sql_mode, @@collation_connection"
    expected = ("60.000000", "1", "", "utf8mb4_bin")
    assert opened.run(settings).rows == (expected,)
    with opened._asked("It") as connection:
        changes = "max_statement_time = 0, tx_read_only = 0, sql_mode = 'ansi_quotes'"
        connection.cursor().execute(f"set session {changes}")
    assert opened.run(settings).rows == (expected,)


def test_stream_gives_every_row_once_and_few_at_a_time(opened):
    answers = list(opened.stream(f"select seq from seq_1_to_{BATCH + 3}", what="It"))
    assert [len(answer.rows) for answer in answers] == [BATCH, 3]
    assert answers[-1].to_batch().column(0).to_pylist()[-1] == BATCH + 3


def test_stream_that_is_left_early_does_not_hold_the_connection(opened):
    for _ in range(4):
        assert next(opened.stream("select seq from seq_1_to_200000")).rows
    assert opened.run("select 1").rows == (("1",),)


def test_password_is_in_no_text_of_the_objects():
    connections = Connections(HERE, "s3cret", 60)
    assert "s3cret" not in f"{connections!r} {vars(connections)!r} {connections._engine.url}"


def test_server_that_is_killed_while_it_works_gets_a_sentence_and_is_used_again():
    server = PrivateServer()
    try:
        address, _ = read_address(f"mysql://root@127.0.0.1:{server.port}/mysql")
        asked = open_server(address, "")
        killer = threading.Thread(target=lambda: (time.sleep(0.3), server.kill()))
        killer.start()
        with pytest.raises(ServerGone) as caught:
            asked.connections.run("select sleep(30)")
        killer.join()
        assert "127.0.0.1" in str(caught.value)
        server.start()
        assert asked.connections.run("select 1").rows == (("1",),)
        asked.close()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory, mariadb):
    folder = tmp_path_factory.mktemp("tls")
    made = subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
            *["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
            *["-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        ],
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("openssl is not installed")
    server = PrivateServer(f"--ssl-cert={folder / 'cert.pem'}", f"--ssl-key={folder / 'key.pem'}")
    server.certificate = folder / "cert.pem"
    yield server
    server.stop()


def connect(port, host="localhost", **query):
    section = {"host": host, "port": port, "database": "mysql", "username": "root", "query": query}
    server = open_server(read_address(section)[0], "")
    [[cipher]] = server.connections.run(
        "select variable_value from information_schema.session_status "
        "where variable_name = 'ssl_cipher'"
    ).rows
    server.close()
    return cipher


def test_certificate_is_checked(encrypted):
    assert connect(encrypted.port, tls="on", ssl_ca=str(encrypted.certificate))
    with pytest.raises(ServerUnreachable, match="cannot be trusted"):
        connect(encrypted.port, tls="on")
    with pytest.raises(ServerUnreachable, match="cannot be trusted"):
        connect(encrypted.port, "127.0.0.1", tls="on", ssl_ca=str(encrypted.certificate))
    with pytest.raises(InvalidChoice, match="cannot be read"):
        connect(encrypted.port, tls="on", ssl_ca="missing.pem")
    assert connect(encrypted.port, tls="off") == ""


def test_server_without_encryption_is_refused_where_it_is_wanted(mariadb):
    with pytest.raises(ServerUnreachable, match="TLS"):
        connect(mariadb.port, tls="on")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        *[(1045, ServerRefused), (1049, ServerRefused), (1130, ServerRefused)],
        *[(1040, ServerFull), (1203, ServerFull), (2026, ServerUnreachable)],
        *[(2013, ServerUnreachable), (0, ServerUnreachable)],
    ],
)
def test_problem_with_connecting_is_one_sentence(number, kind):
    problem = connection_problem(pymysql.OperationalError(number, "s3cret"), HERE, 5)
    assert type(problem) is kind
    assert "s3cret" not in f"{problem} {problem.hint}"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        *[(1969, QueryTooSlow), (3024, QueryTooSlow), (1040, ServerFull), (1114, ServerFull)],
        *[(1021, ServerFull), (1142, ServerRefused), (1792, ServerRefused), (1146, QueryFailed)],
        *[(1060, InvalidChoice), (2013, ServerGone), (0, ServerGone), (1064, QueryFailed)],
    ],
)
def test_problem_with_a_statement_is_one_sentence(number, kind):
    problem = query_problem(pymysql.OperationalError(number, "s3cret"), HERE, "The table “x”", 60)
    assert type(problem) is kind
    assert "s3cret" not in f"{problem} {problem.hint}"
