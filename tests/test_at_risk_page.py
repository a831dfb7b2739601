import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest
from apps import figures, made_elsewhere, upload
from streamlit.util import AttributeDictionary

from segmentation.segments.rules import build_scheme
from segmentation.segments.segmenter import with_scheme

SHARED = Path(__file__).parents[2] / "shared" / "data"
PAGE = "pages/at_risk.py"
HEADER = b"customer_id,ordered_at,amount\n"
ONE = HEADER + b"c1,2024-01-11,5\n"
ONCE = HEADER + b"".join(b"c%d,2024-%02d-11,10\n" % (i, 1 + i % 12) for i in range(90))
# Nine customers who buy every tenth day; the first three stop in March. Too few for a model.
RHYTHM = HEADER + b"".join(
    b"c%d,2024-%02d-%02d,10\n" % (i, month, day)
    for i in range(9)
    for month in (range(1, 4) if i < 3 else range(1, 8))
    for day in (1, 11, 21)
)
SHORT = HEADER + b"".join(
    b"c%d,2024-%02d-%02d,10\n" % (i, month, day)
    for i in range(9)
    for month in ((1,) if i < 3 else (1, 2))
    for day in (1, 11, 21)
)
PER_CUSTOMER = b"customer_id,last_order_date,first_order_date,orders,total_spent\n" + b"".join(
    b"c%d,2024-%02d-11,2023-01-01,%d,%d\n" % (i, 1 + i % 6, 2 + i % 9, 50 + i) for i in range(30)
)


# Three who came back after a year, one who stopped in February 2024, and five who never stopped.
BACK = HEADER + b"".join(
    b"c%d,%d-%02d-%02d,10\n" % (i, year, month, day)
    for i in range(9)
    for year, months in ((2023, range(1, 13)), (2024, range(1, 7)))
    for month in months
    for day in (1, 11, 21)
    if i > 3
    or (i < 3 and (year, month) in {(2023, 1), (2023, 2), (2024, 6)})
    or (i == 3 and (year == 2023 or month < 3))
)


@pytest.fixture
def sample(sample):
    return sample.switch_page(PAGE).run()


def load(app, content, name="shop.csv"):
    return upload(app, content, name).switch_page(PAGE).run()


def count(app):
    return int(figures(app)["Customers"].replace(",", ""))


def said(app, *kinds):
    return " ".join(text.value for kind in kinds for text in app.get(kind))


def choose(app, label, *values):
    return next(box for box in app.multiselect if box.label == label).set_value(list(values)).run()


def brush(app, **ranges):
    key = app.get("vega_lite_chart")[0].proto.id.rsplit("-", 1)[-1]
    app.session_state[key] = AttributeDictionary({"selection": {"picked": ranges}})
    return app.run()


def lines_of(make):
    return made_elsewhere(make).decode("utf-8-sig").splitlines()


def test_sample_is_ranked_by_money_at_stake_and_says_by_which_measure(sample):
    assert not sample.exception
    assert not sample.error
    assert "P(active)" in sample.info[0].value
    assert "came closer" in sample.info[0].value
    rows = sample.dataframe[0].value
    assert rows["at_stake"].is_monotonic_decreasing
    assert {"segment", "segment_before", "favourite_category", "usual_gap_days"} <= set(rows)
    assert (rows["offer"].str.len() > 0).all()
    assert (rows["p_active"] <= 0.5).all()


def test_less_risk_lets_more_customers_in(sample):
    before = count(sample)
    sample.slider(key="at_risk_p_active").set_value(90).run()
    assert count(sample) > before
    sample.slider(key="at_risk_p_active").set_value(100).run()
    assert figures(sample)["Customers"] == "5,000"


def test_choices_narrow_the_list(sample):
    whole = count(sample)
    choose(sample, "Segments", "At risk")
    of_segment = count(sample)
    assert set(sample.dataframe[0].value["segment"]) == {"At risk"}
    choose(sample, "Category last bought", "Kitchen")
    of_category = count(sample)
    assert set(sample.dataframe[0].value["last_category"]) == {"Kitchen"}
    choose(sample, "Region", "Bavaria")
    assert whole > of_segment > of_category > count(sample) > 0


def test_days_and_least_value_narrow_the_list(sample):
    days = next(slider for slider in sample.slider if slider.label.startswith("Not ordered"))
    days.set_value((100, 200)).run()
    rows = sample.dataframe[0].value
    assert 100 <= (rows["last_ordered_on"].max() - rows["last_ordered_on"].min()).days + 100 <= 200
    before = count(sample)
    sample.number_input(key="at_risk_least").set_value(1000.0).run()
    assert count(sample) < before
    assert sample.dataframe[0].value["value_so_far"].min() >= 1000


def test_nobody_left_is_said_in_a_sentence(sample):
    sample.number_input(key="at_risk_least").set_value(1e9).run()
    assert not sample.exception
    assert figures(sample)["Customers"] == "0"
    assert "Nobody is at risk by these choices" in said(sample, "info")


def test_brush_on_the_map_picks_what_is_counted_and_listed(sample):
    before = count(sample)
    brush(sample, p_active=[0.1, 0.3], value_so_far=[2000.0, 500.0])
    assert not sample.exception
    rows = sample.dataframe[0].value
    assert 0 < count(sample) < before
    assert f"**Picked: {count(sample)} of {before:,}.**" in said(sample, "markdown")
    assert "The map shows" not in said(sample, "caption")
    assert len(rows) == count(sample)
    assert rows["p_active"].between(0.1, 0.3).all()
    assert rows["value_so_far"].between(500, 2000).all()


def test_pick_is_cleared_by_the_button_and_by_other_choices(sample):
    before = count(sample)
    brush(sample, p_active=[0.1, 0.3], value_so_far=[500.0, 2000.0])
    sample.button(key="at_risk_clear").click().run()
    assert count(sample) == before
    brush(sample, p_active=[0.1, 0.3], value_so_far=[500.0, 2000.0])
    picked = count(sample)
    sample.slider(key="at_risk_p_active").set_value(60).run()
    assert count(sample) > picked


def test_pick_stays_through_a_visit_to_another_page_until_another_is_made(sample):
    brush(sample, p_active=[0.1, 0.3], value_so_far=[500.0, 2000.0])
    picked = count(sample)
    sample.switch_page("pages/check.py").run()
    sample.switch_page(PAGE).run()
    assert not sample.exception
    assert count(sample) == picked
    chart = json.loads(sample.get("vega_lite_chart")[0].proto.spec)
    assert chart["params"][0]["value"] == {"x": [0.1, 0.3], "y": [500.0, 2000.0]}
    brush(sample, p_active=[0.1, 0.2], value_so_far=[500.0, 2000.0])
    assert count(sample) < picked
    sample.button(key="at_risk_clear").click().run()
    sample.switch_page("pages/check.py").run()
    sample.switch_page(PAGE).run()
    assert count(sample) > picked


def test_empty_pick_is_said(sample):
    brush(sample, p_active=[0.1, 0.1], value_so_far=[1e8, 1e9])
    assert not sample.exception
    assert "Nobody lies within the pick" in said(sample, "caption")


def test_download_is_exactly_the_list_and_not_its_first_page(offered, sample):
    sample.run()
    lines = lines_of(offered["sample-shop_at-risk.csv"])
    assert len(lines) == 1 + count(sample)
    assert count(sample) > len(sample.dataframe[0].value)
    assert lines[0].startswith("customer_id,segment,segment_before,at_stake,p_active,value_so_far")
    first = sample.dataframe[0].value.iloc[0]
    assert lines[1].split(",")[:2] == [first["customer_id"], first["segment"]]


def test_those_who_came_back_are_counted_by_segment(offered, sample):
    sample.run()
    assert figures(sample)["Came back on their own"].endswith("%")
    assert "bought again** within the 91 days since" in said(sample, "markdown")
    lines = lines_of(offered["sample-shop_came-back.csv"])
    assert lines[0] == "segment,n_flagged,n_returned,share_returned,low,high"


def test_rhythm_is_the_measure_where_there_is_no_model(app):
    load(app, RHYTHM)
    assert not app.exception
    assert not app.error
    assert "against their own rhythm" in app.info[0].value
    assert "a model needs 50" in app.info[0].value
    rows = app.dataframe[0].value
    assert set(rows["customer_id"]) == {"c0", "c1", "c2"}
    assert (rows["overdue_days"] > 90).all()
    app.slider(key="at_risk_overdue").set_value(1.0).run()
    assert figures(app)["Customers"] == "3"


def test_data_without_categories_or_places_do_without(app):
    load(app, RHYTHM)
    assert "The data have no categories." in said(app, "caption")
    assert [box.disabled for box in app.multiselect] == [False, True, True]
    assert "favourite_category" not in app.dataframe[0].value


@pytest.mark.parametrize("content", [ONE, ONCE], ids=["one row", "once"])
def test_too_few_data_are_said_in_one_sentence(app, content):
    load(app, content)
    assert not app.exception
    assert not app.error
    assert "Nobody has ordered on three days" in app.info[0].value
    assert not app.metric


def test_short_history_says_that_the_past_cannot_be_measured(app):
    load(app, SHORT)
    assert not app.exception
    assert figures(app)["Came back on their own"] == "not known"
    assert "nobody had bought before" in said(app, "caption")
    assert "cannot be told" in said(app, "caption")


def test_as_of_day_moves_the_list_and_may_be_too_early(app):
    load(app, RHYTHM)
    app.date_input(key="as_of").set_value(datetime.date(2024, 4, 20)).run()
    assert not app.exception
    assert set(app.dataframe[0].value["customer_id"]) == {"c0", "c1", "c2"}
    app.date_input(key="as_of").set_value(datetime.date(2024, 1, 1)).run()
    assert not app.exception
    assert "No customer has a purchase" in app.error[0].value


def test_scheme_of_ones_own_without_an_action_has_nothing_to_offer(app):
    load(app, RHYTHM)
    scheme = build_scheme("classic")
    silent = tuple(replace(segment, action="") for segment in scheme.segments)
    recipe = with_scheme(app.session_state["applied"], replace(scheme, segments=silent))
    app.session_state["applied"] = app.session_state["draft"] = recipe
    app.run()
    assert set(app.dataframe[0].value["offer"]) == {"Nothing to offer"}


def test_one_row_a_customer_uses_the_orders_that_are_told(app):
    load(app, PER_CUSTOMER)
    assert not app.exception
    assert not app.error
    assert figures(app)["Came back on their own"] == "not known"
    assert "orders of the past are not known" in said(app, "caption")
    assert app.dataframe[0].value["usual_gap_days"].notna().all()


@pytest.mark.parametrize("page", ["at_risk", "lifetime_value", "campaign", "customers"])
def test_a_customer_whose_first_order_is_after_the_last_holds_nobody_up(app, page):
    odd = b"z1,2024-05-01,2024-06-01,3,100\nz2,2024-05-01,2024-01-01,0,100\n"
    load(app, PER_CUSTOMER + odd)
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.error


def test_choice_survives_a_visit_to_another_page(sample):
    sample.slider(key="at_risk_p_active").set_value(20).run()
    choose(sample, "Segments", "At risk")
    narrowed = count(sample)
    sample.switch_page("pages/segments.py").run()
    sample.switch_page(PAGE).run()
    assert sample.slider(key="at_risk_p_active").value == 20
    assert count(sample) == narrowed


def test_other_data_after_a_choice_that_they_do_not_have(sample):
    choose(sample, "Region", "Bavaria")
    sample.switch_page("streamlit_app.py").run()
    sample.button_group(key="load_from").set_value("Files").run()
    load(sample, RHYTHM)
    assert not sample.exception
    assert count(sample) == 3


@pytest.mark.parametrize("name", ["cdnow_master.txt", "online_retail.csv.gz"])
def test_real_shop_has_its_list(app, name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    load(app, path.read_bytes(), name)
    assert not app.exception
    assert not app.error
    measure = {"cdnow_master.txt": "P(active)", "online_retail.csv.gz": "rhythm"}[name]
    assert measure in app.info[0].value
    assert count(app) > 1000
    marks = app.get("vega_lite_chart")[0].proto
    assert marks.selection_mode


def test_who_came_back_after_longer_than_anyone_is_silent_today_is_counted(app):
    load(app, BACK)
    assert figures(app)["Came back on their own"] == "75.0%"


def test_usual_gap_has_one_decimal_as_in_the_file(sample):
    columns = json.loads(sample.dataframe[0].proto.columns)
    assert columns["usual_gap_days"]["type_config"]["format"] == "%,.1f"


def test_least_value_of_other_data_does_not_narrow_these(sample):
    sample.number_input(key="at_risk_least").set_value(1e6).run()
    sample.switch_page("streamlit_app.py").run()
    sample.button_group(key="load_from").set_value("Your files").run()
    load(sample, RHYTHM)
    assert sample.number_input(key="at_risk_least").value is None
    assert count(sample) == 3
