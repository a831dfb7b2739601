import csv
import datetime
import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from apps import figures, made_elsewhere, upload

from segmentation.__main__ import main
from segmentation.audience import Audience, Condition
from segmentation.campaigns.sent import load_sent
from segmentation.errors import UnreadableFile
from segmentation.outputs.files import write_csv

VIEWS = ["Audience", "Control group", "Files", "Afterwards"]
HEADER = (
    b"customer_id,ordered_at,amount,order_id,region,country,category,email,phone,customer_name\n"
)
ROWS = b"".join(
    b"c%02d,2024-%02d-%02d,%d.50,o%d,%s,Germany,%s,%s,0171 23456%02d,Anna de Vries\n"
    % (
        i % 60,
        1 + i % 9,
        1 + i % 27,
        5 + 7 * (i % 11),
        i // 2,
        [b"North", b"South"][i % 60 % 2],
        [b"Tea", b"Cake"][i % 60 % 3 == 0],
        b"c%02d@shop.example" % (i % 60) if i % 60 % 5 else b"none",
        i % 60,
    )
    for i in range(480)
)


@pytest.fixture
def campaign(visit):
    return visit(HEADER + ROWS).switch_page("pages/campaign.py").run()


def view(app, name):
    return app.button_group(key="campaign_view").set_value(name).run()


def captions(app):
    return " ".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_draws(campaign, name):
    view(campaign, name)
    assert not campaign.exception
    assert not campaign.error


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_draws_with_hardly_any_data(app, name):
    upload(app, b"customer_id,ordered_at,amount\nc1,2024-01-01,5\n")
    app.switch_page("pages/campaign.py").run()
    view(app, name)
    assert not app.exception
    assert not app.error


def test_audience_follows_its_conditions(campaign):
    assert figures(campaign)["Customers"] == "60"
    campaign.selectbox(key="campaign_0_0_column").set_value("region").run()
    campaign.multiselect(key="campaign_0_0_among").set_value(["North"]).run()
    assert figures(campaign)["Customers"] == "30"
    campaign.selectbox(key="campaign_0_0_kind").set_value("is not").run()
    assert figures(campaign)["Customers"] == "30"
    campaign.button(key="campaign_add_0").click().run()
    campaign.selectbox(key="campaign_0_1_kind").set_value("is in the top").run()
    campaign.number_input(key="campaign_0_1_top").set_value(7).run()
    assert not campaign.exception
    assert int(figures(campaign)["Customers"]) <= 7


def test_or_adds_customers_and_removing_brings_them_back(campaign):
    campaign.selectbox(key="campaign_0_0_column").set_value("favourite_category").run()
    campaign.multiselect(key="campaign_0_0_among").set_value(["Cake"]).run()
    only = int(figures(campaign)["Customers"])
    campaign.button(key="campaign_add_group").click().run()
    campaign.selectbox(key="campaign_1_0_column").set_value("region").run()
    campaign.multiselect(key="campaign_1_0_among").set_value(["South"]).run()
    assert int(figures(campaign)["Customers"]) > only == 20
    campaign.button(key="campaign_1_0_remove").click().run()
    campaign.button(key="campaign_0_0_remove").click().run()
    assert figures(campaign)["Customers"] == "60"


def test_range_of_numbers(campaign):
    campaign.selectbox(key="campaign_0_0_column").set_value("total_spend").run()
    campaign.number_input(key="campaign_0_0_low").set_value(1e6).run()
    assert figures(campaign)["Customers"] == "0"
    assert "Nobody meets" in campaign.info[0].value
    campaign.selectbox(key="campaign_0_0_kind").set_value("is not between").run()
    assert figures(campaign)["Customers"] == "60"


@pytest.mark.parametrize("name", ["Control group", "Files"])
def test_views_of_an_audience_of_nobody_say_so(campaign, name):
    campaign.selectbox(key="campaign_0_0_column").set_value("total_spend").run()
    campaign.number_input(key="campaign_0_0_low").set_value(1e6).run()
    view(campaign, name)
    assert not campaign.exception
    assert "Nobody meets" in campaign.info[0].value


def test_audience_is_saved_and_comes_back(campaign):
    campaign.selectbox(key="campaign_0_0_column").set_value("region").run()
    campaign.multiselect(key="campaign_0_0_among").set_value(["North"]).run()
    campaign.text_input(key="campaign_name").set_value("Northerners").run()
    campaign.button(key="campaign_save").click().run()
    campaign.button(key="campaign_0_0_remove").click().run()
    assert figures(campaign)["Customers"] == "60"
    campaign.selectbox(key="campaign_saved").set_value("Northerners").run()
    assert not campaign.exception
    assert figures(campaign)["Customers"] == "30"
    campaign.button(key="campaign_delete").click().run()
    assert not campaign.session_state["applied"].audiences


def test_audience_survives_a_visit_to_another_page(campaign):
    campaign.selectbox(key="campaign_0_0_column").set_value("region").run()
    campaign.multiselect(key="campaign_0_0_among").set_value(["North"]).run()
    campaign.switch_page("pages/check.py").run()
    campaign.switch_page("pages/campaign.py").run()
    assert figures(campaign)["Customers"] == "30"


def test_condition_about_what_the_data_lack_gets_a_sentence(campaign):
    campaign.switch_page("streamlit_app.py").run()
    upload(
        campaign, b"customer_id,ordered_at,amount\na,2024-01-01,1\nb,2024-01-02,2\n", "other.csv"
    )
    # As a saved audience of a recipe made for other data would have it.
    campaign.session_state["audience"] = Audience(((Condition("region", among=("North",)),),))
    campaign.switch_page("pages/campaign.py").run()
    assert not campaign.exception
    assert "no “region”" in campaign.error[0].value
    campaign.button(key="campaign_0_0_remove").click().run()
    assert not campaign.error


def test_control_group_can_be_half_or_nobody(campaign):
    view(campaign, "Control group")
    campaign.slider(key="campaign_held_out").set_value(50.0).run()
    assert 25 <= int(figures(campaign)["Addressed"]) <= 35
    campaign.slider(key="campaign_held_out").set_value(0.0).run()
    assert not campaign.exception
    assert figures(campaign)["Addressed"] == "60"
    assert "Nobody is held out" in " ".join(text.value for text in campaign.markdown)


@pytest.mark.parametrize("name", ["plain", "by_segment", "klaviyo", "mailchimp", "google", "meta"])
def test_file_of_each_format_is_made_without_the_session(offered, campaign, name):
    view(campaign, "Files")
    campaign.selectbox(key="campaign_format").set_value(name).run()
    assert not campaign.exception
    made = {file: made_elsewhere(make) for file, make in offered.items() if "analysis" not in file}
    assert made
    assert all(made.values())
    if name == "meta":
        assert any("under 100" in warning.value for warning in campaign.warning)
    if name == "mailchimp":
        rows = list(csv.DictReader(io.StringIO(made["shop_audience_mailchimp.csv"].decode())))
        unusable = made["shop_unusable_mailchimp.csv"].decode("utf-8-sig").splitlines()[1:]
        assert len(rows) == int(figures(campaign)["In the file"])
        assert len(unusable) == int(figures(campaign)["Without a usable address"]) > 5


def test_shares_are_asked_for_in_per_cent(campaign):
    wanted = Audience(((Condition("p_active", low=0.019, high=0.12),),))
    campaign.session_state["audience"] = wanted
    campaign.run()
    low, high = (campaign.number_input(key=f"campaign_0_0_{end}") for end in ("low", "high"))
    assert (low.label, low.value, high.value) == ("From, %", 1.9, 12.0)
    high.set_value(25.0).run()
    assert campaign.session_state["audience"].groups[0][0].high == 0.25


def test_plain_file_read_again_tells_what_the_campaign_brought(offered, campaign):
    view(campaign, "Files")
    content = made_elsewhere(offered["shop_audience_plain-csv.csv"])
    view(campaign, "Afterwards")
    campaign.file_uploader(key="campaign_sent").upload("sent.csv", content, "text/csv").run()
    assert "choose **A file with the orders since** above" in campaign.info[0].value
    give_orders(campaign, SINCE)
    days = next(box for box in campaign.date_input if box.label.startswith("From the day"))
    assert days.value == (datetime.date(2024, 11, 1), datetime.date(2024, 11, 1))
    assert not campaign.exception
    assert not campaign.error
    assert set(figures(campaign)) >= {"Ordered, target", "Ordered, control", "Lift", "Gain each"}


SINCE = HEADER + b"".join(
    b"c%02d,2024-11-01,20,n%d,North,Germany,Tea,a@b.de,1,Anna\n" % (i, i) for i in range(60)
)


def give_orders(campaign, content):
    campaign.radio(key="campaign_orders_in").set_value("A file with the orders since").run()
    campaign.file_uploader(key="campaign_orders").upload("new.csv", content, "text/csv").run()


def give_list(campaign, name="sent.csv"):
    rows = [f"c{i:02d},Champions,{['target', 'control'][i % 3 == 0]}" for i in range(60)]
    content = "\n".join(["customer_id,segment,arm", *rows]).encode()
    campaign.file_uploader(key="campaign_sent").upload(name, content, "text/csv").run()


def test_list_and_orders_given_stay_through_a_visit_to_another_page(campaign):
    view(campaign, "Afterwards")
    give_list(campaign)
    give_orders(campaign, SINCE)
    before = figures(campaign)
    assert before["Ordered, target"] == "100.0%"
    campaign.switch_page("pages/check.py").run()
    campaign.switch_page("pages/campaign.py").run()
    assert not campaign.exception
    assert figures(campaign) == before
    assert "**sent.csv**" in captions(campaign)
    assert "**new.csv**" in captions(campaign)
    campaign.button(key="campaign_sent_remove").click().run()
    assert "Lift" not in figures(campaign)
    assert "sent.csv" not in captions(campaign)


def test_list_taken_out_of_the_uploader_is_gone(campaign):
    view(campaign, "Afterwards")
    give_list(campaign)
    assert "Lift" in figures(campaign)
    campaign.file_uploader(key="campaign_sent").set_value(None).run()
    assert not campaign.exception
    assert "Lift" not in figures(campaign)


def test_list_given_ends_with_the_data(campaign):
    view(campaign, "Afterwards")
    give_list(campaign)
    campaign.switch_page("streamlit_app.py").run()
    upload(campaign, HEADER + ROWS, "again.csv").switch_page("pages/campaign.py").run()
    view(campaign, "Afterwards")
    assert "Lift" not in figures(campaign)


def test_orders_given_are_counted_by_the_policy_chosen_since(campaign):
    view(campaign, "Afterwards")
    give_list(campaign)
    give_orders(campaign, SINCE + b"c00,2024-11-30,20,X1,North,Germany,Tea,a@b.de,1,Anna\n")
    assert figures(campaign)["Gain each"] != "+0.00"
    campaign.switch_page("pages/check.py").run()
    campaign.text_input(key="check_cancelled_prefix").set_value("X").run()
    campaign.switch_page("pages/campaign.py").run()
    days = next(box for box in campaign.date_input if box.label.startswith("From the day"))
    assert days.value[1] == datetime.date(2024, 11, 1)


def test_nothing_is_compared_before_a_list_is_given(campaign):
    view(campaign, "Afterwards")
    assert "Lift" not in figures(campaign)


@pytest.mark.parametrize(
    "content",
    [
        SINCE,
        # Orders from before the list went out do not count, and columns may be called otherwise.
        b"Kunde,Datum,Betrag\n"
        + b"".join(b"c%02d,2024-11-01,20\nc%02d,2023-01-15,99\n" % (i, i) for i in range(60)),
    ],
    ids=["columns of the data", "columns of its own"],
)
def test_orders_since_are_read_from_a_file(campaign, content):
    view(campaign, "Afterwards")
    campaign.checkbox(key="campaign_sent_now").check().run()
    give_orders(campaign, content)
    assert not campaign.exception
    assert not campaign.error
    assert figures(campaign)["Ordered, target"] == "100.0%"
    assert figures(campaign)["Gain each"] == "+0.00"


def test_strangers_in_the_list_are_noticed(campaign):
    view(campaign, "Afterwards")
    content = b"customer_id,segment,arm\nx,A,target\ny,A,control\n"
    campaign.file_uploader(key="campaign_sent").upload("sent.csv", content, "text/csv").run()
    assert not campaign.exception
    assert "No customer of the list" in campaign.warning[0].value


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no CSV"),
        (b"\xff\xfe\x00", "sent.csv"),
        (b"a,b\n1,2\n", "no column customer_id and no arm"),
        (b"customer_id,arm\na,both\n", "other than target"),
        (b"customer_id,arm\na,target\na,control\n", "a twice"),
    ],
)
def test_list_that_is_none_gets_a_sentence(content, told):
    with pytest.raises(UnreadableFile, match=told):
        load_sent(content, "sent.csv")


def test_ids_made_harmless_are_read_as_they_were():
    assert list(load_sent(b"customer_id,arm\n'=a,target\n'b,control\n", "x").members.index) == [
        "=a",
        "'b",
    ]
    ids = pd.Index(["＝a", "－b", "c;=d", "c; -d", "@e", "-1", "'f"], name="customer_id")
    sent = write_csv(pd.DataFrame({"arm": "target"}, index=ids))
    assert list(load_sent(sent, "x").members.index) == list(ids)


@pytest.mark.parametrize("page", ["campaign.py", "segments.py"])
def test_workbook_and_everything_are_offered(offered, campaign, page):
    campaign.switch_page(f"pages/{page}").run()
    assert not campaign.exception
    book = openpyxl.load_workbook(io.BytesIO(made_elsewhere(offered["shop_segments.xlsx"])))
    assert "Favourite category" in [cell.value for cell in book["Customers"][1]]
    with zipfile.ZipFile(io.BytesIO(made_elsewhere(offered["shop_analysis.zip"]))) as archive:
        assert set(archive.namelist()) >= {"customers.csv", "segments.xlsx", "run.json"}
        assert b'"shop.csv"' in archive.read("run.json")


def test_list_of_those_at_risk_becomes_the_audience(campaign):
    campaign.switch_page("pages/at_risk.py").run()
    flagged = figures(campaign)["Customers"]
    campaign.button(key="at_risk_campaign").click().run()
    assert not campaign.exception
    assert figures(campaign)["Customers"] == flagged
    assert 0 < int(flagged) < 60


def test_chosen_segments_become_the_audience(campaign):
    campaign.switch_page("pages/segments.py").run()
    names = campaign.multiselect(key="segments_download").options[:2]
    campaign.multiselect(key="segments_download").set_value(names).run()
    campaign.button(key="segments_campaign").click().run()
    assert not campaign.exception
    assert campaign.multiselect(key="campaign_0_0_among").value == names
    assert int(figures(campaign)["Customers"]) < 60


def test_one_segment_becomes_the_audience(campaign):
    campaign.switch_page("pages/segments.py").run()
    campaign.button_group(key="segments_view").set_value("One segment").run()
    name = campaign.selectbox(key="segments_one").value
    campaign.button(key="segment_campaign").click().run()
    assert campaign.multiselect(key="campaign_0_0_among").value == [name]


def test_data_without_a_prediction_say_why(campaign):
    assert "expected value are left out" in captions(campaign)


@pytest.mark.parametrize("name", ["shop", "buyers"])
def test_everything_of_the_page_is_made_again_by_the_command_line(
    offered, app, buyers, name, tmp_path
):
    content = buyers if name == "buyers" else HEADER + ROWS
    upload(app, content).switch_page("pages/campaign.py").run()
    made = made_elsewhere(offered["shop_analysis.zip"])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (tmp_path / "shop.csv").write_bytes(content)
    (tmp_path / "run.json").write_bytes(files["run.json"])
    options = [str(tmp_path / "shop.csv"), "--again", str(tmp_path / "run.json")]
    assert main([*options, "--out", str(tmp_path / "out")]) == 0
    again = {name: (tmp_path / "out" / name).read_bytes() for name in files}
    assert [file for file in files if files[file] != again[file]] == []
    assert (b"expected_value" in files["rfm_and_clv.csv"]) == (name == "buyers")


def test_everything_of_a_file_read_as_corrected_is_made_again(offered, app, tmp_path):
    content = b"who,when,paid\n" + HEADER + ROWS
    upload(app, content).session_state["load_reading"] = True
    app.run().number_input(key="load_header_line").set_value(1).run()
    app.switch_page("pages/campaign.py").run()
    with zipfile.ZipFile(io.BytesIO(made_elsewhere(offered["shop_analysis.zip"]))) as archive:
        archive.extractall(tmp_path / "made")
    (tmp_path / "shop.csv").write_bytes(content)
    options = [str(tmp_path / "shop.csv"), "--again", str(tmp_path / "made" / "run.json")]
    assert main([*options, "--out", str(tmp_path / "out")]) == 0
    for made in (tmp_path / "made").iterdir():
        assert made.read_bytes() == (tmp_path / "out" / made.name).read_bytes()


def test_list_tells_the_day_it_is_as_of():
    content = b"customer_id,arm,last_ordered_on,recency_days\na,target,2024-03-01,10\n"
    assert load_sent(content, "sent.csv").as_of == datetime.date(2024, 3, 11)
    assert load_sent(b"customer_id,arm\na,target\n", "sent.csv").as_of is None


def test_outcome_has_the_segments_in_their_order_and_true_minus_signs(campaign):
    view(campaign, "Afterwards")
    names = ["At risk", "Champions", "Of last year", "Loyal customers", "All of it"]
    rows = [f"c{i:02d},{names[i % 5]},{['target', 'control'][i % 3 == 0]}" for i in range(60)]
    content = "\n".join(["customer_id,segment,arm", *rows]).encode()
    campaign.file_uploader(key="campaign_sent").upload("sent.csv", content, "text/csv").run()
    give_orders(campaign, HEADER + SINCE[len(HEADER) :].replace(b"c01", b"c00"))
    table = next(t.value for t in campaign.dataframe if "verdict" in t.value)
    assert table["segment"].tolist() == [
        *("Champions", "Loyal customers", "At risk", "All of it", "Of last year", "All")
    ]
    lift = next(metric for metric in campaign.metric if metric.label == "Lift")
    assert lift.value.startswith("−")
    assert "-" not in lift.value + lift.delta


def test_share_who_order_anyway_is_that_of_the_data_in_use(campaign):
    view(campaign, "Control group")
    own = campaign.number_input(key="campaign_base").value
    campaign.number_input(key="campaign_base").set_value(own + 7).run()
    campaign.switch_page("streamlit_app.py").run()
    upload(campaign, HEADER + ROWS, "again.csv").switch_page("pages/campaign.py").run()
    view(campaign, "Control group")
    assert campaign.number_input(key="campaign_base").value == own


def test_share_who_order_anyway_follows_the_as_of_day_until_one_is_typed(campaign):
    view(campaign, "Control group")
    before = campaign.number_input(key="campaign_base").value
    day = campaign.date_input(key="as_of")
    day.set_value(datetime.date(2024, 9, 12)).run()
    assert campaign.number_input(key="campaign_base").value != before
    campaign.number_input(key="campaign_base").set_value(33.0).run()
    campaign.date_input(key="as_of").set_value(None).run()
    assert campaign.number_input(key="campaign_base").value == 33


def test_audience_of_other_data_is_not_that_of_those_in_use(campaign):
    campaign.selectbox(key="campaign_0_0_column").set_value("region").run()
    campaign.multiselect(key="campaign_0_0_among").set_value(["North"]).run()
    campaign.switch_page("streamlit_app.py").run()
    rows = b"".join(b"c%d,2024-01-%02d,5\n" % (i % 9, 1 + i % 28) for i in range(50))
    upload(campaign, b"customer_id,ordered_at,amount\n" + rows).switch_page("pages/campaign.py")
    assert not campaign.run().error
    assert figures(campaign)["Customers"] == "9"
