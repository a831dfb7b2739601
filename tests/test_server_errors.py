import pytest
from mariadb import PrivateServer

from segmentation.errors import (
    QueryTooSlow,
    ServerFull,
    ServerGone,
    ServerRefused,
    ServerUnreachable,
    UnsafeQuery,
)
from segmentation.sources.servers import open_server, read_address


@pytest.fixture(scope="module")
def errors(mariadb):
    mariadb.sql("create database errors; create table errors.sales (id int)")
    mariadb.sql("insert into errors.sales select seq from seq_1_to_3000", "errors")
    mariadb.sql(
        "create user one@'%' identified by 's3cret' with max_user_connections 1; "
        "create user many@'%' identified by 's3cret'; "
        "grant select on errors.* to one@'%', many@'%'"
    )
    yield mariadb
    mariadb.sql("drop database errors; drop user one@'%', many@'%'")


@pytest.fixture
def opened(errors):
    servers = []

    def opened(user="many", password="s3cret", seconds=60, port=errors.port):
        address, _ = read_address(f"mysql://{user}@127.0.0.1:{port}/errors")
        servers.append(open_server(address, password, seconds))
        return servers[-1]

    yield opened
    for server in servers:
        server.close()


def told(caught):
    text = f"{caught.value} {caught.value.hint}"
    assert "s3cret" not in text
    assert "mysql://" not in text
    return text


def test_port_without_a_server(opened):
    with pytest.raises(ServerUnreachable) as caught:
        opened(port=1)
    assert "port 1" in told(caught)


def test_wrong_password(opened):
    with pytest.raises(ServerRefused) as caught:
        opened(password="wr0ng")
    assert "wr0ng" not in told(caught)


def test_account_with_no_connection_left(opened):
    opened("one").tables()
    with pytest.raises(ServerFull) as caught:
        opened("one").tables()
    assert "no more connections" in told(caught)


def test_query_that_takes_too_long_and_the_next_one_works(opened):
    server = opened(seconds=0.5)
    tables = ", ".join(f"sales as s{i}" for i in range(4))
    with pytest.raises(QueryTooSlow) as caught:
        server.read_query(f"select sum(s0.id + s1.id * s2.id + s3.id) as n from {tables}")
    assert "0.5 seconds" in told(caught)
    assert server.read_table("sales").columns


@pytest.mark.parametrize(
    "query", ["drop table sales", "select 1 as a; select 2 as a", "delete from sales", "hello"]
)
def test_query_that_does_more_than_read(opened, query):
    with pytest.raises(UnsafeQuery) as caught:
        opened().read_query(query)
    told(caught)


def test_server_that_goes_away():
    server = PrivateServer()
    try:
        server.sql("create database errors; create table errors.sales (id int)")
        address, _ = read_address(f"mysql://root@127.0.0.1:{server.port}/errors")
        asked = open_server(address, "")
        asked.tables()
        server.kill()
        with pytest.raises((ServerGone, ServerUnreachable)) as caught:
            asked.tables()
        told(caught)
    finally:
        server.stop()
