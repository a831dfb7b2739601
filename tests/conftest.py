from contextlib import ExitStack
from functools import partial

import pytest

from segmentation.engine.loading import load_rows
from segmentation.recipe import Recipe
from segmentation.sources.files import read_files
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


def load_duckdb(opened, content):
    workspace = opened.enter_context(Workspace(memory_megabytes=200))
    path = workspace.new_path(".csv")
    path.write_bytes(content)
    header = content.decode("utf-8").split("\n", 1)[0].split(",")
    recipe = Recipe(columns={name: name for name in header if name in FIELDS}, amount_per="row")

    def read(rewrite=False):
        return read_files(workspace, [path], ["given.csv"], rewrite=rewrite)

    return load_rows(workspace, read(), recipe, partial(read, rewrite=True)).database


ENGINES = {"duckdb": load_duckdb}


# A function that loads a CSV file, whose header has our names, into each kind of database in turn.
@pytest.fixture(params=ENGINES)
def load(request):
    with ExitStack() as opened:
        yield partial(ENGINES[request.param], opened)


# The same for a whole module, which then loads each of its files only once.
@pytest.fixture(params=ENGINES, scope="module")
def load_once(request):
    with ExitStack() as opened:
        yield partial(ENGINES[request.param], opened)


@pytest.fixture
def shop():
    return SHOP
