"""Which rows stand in the files before: found by the hashes of all cells, a part at a time."""

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Hashes sorted at once: 32 MB.
PART = 4_000_000
SURPLUS = """
    create or replace table surplus_rows as
    select position
    from (
        select
            rowid as position,
            row_number() over (partition by row_hash order by rowid) as copy_number
        from loaded_rows
        where row_hash in (select row_hash from shared_hashes)
    )
    where copy_number > 1
"""
OVERLAPPING = """
    select count(*)
    from (
        select file_index <> first_value(file_index) over (
            partition by row_hash order by loaded_rows.rowid
        ) as is_elsewhere
        from loaded_rows
        where row_hash in (
            select row_hash
            from loaded_rows
            join surplus_rows on loaded_rows.rowid = surplus_rows.position
        )
    )
    where is_elsewhere
"""


def find_surplus(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``surplus_rows``: positions of rows that equal an earlier one."""
    connection.register("shared_hashes", {"row_hash": find_shared(connection)})
    connection.execute(SURPLUS)
    connection.unregister("shared_hashes")


def find_shared(connection: duckdb.DuckDBPyConnection) -> "NDArray[np.uint64]":
    """The hashes that several rows of ``loaded_rows`` have, each once.

    Sorted here, as DuckDB takes more time and memory to group as many hashes as there are rows.
    """
    import numpy as np

    [(n_rows,)] = connection.execute("select count(*) from loaded_rows").fetchall()
    n_bits = (n_rows // PART).bit_length()
    shared = []
    for part in range(1 << n_bits):
        # By the first bits, so that equal hashes are in one part.
        chosen = f" where row_hash >> {64 - n_bits} = {part}" if n_bits else ""
        found = connection.execute(f"select row_hash from loaded_rows{chosen}").fetchnumpy()
        hashes = found["row_hash"]
        hashes.sort()
        shared.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    return np.concatenate(shared)


def count_overlapping(connection: duckdb.DuckDBPyConnection) -> int:
    """Rows of ``surplus_rows`` whose first copy stands in another file."""
    return int(connection.execute(OVERLAPPING).fetchall()[0][0])
