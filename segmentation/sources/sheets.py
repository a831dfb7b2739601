"""A program of its own that writes a workbook's visible sheets as Parquet files of text cells.

calamine, which reads the workbooks, ends the whole program where a damaged file makes it ask for
more memory than there is. So it has a process to itself, which also gives all memory back.
"""

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from fastexcel import CellErrors, ExcelReader

# A sheet of 1,000,000 rows and 11 columns takes under 1 GB.
MEMORY_BYTES = 8_000_000_000
# As many as DuckDB stores together: smaller groups it would put together one after another.
ROW_GROUP_ROWS = 122_880
# A stray or damaged cell can be the 28,000th, and DuckDB takes minutes over so many columns.
MANY_COLUMNS = 1_000
# As text, fastexcel writes numbers with at most nine decimals: 29.020000000000003 is 29.02.
AS_TEXT: dict[str, Any] = {"header_row": None, "skip_rows": 0, "dtypes": "string"}
# Perhaps with a currency and thousands; as fastexcel writes numbers.
WITH_COMMA = r"^\D{0,5}[0-9][0-9.,'\s\x{a0}\x{202f}]*\D{0,5}$"
WITH_POINT = r"^-?[0-9]+[.][0-9]+$"
ERROR_TEXTS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#DATA!",
}


def write_sheets(path: Path, target: Path, may_hold_errors: bool) -> list[dict[str, Any]]:
    """Write each visible sheet that has cells beside `target`; what was written.

    Parameters
    ----------
    path : Path
        The workbook.
    target : Path
        Beginning of the Parquet files' names; their columns are c0, c1 … and stored0, stored1 …,
        which is null where a cell is no number, for the columns in which that cannot be seen.
    may_hold_errors : bool
        Look for cells such as #N/A, which takes a quarter longer.
    """
    import fastexcel

    # Arrow is imported while the first sheet is read.
    Thread(target=import_module, args=("pyarrow.parquet",)).start()
    reader = fastexcel.read_excel(path)
    written: list[dict[str, Any]] = []
    for i, title in enumerate(reader.sheet_names):
        loaded = _load_sheet(reader, title, may_hold_errors)
        if loaded is None:
            continue
        cells, errors = loaded
        texts = _with_errors(cells, errors)
        places = _find_places(texts)
        texts = [texts[place] for place in places]
        columns = {f"c{column}": cells for column, cells in enumerate(texts)}
        file = f"{target}-{i}.parquet"
        with ThreadPoolExecutor(1) as pool:
            mixed = pool.submit(_find_mixed, texts)
            _write(columns, file)
        stored = _load_stored(reader, title, {i: places[i] for i in mixed.result()})
        if stored:
            _write(columns | {f"stored{column}": found for column, found in stored.items()}, file)
        n_errors = len(errors.errors) if errors else 0
        written.append(
            {
                "title": title,
                "file": file,
                "n_rows": cells.num_rows,
                "n_columns": len(texts),
                "n_errors": n_errors,
                "stored": tuple(stored),
            }
        )
    return written


def _load_sheet(
    reader: "ExcelReader", title: str, may_hold_errors: bool
) -> "tuple[pa.RecordBatch, CellErrors | None] | None":
    """A sheet's cells and the errors among them; None if it is hidden, empty or only a chart."""
    if len(reader.sheet_names) == 1 and not may_hold_errors:
        cells = reader.load_sheet_eager(title, **AS_TEXT)
        return (cells, None) if cells.num_rows else None
    sheet: Any = reader.load_sheet(title, **AS_TEXT)
    if sheet.visible != "visible" or sheet.height == 0 or sheet.width == 0:
        return None
    return sheet.to_arrow_with_errors()


def _find_places(columns: "list[pa.Array]") -> list[int]:
    """Which columns are kept: all, but of a sheet with a cell far to the right those with cells."""
    if len(columns) <= MANY_COLUMNS:
        return list(range(len(columns)))
    return [i for i, cells in enumerate(columns) if cells.null_count < len(cells)]


def _load_stored(reader: "ExcelReader", title: str, mixed: dict[int, int]) -> "dict[int, pa.Array]":
    """For columns of number cells and texts with a comma: where the number cells are.

    As text, the number cell 1.125 looks like a text of over a thousand. As truth, a number cell has
    a value and a text has none. That reads the sheet once more, for columns that need it alone.
    """
    if not mixed:
        return {}
    # Of some columns alone, fastexcel would count from A, and not from the first that has cells.
    found: Any = reader.load_sheet_eager(title, **{**AS_TEXT, "dtypes": "boolean"})
    return {i: found.columns[place] for i, place in mixed.items()}


def _find_mixed(columns: "list[pa.Array]") -> list[int]:
    return [i for i, cells in enumerate(columns) if _is_mixed(cells)]


def _is_mixed(cells: "pa.Array") -> bool:
    """Whether there are numbers with a decimal point, and numbers with a comma."""
    import pyarrow.compute as pc

    commas = cells.filter(pc.match_substring(cells, ","))
    has_commas = len(commas) and pc.any(pc.match_substring_regex(commas, WITH_COMMA)).as_py()
    return bool(has_commas and pc.any(pc.match_substring_regex(cells, WITH_POINT)).as_py())


def _with_errors(cells: "pa.RecordBatch", errors: "CellErrors | None") -> "list[pa.Array]":
    """The columns with errors as text where they would be empty without a word."""
    import pyarrow as pa

    by_column: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else []:
        row, column = error.position
        match = re.search(r"Error\((\w+)\)", error.detail)
        text = ERROR_TEXTS.get(match[1], "#ERROR!") if match else "#ERROR!"
        by_column.setdefault(column, {})[row] = text
    columns = list(cells.columns)
    for column, texts in by_column.items():
        values = columns[column].to_pylist()
        for row, text in texts.items():
            values[row] = text
        columns[column] = pa.array(values, pa.string())
    return columns


def _write(columns: "dict[str, pa.Array]", file: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Nobody asks for the least and the greatest of a text.
    pq.write_table(pa.table(columns), file, row_group_size=ROW_GROUP_ROWS, write_statistics=False)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


if __name__ == "__main__":
    _limit_memory()
    book, beginning, with_errors, report = sys.argv[1:]
    found = write_sheets(Path(book), Path(beginning), with_errors == "1")
    Path(report).write_text(json.dumps(found))
    os._exit(0)  # at once: nobody needs the cells to be given back one by one
