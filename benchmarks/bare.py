"""The least a DuckDB user could write: one statement for the list, nothing checked or kept."""

import sys

import duckdb

LIST = """
    select
        "CustomerID",
        max("InvoiceDate") as last_ordered_at,
        count(distinct "InvoiceNo") as n_orders,
        sum("Quantity" * "UnitPrice") as total_spend
    from (
        select distinct *
        from read_csv(?, header = true, types = {'CustomerID': 'varchar', 'InvoiceNo': 'varchar'})
    )
    where
        "CustomerID" is not null
        and not starts_with("InvoiceNo", 'C')
        and "Quantity" > 0
        and "UnitPrice" > 0
    group by "CustomerID"
"""
SCORES = """
    select
        *,
        ntile(5) over (order by last_ordered_at) as r,
        ntile(5) over (order by n_orders) as f,
        ntile(5) over (order by total_spend) as m
    from customers
    order by "CustomerID"
"""

source, target = sys.argv[1:3]
with duckdb.connect() as connection:
    connection.execute(f"create temp table customers as {LIST}", [source])
    connection.execute(f"copy ({SCORES}) to '{target}' (header)")
