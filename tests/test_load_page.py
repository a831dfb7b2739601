import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from apps import figures
from streamlit.runtime.scriptrunner import StopException

from pages.parts import loading, session
from segmentation.errors import InvalidRecipe
from segmentation.recipe import Recipe, write_recipe
from segmentation.sources import files
from segmentation.sources.files import ReadingChoices, read_files
from segmentation.sources.workspace import Workspace

ROWS = "who,day,gross,net\n" + "".join(
    f"c{i % 97},2024-{1 + i % 9:02d}-{1 + i % 27:02d},{i % 89}.50,{i % 83}.25\n"
    for i in range(20_000)
)


# A click ends the run before it only where that asks Streamlit for something.
def test_loading_again_while_the_run_before_is_at_it_takes_turns(monkeypatch, tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text(ROWS)
    run, used = threading.local(), []
    monkeypatch.setattr(session, "files", lambda: run.given)
    monkeypatch.setattr(session, "let_go", lambda workspace: None)
    monkeypatch.setattr(session, "use_data", used.append)

    def load(amount):
        columns = {"customer_id": "who", "ordered_at": "day", "amount": amount}
        choices, recipe = ReadingChoices(), Recipe(columns=columns)
        run.given = session.GivenFiles(
            "shop", workspace, [path], ["shop.csv"], choices, raw, recipe
        )
        loading.load()

    with Workspace() as workspace, ThreadPoolExecutor(4) as pool:
        raw = read_files(workspace, [path])
        list(pool.map(load, ["gross", "net"] * 4))
    gross, net = (sum(i % n + cents for i in range(20_000)) for n, cents in ((89, 0.5), (83, 0.25)))
    assert sorted(data.overview.amount for data in used) == sorted([gross, net] * 4)


def an_upload(name, content):
    upload = BytesIO(content)
    upload.name = name
    return upload


def test_uploads_hold_no_bytes_once_their_rows_are_read(monkeypatch):
    at_load = []
    monkeypatch.setattr(loading, "take_files", lambda *given: None)
    monkeypatch.setattr(loading, "load", lambda: at_load.append(upload.closed))
    upload = an_upload("shop.csv", ROWS.encode())
    loading.take_upload([upload])
    assert at_load == [True]


def test_uploads_are_dropped_where_the_recipe_among_them_is_refused(monkeypatch):
    dropped = []
    monkeypatch.setattr(loading, "free_uploads", dropped.extend)
    uploads = [an_upload("shop.csv", ROWS.encode()), an_upload("r.toml", b"nonsense")]
    with pytest.raises(InvalidRecipe):
        loading.take_upload(uploads)
    assert dropped == uploads


# As Streamlit does it: the run ends where it asks for something after the click.
@pytest.fixture
def left(app, monkeypatch):
    def leave(*given, **choices):
        monkeypatch.setattr(files, "read_files", read_files)
        raise StopException

    monkeypatch.setattr(files, "read_files", leave)
    recipe = write_recipe(
        Recipe(columns={"customer_id": "who", "ordered_at": "day", "amount": "net"})
    )
    key = f"load_upload_{app.session_state['n_uploads']}"
    app.file_uploader(key=key).set_value(
        [("shop.csv", ROWS.encode(), "text/csv"), ("r.toml", recipe, "application/toml")]
    ).run()
    app.switch_page("pages/check.py").run()
    return app


def test_files_are_read_on_return_where_the_page_was_left_meanwhile(left):
    assert "Your files are still to be read" in " ".join(text.value for text in left.caption)
    left.switch_page("streamlit_app.py").run()
    assert not left.exception
    assert figures(left)["Rows in the data"] == "20,000"
    assert left.session_state["data"].rows.recipe.columns["amount"] == "net"
    assert "still to be read" not in " ".join(text.value for text in left.caption)


def test_files_that_were_left_do_not_take_the_place_of_data_loaded_since(left):
    left.switch_page("streamlit_app.py")
    left.session_state["load_from"] = "Sample shop"
    left.run()
    left.session_state["load_from"] = "Your files"
    left.run()
    assert left.session_state["data"].name == "Sample shop"
