import pytest

from segmentation.errors import InvalidChoice, ServerRefused
from segmentation.limits import Limits
from segmentation.sources.addresses import check_host, is_local, read_address


def test_address_in_one_line():
    address, password = read_address("mysql://ann%40x:p%2Fw@db.example.com:3307/my%20shop?tls=on")
    assert (address.host, address.port, address.database) == ("db.example.com", 3307, "my shop")
    assert (address.user, password, address.tls) == ("ann@x", "p/w", "on")
    assert address.name == "my shop on db.example.com"


def test_section_of_the_owners_secrets():
    section = {
        "type": "sql",
        "dialect": "mysql",
        "driver": "pymysql",
        "host": "db",
        "port": "3306",
        "database": "shop",
        "username": "reader",
        "password": 12,
        "query": {"ssl_ca": "ca.pem"},
    }
    address, password = read_address(section, "sales")
    assert (address.name, address.user, address.ca) == ("sales", "reader", "ca.pem")
    assert password == "12"
    assert read_address({"url": "mariadb+pymysql://u@h/d"}, "sales")[0].name == "sales"
    assert read_address({**section, "password": None}, "sales")[1] is None
    assert read_address({**section, "query": "ssl_ca=my.pem"}, "sales")[0].ca == "my.pem"


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://u:s3cret@h/d",
        "shop",
        "mysql://u:s3cret@h",
        "mysql://u:s3cret@/d",
        "mysql://u:s3cret@h:99999/d",
        "mysql://u:s3cret@h:port/d",
        "mysql://u:s3cret@h/d?tls=maybe",
        "mysql://u:s3cret@h/d?ssl_verify_cert=false",
        "mysql://[u:s3cret@h/d",
        {"dialect": "snowflake", "password": "s3cret"},
        {"host": "h", "password": "s3cret"},
        {"host": "h", "database": "d", "port": "0", "password": "s3cret"},
    ],
)
def test_address_that_cannot_be_used_is_not_repeated(given):
    with pytest.raises(InvalidChoice) as caught:
        read_address(given)
    assert "s3cret" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("host", "tls", "encrypted"),
    [
        *[("localhost", "auto", False), ("127.0.0.7", "auto", False), ("::1", "auto", False)],
        *[("db.example.com", "auto", True), ("10.0.0.5", "auto", True)],
        *[("localhost", "on", True), ("db.example.com", "off", False)],
    ],
)
def test_encryption_is_on_unless_the_server_is_this_machine(host, tls, encrypted):
    address, _ = read_address({"host": host, "database": "d", "query": {"tls": tls}})
    assert address.is_encrypted == encrypted
    assert is_local(host) == (host in ("localhost", "127.0.0.7", "::1"))


def test_owner_decides_which_hosts_may_be_typed():
    address, _ = read_address("mysql://u@DB.example.com/d")
    check_host(address, Limits())
    check_host(address, Limits(hosts=("db.example.com",)))
    with pytest.raises(ServerRefused, match=r"db\.example\.com"):
        check_host(address, Limits(hosts=("other.example.com",)))
    with pytest.raises(ServerRefused):
        check_host(address, Limits(typed_connections=False))
