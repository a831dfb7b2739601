"""Rows of cells written as a Parquet file of text columns that keeps each row's line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segmentation.errors import FileTooLarge, UnreadableFile
from segmentation.labels import listed
from segmentation.limits import Limits
from segmentation.sources.headers import (
    FOOT_ROWS,
    Cells,
    Layout,
    Row,
    count_filled,
    is_amount,
    is_foot,
    is_ruler,
    skipped_note,
)

BATCH_ROWS = 50_000
WHOLE, TWO_DIGITS = re.compile("-?[0-9]+"), re.compile("[0-9]{2}")
RULER_STARTS = tuple("-=_*+#~|")


@dataclass
class RowTally:
    """What was met on the way through the rows."""

    n_rows: int = 0
    n_blank: int = 0
    n_short: int = 0
    too_long: list[int] = field(default_factory=list)
    n_too_long: int = 0
    rulers: list[Row] = field(default_factory=list)
    foot: list[Row] = field(default_factory=list)
    has_text: list[bool] = field(default_factory=list)

    def notes(self) -> list[str]:
        """Sentences for the analyst."""
        notes = []
        if self.rulers:
            notes.append(skipped_note(self.rulers, "between the rows"))
        if self.foot:
            notes.append(skipped_note(self.foot, "at the foot"))
        if self.n_blank:
            notes.append(blank_note(self.n_blank))
        if self.n_short:
            notes.append(
                f"{_counted(self.n_short, 'row')} had fewer cells than the header: "
                "the missing ones are empty."
            )
        if self.too_long:
            rows = "Row" if self.n_too_long == 1 else "Rows"
            verb = "has" if self.n_too_long == 1 else "have"
            more = self.n_too_long - len(self.too_long)
            lines = listed([f"{line:,}" for line in self.too_long] + [""] * more, 10)
            notes.append(
                f"{rows} {lines} {verb} more cells than the header: the surplus was left out."
            )
        return notes


def blank_note(n: int) -> str:
    """A sentence for the analyst about lines without anything in them."""
    return f"Skipped {_counted(n, 'blank line')}."


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def write_rows(
    rows: Iterable[Row], layout: Layout, target: Path, name: str, limits: Limits
) -> RowTally:
    """Write the rows of data as columns c0, c1 … and line; what was met on the way.

    Parameters
    ----------
    rows : iterable of (line, cells)
        All rows of the file, with those above the data.
    layout : Layout
        Where the data begins and how wide it is.
    target : Path
        The Parquet file to write.
    name : str
        What the analyst calls the file.
    limits : Limits
        Of which `rows` is checked.

    Raises
    ------
    FileTooLarge
        There are more rows than the limits allow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    width = len(layout.headers)
    tally = RowTally(has_text=[False] * width)
    nameless = [i for i, header in enumerate(layout.headers) if not header]
    schema = pa.schema([(f"c{i}", pa.string()) for i in range(width)] + [("line", pa.int64())])
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for batch in _batches(_fitted(_data_rows(rows, layout, tally), width, tally)):
            tally.n_rows += len(batch)
            check_row_count(tally.n_rows, name, limits)
            columns = list(zip(*batch, strict=True))
            for i in nameless:
                tally.has_text[i] = tally.has_text[i] or count_filled(columns[i]) > 0
            # Null, as DuckDB reads them in place: equal rows of two files have one hash then.
            arrays = [pa.array([cell or None for cell in c], pa.string()) for c in columns[:-1]]
            writer.write_table(pa.table([*arrays, pa.array(columns[-1], pa.int64())], schema))
    return tally


def check_has_rows(layout: Layout | None, name: str) -> Layout:
    """The layout, if there is one: without it there is no row of data.

    Raises
    ------
    UnreadableFile
        There is none.
    """
    if layout is None:
        raise UnreadableFile(
            f"{name} has a header but no rows.", "Choose a file with rows below the header."
        )
    return layout


def check_row_count(n_rows: int, name: str, limits: Limits) -> None:
    """Check that there are not too many rows.

    Raises
    ------
    FileTooLarge
        There are.
    """
    if n_rows > limits.rows:
        raise FileTooLarge(
            f"{name} has more than {limits.rows:,} rows.",
            "Split it, or keep only the years that matter.",
        )


def check_width(width: int, name: str, limits: Limits) -> None:
    """Check that there are not too many columns.

    Raises
    ------
    FileTooLarge
        There are.
    """
    if width > limits.columns:
        raise FileTooLarge(
            f"{name} has {width:,} columns; at most {limits.columns:,} can be read.",
            "Keep the columns that are needed: customer, date, amount and what describes them.",
        )


def check_whole_numbers(rows: Sequence[Row], layout: Layout, name: str) -> None:
    """Check that the commas between cells are not in numbers such as 1,50 as well.

    Parameters
    ----------
    rows : sequence of (line, cells)
        The first rows of a text with commas, those above the data among them.
    layout : Layout
        Where the data begins.
    name : str
        What the analyst calls the file.

    Raises
    ------
    UnreadableFile
        They are: each row has a cell more for each, and two digits in it.
    """
    names = next((cells for line, cells in rows if line == layout.header_line), [])
    if not layout.headers[0]:  # row numbers, as R writes them
        return
    data = [cells for line, cells in rows if line >= layout.first_line and count_filled(cells)]
    n_cut = len(data[0]) - len(names) if data else 0
    if not len(names) > n_cut > 0 or len(data) < 3 or len({*map(len, data)}) > 1:
        return
    columns = list(zip(*data, strict=True))
    if any(columns[-1]) and (shown := _find_cut(names, columns, n_cut)):
        raise UnreadableFile(
            f"{name} has commas between cells and in numbers such as {shown}, which are cut in "
            "two.",
            "Export it with semicolons between the cells, or with quotes around the numbers.",
        )


def _find_cut(names: Cells, columns: Sequence[Cells], n_cut: int) -> str:
    """The first number that is cut in two, where as many columns are as there are cells too many.

    They are the last ones, or else are called amounts or have decimals such as 05: another column
    of two digits, such as an age, may stand behind any that has no name.
    """
    shown, end, are_last = "", len(columns), True
    for name in reversed(names):
        wholes, decimals = columns[max(end - 2, 0)], columns[end - 1]
        is_cut = (
            n_cut > 0
            and end > 1
            and all(map(WHOLE.fullmatch, wholes))
            and all(map(TWO_DIGITS.fullmatch, decimals))
            and (are_last or is_amount(name) or any(cell[0] == "0" for cell in decimals))
        )
        shown = f"{wholes[0]},{decimals[0]}" if is_cut else shown
        end, n_cut, are_last = end - 1 - is_cut, n_cut - is_cut, are_last and is_cut
    return "" if n_cut else shown


def _data_rows(rows: Iterable[Row], layout: Layout, tally: RowTally) -> Iterator[Row]:
    """Rows without blank ones, rulers and the foot, which is known only when the file ends."""
    waiting: list[Row] = []
    for line, cells in rows:
        if line < layout.first_line:
            continue
        # The first condition alone decides for nearly all rows, and is cheap.
        if len(cells) - cells.count("") < layout.usual or "".join(cells).isspace():
            if count_filled(cells) == 0:
                tally.n_blank += 1
                continue
            if is_foot(cells, layout) and len(waiting) < FOOT_ROWS:
                waiting.append((line, cells))
                continue
        if cells[0][:1] in RULER_STARTS and is_ruler(cells):
            tally.rulers.append((line, cells))
            continue
        yield from waiting
        waiting.clear()
        yield line, cells
    tally.foot = waiting


def _fitted(rows: Iterable[Row], width: int, tally: RowTally) -> Iterator[tuple[str | int, ...]]:
    for line, cells in rows:
        if len(cells) < width:
            tally.n_short += 1
            cells = [*cells, *[""] * (width - len(cells))]
        elif len(cells) > width:
            if count_filled(cells[width:]):
                tally.n_too_long += 1
                if len(tally.too_long) < 100:
                    tally.too_long.append(line)
            cells = cells[:width]
        yield (*cells, line)


def _batches(rows: Iterator[tuple[str | int, ...]]) -> Iterator[list[tuple[str | int, ...]]]:
    batch: list[tuple[str | int, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
