import pytest
from apps import figures, upload

from pages.parts.session import LoadedData

# c1 bought on 3 days with gaps of 10 and 20 days, 21 days before the as-of day; c2 once; c3 twice.
HEADER = b"customer_id,ordered_at,order_id,amount"
ROWS = [
    b"c1,2024-01-01,1,100",
    b"c1,2024-01-11,2,50",
    b"c1,2024-01-31,3,30",
    b"c1,2024-02-01,4,-20",
    b"c2,2024-02-20,5,90",
    b"c3,2024-01-05,6,10",
    b"c3,2024-02-05,7,10",
]
NAMES = [b"Anna", b"Anna", b"Anna", b"Anna", b"Ben", b"Cleo", b"Cleo"]


@pytest.fixture
def plain(visit):
    return draw(visit(b"\n".join([HEADER, *ROWS])))


@pytest.fixture
def named(visit):
    rows = [
        b"%s,%s,%s@example.org,Tea" % (row, name, name.lower())
        for row, name in zip(ROWS, NAMES, strict=True)
    ]
    return draw(visit(b"\n".join([HEADER + b",customer_name,email,category", *rows])))


def draw(app):
    return app.switch_page("pages/customers.py").run()


def load(app, content):
    return draw(upload(app, content))


def search(app, typed):
    return app.text_input(key="customers_search").set_value(typed).run()


def choose(app, typed):
    search(app, typed)
    return app.button(key="customers_found_0").click().run()


def told(app):
    return "\n".join(text.value for text in [*app.markdown, *app.caption, *app.info])


def test_before_one_is_chosen_those_who_spent_most_are_offered(plain):
    labels = [button.label for button in plain.button if button.key.startswith("customers_top")]
    assert [label.split("**")[1] for label in labels] == ["c1", "c2", "c3"]
    assert not figures(plain)


def test_customer_is_found_by_a_part_of_the_name_and_shown(named):
    choose(named, "ann")
    assert not named.exception
    assert "Anna" in [heading.value for heading in named.subheader]
    assert figures(named)["Value so far"] == "160"
    assert figures(named)["Orders"] == "3"
    assert "Number **1** of 3 by spend" in told(named)
    assert named.text_input(key="customers_search").value == ""


def test_customer_is_found_by_e_mail(named):
    search(named, "ben@")
    assert "c2 · Ben · ben@example.org" in named.button(key="customers_found_0").label


def test_nobody_found_says_so(plain):
    search(plain, "zz")
    assert "No customer has “zz” in their id." in told(plain)


def test_rhythm_is_the_mean_gap_and_how_far_past_it(plain):
    choose(plain, "c1")
    assert figures(plain)["Usual gap"] == "15 days"
    assert figures(plain)["Longest gap"] == "20 days"
    assert figures(plain)["Against their rhythm"] == "1.4 ×"
    assert "a little late" in told(plain)


def test_rhythm_of_who_bought_on_too_few_days_is_not_told(plain):
    choose(plain, "c3")
    assert "Usual gap" not in figures(plain)
    assert "it takes purchases on 3 days, and there are 2" in told(plain)


def test_what_is_not_in_the_data_is_said(plain):
    choose(plain, "c1")
    assert "Match Customer name and E-mail on Load data" in told(plain)
    assert "Match a category or product on Load data" in told(plain)


def test_customer_without_a_purchase_by_the_day_is_not_shown(plain):
    choose(plain, "c2")
    day = plain.date_input(key="as_of").min.replace(month=2, day=10)
    plain.date_input(key="as_of").set_value(day).run()
    assert not plain.exception
    assert "c2 has no purchase before 10 Feb 2024" in told(plain)


def test_neighbour_that_is_ticked_is_shown(plain):
    choose(plain, "c1")
    plain.session_state["customers_neighbours_0"] = {"selection": {"rows": [1], "columns": []}}
    plain.run()
    assert not plain.exception
    assert "c2" in [heading.value for heading in plain.subheader]


def test_customer_of_other_data_is_forgotten(plain):
    choose(plain, "c1")
    plain.switch_page("streamlit_app.py").run()
    load(plain, b"\n".join([HEADER, b"c9,2024-01-01,1,5", b"c8,2024-01-02,2,6"]))
    assert not plain.exception
    assert "choose one of those who spent most" in told(plain)


def test_id_never_stands_in_the_address(plain):
    choose(plain, "c1")
    assert not plain.query_params


def test_one_row_a_customer_has_no_timeline(app):
    rows = [b"k%d,2024-01-%02d,%d,90" % (i, i, i + 1) for i in range(1, 20)]
    load(app, b"\n".join([b"customer_id,last_order_date,n_orders,total_spent", *rows]))
    choose(app, "k7")
    assert not app.exception
    assert "one row a customer" in told(app)
    assert figures(app)["Orders"] == "8"


def test_markdown_in_a_name_is_only_text(app):
    row = b"c1,2024-01-01,1,5,**bold** [x](http://x)"
    load(app, b"\n".join([HEADER + b",customer_name", row]))
    choose(app, "bold")
    assert not app.exception
    assert "\\*\\*bold\\*\\*" in app.subheader[0].value


@pytest.mark.parametrize("page", ["sales", "segments"])
def test_report_is_offered(plain, page):
    plain.switch_page(f"pages/{page}.py").run()
    assert not plain.exception
    labels = [button.proto.label for button in plain.get("download_button")]
    assert "Download the report" in labels


def test_what_is_used_again_stays_when_older_results_go():
    data = LoadedData("shop", None, None)
    for key in range(60):
        data.remember("customers", list).append(key)
        data.remember(key, dict)
    assert len(data.remember("customers", list)) == 60
    assert len(data.memory) < 60
