import datetime
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from apps import APP, figures, made_elsewhere, upload

from segmentation.recipe import Policies, Recipe, write_recipe
from segmentation.segments.rules import CLASSIC
from segmentation.segments.segmenter import with_scheme
from segmentation.tables import SEGMENTS

PAGES = sorted(path.name for path in (APP.parent / "pages").glob("*.py"))
NEED_DATA = [page for page in PAGES if page != "method.py"]
HEADER = b"customer_id,ordered_at,amount,order_id,region\n"
ROWS = b"".join(
    b"c%d,2024-%02d-%02d,%d.50,o%d,%s\n"
    % (i % 23, 1 + i % 9, 1 + i % 27, 5 + 7 * (i % 11), i // 2, [b"North", b"South"][i % 23 % 2])
    for i in range(240)
)
UNSURE = b"customer_id,date,amount\n" + b"".join(
    b"c%d,%02d/%02d/2024,%d\n" % (i % 7, 1 + i % 12, 1 + i % 11, 3 + i) for i in range(80)
)


@pytest.fixture
def uploaded(app):
    return upload(app, HEADER + ROWS)


@pytest.fixture
def loaded(visit):
    return visit(HEADER + ROWS)


def test_files_that_overlap_say_so_until_copies_are_dropped(app):
    key = f"load_upload_{app.session_state['n_uploads']}"
    uploader = app.file_uploader(key=key).upload("jan.csv", HEADER + ROWS, "text/csv")
    uploader.upload("feb.csv", HEADER + ROWS, "text/csv").run()
    assert "Drop exact copies" in app.warning[0].value
    app.switch_page("pages/check.py").run()
    app.radio(key="check_duplicates").set_value("drop").run()
    app.switch_page("streamlit_app.py").run()
    assert not app.warning
    assert any("each of them counts once" in text.value for text in app.caption)


def view(app, name):
    app.switch_page("pages/segments.py").run()
    return app.button_group(key="segments_view").set_value(name).run()


@pytest.mark.parametrize("page", NEED_DATA)
def test_page_without_data_points_to_loading(app, page):
    app.switch_page(f"pages/{page}").run()
    assert not app.exception
    assert "Load your sales first" in app.info[0].value


@pytest.mark.parametrize("page", PAGES)
def test_page_with_data_draws(loaded, page):
    loaded.switch_page(f"pages/{page}").run()
    assert not loaded.exception
    assert not loaded.error


@pytest.mark.parametrize("name", ["Overview", "One segment", "Cut points", "Scheme"])
def test_each_view_of_the_segments_draws(loaded, name):
    view(loaded, name)
    assert not loaded.exception
    assert not loaded.error


def test_method_can_be_read_before_data_are_loaded(app):
    app.switch_page("pages/method.py").run()
    assert not app.exception
    assert "Ties" in "".join(text.value for text in app.markdown)


def test_method_tells_the_choices_in_use_in_words(app):
    states = [b"paid", b"Void", b"Paid", b"Lost", b"void"]
    lines = ROWS.splitlines()
    rows = b"".join(b"%s,%s\n" % (line, states[i % 5]) for i, line in enumerate(lines))
    loaded = upload(app, HEADER.replace(b"\n", b",Order Status\n") + rows)
    assert figures(loaded)["Rows that count"] == "144"
    assert any("Orders with Void in" in text.value for text in loaded.caption)
    loaded.switch_page("pages/check.py").run()
    assert any("“Every order counts” would change the rows by +96" in t.value for t in app.caption)
    statuses = next(t.value for t in loaded.dataframe if "status" in t.value)
    assert statuses.groupby("counts")["n_rows"].sum().to_dict() == {"Counts": 144, "Left out": 96}
    chosen = loaded.multiselect(key="check_undone")
    assert chosen.set_value([*chosen.value, "Lost"]).run().session_state["applied"].policies.undone
    assert figures(loaded)["Rows that count"] == "96"
    loaded.radio(key="check_duplicates").set_value("drop").run()
    loaded.text_input(key="check_cancelled_prefix").set_value("o1").run()
    loaded.switch_page("pages/method.py").run()
    [told] = [text.value for text in loaded.markdown if text.value.startswith("In use")]
    assert "returns reduce spend; exact copies are dropped" in told
    assert "orders that begin with o1 are cancelled" in told
    assert "orders with status Void and Lost do not count" in told
    assert "Orders are counted by number" in told


def test_sample_shop_is_one_click_away(app):
    app.button_group(key="load_from").set_value("Sample shop").run()
    assert not app.exception
    assert figures(app)["Customers"] == "5,000"


def test_upload_says_what_counts(uploaded):
    assert not uploaded.error
    assert figures(uploaded)["Rows in the data"] == "240"
    assert figures(uploaded)["Customers"] == "23"


def test_file_without_a_date_says_so_and_lets_the_column_be_chosen(app):
    upload(app, b"client,when,amount\na,2024-01-01,1\nb,2024-01-02,2\n".replace(b"2024-", b"x"))
    assert not app.exception
    assert "date" in app.error[0].value
    assert app.selectbox(key="load_column_ordered_at").value == "–"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff" * 400, "shop.csv"),
        (HEADER, "shop.csv"),
        (HEADER + b"c1,2024-01-01,0,o1,North\n", "No row has a customer"),
    ],
    ids=["empty", "binary", "header only", "nothing paid"],
)
def test_useless_file_gets_a_sentence(app, content, told):
    upload(app, content)
    assert not app.exception
    assert told in app.error[0].value


def test_what_other_columns_and_orders_decided_is_said_on_the_load_page(app):
    rows = "".join(f"a;05.01.2024;{i};{i},50;{q},000\n" for i in range(1, 13) for q in (1, 2))
    upload(app, f"customer_id;ordered_at;order_id;amount;quantity\n{rows}".encode())
    assert not app.exception
    said = " ".join(caption.value for caption in app.caption)
    assert "counts once an order" in said
    assert "1,234 is a little over one, as the other columns are written." in said


def test_file_after_a_useless_one_loads(app):
    upload(app, b"")
    upload(app, HEADER + ROWS)
    assert not app.exception
    assert not app.error


def test_unclear_dates_are_asked_for(app):
    upload(app, UNSURE)
    assert not app.exception
    assert "two ways" in app.error[0].value
    app.radio(key="load_form_ordered_at").set_value("month_first").run()
    app.button(key="load_use").click().run()
    assert not app.error
    assert figures(app)["Customers"] == "7"


def test_unclear_dates_of_one_of_several_files_are_asked_for(app):
    uploader = app.file_uploader(key=f"load_upload_{app.session_state['n_uploads']}")
    for name, day in (("north.csv", b"31/12/2024"), ("south.csv", b"12/31/2024")):
        uploader.upload(name, UNSURE + b"d,%s,5\n" % day, "text/csv")
    unsure = UNSURE.replace(b"12/01/2024", b"07/08/2024")
    uploader.upload("east.csv", unsure, "text/csv").run()
    question = app.radio(key="load_form_ordered_at")
    assert question.label == "Date can be read in two ways in east.csv. Which is right?"
    assert "07/08/2024 is 7 August" in question.options[0]
    question.set_value("month_first").run()
    app.button(key="load_use").click().run()
    assert not app.error
    said = " ".join(caption.value for caption in app.caption)
    assert "day/month/year in north.csv; month/day/year in south.csv and east.csv" in said


def test_corrected_column_is_used(app):
    lines = UNSURE.splitlines()
    upload(app, b"\n".join(line + b",k%d" % (i % 3) for i, line in enumerate(lines)))
    theirs = app.selectbox(key="load_column_customer_id").options[-1]
    app.selectbox(key="load_column_customer_id").set_value(theirs).run()
    app.radio(key="load_form_ordered_at").set_value("day_first").run()
    app.button(key="load_use").click().run()
    assert not app.exception
    assert figures(app)["Customers"] == "3"


def test_cut_point_moved_shows_its_effect_and_is_applied_and_undone(loaded):
    view(loaded, "Cut points")
    loaded.slider(key="segments_recency_days_percentile_0").set_value(60).run()
    assert not loaded.exception
    moved = figures(loaded)["Customers that move"]
    assert int(moved) > 0
    loaded.button(key="segments_apply_effect").click().run()
    assert "Customers that move" not in figures(loaded)
    loaded.button(key="segments_undo_effect").click().run()
    assert loaded.slider(key="segments_recency_days_percentile_0").value == 20


def test_cut_points_say_between_which_scores_they_lie(loaded):
    view(loaded, "Cut points")
    label = loaded.slider(key="segments_recency_days_percentile_0").label
    assert label.startswith("Between R 5 and R 4: ")


def test_scores_that_ties_leave_empty_are_told_below_the_map(app):
    rows = b"".join(b"c%d,2024-01-%02d,5,o%d,North\n" % (i, 1 + i % 28, i) for i in range(60))
    rows += b"".join(b"c%d,2024-02-01,5,p%d,North\n" % (i % 9, i) for i in range(40))
    upload(app, HEADER + rows)
    view(app, "Overview")
    assert any("so F has no scores 2" in caption.value for caption in app.caption)


def test_figures_of_one_segment_are_called_as_in_the_table(loaded):
    view(loaded, "One segment")
    assert set(figures(loaded)) <= {column.label for column in SEGMENTS.values()}


def test_places_with_few_customers_come_last_and_are_not_compared(app):
    rows = b"".join(
        b"c%d,2024-01-01,5,o%d,%s\n" % (i, i, b"Rare" if i == 7 else b"North") for i in range(60)
    )
    upload(app, HEADER + rows)
    view(app, "One segment")
    places = app.dataframe[0].value
    assert places["place"].tolist() == ["North", "Rare"]
    assert places["concentration"].isna().tolist() == [False, True]
    assert not app.get("vega_lite_chart")


def test_cut_points_never_cross(loaded):
    view(loaded, "Cut points")
    loaded.slider(key="segments_recency_days_percentile_0").set_value(70).run()
    values = [loaded.slider(key=f"segments_recency_days_percentile_{i}").value for i in range(4)]
    assert values == [70, 70, 70, 80]


def test_change_being_tried_is_dropped(loaded):
    view(loaded, "Cut points")
    loaded.slider(key="segments_recency_days_percentile_3").set_value(95).run()
    loaded.button(key="segments_drop_effect").click().run()
    assert loaded.slider(key="segments_recency_days_percentile_3").value == 80


def test_cut_points_are_typed_in_days(loaded):
    view(loaded, "Cut points")
    loaded.button_group(key="segments_mode").set_value("As values").run()
    loaded.number_input(key="segments_recency_days_value_0").set_value(3.0).run()
    assert not loaded.exception
    assert loaded.number_input(key="segments_recency_days_value_0").value == 3.0


@pytest.mark.parametrize("n_levels", [2, 10])
def test_levels_can_be_few_or_many(loaded, n_levels):
    view(loaded, "Cut points")
    loaded.select_slider(key="segments_n_levels").set_value(n_levels).run()
    loaded.button(key="segments_apply_effect").click().run()
    view(loaded, "Overview")
    assert not loaded.exception
    assert not loaded.error


def test_value_aware_scheme_is_applied(loaded):
    view(loaded, "Scheme")
    loaded.radio(key="segments_scheme").set_value("value").run()
    loaded.button(key="segments_apply_effect").click().run()
    view(loaded, "Overview")
    assert not loaded.exception
    assert {"Loyal", "Dormant"} & set(loaded.dataframe[0].value["segment"])


def test_segment_is_renamed(loaded):
    view(loaded, "Scheme")
    loaded.selectbox(key="segments_edited").set_value("At risk").run()
    loaded.text_input(key="segments_name_At risk").set_value("Stars").run()
    loaded.button(key="segments_save").click().run()
    loaded.button(key="segments_apply_effect").click().run()
    view(loaded, "Overview")
    assert not loaded.exception
    assert "Stars" in set(loaded.dataframe[0].value["segment"])


def test_name_of_another_segment_is_refused(loaded):
    view(loaded, "Scheme")
    loaded.text_input(key="segments_name_Champions").set_value("At risk").run()
    loaded.button(key="segments_save").click().run()
    assert not loaded.exception
    assert "taken" in loaded.error[0].value


def test_added_segment_is_told_from_the_one_it_is_made_beside(loaded):
    view(loaded, "Scheme")
    loaded.text_input(key="segments_name_Champions").set_value("Stars").run()
    loaded.button(key="segments_add").click().run()
    assert "Stars" in loaded.selectbox(key="segments_edited").options
    colours = {}
    for name in ("Champions", "Stars"):
        loaded.selectbox(key="segments_edited").set_value(name).run()
        colours[name] = loaded.color_picker(key=f"segments_colour_{name}").value
    assert colours["Champions"] != colours["Stars"]


def test_choice_survives_a_visit_to_another_page(loaded):
    view(loaded, "Cut points")
    loaded.slider(key="segments_recency_days_percentile_0").set_value(30).run()
    loaded.switch_page("pages/check.py").run()
    loaded.switch_page("pages/segments.py").run()
    assert loaded.slider(key="segments_recency_days_percentile_0").value == 30


def test_returns_policy_changes_what_counts(app):
    upload(app, HEADER + ROWS + b"c1,2024-09-20,-5.50,o999,North\n")
    app.switch_page("pages/check.py").run()
    before = figures(app)["Customers' spend"]
    app.radio(key="check_returns").set_value("ignore").run()
    assert not app.exception
    assert figures(app)["Customers' spend"] != before


def test_what_a_policy_would_change_leaves_out_what_stays(app):
    upload(app, HEADER + ROWS + b"c1,2024-09-20,-5.50,o999,North\n")
    app.switch_page("pages/check.py").run()
    told = "“Ignore: returns are left out” would change the rows by −1 and the spend by +5.50."
    assert told in [caption.value for caption in app.caption]
    assert "Return" in app.dataframe[0].value["fate"].tolist()


def test_duplicates_policy_drops_copies(app):
    upload(app, HEADER + ROWS + ROWS.splitlines(keepends=True)[0])
    app.switch_page("pages/check.py").run()
    assert figures(app)["Rows that count"] == "241"
    app.radio(key="check_duplicates").set_value("drop").run()
    assert figures(app)["Rows that count"] == "240"


@pytest.mark.parametrize("page", ["pages/check.py", "pages/segments.py", "pages/at_risk.py"])
def test_day_that_stands_for_never_leaves_every_page_usable(app, page):
    upload(app, HEADER + ROWS + b"z,9999-12-31,5\n")
    assert not app.exception
    assert not app.switch_page(page).run().exception


def test_shop_whose_customers_brought_everything_back_is_drawn(app):
    rows = b"".join(
        b"c%d,2024-01-0%d,%d\n" % (i % 4, 1 + i % 4, 10 - 20 * (i > 3)) for i in range(8)
    )
    upload(app, HEADER + rows)
    assert not app.switch_page("pages/segments.py").run().exception


def test_as_of_day_moves_everything(loaded):
    loaded.switch_page("pages/check.py").run()
    before = figures(loaded)["Rows that count"]
    loaded.date_input(key="as_of").set_value(datetime.date(2024, 5, 1)).run()
    assert not loaded.exception
    assert figures(loaded)["Rows that count"] != before


def test_as_of_day_before_every_purchase_gets_a_sentence(loaded):
    loaded.run().date_input(key="as_of").set_value(datetime.date(2024, 1, 1)).run()
    loaded.switch_page("pages/segments.py").run()
    assert not loaded.exception
    assert "No customer has a purchase" in loaded.error[0].value


def test_recipe_brings_its_choices(app):
    recipe = b'format = 1\nn_levels = 3\n[policies]\nreturns = "ignore"\n'
    upload(app, recipe, "r.toml")
    upload(app, HEADER + ROWS)
    view(app, "Cut points")
    assert not app.exception
    assert app.select_slider(key="segments_n_levels").value == 3


def test_what_a_recipe_brought_is_told(app):
    recipe = (
        b'format = 1\nn_levels = 3\nscheme = "value"\n[policies]\nreturns = "ignore"\n'
        b"[cut_points]\nrecency_days = [3.0, 9.0]\n"
    )
    told = (
        "**r.toml** is {}: scheme value-aware with 3 score levels; recency cut at given values; "
        "returns are left out; every row counts; columns as recognised."
    )
    upload(app, recipe, "r.toml")
    assert app.info[0].value == told.format("kept for the file you load next")
    upload(app, HEADER + ROWS)
    assert app.success[0].value == told.format("applied")
    upload(app, HEADER + ROWS)
    assert not app.success
    upload(app, recipe, "r.toml")
    assert app.success[0].value == told.format("applied")
    app.switch_page("pages/check.py").run()
    app.radio(key="check_returns").set_value("net").run()
    assert not app.switch_page("streamlit_app.py").run().success


def test_columns_that_a_recipe_names_in_vain_are_told(app):
    columns = b'customer_id = "customer_id"\nordered_at = "ordered_at"\namount = "amount"\n'
    upload(app, b"format = 1\n[columns]\n" + columns + b'country = "land"\n', "r.toml")
    upload(app, HEADER + ROWS)
    assert "no column “land”" in app.error[0].value
    app.button(key="load_use").click().run()
    assert "4 columns. Not in these data: land." in app.success[0].value


def test_what_is_loaded_is_named_with_what_another_upload_does(app):
    app.button_group(key="load_from").set_value("Sample shop").run()
    app.button_group(key="load_from").set_value("Your files").run()
    assert "Loaded now: Sample shop" in [heading.value for heading in app.subheader]
    assert any("**Sample shop**. Another upload takes" in text.value for text in app.caption)
    upload(app, HEADER + ROWS)
    assert any("**shop.csv**. Another upload takes" in text.value for text in app.caption)


def test_columns_matched_are_all_named_in_one_line(app):
    lines = b"".join(
        b"c%d,2024-01-%02d,30,o%d,10,T1\nc%d,2024-01-%02d,,o%d,20,T2\n" % (i, 1 + i, i, i, 1 + i, i)
        for i in range(12)
    )
    upload(app, b"customer,date,total,order id,price,product\n" + lines)
    [line] = [panel.label for panel in app.expander if panel.label.startswith("Columns")]
    assert line.endswith("(the order's total, once or repeated); also Unit price, Order, Product")


def test_recipe_that_is_none_gets_a_sentence(app):
    upload(app, b"format = ", "r.toml")
    assert not app.exception
    assert "not a recipe" in app.error[0].value


def test_second_file_takes_the_place_of_the_first(uploaded):
    upload(uploaded, HEADER + ROWS.splitlines(keepends=True)[0], "other.csv")
    assert not uploaded.exception
    assert figures(uploaded)["Rows in the data"] == "1"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "rows",
    [b"c1,2024-01-01,5,o1,North\n", b"c1,2024-01-01,5,o1,North\nc2,2024-01-01,5,o2,South\n"],
    ids=["one row", "one day"],
)
def test_pages_draw_with_hardly_any_data(app, page, rows):
    upload(app, HEADER + rows)
    app.switch_page(f"pages/{page}").run()
    assert not app.exception
    assert not app.error


def by_clusters(app):
    app.switch_page("pages/segments.py").run()
    return app.button_group(key="segments_method").set_value("Clusters").run()


def test_rules_do_without_scikit_learn():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_file({str(APP)!r}, default_timeout=60).run(); "
        "app.switch_page('pages/segments.py').run(); print('sklearn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=APP.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_clusters_are_suggested_shown_applied_and_used_in_every_view(loaded):
    by_clusters(loaded)
    assert not loaded.exception
    assert not loaded.error
    assert any("Suggested" in text.value for text in loaded.markdown)
    names = [field.value for field in loaded.text_input if field.label == "Name"]
    assert len(names) == loaded.button_group(key="segments_n_clusters").value
    assert any("All segments are new" in caption.value for caption in loaded.caption)
    loaded.button(key="segments_apply_effect").click().run()
    for name in ("Overview", "One segment", "Compare with rules"):
        view(loaded, name)
        assert not loaded.exception
        assert not loaded.error
    view(loaded, "Overview")
    assert loaded.dataframe[0].value["segment"].tolist() == names
    loaded.switch_page("pages/method.py").run()
    assert not loaded.exception


def test_clusters_are_segments_on_every_page(loaded):
    by_clusters(loaded)
    loaded.button(key="segments_apply_effect").click().run()
    for page in PAGES:
        loaded.switch_page(f"pages/{page}").run()
        assert not loaded.exception, page
        assert not loaded.error, page


def test_number_of_clusters_and_measures_are_chosen(loaded):
    by_clusters(loaded)
    loaded.button_group(key="segments_n_clusters").set_value(5).run()
    assert len([field for field in loaded.text_input if field.label == "Name"]) == 5
    loaded.button_group(key="segments_by").set_value(["n_orders", "tenure_days"]).run()
    assert not loaded.exception
    assert loaded.session_state["draft"].clusters["measures"] == ["n_orders", "tenure_days"]
    loaded.button_group(key="segments_transform").set_value("none").run()
    loaded.select_slider(key="segments_clip").set_value(90.0).run()
    assert not loaded.exception
    assert any("counts as that" in caption.value for caption in loaded.caption)


def test_unscaled_measures_need_another_click(loaded):
    by_clusters(loaded)
    loaded.button_group(key="segments_scaling").set_value("none").run()
    assert loaded.session_state["draft"].clusters["scaling"] == "standard"
    loaded.button(key="segments_unscaled_sure").click().run()
    assert not loaded.exception
    assert loaded.session_state["draft"].clusters["scaling"] == "none"


def test_cluster_is_renamed_and_a_taken_name_is_refused(loaded):
    by_clusters(loaded)
    first, second = [field for field in loaded.text_input if field.label == "Name"][:2]
    taken = second.value
    first.set_value("Our best").run()
    assert not loaded.exception
    loaded.button(key="segments_apply_effect").click().run()
    loaded.text_input(key="segments_cluster_name_Our best").set_value(taken).run()
    assert "taken" in loaded.toast[0].value
    view(loaded, "Overview")
    assert "Our best" in set(loaded.dataframe[0].value["segment"])


def test_back_to_rules_and_to_the_clusters_as_they_were(loaded):
    by_clusters(loaded)
    loaded.button_group(key="segments_n_clusters").set_value(6).run()
    loaded.button_group(key="segments_method").set_value("RFM rules").run()
    assert not loaded.session_state["draft"].clusters
    loaded.button_group(key="segments_method").set_value("Clusters").run()
    assert loaded.button_group(key="segments_n_clusters").value == 6


def test_clusters_tried_come_back_where_others_are_applied(loaded):
    by_clusters(loaded)
    loaded.button_group(key="segments_n_clusters").set_value(3).run()
    loaded.button(key="segments_apply_effect").click().run()
    loaded.button_group(key="segments_n_clusters").set_value(6).run()
    loaded.button_group(key="segments_method").set_value("RFM rules").run()
    loaded.button_group(key="segments_method").set_value("Clusters").run()
    assert loaded.button_group(key="segments_n_clusters").value == 6
    loaded.button(key="segments_reset_effect").click().run()
    loaded.button_group(key="segments_method").set_value("Clusters").run()
    assert loaded.button_group(key="segments_n_clusters").value == 3


def test_clusters_of_a_recipe_are_kept_for_other_customers(loaded):
    by_clusters(loaded)
    loaded.button(key="segments_apply_effect").click().run()
    before = loaded.session_state["applied"].clusters
    loaded.date_input(key="as_of").set_value(datetime.date(2024, 5, 1)).run()
    assert not loaded.exception
    assert loaded.session_state["applied"].clusters == before
    assert any("found among other customers" in info.value for info in loaded.info)
    loaded.button(key="segments_find_anew").click().run()
    assert loaded.session_state["draft"].clusters != before


def test_clusters_by_a_measure_that_new_data_lack_offer_the_rules(app):
    aged = HEADER.replace(b"\n", b",age\n") + b"".join(
        line + b",%d\n" % (20 + i % 50) for i, line in enumerate(ROWS.splitlines())
    )
    upload(app, aged)
    by_clusters(app)
    app.button_group(key="segments_by").set_value(["customer_age", "n_orders"]).run()
    assert not app.exception
    app.button(key="segments_apply_effect").click().run()
    clusters = app.session_state["applied"].clusters
    assert clusters["measures"] == ["n_orders", "customer_age"]
    recipe = app.session_state["applied"].change(clusters=clusters, columns={})
    app.switch_page("streamlit_app.py").run()
    upload(app, HEADER + ROWS, "other.csv")
    app.session_state["applied"] = app.session_state["draft"] = recipe
    app.switch_page("pages/segments.py").run()
    assert not app.exception
    assert "age" in app.warning[0].value
    app.button(key="segments_use_rules").click().run()
    assert not app.exception
    assert not app.error


def test_customers_that_are_all_alike_get_a_sentence(app):
    upload(app, HEADER + b"c1,2024-01-01,5,o1,North\nc2,2024-01-01,5,o2,South\n")
    by_clusters(app)
    assert not app.exception
    assert "alike" in app.error[0].value


@pytest.mark.parametrize("name", ["Overview", "One segment"])
def test_downloads_of_the_segments_are_made_without_the_session(offered, loaded, name):
    view(loaded, name)
    assert not loaded.exception
    made = {file: made_elsewhere(make) for file, make in offered.items()}
    assert made
    assert all(made.values())


@pytest.mark.parametrize("page", ["check.py", "method.py"])
def test_downloads_of_other_pages_are_made_without_the_session(offered, app, page):
    upload(app, HEADER + ROWS + b",2024-01-01,5,o1,North\n")
    app.switch_page(f"pages/{page}").run()
    assert not app.exception
    made = {file: made_elsewhere(make) for file, make in offered.items()}
    assert made
    assert all(made.values())


@pytest.mark.parametrize("name", ["Overview", "One segment", "Compare with rules"])
def test_downloads_of_clusters_are_made_without_the_session(offered, loaded, name):
    by_clusters(loaded)
    loaded.button(key="segments_apply_effect").click().run()
    view(loaded, name)
    assert not loaded.exception
    made = {file: made_elsewhere(make) for file, make in offered.items()}
    assert made
    assert all(made.values())


def test_list_of_customers_is_never_cut_off_and_opens_in_excel(offered, loaded):
    view(loaded, "Overview")
    content = made_elsewhere(offered["shop_customers.csv"])
    assert content.startswith(b"\xef\xbb\xbfcustomer_id,n_orders,total_spend")
    assert len(content.splitlines()) == 1 + 23


def test_rows_left_out_are_downloaded_with_their_line(offered, app):
    upload(app, HEADER + ROWS + b",2024-01-01,5,o1,North\n")
    app.switch_page("pages/check.py").run()
    content = made_elsewhere(offered["shop_left-out.csv"]).decode("utf-8-sig")
    assert "no customer,shop.csv,242,,2024-01-01 00:00:00,5,o1,North," in content


def test_file_that_lacks_a_column_leaves_the_data_before_it_in_use(uploaded):
    upload(uploaded, b"client,amount\na,1\nb,2\n", "other.csv")
    assert "date" in uploaded.error[0].value
    assert not uploaded.metric
    assert any("still shop.csv" in caption.value for caption in uploaded.caption)
    assert uploaded.selectbox(key="load_column_ordered_at").value == "–"
    uploaded.switch_page("pages/check.py").run()
    assert figures(uploaded)["Rows in the data"] == "240"


def apply_cut_point(app):
    view(app, "Cut points")
    app.slider(key="segments_recency_days_percentile_0").set_value(60).run()
    app.button(key="segments_apply_effect").click().run()


def test_undo_leaves_the_policies_chosen_since(loaded):
    apply_cut_point(loaded)
    loaded.switch_page("pages/check.py").run()
    loaded.radio(key="check_returns").set_value("ignore").run()
    view(loaded, "Cut points")
    loaded.button(key="segments_undo_effect").click().run()
    loaded.switch_page("pages/check.py").run()
    assert loaded.radio(key="check_returns").value == "ignore"


def test_undo_leaves_what_is_chosen_on_other_pages(loaded):
    apply_cut_point(loaded)
    loaded.switch_page("pages/campaign.py").run()
    loaded.text_input(key="campaign_name").set_value("Win back").run()
    loaded.button(key="campaign_save").click().run()
    loaded.switch_page("pages/lifetime_value.py").run()
    next(box for box in loaded.number_input if "margin" in box.key).set_value(40.0).run()
    loaded.switch_page("pages/campaign.py").run()
    assert loaded.text_input(key="campaign_name").value == "Win back"
    chosen = loaded.session_state["applied"]
    assert (list(chosen.audiences), chosen.percentiles != {}) == (["Win back"], True)
    view(loaded, "Cut points")
    loaded.button(key="segments_undo_effect").click().run()
    left = loaded.session_state["applied"]
    assert left == loaded.session_state["draft"] == chosen.change(percentiles={})
    assert left.value["margin"] == 0.4


def test_looking_at_cut_points_as_values_changes_nothing(loaded):
    view(loaded, "Cut points")
    loaded.button_group(key="segments_mode").set_value("As values").run()
    assert loaded.button(key="segments_apply_effect").disabled
    loaded.number_input(key="segments_recency_days_value_0").set_value(3.0).run()
    assert not loaded.button(key="segments_apply_effect").disabled


def test_renaming_a_segment_moves_nobody(loaded):
    view(loaded, "Scheme")
    loaded.selectbox(key="segments_edited").set_value("At risk").run()
    loaded.text_input(key="segments_name_At risk").set_value("Stars").run()
    loaded.button(key="segments_save").click().run()
    assert "Customers that move" not in figures(loaded)


def test_renamed_segment_keeps_its_customers_where_others_move(loaded):
    view(loaded, "Scheme")
    loaded.selectbox(key="segments_edited").set_value("Hibernating").run()
    loaded.text_input(key="segments_name_Hibernating").set_value("Asleep").run()
    loaded.button(key="segments_save").click().run()
    view(loaded, "Cut points")
    loaded.slider(key="segments_recency_days_percentile_0").set_value(60).run()
    table = next(grid.value for grid in loaded.dataframe if "then" in grid.value)
    asleep = table.set_index("segment").loc["Asleep"]
    assert asleep["now"] == asleep["then"] > 0
    assert "Hibernating" not in table["segment"].tolist()


def test_cut_points_typed_alike_are_not_called_a_tie(loaded):
    view(loaded, "Cut points")
    loaded.button_group(key="segments_mode").set_value("As values").run()
    loaded.number_input(key="segments_recency_days_value_0").set_value(1e9).run()
    told = [caption.value for caption in loaded.caption]
    assert any("Cut points are set alike, so R has no scores 2, 3 and 4." in text for text in told)
    assert not any("have the same" in text for text in told)


@pytest.mark.parametrize("day", [b"1900-01-01", b"2567-03-04"])
def test_days_far_off_do_not_break_the_page(app, day):
    upload(app, HEADER + ROWS + b"c1," + day + b",5.50,o999,North\n")
    for page in PAGES:
        app.switch_page(f"pages/{page}").run()
        assert not app.exception


def test_recipe_with_a_day_before_the_data_gets_a_sentence_on_every_page(app):
    upload(app, b"format = 1\nas_of = 2019-01-01\n", "r.toml")
    upload(app, HEADER + ROWS)
    for page in ("check.py", "segments.py"):
        app.switch_page(f"pages/{page}").run()
        assert not app.exception
        assert "No customer has a purchase" in app.error[0].value


def test_text_of_the_data_is_no_markdown(app):
    rows = (HEADER + ROWS).replace(b",region\n", b",currency\n")
    upload(app, rows.replace(b"North", b"![x](http://127.0.0.1/x.png)"))
    app.switch_page("pages/check.py").run()
    told = [text.value for text in app.markdown if "x.png" in text.value]
    assert told
    assert not any("![x]" in text for text in told)


def test_text_of_a_recipe_is_no_markdown(app):
    image = "![x](http://127.0.0.1/x.png)"
    segments = [replace(s, name=f"{s.name} {image}", meaning=image) for s in CLASSIC.segments]
    grid = tuple(tuple(f"{name} {image}" for name in row) for row in CLASSIC.grid)
    scheme = replace(CLASSIC, segments=tuple(segments), grid=grid)
    recipe = write_recipe(with_scheme(Recipe(), scheme))
    uploader = app.file_uploader(key="load_upload_0").upload("r.toml", recipe, "application/toml")
    uploader.upload("shop.csv", HEADER + ROWS, "text/csv").run()
    shown = [*view(app, "Overview").metric, *view(app, "One segment").markdown]
    app.switch_page("pages/customers.py").run()
    shown += [button.proto for button in app.button]
    app.button(key="customers_top_0").click().run()
    shown = [*map(str, shown), *(text.value for text in app.markdown)]
    assert sum("x.png" in text for text in shown) > 10
    assert not any(image in text for text in shown)


def test_sample_shop_takes_the_place_of_other_data_only_on_a_click(uploaded):
    uploaded.button_group(key="load_from").set_value("Sample shop").run()
    assert figures(uploaded)["Customers"] == "23"
    uploaded.button[0].click().run()
    assert figures(uploaded)["Customers"] == "5,000"


def test_recipe_for_a_column_that_is_not_there_says_so_and_keeps_the_others(app):
    recipe = (
        b'[columns]\ncustomer_id = "customer_id"\nordered_at = "ordered_at"\n'
        b'amount = "net"\nregion = "land"\n'
    )
    content = (HEADER + ROWS).replace(b"order_id", b"net")
    content = content.replace(b",o", b",1")
    upload(app, recipe, "r.toml")
    upload(app, content)
    assert not app.exception
    assert "no column “land”" in app.error[0].value
    assert app.selectbox(key="load_column_amount").value == "net"
    app.button(key="load_use").click().run()
    assert not app.error
    assert figures(app)["Customers"] == "23"


def test_using_the_columns_again_keeps_cut_points_and_policies(uploaded):
    apply_cut_point(uploaded)
    uploaded.switch_page("pages/check.py").run()
    uploaded.radio(key="check_returns").set_value("ignore").run()
    uploaded.switch_page("streamlit_app.py").run()
    uploaded.session_state["load_columns_False"] = True
    uploaded.run()
    uploaded.button(key="load_use").click().run()
    uploaded.switch_page("pages/check.py").run()
    assert uploaded.radio(key="check_returns").value == "ignore"
    view(uploaded, "Cut points")
    assert uploaded.slider(key="segments_recency_days_percentile_0").value == 60


def test_policies_chosen_stay_where_another_column_is_the_order(app):
    rows = b"".join(
        b"c%d,2024-01-%02d,%d,%s%d,n%d\n"
        % (i % 9, 1 + i % 28, -5 if i % 10 == 0 else 5, b"C" if i % 10 == 0 else b"", 500 + i, i)
        for i in range(100)
    )
    upload(app, b"customer_id,ordered_at,amount,order_id,note\n" + rows)
    app.switch_page("pages/check.py").run()
    app.radio(key="check_returns").set_value("ignore").run()
    for column, prefix in (("note", ""), ("order_id", "C")):
        app.switch_page("streamlit_app.py").run()
        app.session_state["load_columns_False"] = True
        app.run().selectbox(key="load_column_order_id").set_value(column).run()
        app.button(key="load_use").click().run()
        assert not app.exception
        assert app.session_state["applied"].policies == Policies("ignore", "keep", prefix)


def test_file_after_one_without_a_date_leaves_nothing_of_it(app):
    upload(app, b"client,when,amount\na,x1,1\nb,x2,2\n")
    upload(app, b"", "empty.csv")
    assert "empty.csv" in app.error[0].value
    assert "load_column_customer_id" not in {box.key for box in app.selectbox}


def test_question_about_dates_shows_what_a_cell_would_be(app):
    upload(app, UNSURE)
    told = " ".join(app.radio(key="load_form_ordered_at").options)
    assert "12/01/2024 is 12 January" in told
    assert "12/01/2024 is 1 December" in told


def test_scheme_names_its_own_best_score(loaded):
    view(loaded, "Cut points")
    loaded.select_slider(key="segments_n_levels").set_value(7).run()
    view(loaded, "Scheme")
    assert any("R 7 bought lately, R 1 long ago" in text.value for text in loaded.caption)


def test_recipe_is_told_with_its_day_as_on_every_page(app):
    key = f"load_upload_{app.session_state['n_uploads']}"
    recipe = b"format = 1\nas_of = 2024-07-01\n"
    app.file_uploader(key=key).upload("r.toml", recipe, "application/toml").run()
    upload(app, HEADER + ROWS)
    assert "as of 1 Jul 2024" in app.success[-1].value


def test_effect_of_a_change_tells_shares_to_one_decimal(loaded):
    view(loaded, "Scheme")
    loaded.radio(key="segments_scheme").set_value("value").run()
    table = next(t.value for t in loaded.dataframe if "share_then" in t.value)
    assert table["share_then"].tolist() == table["share_then"].round(3).tolist()


def test_clusters_and_rules_are_compared_in_the_order_of_the_segments(loaded):
    by_clusters(loaded)
    view(loaded, "Compare with rules")
    chart = json.loads(loaded.get("vega_lite_chart")[0].proto.spec)
    order = chart["layer"][0]["encoding"]["x"]["sort"]
    assert order == [name for name in CLASSIC.names if name in order]


def correct_header(app, line):
    app.switch_page("streamlit_app.py")
    app.session_state["load_reading"] = True
    return app.run().number_input(key="load_header_line").set_value(line).run()


def test_what_was_chosen_elsewhere_stays_when_the_file_is_read_otherwise(app):
    upload(app, b"who,when,paid\n" + HEADER + ROWS).switch_page("pages/check.py").run()
    app.radio(key="check_returns").set_value("ignore").run()
    view(app, "Cut points")
    app.button_group(key="segments_mode").set_value("As values").run()
    app.number_input(key="segments_recency_days_value_0").set_value(3.0).run()
    app.button(key="segments_apply_effect").click().run()
    for line in (2, 1):
        app = correct_header(app, line)
    assert not app.exception
    assert app.session_state["data"].rows.raw.files[0].header_line == 1
    applied = app.session_state["applied"]
    assert applied.policies.returns == "ignore"
    assert applied.cut_points["recency_days"][0] == 3


def test_cancellations_are_recognised_anew_when_the_file_is_read_otherwise(app):
    rows = b"".join(
        b"c%d,2024-01-%02d,%d,%s%d,North\n"
        % (i % 9, 1 + i % 28, -5 if i % 10 == 0 else 5, b"C" if i % 10 == 0 else b"", 500 + i)
        for i in range(100)
    )
    upload(app, HEADER + rows)
    assert app.session_state["applied"].policies.cancelled_prefix == "C"
    app = correct_header(app, 0)
    app = correct_header(app, 1)
    assert app.session_state["applied"].policies.cancelled_prefix == "C"
