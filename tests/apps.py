from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

APP = Path(__file__).parent.parent / "streamlit_app.py"


# A session before its first page is drawn.
def start(**state):
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(APP, default_timeout=120)
    for key, value in state.items():
        app.session_state[key] = value
    return app


def upload(app, content, name="shop.csv"):
    key = f"load_upload_{app.session_state['n_uploads']}"
    return app.file_uploader(key=key).upload(name, content, "text/csv").run()


def figures(app):
    return {metric.label: metric.value for metric in app.metric}


# Streamlit makes a download in a thread of its own, without the visitor's session.
def made_elsewhere(make):
    with ThreadPoolExecutor() as thread:
        return thread.submit(make).result()
