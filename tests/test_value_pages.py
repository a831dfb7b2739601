from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parent.parent / "streamlit_app.py"
VIEWS = ["Predicted", "Trust", "So far", "Simple", "One customer"]
HEADER = b"customer_id,ordered_at,amount\n"
# Five orders, three customers: far too few for a model.
FEW = HEADER + b"".join(b"c%d,2024-0%d-11,%d.50\n" % (i % 3, 1 + i, 10 * (i + 1)) for i in range(5))
ONCE = HEADER + b"".join(b"c%d,2024-%02d-11,10\n" % (i, 1 + i % 12) for i in range(90))


@pytest.fixture(scope="module")
def sample_data():
    app = AppTest.from_file(APP, default_timeout=120).run()
    app.button_group(key="load_from").set_value("Sample shop").run()
    app.button[0].click().run()
    return app.session_state["data"], app.session_state["applied"]


@pytest.fixture
def app():
    return AppTest.from_file(APP, default_timeout=120).run()


@pytest.fixture
def sample(app, sample_data):
    data, recipe = sample_data
    app.session_state["data"] = data
    app.session_state["applied"] = app.session_state["draft"] = recipe
    return app


def upload(app, content):
    key = f"load_upload_{app.session_state['n_uploads']}"
    return app.file_uploader(key=key).upload("shop.csv", content, "text/csv").run()


def view(app, name):
    app.switch_page("pages/lifetime_value.py").run()
    return app.button_group(key="lifetime_view").set_value(name).run()


def figures(app):
    return {metric.label: metric.value for metric in app.metric}


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
