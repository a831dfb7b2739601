import pytest
from apps import APP, figures, made_elsewhere, upload
from mariadb import PrivateServer
from streamlit.testing.v1 import AppTest
from test_pages import PAGES, view

from segmentation.limits import Limits

CONNECT = "FormSubmitter:load_server-Connect"
TABLE, SPACED = "sales", "order lines"
ROWS = [
    (f"c{i % 23}", f"2024-{1 + i % 9:02d}-{1 + i % 27:02d}", 5.5 + 7 * (i % 11), f"o{i // 2}")
    for i in range(240)
]
DATABASE = "pages"


@pytest.fixture(scope="module")
def shop(mariadb):
    make_sales(mariadb)
    mariadb.sql(f"create view {DATABASE}.`{SPACED}` as select * from {DATABASE}.{TABLE}")
    mariadb.sql(f"create table {DATABASE}.empty_table (id int)")
    mariadb.sql("create user pages_reader@'%' identified by 'a s3cret'")
    mariadb.sql(f"grant select on {DATABASE}.* to pages_reader@'%'")
    yield mariadb
    mariadb.sql(f"drop database {DATABASE}")
    mariadb.sql("drop user pages_reader@'%'")


def make_sales(server):
    server.sql(f"create database {DATABASE} character set utf8mb4")
    server.sql(
        f"create table {DATABASE}.{TABLE} (customer_id varchar(20), ordered_at date, "
        "amount decimal(10, 2), order_id varchar(20))"
    )
    values = ", ".join(f"('{who}', '{on}', {paid}, '{order}')" for who, on, paid, order in ROWS)
    server.sql(f"insert into {DATABASE}.{TABLE} values {values}")


@pytest.fixture
def app():
    return choose_database(start())


def start(**connections):
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["connections"] = connections
    return app.run()


def choose_database(app):
    return app.button_group(key="load_from").set_value("Database").run()


def type_address(app, port, password="a s3cret", user="pages_reader"):
    app.text_input(key="load_host").set_value("127.0.0.1")
    app.number_input(key="load_port").set_value(port)
    app.text_input(key="load_database").set_value(DATABASE)
    app.text_input(key="load_user").set_value(user)
    app.text_input(key=password_key(app)).set_value(password)
    return app.button(key=CONNECT).click().run()


def password_key(app):
    return f"load_password_{app.session_state['n_passwords']}"


@pytest.fixture
def connected(app, shop):
    return type_address(app, shop.port)


@pytest.fixture
def loaded(connected):
    connected.selectbox(key="load_table").set_value(TABLE)
    return connected.button(key="load_rows").click().run()


def test_typed_server_gives_its_tables_and_views(connected):
    assert not connected.exception
    assert not connected.error
    assert connected.selectbox(key="load_table").options == ["empty_table", SPACED, TABLE]


def test_table_is_loaded_with_its_columns_guessed(loaded):
    assert not loaded.exception
    assert not loaded.error
    assert figures(loaded)["Rows in the data"] == "240"
    assert figures(loaded)["Customers"] == "23"


def test_view_with_a_blank_in_its_name_is_loaded(connected):
    connected.selectbox(key="load_table").set_value(SPACED)
    connected.button(key="load_rows").click().run()
    assert figures(connected)["Rows in the data"] == "240"


def test_query_of_the_visitors_own_is_loaded(connected):
    connected.button_group(key="load_way").set_value("A query of your own").run()
    query = f"select customer_id as who, ordered_at as day, amount from {TABLE} where amount > 40"
    connected.text_area(key="load_query").set_value(query)
    connected.button(key="load_rows").click().run()
    assert not connected.error
    n_rows = sum(paid > 40 for _, _, paid, _ in ROWS)
    assert figures(connected)["Rows in the data"] == f"{n_rows}"


@pytest.mark.parametrize(
    "query", ["", "drop table sales", "select 1; select 2", "select customer_id from sales"]
)
def test_query_that_cannot_be_used_gets_a_sentence(connected, query):
    ask(connected, query)
    assert not connected.exception
    assert len(connected.error) == 1


def test_table_without_a_date_says_so_and_lets_the_column_be_chosen(connected):
    connected.selectbox(key="load_table").set_value("empty_table")
    connected.button(key="load_rows").click().run()
    assert not connected.exception
    assert len(connected.error) == 1


def test_unclear_dates_are_asked_for_and_a_corrected_column_is_used(connected):
    day = "date_format(ordered_at, '%m/%d/%Y') as day"
    query = f"select customer_id, order_id, amount, {day} from {TABLE} where day(ordered_at) < 12"
    ask(connected, query)
    assert "two ways" in connected.error[0].value
    connected.selectbox(key="load_column_customer_id").set_value("order_id").run()
    connected.radio(key="load_form_ordered_at").set_value("month_first").run()
    connected.button(key="load_use").click().run()
    assert not connected.exception
    assert not connected.error
    orders = {order for _, on, _, order in ROWS if int(on[-2:]) < 12}
    assert figures(connected)["Customers"] == f"{len(orders)}"


def ask(app, query):
    app.button_group(key="load_way").set_value("A query of your own").run()
    app.text_area(key="load_query").set_value(query)
    return app.button(key="load_rows").click().run()


@pytest.mark.parametrize("page", PAGES)
def test_page_draws(loaded, page):
    loaded.switch_page(f"pages/{page}").run()
    assert not loaded.exception
    assert not loaded.error


@pytest.mark.parametrize("page", PAGES)
def test_second_visit_to_a_page_asks_the_server_nothing(loaded, shop, page):
    loaded.switch_page(f"pages/{page}").run()
    loaded.switch_page("pages/method.py").run()
    before = asked(shop)
    loaded.switch_page(f"pages/{page}").run()
    assert not loaded.exception
    assert asked(shop) == before


def asked(shop):
    # The server's own count of statements that read, without this one.
    return shop.sql("show global status like 'Com_select'")[0]["Value"]


def texts(app):
    shown = [*app.markdown, *app.caption, *app.error, *app.info, *app.code]
    return "\n".join(element.value for element in shown)


def test_changed_filter_of_the_sales_asks_the_server_nothing(loaded, shop):
    loaded.switch_page("pages/sales.py").run()
    everything = figures(loaded)["Revenue"]
    before = asked(shop)
    loaded.selectbox(key="period").set_value("2024-03").run()
    assert not loaded.exception
    assert figures(loaded)["Revenue"] != everything
    assert asked(shop) == before


@pytest.mark.parametrize("name", ["Overview", "One segment", "Cut points", "Scheme"])
def test_each_view_of_the_segments_draws(loaded, name):
    view(loaded, name)
    assert not loaded.exception
    assert not loaded.error


def test_downloads_are_made_without_the_session(offered, loaded):
    view(loaded, "Overview")
    loaded.switch_page("pages/check.py").run()
    made = {file: made_elsewhere(make) for file, make in offered.items()}
    assert made
    assert all(made.values())
    assert len(made_elsewhere(offered[f"{TABLE}_customers.csv"]).splitlines()) == 1 + 23


def test_rows_left_out_are_shown(shop, connected):
    query = f"select nullif(customer_id, 'c1') as customer_id, ordered_at, amount from {TABLE}"
    ask(connected, query)
    connected.switch_page("pages/check.py").run()
    assert not connected.exception
    assert not connected.error
    assert len(connected.dataframe[1].value) == sum(who == "c1" for who, *_ in ROWS)
    # A query's rows have no key to be found by.
    assert "line" not in connected.dataframe[1].value


def test_sql_of_each_table_is_shown_and_runs_where_it_is_pasted(loaded, shop):
    loaded.switch_page("pages/check.py").run()
    assert "MariaDB" in texts(loaded)
    loaded.session_state["show_sql"] = True
    loaded.run()
    for table in loaded.selectbox(key="sql_table").options:
        loaded.selectbox(key="sql_table").select(table).run()
        shop.sql(f"use {DATABASE}; {loaded.code[0].value}")


def test_sql_of_a_file_is_shown():
    app = start()
    app.button_group(key="load_from").set_value("Sample shop").run()
    app.switch_page("pages/check.py").run()
    assert "DuckDB" in texts(app)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"password": "wr0ng"}, "does not accept"),
        ({"user": "nobody"}, "does not accept"),
        ({"port": 1}, "No server answers"),
        ({"user": " "}, "user is missing"),
    ],
    ids=["password", "user", "port", "no user"],
)
def test_connection_that_fails_gets_a_sentence_and_can_be_tried_again(app, shop, changed, told):
    type_address(app, **{"port": shop.port, **changed})
    assert not app.exception
    assert told in app.error[0].value
    assert app.text_input(key=password_key(app)).value == ""
    type_address(app, shop.port)
    assert not app.error
    assert app.selectbox(key="load_table")


def test_password_is_neither_shown_nor_kept_in_a_field(loaded):
    kept = loaded.session_state._state.filtered_state
    assert kept["load_user"] == "pages_reader"
    assert "s3cret" not in repr(kept)
    assert "s3cret" not in texts(loaded)
    assert not loaded.query_params


def test_address_survives_a_visit_to_another_page(app, shop):
    type_address(app, shop.port, "wr0ng")
    app.switch_page("pages/method.py").run()
    app.switch_page("streamlit_app.py").run()
    assert app.text_input(key="load_host").value == "127.0.0.1"
    assert app.number_input(key="load_port").value == shop.port
    assert app.text_input(key=password_key(app)).value == ""


def test_table_and_query_survive_a_visit_to_another_page(connected):
    connected.selectbox(key="load_table").set_value(SPACED).run()
    connected.switch_page("pages/method.py").run()
    connected.switch_page("streamlit_app.py").run()
    assert connected.selectbox(key="load_table").value == SPACED


def named(shop, **changes):
    section = {
        "dialect": "mysql",
        "host": "127.0.0.1",
        "port": shop.port,
        "database": DATABASE,
        "username": "pages_reader",
        "password": "a s3cret",
    }
    section |= changes
    return choose_database(start(till={k: v for k, v in section.items() if v is not None}))


def test_connection_that_the_owner_named_is_one_click_away(shop):
    app = named(shop)
    app.button(key=CONNECT).click().run()
    assert not app.error
    assert "till" in texts(app)
    assert app.selectbox(key="load_table").options


def test_password_that_the_owner_left_out_is_asked_for(shop):
    app = named(shop, password=None)
    app.text_input(key=password_key(app)).set_value("a s3cret")
    app.button(key=CONNECT).click().run()
    assert not app.error
    assert app.selectbox(key="load_table")


def test_named_connection_that_cannot_be_read_gets_a_sentence(shop):
    app = named(shop, dialect="oracle")
    assert not app.exception
    assert "till" in app.error[0].value


def test_owner_can_switch_typing_off(shop, monkeypatch):
    limit(monkeypatch, typed_connections=False)
    assert named(shop).selectbox(key="load_connection").options == ["till (set up by the owner)"]
    assert "No database has been set up" in choose_database(start()).info[0].value


def test_owner_can_limit_typing_to_listed_hosts(shop, monkeypatch):
    limit(monkeypatch, hosts=["db.example.com"])
    app = choose_database(start())
    assert app.selectbox(key="load_host").options == ["db.example.com"]


def limit(monkeypatch, **changes):
    from pages.parts import connecting

    monkeypatch.setattr(connecting, "load_limits", lambda: Limits(**changes))


def test_disconnecting_lets_go_of_the_data_and_the_password(loaded):
    loaded.button(key="load_disconnect").click().run()
    assert not loaded.exception
    assert not loaded.metric
    assert loaded.text_input(key="load_host").value == "127.0.0.1"
    loaded.switch_page("pages/check.py").run()
    assert "Load your sales first" in loaded.info[0].value


def test_data_of_a_file_stay_when_a_table_cannot_be_used(shop):
    app = start()
    upload(app, b"customer_id,ordered_at,amount\na,2024-01-02,5\nb,2024-01-03,6\n")
    type_address(choose_database(app), shop.port)
    app.selectbox(key="load_table").set_value("empty_table")
    app.button(key="load_rows").click().run()
    assert any("still shop.csv" in caption.value for caption in app.caption)
    app.switch_page("pages/check.py").run()
    assert figures(app)["Rows in the data"] == "2"


def test_copies_are_counted_only_when_asked_for(loaded, shop):
    loaded.switch_page("pages/check.py").run()
    assert not any("Drop exact copies" in caption.value for caption in loaded.caption)
    loaded.button(key="check_count_copies").click().run()
    assert any("“Drop exact copies” would change" in caption.value for caption in loaded.caption)


def test_policy_that_the_server_cannot_work_out_is_not_used(loaded, shop):
    loaded.switch_page("pages/check.py").run()
    before = figures(loaded)
    shop.sql(f"rename table {DATABASE}.{TABLE} to {DATABASE}.away")
    try:
        loaded.radio(key="check_duplicates").set_value("drop").run()
        assert len(loaded.error) == 1
        assert loaded.radio(key="check_duplicates").value == "keep"
        assert figures(loaded) == before
    finally:
        shop.sql(f"rename table {DATABASE}.away to {DATABASE}.{TABLE}")
    loaded.radio(key="check_duplicates").set_value("drop").run()
    assert not loaded.error


@pytest.fixture
def mortal(mariadb):
    server = PrivateServer()
    make_sales(server)
    yield server
    server.stop()


def test_server_that_goes_away_gets_a_sentence_and_the_app_goes_on(app, mortal):
    type_address(app, mortal.port, "", "root")
    app.selectbox(key="load_table").set_value(TABLE)
    app.button(key="load_rows").click().run()
    mortal.kill()
    app.switch_page("pages/check.py").run()
    assert not app.exception
    assert "127.0.0.1" in app.error[0].value
    mortal.start()
    app.run()
    assert not app.error
    app.switch_page("pages/segments.py").run()
    assert figures(app)["Customers"] == "23"
    mortal.kill()
    app.switch_page("streamlit_app.py").run()
    app.button_group(key="load_from").set_value("Sample shop").run()
    app.button[0].click().run()
    assert not app.error
    assert figures(app)["Customers"] == "5,000"
