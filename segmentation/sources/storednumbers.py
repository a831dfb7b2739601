"""Number cells of a workbook among texts with a decimal comma, written so that none is misread."""

import duckdb

from segmentation.sources.cells import count_cells, count_shapes, drop_cells
from segmentation.sources.numbers import written_mark

# The number cell 1.125 as 1125e-3, which has no mark to be taken for another.
_UNMARKED = "replace({cell}, '.', '') || 'e-' || (length({cell}) - strpos({cell}, '.'))"


def write_stored(connection: duckdb.DuckDBPyConnection, table: str, column: int) -> tuple[str, int]:
    """How number cells with a decimal point are to be written, given how the texts are.

    They are as they stand where the texts have a decimal point, get a decimal comma where the
    texts have that, and have neither where the texts do not tell, so that these are asked about.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is.
    table : str
        The rows of data: what stands behind "from", with a "where"; the cells are c0, c1 …, and
        stored0, stored1 … are as `sheets` writes them.
    column : int
        Which of the columns.

    Returns
    -------
    sql : str
        Expression for the column's cells, as text; "" where they are to be left as they are.
    n_stored : int
        Number cells that it writes anew.
    """
    cell, stored = f"c{column}", f"stored{column}"
    count_cells(connection, f"select {cell} as cell from {table} and {stored} is null")
    mark, is_open = written_mark(count_shapes(connection)[0])
    drop_cells(connection)
    if mark == "." or not (mark or is_open):
        return "", 0
    has_point = f"{stored} is not null and contains({cell}, '.')"
    [(n_stored,)] = connection.execute(
        f"select count(*) filter ({has_point}) from {table}"
    ).fetchall()
    written = f"replace({cell}, '.', ',')" if mark else _UNMARKED.format(cell=cell)
    return f"case when {has_point} then {written} else {cell} end as {cell}", n_stored
