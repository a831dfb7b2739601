import csv
import datetime
import gc
import re
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from itertools import count

import numpy as np
import pandas as pd
import pytest
from apps import start, upload
from mariadb import PrivateServer, missing

from segmentation.engine.loading import load_rows
from segmentation.engine.server import load_server_rows
from segmentation.marts.quality import count_fates, count_returns
from segmentation.recipe import DUPLICATES, Recipe
from segmentation.sources.files import read_files
from segmentation.sources.servers import open_server, read_address
from segmentation.sources.workspace import Workspace
from segmentation.tables import FIELDS

# 13 rows. As of 2024-04-01, returns taken off and duplicates kept, by hand:
#   17850  orders 4 and 5; 100 + 50.10 - 30.10 = 120.00; last on 2024-03-01, 31 days ago
#   A      order 3; 7.25; 2024-02-11, 50 days ago
#   a      orders 1 and 2; 20 + 20 + 5.50 = 45.50; last on 2024-02-10, 51 days ago
#   b      order 7; 12.00; 2024-03-31, yesterday
# Left out: a payment of nothing, a guest, no date, a customer with a return only, no amount.
SHOP = b"""\
customer_id,ordered_at,order_id,amount
a,2024-01-05 10:00:00,1,20.00
a,2024-01-05 10:00:00,1,20.00
a,2024-02-10 09:30:00,2,5.50
A,2024-02-11 12:00:00,3,7.25
17850,2024-01-20 08:00:00,4,100
17850.0,2024-03-01 18:45:00,5,50.10
 17850 ,2024-03-02 11:00:00,6,-30.10
b ,2024-03-31 23:59:59,7,12.00
b,2024-03-15 00:00:00,8,0
,2024-03-10 14:00:00,9,9.99
c,,10,3.00
d,2024-02-01 16:20:00,11,-4.00
e,2024-03-20 10:10:10,12,
"""


def recipe_for(header, amount_per="row", columns=None):
    columns = columns or {name: name for name in header if name in FIELDS}
    return Recipe(columns=columns, amount_per=amount_per)


def load_duckdb(request, opened, content, **choices):
    workspace = opened.enter_context(Workspace(memory_megabytes=200))
    path = workspace.new_path(".csv")
    path.write_bytes(content)
    header = content.decode("utf-8").split("\n", 1)[0].split(",")

    def read(rewrite=False):
        return read_files(workspace, [path], ["given.csv"], rewrite=rewrite)

    rewrite = partial(read, rewrite=True)
    return load_rows(workspace, read(), recipe_for(header, **choices), rewrite).database


# What was loaded so far stays, and need not be looked through for what can go.
def pytest_collection_finish():
    gc.collect()
    gc.freeze()


# Else DuckDB tells at the end of what it takes for leaks.
def pytest_unconfigure():
    gc.unfreeze()


# Each run of an AppTest would look through all installed packages for components of Streamlit,
# compile its page anew, and look a thousand times a second whether it is over.
@pytest.fixture(scope="session", autouse=True)
def runs_of_pages_take_less():
    from streamlit.components.v2 import manifest_scanner as scanner
    from streamlit.runtime.scriptrunner.script_cache import ScriptCache
    from streamlit.testing.v1 import local_script_runner as runner

    compiled, poll = ScriptCache(), runner.require_widgets_deltas

    def wait(run, timeout):
        run._script_thread.join(timeout)
        poll(run, timeout)

    with pytest.MonkeyPatch.context() as patch:
        once = cache(scanner.scan_component_manifests)
        patch.setattr(scanner, "scan_component_manifests", once)
        patch.setattr(runner, "ScriptCache", lambda: compiled)
        patch.setattr(runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture
def app():
    return start().run()


# The sample shop as a visitor loaded it, and then in the session of each test.
@pytest.fixture(scope="module")
def sample_data():
    app = start().run()
    app.button_group(key="load_from").set_value("Sample shop").run()
    app.button[0].click().run()
    return app.session_state["data"], app.session_state["applied"]


@pytest.fixture
def sample(sample_data):
    data, recipe = sample_data
    return start(data=data, applied=recipe, draft=recipe)


# A session in which a file was loaded: uploaded once for a module, and what was worked out stays.
@pytest.fixture(scope="module")
def visit():
    @cache
    def load(content):
        state = upload(start().run(), content).session_state
        return state["data"], state["files"], state["applied"]

    def visit(content):
        data, files, recipe = load(content)
        own = {"data": replace(data, held={}), "files": replace(files)}
        return start(**own, applied=recipe, draft=recipe)

    return visit


# What makes each file that a page has a button for, by the file's name.
@pytest.fixture
def offered(monkeypatch):
    import streamlit

    files = {}
    monkeypatch.setattr(
        streamlit,
        "download_button",
        lambda label, data, file_name, **settings: files.__setitem__(file_name, data),
    )
    return files


@pytest.fixture
def workspace():
    with Workspace(memory_megabytes=200) as workspace:
        yield workspace


# A MariaDB of this run's own; `sql` runs statements on it as root.
@pytest.fixture(scope="session")
def mariadb():
    if why := missing():
        pytest.skip(why)
    server = PrivateServer()
    server.sql("create database tests character set utf8mb4 collate utf8mb4_general_ci")
    yield server
    server.stop()


# The server as the app opens it.
@pytest.fixture(scope="session")
def server(mariadb):
    address, _ = read_address(f"mysql://root@127.0.0.1:{mariadb.port}/tests")
    opened = open_server(address, "")
    yield opened
    opened.close()


TABLES = (f"given_{number}" for number in count(1))
# What a column of a table becomes where all of its cells that are not empty look so.
TYPES = {
    "bigint": re.compile(r"-?\d{1,18}"),
    "decimal(18, 4)": re.compile(r"-?\d{1,12}(\.\d{1,4})?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?"),
}


def make_table(mariadb, content, types):
    header, *rows = csv.reader(content.decode("utf-8").splitlines())
    name = next(TABLES)
    kinds = [
        next(
            (
                kind
                for kind, pattern in types.items()
                if all(not row[i] or pattern.fullmatch(row[i]) for row in rows)
            ),
            "varchar(400)",
        )
        for i in range(len(header))
    ]
    columns = ", ".join(f"`{column}` {kind}" for column, kind in zip(header, kinds, strict=True))
    values = [
        ", ".join([str(line), *(quote(cell, kind) for cell, kind in zip(row, kinds, strict=True))])
        for line, row in enumerate(rows, start=2)
    ]
    mariadb.sql(
        f"create table {name} (line int primary key, {columns}); "
        f"insert into {name} values ({'), ('.join(values)})",
        "tests",
    )
    return name, header


def quote(cell, kind):
    if not cell and kind != "varchar(400)":
        return "null"
    return "'" + cell.replace("\\", "\\\\").replace("'", "''") + "'"


def load_mariadb(request, opened, content, types=None, **choices):
    mariadb, server = map(request.getfixturevalue, ("mariadb", "server"))
    name, header = make_table(mariadb, content, types or {})
    recipe = recipe_for(header, **choices)
    return load_server_rows(server, server.read_table(name), recipe).database


ENGINES = {
    "duckdb": load_duckdb,
    "mariadb": load_mariadb,
    "mariadb, typed": partial(load_mariadb, types=TYPES),
}


# A function that loads a CSV file, whose header has our names, into each kind of database in turn.
@pytest.fixture(params=ENGINES)
def load(request):
    with ExitStack() as opened:
        yield partial(ENGINES[request.param], request, opened)


# The same for a whole module, which then loads each of its files only once.
@pytest.fixture(params=ENGINES, scope="module")
def load_once(request):
    with ExitStack() as opened:
        yield partial(ENGINES[request.param], request, opened)


# The same for files only.
@pytest.fixture
def load_files(request):
    with ExitStack() as opened:
        yield partial(load_duckdb, request, opened)


@pytest.fixture
def shop():
    return SHOP


# The shop in each kind of database, for tests that only ask and need none of their own.
@pytest.fixture(scope="module")
def loaded_shop(load_once):
    return load_once(SHOP)


# What each policy for returns and duplicates would make of the same rows.
@pytest.fixture
def policy_effects():
    def policy_effects(database, policies, as_of):
        chosen = ((each, replace(policies, duplicates=each)) for each in DUPLICATES)
        return pd.concat(count_returns(count_fates(database, p, as_of), each) for each, p in chosen)

    return policy_effects


# Customers who buy and leave at rates of their own, as the models take it.
@pytest.fixture
def buyers():
    rng, lines = np.random.default_rng(7), ["customer_id,ordered_at,amount,category,email"]
    for i in range(600):
        day, gap, worth = rng.integers(0, 200), rng.gamma(2, 25) + 1, rng.gamma(6, 6)
        leaves = rng.beta(1, 3)
        while day < 730:
            on = datetime.date(2023, 1, 1) + datetime.timedelta(days=int(day))
            amount = round(worth * rng.gamma(6, 1 / 6) + 1, 2)
            lines.append(f"c{i:03d},{on},{amount},T{i % 3},c{i:03d}@x.de")
            day += 800 if rng.random() < leaves else rng.exponential(gap)
    return "\n".join(lines).encode()
