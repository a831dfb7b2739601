import datetime

import pytest
from apps import figures, made_elsewhere, upload

HEADER = b"customer_id,ordered_at,amount,order_id,category,country,region,age_group,product\n"
ROWS = b"".join(
    b"c%d,2024-%02d-%02d,%d.50,o%d,%s,%s,%s,25-34,P%d\n"
    % (
        i % 29,
        1 + i % 9,
        1 + i % 27,
        5 + 7 * (i % 11),
        i // 2,
        [b"Tea", b"Pots", b""][i % 3],
        [b"Peru", b"Chile"][i % 29 % 2],
        [b"North", b"South", b"East"][i % 29 % 3],
        i % 5,
    )
    for i in range(300)
)
PLAIN = b"customer_id,ordered_at,amount\n" + b"".join(
    b"c%d,2024-%02d-%02d,%d\n" % (i % 29, 1 + i % 9, 1 + i % 27, 3 + i) for i in range(200)
)


def load(app, content):
    upload(app, content).switch_page("pages/sales.py").run()
    assert not app.exception
    return app


@pytest.fixture
def page(visit):
    page = visit(HEADER + ROWS).switch_page("pages/sales.py").run()
    assert not page.exception
    return page


def headings(app):
    return [heading.value for heading in app.subheader]


def told(app):
    return " ".join(text.value for text in [*app.caption, *app.markdown, *app.info])


def test_dashboard_has_its_figures_and_panels(page):
    assert figures(page)["Orders"] == "300"
    assert figures(page)["Customers"] == "29"
    for heading in (
        "What stands out",
        "Revenue by month",
        "Sales by category",
        "Sales by country",
        "Sales by age group",
        "Who brings the revenue",
        "Top customers",
    ):
        assert heading in headings(page)
    assert "by algebra the same as the revenue" in told(page)
    assert "needs a column" not in told(page)


def test_change_says_what_is_compared_and_is_left_out_where_a_month_says_something_else(page):
    cards = {card.label: card for card in page.metric}
    assert cards["Revenue"].delta
    assert cards["Revenue"].proto.delta_description == "Aug on Jul"
    assert not cards["Repeat rate"].delta
    assert not cards["CLTV so far"].delta
    page.selectbox(key="period").set_value("2024-03").run()
    assert {card.label: card for card in page.metric}["Repeat rate"].delta.endswith("points")


def test_filter_holds_for_the_whole_page_and_is_a_chip_that_can_be_removed(page):
    everything = figures(page)["Revenue"]
    page.multiselect(key="category").set_value(["Tea"]).run()
    assert not page.exception
    assert figures(page)["Revenue"] != everything
    assert "Products of Tea" in headings(page)
    page.button(key="sales_chip_category_Tea").click().run()
    assert figures(page)["Revenue"] == everything


def test_empty_category_can_be_chosen(page):
    page.multiselect(key="category").set_value(["(not given)"]).run()
    assert not page.exception
    assert "Products of (not given)" in headings(page)


def test_back_brings_the_filters_before(page):
    page.multiselect(key="country").set_value(["Peru"]).run()
    page.selectbox(key="period").set_value("2024-03").run()
    page.button(key="sales_go_back").click().run()
    assert page.selectbox(key="period").value == "all"
    assert page.multiselect(key="country").value == ["Peru"]
    page.button(key="sales_go_back").click().run()
    assert page.multiselect(key="country").value == []


def test_filters_survive_a_visit_to_another_page(page):
    page.multiselect(key="segment").set_value(["Champions"]).run()
    revenue = figures(page)["Revenue"]
    page.switch_page("pages/check.py").run()
    page.switch_page("pages/sales.py").run()
    assert not page.exception
    assert page.multiselect(key="segment").value == ["Champions"]
    assert figures(page)["Revenue"] == revenue


@pytest.mark.parametrize(
    ("period", "grain", "by"), [("2024-03", "week", "region"), ("Mar 2024", "Week", "Region")]
)
def test_filters_of_a_link_wait_for_the_data(app, period, grain, by):
    app.query_params["country"], app.query_params["period"] = ["Peru"], period
    app.query_params["grain"], app.query_params["by"] = grain, by
    app.switch_page("pages/sales.py").run()
    app.query_params.clear()
    app.switch_page("streamlit_app.py").run()
    load(app, HEADER + ROWS)
    assert app.multiselect(key="country").value == ["Peru"]
    assert app.selectbox(key="period").value == "2024-03"
    assert app.button_group(key="grain").value == "week"
    assert "Sales by region in Peru" in headings(app)


def test_link_with_what_these_data_do_not_have_shows_all(app):
    app.query_params["country"], app.query_params["period"] = ["Atlantis"], "May 1999"
    app.query_params["grain"], app.query_params["by"] = "Hour", "Planet"
    app.switch_page("pages/sales.py").run()
    app.query_params.clear()
    app.switch_page("streamlit_app.py").run()
    load(app, HEADER + ROWS)
    assert figures(app)["Customers"] == "29"
    assert app.selectbox(key="period").value == "all"


def test_first_fifth_of_two_customers_is_not_told(app):
    load(app, b"customer_id,ordered_at,amount\nann,2024-03-01,10\nben,2024-03-02,5\n")
    assert "Who brings the revenue" in headings(app)
    assert "first fifth" not in told(app)


def test_small_charts_are_told_of_only_where_there_are_some(page):
    assert "the small charts by month" in told(page)
    page.selectbox(key="period").set_value("2024-03").run()
    assert "The changes are of" in told(page)
    assert "small charts" not in told(page)


def load_again(app, content):
    app.query_params.clear()  # as the browser does, going to another page
    app.switch_page("streamlit_app.py").run()
    load(app, content)


def test_filters_of_other_data_are_gone_and_there_is_no_way_back_to_them(page):
    page.multiselect(key="country").set_value(["Peru"]).run()
    page.selectbox(key="period").set_value("2024-03").run()
    load_again(page, HEADER + ROWS)
    assert page.multiselect(key="country").value == []
    assert page.selectbox(key="period").value == "all"
    assert page.button(key="sales_go_back").disabled
    assert figures(page)["Orders"] == "300"


def test_data_with_a_day_far_off_offer_years_only(app):
    page = load(app, HEADER + ROWS + b"c1,9999-12-30,1,z,Tea,Peru,North,25-34,P1\n")
    assert page.button_group(key="grain").options == ["Year"]
    assert "Revenue by year" in headings(page)
    assert len(page.selectbox(key="period").options) < 9000
    load(page.switch_page("streamlit_app.py").run(), HEADER + ROWS)
    assert len(page.button_group(key="grain").options) == 4


@pytest.mark.parametrize("grain", ["week", "quarter", "year"])
def test_course_is_shown_by_other_periods(page, grain):
    page.button_group(key="grain").set_value(grain).run()
    assert not page.exception
    assert f"Revenue by {grain}" in headings(page)


def test_table_of_a_chart_is_shown(page):
    page.button_group(key="sales_view_category").set_value("Table").run()
    assert not page.exception
    assert set(page.dataframe[0].value["Category"]) == {"Tea", "Pots", "(not given)"}


def test_filters_that_leave_nothing_say_so(page):
    page.selectbox(key="period").set_value("2024-02").run()
    page.multiselect(key="country").set_value(["Peru"]).run()
    page.multiselect(key="segment").set_value(["Can't lose them"]).run()
    assert not page.exception
    assert "no sales within these filters" in told(page)


def test_missing_columns_leave_panels_out_with_a_line_each(app):
    load(app, PLAIN)
    assert headings(app).count("Sales by category") == 0
    assert told(app).count("needs a column for") == 4


def test_month_that_is_not_over_is_told(page):
    assert "not over, so it stands apart from the line" in told(page)


def test_hardly_any_data_draw_without_insights(app):
    load(app, HEADER + ROWS.split(b"\n")[0] + b"\n")
    assert not app.error
    assert "What stands out" not in headings(app)


def test_one_row_a_customer_gets_a_sentence(app):
    rows = b"".join(b"c%d,2024-03-%02d,%d,%d\n" % (i, 1 + i, 50 + i, 1 + i % 4) for i in range(25))
    load(app, b"customer_id,last_order,total_spent,number_of_orders\n" + rows)
    assert "one row a customer" in told(app)


def test_files_of_the_page_are_made_without_the_session(offered, app):
    load(app, HEADER + ROWS)
    made = {name: made_elsewhere(make) for name, make in offered.items()}
    assert {name.rpartition(".")[2] for name in made} >= {"csv", "png", "svg"}
    assert all(made.values())
    assert b"not over" in made["shop_sales-trend.csv"]


def with_currency(app, *names):
    header, *lines = (HEADER + ROWS).decode().splitlines()
    told = [f"{line},{names[i % len(names)]}" for i, line in enumerate(lines)]
    return load(app, "\n".join([f"{header},currency", *told]).encode())


def test_amounts_bear_the_currency_of_the_data(app):
    page = with_currency(app, "EUR")
    assert figures(page)["Revenue"].endswith("\N{NO-BREAK SPACE}EUR")
    assert "Revenue (EUR)" in page.get("vega_lite_chart")[0].proto.spec


def test_names_of_the_data_are_no_markdown(app):
    image = "![x](http://127.0.0.1/x.png)"
    rows = (HEADER + ROWS).replace(b"age_group", b"currency").replace(b"25-34", image.encode())
    load(app, rows.replace(b"Tea", image.encode()).replace(b"Peru", image.encode()))
    app.button_group(key="by").set_value("region").run()
    app.multiselect(key="category").set_value([image]).run()
    app.multiselect(key="country").set_value([image]).run()
    shown = [told(app), *headings(app), *figures(app).values(), *(m.help for m in app.metric)]
    assert sum("x.png" in text for text in shown) > 5
    assert not any(image in text for text in shown)


def test_amounts_of_several_currencies_are_said_to_be_added_up(app):
    page = with_currency(app, "EUR", "EUR", "USD")
    assert "Amounts in EUR, USD are added up as they stand" in told(page)
    assert "EUR" not in figures(page)["Revenue"]


def sold(app, *days):
    rows = "\n".join(f"c{i % 3},{day},{amount}" for i, (day, amount) in enumerate(days))
    return load(app, f"customer_id,ordered_at,amount\n{rows}\n".encode())


def test_cards_compare_the_days_that_both_periods_have(app):
    first = datetime.date(2023, 1, 1)
    page = sold(app, *((first + datetime.timedelta(days=i), 10) for i in range(89)))
    page.selectbox(key="period").set_value("2023-03").run()
    assert "of 1 Mar 2023 to 28 Mar 2023 against 1 Feb 2023 to 28 Feb 2023" in told(page)
    changes = {metric.label: metric.delta for metric in page.metric}
    assert changes["Revenue"] == "+0.0%"
    page.selectbox(key="period").set_value("2023-02").run()
    assert "of these days against 1 Jan 2023 to 31 Jan 2023" in told(page)


def test_all_time_has_the_returns_before_the_first_purchase(app):
    page = sold(
        app, ("2024-01-05", 100), ("2024-01-07", 50), ("2024-02-05", 50), ("2024-01-02", -30)
    )
    assert figures(page)["Revenue"] == "170"
