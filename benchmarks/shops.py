"""Big made-up shops as CSV, laid out like an invoice export; written once and kept for the run."""

from pathlib import Path

import duckdb

ROWS = """
    select
        'A' || cast(100000 + line // 9 * 2 + (line % 9) // 5 as varchar) as "InvoiceNo",
        'P' || cast(chance % 4000 as varchar) as "StockCode",
        'Product number ' || cast(chance % 4000 as varchar) as "Description",
        case when chance % 50 = 0 then -1 else 1 + chance % 12 end as "Quantity",
        strftime(
            timestamp '2023-01-01' + to_seconds(cast(per_order % 63000000 as bigint)),
            '%Y-%m-%d %H:%M:%S'
        ) as "InvoiceDate",
        printf('%.2f', 0.5 + (chance % 2000) / 100.0) as "UnitPrice",
        case
            when per_order % 20 = 0 then null
            else cast(
                10000 + cast(pow((per_order % 999983) / 999983.0, 2) * {n_customers} as bigint)
                as varchar
            )
        end as "CustomerID",
        ['United Kingdom', 'Germany', 'France', 'EIRE', 'Spain'][1 + per_order % 5] as "Country"
    from (
        select
            line,
            cast(hash(line) % 1000000007 as bigint) as chance,
            cast(hash(line // 9 * 2 + (line % 9) // 5 + 77) % 1000000007 as bigint) as per_order
        from range({n_rows}) as lines (line)
    )
"""


def write_shop(folder: Path, n_rows: int, n_customers: int) -> Path:
    """A CSV of `n_rows` rows, one in a hundred of them twice."""
    path = folder / f"shop_{n_rows}.csv"
    if not path.exists():
        fresh = n_rows * 100 // 101
        query = ROWS.format(n_rows=fresh, n_customers=n_customers)
        again = ROWS.format(n_rows=n_rows - fresh, n_customers=n_customers)
        with duckdb.connect() as connection:
            connection.execute(f"copy ({query} union all {again}) to '{path}' (header)")
    return path
