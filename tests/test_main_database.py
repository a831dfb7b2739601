import pytest
from test_main import RESULTS, ROOT, is_one_line, run, summary, table, write

from segmentation.commands.databases import PASSWORD, find_section
from segmentation.commands.load_mysql import build_load_parser
from segmentation.engine.filling import COLUMNS
from segmentation.errors import InvalidChoice

__all__ = ["run", "write"]
DATABASE, READER, WRITER = "main", "main_reader", "main_writer"
# The 13 rows of tests/conftest.py, and cells that a careless loader would garble.
NASTY = 'a "b"\tc\\n d;e\'f'
SALES = (
    "Customer_ID,Order_Date,Order_ID,Sales,Product\n"
    'a,2024-01-05 10:00:00,1,20.00,"a ""b""\tc\\n d;e\'f"\n'
    "a,2024-02-10 09:30:00,2,5.50,NULL\n"
    "A,2024-02-11 12:00:00,3,7.25,\\N\n"
    'b,2024-03-31 23:59:59,7,12.00,"two\nlines"\n'
    ",2024-03-10 14:00:00,9,9.99,Ελένη 🎁\n"
)
PRICED = (
    "Customer_ID,Order_Date,Order_ID,Sales,Unit_Price\na,2024-01-05,1,20,{}\nb,2024-01-06,2,5,2\n"
)


@pytest.fixture(scope="module")
def shop(mariadb):
    mariadb.sql(f"create database {DATABASE} character set utf8mb4")
    for user, rights in [(READER, "select"), (WRITER, "all")]:
        mariadb.sql(f"create user {user}@'%' identified by 'pw-of-{user}'")
        mariadb.sql(f"grant {rights} on {DATABASE}.* to {user}@'%'")
    yield mariadb
    mariadb.sql(f"drop database {DATABASE}")
    for user in (READER, WRITER):
        mariadb.sql(f"drop user {user}@'%'")


@pytest.fixture
def url(shop, monkeypatch):
    def url(user=READER):
        monkeypatch.setenv(PASSWORD, f"pw-of-{user}")
        return f"mysql://{user}@127.0.0.1:{shop.port}/{DATABASE}"

    return url


@pytest.fixture
def filled(url, run, write, shop):
    shop.sql(f"drop table if exists {DATABASE}.customer_sales")
    done = run("load-mysql", write(SALES, "sales.csv"), "--database", url(WRITER))
    assert (done.code, done.error) == (0, "")
    assert done.out == "5 rows are in the table customer_sales now.\n"
    return shop


def sales(shop, columns="*"):
    return shop.sql(f"select {columns} from {DATABASE}.customer_sales order by Sale_ID")


def test_table_gives_the_same_files_as_the_csv(run, write, filled, url):
    from_file = run(write(SALES, "sales.csv"))
    from_table = run("--database", url(), "--table", "customer_sales")
    assert (from_table.code, from_table.out, from_table.error) == (0, "", "")
    assert from_table.keys() == RESULTS
    for name in ("customers.csv", "segments.csv", "ledger.csv"):
        assert from_table[name] == from_file[name], name
    same = {"n_rows", "n_customers", "n_orders", "total_spend", "as_of", "cut_points"}
    assert {key: summary(from_table)[key] for key in same} == {
        key: summary(from_file)[key] for key in same
    }
    assert table(from_table, "left_out.csv")["fate"].tolist() == ["no customer"]


def test_query_gives_the_rows_it_selects(run, filled, url):
    query = "select Customer_ID, Order_Date, Sales from customer_sales where Sales < 10"
    found = summary(run("--database", url(), "--query", query))
    assert (found["n_rows"], found["total_spend"]) == (3, 12.75)


def test_clean_view_gives_the_rows_that_are_not_set_apart(run, filled, url):
    assert summary(run("--database", url(), "--table", "clean_sales"))["n_rows"] == 4


def test_recipe_columns_and_policies_work_as_for_files(run, write, filled, url):
    recipe = write("n_levels = 3\nas_of = 2024-03-01\n", "mine.toml")
    columns = "customer_id=Product,ordered_at=Order_Date,amount=Sales"
    options = ["--recipe", recipe, "--columns", columns, "--duplicates", "drop"]
    found = summary(run("--database", url(), "--table", "customer_sales", *options))
    assert (found["as_of"], found["settings"]["n_levels"]) == ("2024-03-01", 3)
    from_file = summary(run(write(SALES, "sales.csv"), *options))
    same = {"n_rows", "n_customers", "n_orders", "total_spend", "cut_points"}
    assert {key: found[key] for key in same} == {key: from_file[key] for key in same}
    assert (found["n_rows"], found["n_customers"]) == (5, 1)


def test_segments_are_written_back_and_replaced(run, filled, url):
    arguments = ["--table", "customer_sales", "--write-to", "segments of mine"]
    for _ in range(2):
        done = run("--database", url(WRITER), *arguments)
        assert (done.code, done.error) == (0, "")
    rows = filled.sql(f"select * from {DATABASE}.`segments of mine` order by customer_id")
    written = table(done, "customers.csv")
    assert [row["customer_id"] for row in rows] == written["customer_id"].tolist()
    assert [row["segment"] for row in rows] == written["segment"].tolist()
    assert [float(row["total_spend"]) for row in rows] == written["total_spend"].tolist()


def test_account_that_may_only_read_cannot_write_back(run, filled, url):
    done = run("--database", url(), "--table", "customer_sales", "--write-to", "mine")
    assert done.code == 2
    assert len(done.error.splitlines()) == 1
    assert not filled.sql(f"show tables from {DATABASE} like 'mine'")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--table", "missing"], "missing"),
        (["--table", "customer_sales", "--columns", "customer_id=Nobody"], "Nobody"),
        (["--query", "delete from customer_sales"], "."),
        (["--query", "select 1 as one"], "customer"),
        ([], "--table or --query"),
        (["--table", "customer_sales", "--query", "select 1"], "--table or --query"),
        (["--table", "customer_sales", "sales.csv"], "one of the two"),
    ],
)
def test_table_or_query_that_cannot_be_used_gets_one_line(run, filled, url, arguments, says):
    done = run("--database", url(), *arguments)
    assert is_one_line(done), done.error
    assert says in done.error
    assert "pw-of" not in done.error


@pytest.mark.parametrize("option", ["--table", "--query", "--write-to"])
def test_empty_name_gets_one_line(run, filled, url, option):
    done = run("--database", url(), option, "")
    assert is_one_line(done)
    assert f"{option} is empty" in done.error


@pytest.mark.parametrize("option", ["--table", "--query", "--write-to"])
def test_table_without_a_database_gets_one_line(run, write, option):
    done = run(write(SALES, "sales.csv"), option, "t")
    assert is_one_line(done)
    assert "--database" in done.error


def test_password_in_the_address_is_refused_and_not_repeated(run, shop):
    done = run("--database", f"mysql://u:s3cret@127.0.0.1:{shop.port}/main", "--table", "t")
    assert is_one_line(done)
    assert PASSWORD in done.error
    assert "s3cret" not in done.error


def test_wrong_password_gets_one_line(run, url, monkeypatch):
    address = url()
    monkeypatch.setenv(PASSWORD, "wr0ng")
    done = run("--database", address, "--table", "customer_sales")
    assert is_one_line(done)
    assert "wr0ng" not in done.error


def test_password_is_asked_for_at_a_terminal(run, filled, url, monkeypatch):
    address = url()
    monkeypatch.delenv(PASSWORD)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"pw-of-{READER}")
    assert run("--database", address, "--table", "customer_sales").code == 0


SECRETS = """
[connections.shop]
dialect = "mysql"
host = "127.0.0.1"
port = {port}
database = "main"
username = "main_reader"
password = "pw-of-main_reader"
"""


def test_connection_is_found_by_its_name(run, filled, write, monkeypatch, tmp_path):
    (tmp_path / ".streamlit").mkdir()
    write(SECRETS.format(port=filled.port), ".streamlit/secrets.toml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PASSWORD, raising=False)
    assert summary(run("--database", "shop", "--table", "customer_sales"))["n_rows"] == 5


@pytest.mark.parametrize(
    "text", [None, "", "[connections]\nshop = 3", "connections = 3", "password = 's3cret"]
)
def test_connection_that_is_not_there_gets_a_sentence(tmp_path, text):
    path = tmp_path / "secrets.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidChoice) as caught:
        find_section("shop", path)
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


def test_rows_arrive_as_they_stand_in_the_file(filled):
    rows = sales(filled)
    assert [row["Product"] for row in rows] == [
        NASTY,
        "NULL",
        "\\N",
        "two\nlines",
        "Ελένη 🎁",
    ]
    assert [row["Customer_ID"] for row in rows] == ["a", "a", "A", "b", None]
    assert f"{rows[3]['Order_Date']}" == "2024-03-31 23:59:59"
    assert [float(row["Sales"]) for row in rows] == [20, 5.5, 7.25, 12, 9.99]


def test_rows_arrive_the_same_where_local_files_are_forbidden(filled, url, run, write):
    before = sales(filled, ", ".join(COLUMNS))
    filled.sql("set global local_infile = 0")
    try:
        done = run("load-mysql", write(SALES, "sales.csv"), "--database", url(WRITER), "--replace")
    finally:
        filled.sql("set global local_infile = 1")
    assert done.out == "5 rows are in the table customer_sales now.\n"
    assert sales(filled, ", ".join(COLUMNS)) == before


def test_rows_that_are_there_are_kept_unless_told_otherwise(filled, url, run, write):
    path = write(SALES, "sales.csv")
    done = run("load-mysql", path, "--database", url(WRITER))
    assert is_one_line(done)
    assert "--replace" in done.error
    assert len(sales(filled)) == 5
    added = run("load-mysql", path, "--database", url(WRITER), "--append")
    assert added.out == "5 rows were added to the table customer_sales.\n"
    assert len(sales(filled)) == 10
    assert run("load-mysql", path, "--database", url(WRITER), "--replace").code == 0
    assert len(sales(filled)) == 5


LINES = "Name,Email,Financial Status,Created at,Total,Lineitem quantity,Lineitem name,"
LINES += "Lineitem price,Category\n"


def shop_orders(*further):
    """Orders of three lines, their total on the first."""
    lines = []
    for i in range(30):
        state = "refunded" if i % 10 == 9 else "paid"
        first = f"#{1000 + i},u{i % 7}@x.de,{state},2024-01-{i % 28 + 1:02d},38.50"
        lines.append(f"{first},1,Tea,5.00,Tea\n")
        lines += [f"#{1000 + i},,,,,{line}\n" for line in ("1,Pot,20.00,Pots", *further)]
    return LINES + "".join(lines)


def test_orders_with_a_total_are_the_same_from_the_table(url, run, write, shop):
    path = write(shop_orders("2,Cup,5.00,Cups"), "shop.csv")
    loaded = run("load-mysql", path, "--database", url(WRITER), "--replace")
    assert loaded.out == "90 rows are in the table customer_sales now.\n"
    from_file, from_table = run(path), run("--database", url(), "--table", "customer_sales")
    for name in ("customers.csv", "segments.csv", "ledger.csv"):
        assert from_table[name] == from_file[name], name
    assert from_file["ledger.csv"].splitlines()[1:] == [b"kept,81,1039.5", b"undone order,9,115.5"]
    by_category = "select Category, sum(Sales) as paid from customer_sales group by Category"
    assert {row["Category"]: float(row["paid"]) for row in shop.sql(by_category, DATABASE)} == {
        "Tea": 30 * 5.5,
        "Pots": 30 * 22,
        "Cups": 30 * 11,
    }


def test_lines_without_a_share_of_the_total_are_told_of(url, run, write):
    path = write(shop_orders("1,Card,0.00,Gifts"), "shop.csv")
    loaded = run("load-mysql", path, "--database", url(WRITER), "--replace")
    assert loaded.out.splitlines() == [
        "90 rows are in the table customer_sales now.",
        "30 of them count as “nothing paid” there: their order's total stands on its other rows.",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SALES.replace("two\nlines", "x" * 256), "Product takes 255 characters"),
        (PRICED.format("1e15"), "Unit_Price"),
    ],
    ids=["text", "number"],
)
def test_nothing_is_cut_to_fit_and_nothing_replaced_by_it(filled, url, run, write, text, says):
    done = run("load-mysql", write(text, "sales.csv"), "--database", url(WRITER), "--replace")
    assert is_one_line(done), done.error
    assert says in done.error
    assert len(sales(filled)) == 5


@pytest.mark.parametrize("local_infile", [0, 1])
def test_price_with_more_places_than_the_column_is_rounded(filled, url, run, write, local_infile):
    filled.sql(f"set global local_infile = {local_infile}")
    try:
        path = write(PRICED.format("1.23456"), "sales.csv")
        assert run("load-mysql", path, "--database", url(WRITER), "--replace").code == 0
    finally:
        filled.sql("set global local_infile = 1")
    assert float(sales(filled)[0]["Unit_Price"]) == 1.2346


def test_account_that_may_make_no_views_leaves_the_rows_as_they_are(filled, url, run, write):
    filled.sql("create user plain@'%' identified by 'pw-of-plain'")
    filled.sql(f"grant select, insert, delete, create on {DATABASE}.* to plain@'%'")
    try:
        path = write(PRICED.format("1"), "sales.csv")
        done = run("load-mysql", path, "--database", url("plain"), "--replace")
    finally:
        filled.sql("drop user plain@'%'")
    assert is_one_line(done)
    assert len(sales(filled)) == 5


def test_file_with_a_row_a_customer_is_not_loaded(filled, url, run, write):
    path = write("customer_id,last_order,orders,total_spend\na,2024-01-02,3,5\nb,2024-01-03,4,6\n")
    columns = "customer_id=customer_id,ordered_at=last_order,amount=total_spend,n_orders=orders"
    arguments = ["--append", "--columns", columns]
    done = run("load-mysql", path, "--database", url(WRITER), *arguments)
    assert is_one_line(done)
    assert "one row a customer" in done.error


def test_account_that_may_not_write_loads_nothing(filled, url, run, write):
    done = run("load-mysql", write(SALES, "sales.csv"), "--database", url(), "--append")
    assert is_one_line(done)
    assert "may not create" in done.error


def test_load_mysql_says_what_it_can_do(run):
    done = run("load-mysql", "--help")
    assert done.code == 0
    assert "customer_sales" in done.out
    assert is_one_line(run("load-mysql"))
    assert is_one_line(run("load-mysql", "missing.csv", "--database", "mysql://a@b/c"))


def test_readme_names_every_option_of_load_mysql():
    text = (ROOT / "README.md").read_text("utf-8")
    options = {name for action in build_load_parser()._actions for name in action.option_strings}
    assert [name for name in options - {"-h", "--help"} if name not in text] == []
