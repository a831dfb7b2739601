import datetime
import subprocess
import sys

import pytest
from apps import APP, figures, upload

VIEWS = ["Predicted", "Trust", "So far", "Simple", "One customer"]
HEADER = b"customer_id,ordered_at,amount\n"
# Five orders, three customers: far too few for a model.
FEW = HEADER + b"".join(b"c%d,2024-0%d-11,%d.50\n" % (i % 3, 1 + i, 10 * (i + 1)) for i in range(5))
ONCE = HEADER + b"".join(b"c%d,2024-%02d-11,10\n" % (i, 1 + i % 12) for i in range(90))


def view(app, name):
    app.switch_page("pages/lifetime_value.py").run()
    return app.button_group(key="lifetime_view").set_value(name).run()


def texts(app):
    kinds = ("markdown", "caption", "info", "warning", "success")
    return " ".join(text.value for kind in kinds for text in app.get(kind))


@pytest.mark.parametrize("name", VIEWS)
def test_view_draws_with_the_sample(sample, name):
    view(sample, name)
    assert not sample.exception
    assert not sample.error
    assert sample.metric


@pytest.mark.parametrize("content", [FEW, ONCE], ids=["few", "once"])
@pytest.mark.parametrize("name", VIEWS)
def test_view_draws_with_hardly_any_data(app, name, content):
    upload(app, content)
    view(app, name)
    assert not app.exception
    assert not app.error


def test_too_few_buyers_get_a_reason_and_what_would_help(app):
    upload(app, FEW)
    view(app, "Predicted")
    assert "No prediction for these data" in texts(app)
    assert "What would help" in texts(app)
    assert not app.metric


def test_page_opens_on_a_view_that_works_until_another_is_chosen(app):
    upload(app, FEW)
    app.switch_page("pages/lifetime_value.py").run()
    assert app.button_group(key="lifetime_view").value == "Simple"
    assert "Simple CLTV per customer" in figures(app)
    assert "The data cannot carry a prediction" in texts(app)
    view(app, "Predicted")
    assert "**Simple** says what a customer is worth" in texts(app)


def test_customers_who_all_bought_once_get_a_reason(app):
    upload(app, ONCE)
    view(app, "Trust")
    assert "there is nothing to learn from" in texts(app)


def test_one_row_a_customer_cannot_be_tried_on_the_past(app):
    rows = b"".join(
        b"c%d,2024-%02d-20,%d,%d,2022-%02d-01\n" % (i, 1 + i % 12, 90 + i, 1 + i % 7, 1 + i % 9)
        for i in range(200)
    )
    upload(app, b"Customer ID,Last Order Date,Total Spend,Total Orders,First Order Date\n" + rows)
    view(app, "Trust")
    assert not app.exception
    assert "the orders of the past are not known" in texts(app)


def test_margin_scales_the_value_and_is_saved_with_the_recipe(sample):
    view(sample, "So far")
    whole = figures(sample)["Per customer"]
    sample.number_input(key="lifetime_margin").set_value(50.0).run()
    assert float(figures(sample)["Per customer"]) == pytest.approx(float(whole) / 2, rel=1e-3)
    assert sample.session_state["applied"].value == {"margin": 0.5}
    assert sample.session_state["draft"].value == {"margin": 0.5}
    sample.number_input(key="lifetime_margin").set_value(None).run()
    assert sample.session_state["applied"].value == {}


def test_longer_horizon_brings_more(sample):
    view(sample, "Predicted")
    sample.button_group(key="lifetime_horizon").set_value(3).run()
    short = int(figures(sample)["Expected orders"].replace(",", ""))
    assert "to 30 Sep 2025: 92 days" in texts(sample)
    sample.button_group(key="lifetime_horizon").set_value(24).run()
    assert int(figures(sample)["Expected orders"].replace(",", "")) > short


def test_horizon_can_be_typed_as_a_day(sample):
    view(sample, "Predicted")
    sample.button_group(key="lifetime_horizon").set_value("To a day").run()
    assert sample.date_input(key="lifetime_until").value == datetime.date(2026, 6, 30)
    sample.date_input(key="lifetime_until").set_value(datetime.date(2025, 12, 24)).run()
    assert "to 24 Dec 2025: 177 days" in texts(sample)
    sample.button_group(key="lifetime_horizon").set_value(6).run()
    assert sample.session_state["applied"].value == {"months": 6}


@pytest.mark.parametrize("until", [datetime.date(2099, 1, 1), datetime.date.max])
def test_horizon_of_a_recipe_may_be_far(sample, until):
    view(sample, "Predicted")
    for name in ("applied", "draft"):
        recipe = sample.session_state[name]
        sample.session_state[name] = recipe.change(value={**recipe.value, "until": until})
    sample.run()
    assert not sample.exception


def test_discount_lowers_the_value(sample):
    view(sample, "Predicted")
    before = figures(sample)["Predicted CLTV per customer"]
    sample.number_input(key="lifetime_discount").set_value(50.0).run()
    assert float(figures(sample)["Predicted CLTV per customer"]) < float(before)


def test_other_model_of_purchases_can_be_chosen(sample):
    view(sample, "Predicted")
    assert "BG/NBD takes these for active" in texts(sample)
    sample.selectbox(key="lifetime_model").set_value("MBG/NBD").run()
    assert not sample.exception
    assert "takes these for active" not in texts(sample)


def test_factors_of_the_simple_value_can_be_typed_and_emptied(sample):
    view(sample, "Simple")
    for key, value in (("order_value", 20.0), ("orders_per_year", 2.0), ("years", 5.0)):
        sample.number_input(key=f"lifetime_{key}").set_value(value).run()
    assert figures(sample)["Simple CLTV per customer"] == "200"
    sample.number_input(key="lifetime_years").set_value(None).run()
    assert figures(sample)["Simple CLTV per customer"] == "120"


@pytest.mark.parametrize("by", ["Segment", "region", "Cohort", "Customer"])
def test_value_so_far_can_be_seen_by_any_group(sample, by):
    view(sample, "So far")
    sample.button_group(key="lifetime_by").set_value(by).run()
    assert not sample.exception
    assert sample.dataframe


@pytest.mark.parametrize("by", ["Repeat purchases before", "Segment before"])
def test_record_can_be_seen_by_past_orders_and_by_segment(sample, by):
    view(sample, "Trust")
    sample.button_group(key="lifetime_record_by").set_value(by).run()
    assert not sample.exception
    assert sample.dataframe[0].value["n_customers"].sum() == 2_743


def test_both_clocks_of_a_customer_stand_side_by_side(sample):
    view(sample, "One customer")
    sample.text_input(key="lifetime_customer").set_value("C-13966").run()
    scores, models = (table.value.set_index("measure")["value"] for table in sample.dataframe)
    assert "Days since last order" in scores
    assert "Age at last purchase (t_x)" in models
    # The models' age ends a day before the as-of day, which is where the scores look from.
    assert int(scores["Days since first order"]) == int(models["Age (T)"]) + 1


def test_unknown_customer_is_said_to_be_unknown(sample):
    view(sample, "One customer")
    sample.text_input(key="lifetime_customer").set_value("nobody").run()
    assert "There is no customer “nobody”" in texts(sample)


def test_value_needs_scipy_only_when_a_model_is_fitted():
    code = "import sys, pages.parts.lifetime_trust, pages.parts.lifetime_predicted; "
    done = subprocess.run(
        [sys.executable, "-c", code + "print(*sys.modules)"],
        cwd=APP.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "scipy" not in done.stdout.split()


def load_others(app, content):
    app.switch_page("streamlit_app.py").run()
    app.button_group(key="load_from").set_value("Your files").run()
    return upload(app, content)


@pytest.mark.parametrize("name", ["Predicted", "Trust", "One customer"])
def test_other_data_open_on_a_view_that_they_can_carry(sample, name):
    view(sample, name)
    load_others(sample, FEW)
    sample.switch_page("pages/lifetime_value.py").run()
    assert sample.button_group(key="lifetime_view").value == "Simple"


def test_other_data_are_neither_grouped_nor_looked_up_as_those_before(sample):
    view(sample, "So far")
    sample.button_group(key="lifetime_by").set_value("region").run()
    view(sample, "One customer")
    sample.text_input(key="lifetime_customer").set_value("C-13966").run()
    load_others(sample, FEW)
    view(sample, "So far")
    assert sample.button_group(key="lifetime_by").value == "Segment"
    view(sample, "One customer")
    assert sample.text_input(key="lifetime_customer").value == ""
    assert not sample.exception


def test_factors_of_the_simple_value_multiply_to_it(sample):
    view(sample, "Simple")
    sample.number_input(key="lifetime_margin").set_value(35.0).run()
    told = next(text.value for text in sample.markdown if "a mean order ×" in text.value)
    factors, result = told.replace(",", "").split(" = ")
    order, per_year, years, margin = (
        float(part.split()[0].strip("%")) for part in factors.split(" × ")
    )
    assert "35% margin" in told
    assert order * per_year * years * margin / 100 == pytest.approx(
        float(result.strip("*")), abs=0.1
    )


def test_one_time_buyers_of_the_models_are_told_by_days(sample):
    view(sample, "Predicted")
    assert "of the customers bought on one day only" in texts(sample)
    view(sample, "Trust")
    assert "Bought on one day only" in figures(sample)


def test_expected_value_is_the_same_on_campaign(sample):
    view(sample, "Predicted")
    predicted = figures(sample)["Predicted CLTV to 30 Jun 2026"]
    sample.switch_page("pages/campaign.py").run()
    assert figures(sample)["Expected value"] == predicted
