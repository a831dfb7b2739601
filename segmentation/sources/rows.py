"""The rows of a delimited text, read with tolerance: no stray quote swallows what follows."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from segmentation.errors import UnreadableFile

BLANKS = " "
# A quoted cell that runs on for longer is a quote that nobody closed.
MAX_QUOTED_LINES = 200

RawRow = tuple[int, list[str], int]


class RowReader:
    """Rows of a text as (line, cells, number of lines that they take), blank ones too.

    Parameters
    ----------
    lines : iterable of str
        The text's lines with their ends.
    delimiter : str
        One character; a blank stands for runs of blanks.
    name : str
        What the analyst calls the file.
    cell_size : int
        Longest cell, in characters.

    Attributes
    ----------
    n_nul_ : int
        NUL characters left out so far.
    """

    def __init__(self, lines: Iterable[str], delimiter: str, name: str, cell_size: int) -> None:
        self.delimiter = delimiter
        self.name = name
        self.cell_size = cell_size
        self.n_nul_ = 0
        self._lines = iter(lines)
        self._ahead: deque[str] = deque()
        self._line = 1
        # What may follow the quote that ends a cell.
        self._after_quote = re.compile(rf"[^\S\n\t]*(?:{re.escape(delimiter)}|\Z)")

    def __iter__(self) -> Iterator[RawRow]:
        while (text := self._ahead.popleft() if self._ahead else self._read_line()) is not None:
            n_lines = 1
            if self.delimiter == BLANKS:
                cells = text.split() or [""]
            elif '"' not in text:
                cells = text.split(self.delimiter)
            elif (simple := self._wholly_quoted(text)) is not None:
                cells = simple
            else:
                cells, n_lines = self._quoted_cells(text)
            if len(text) > self.cell_size or n_lines > 1:
                self._check_sizes(cells)
            yield self._line, cells, n_lines
            self._line += n_lines

    def _read_line(self) -> str | None:
        """The next line without its end; None after the last."""
        text = next(self._lines, None)
        if text is None:
            return None
        text = text.removesuffix("\n").removesuffix("\r")
        if "\0" in text:
            self.n_nul_ += text.count("\0")
            text = text.replace("\0", "")
        return "" if text == "\x1a" else text  # Ctrl+Z ended files of old

    def _look_ahead(self, n: int) -> bool:
        """Whether there are n further lines; those looked at wait in a queue."""
        while len(self._ahead) < n:
            text = self._read_line()
            if text is None:
                return False
            self._ahead.append(text)
        return True

    def _check_sizes(self, cells: list[str]) -> None:
        if max(map(len, cells)) > self.cell_size:
            raise UnreadableFile(
                f"{self.name} has a cell of more than {self.cell_size / 1e6:g} MB "
                f"in line {self._line:,}.",
                "Check for a missing line end or quote there, or leave that column out.",
            )

    def _wholly_quoted(self, text: str) -> list[str] | None:
        """Cells of a row that has quotes around each cell and nowhere else: the common case."""
        between = f'"{self.delimiter}"'
        if text[0] != '"' or text[-1] != '"' or len(text) < 2:
            return None
        cells = text[1:-1].split(between)
        return cells if text.count('"') == 2 * len(cells) else None

    def _quoted_cells(self, text: str) -> tuple[list[str], int]:
        """Cells of a row with quotes, and the number of lines it takes."""
        cells: list[str] = []
        n_lines = 1
        at: int | None = 0
        while at is not None:
            opening = at
            while text.startswith(" ", opening):
                opening += 1
            closing = None
            if text.startswith('"', opening):
                closing = self._closing_quote(text, opening + 1)
                if closing is None and (longer := self._continued(text)):
                    text, closing, n_more = longer
                    n_lines += n_more
            if closing is None:
                end = text.find(self.delimiter, at)
                cells.append(text[at:] if end < 0 else text[at:end])
                at = None if end < 0 else end + 1
            else:
                cells.append(text[opening + 1 : closing].replace('""', '"'))
                after = self._after_quote.match(text, closing + 1)
                at = after.end() if after and after[0].endswith(self.delimiter) else None
        return cells, n_lines

    def _closing_quote(self, text: str, at: int, is_strict: bool = False) -> int | None:
        """Position of the quote that ends a cell; a lone quote before it is text.

        With `is_strict` a lone quote means that the cell was never meant to be a quoted one.
        """
        while (at := text.find('"', at)) >= 0:
            if self._after_quote.match(text, at + 1):
                return at
            if text.startswith('""', at):
                at += 2
            elif is_strict:
                return None
            else:
                at += 1
        return None

    def _continued(self, text: str) -> tuple[str, int, int] | None:
        """The text with the lines that its open cell runs on, the end of that and their number."""
        size = len(text)
        for n in range(1, MAX_QUOTED_LINES):
            if not self._look_ahead(n) or size > self.cell_size:
                return None
            further = self._ahead[n - 1]
            if '"' in further.replace('""', ""):
                closing = self._closing_quote(further, 0, is_strict=True)
                if closing is None:
                    return None
                taken = [self._ahead.popleft() for _ in range(n)]
                return "\n".join([text, *taken]), size + 1 + closing, n
            size += 1 + len(further)
        return None
