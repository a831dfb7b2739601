import datetime
import re

import pytest

from segmentation.engine import sqlfiles
from segmentation.engine.statements import describe_table, literal, write_statement
from segmentation.marts.sales_filters import SalesFilters
from segmentation.recipe import Policies

AS_OF = datetime.date(2024, 4, 1)
GIVEN = {
    **Policies(cancelled_prefix="C'").parameters(AS_OF),
    **SalesFilters(datetime.date(2024, 1, 1), AS_OF).parameters("category"),
    "part": "category",
    "grain": "month",
    "customer": "a",
}


class Pasted:
    """A database that gives one statement of ours, whatever the table."""

    dialect = "mysql"

    def __init__(self, statement):
        self.given = statement

    def statement(self, name, **parameters):
        return self.given


@pytest.mark.parametrize("table", sqlfiles.files())
def test_statement_of_each_table_runs_as_it_is_pasted(loaded_shop, table):
    statement = write_statement(loaded_shop, table, GIVEN)
    assert statement.endswith(";")
    assert not re.search(r"[:$](as_of|returns|duplicates|cancelled|reason)\b", statement)


def test_pasted_statement_gives_the_table(loaded_shop):
    statement = write_statement(loaded_shop, "customers", GIVEN).rstrip(";")
    if hasattr(loaded_shop, "workspace"):
        pasted = loaded_shop.workspace.connection.cursor().execute(statement).fetchall()
    else:
        pasted = loaded_shop.server.connections.run(statement).rows
    made = loaded_shop.table("customers", **GIVEN)
    # Blanks after an id are cut off on arrival; the server groups without regard to them.
    assert {row[0].rstrip(" ") for row in pasted} == set(made["customer_id"])
    assert len(pasted) == len(made)


def test_parameter_in_a_text_or_a_name_is_left_alone():
    statement = "select ':as_of', `:as_of`, \"$as_of\", 'it''s :as_of', :as_of, :as_ofs"
    assert write_statement(Pasted(statement), "customers", GIVEN) == (
        "select ':as_of', `:as_of`, \"$as_of\", 'it''s :as_of', '2024-04-01', :as_ofs;"
    )


@pytest.mark.parametrize(
    ("value", "dialect", "written"),
    [
        (None, "mysql", "null"),
        (AS_OF, "duckdb", "'2024-04-01'"),
        ("C'%", "mysql", "'C''%'"),
        ("a\\b", "mysql", "'a\\\\b'"),
        ("a\\b", "duckdb", "'a\\b'"),
    ],
)
def test_value_is_written_as_its_engine_reads_it(value, dialect, written):
    assert literal(value, dialect) == written


@pytest.mark.parametrize("table", sqlfiles.files())
def test_table_is_described_by_a_sentence(table):
    sentence = describe_table(table)
    assert sentence.endswith(".")
    assert ":as" not in sentence
