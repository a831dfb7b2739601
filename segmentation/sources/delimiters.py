"""Which character stands between the cells of a text."""

from collections import Counter
from collections.abc import Sequence
from statistics import mode

from segmentation.errors import InvalidChoice
from segmentation.sources.headers import HEAD_ROWS, count_kinds, is_typed
from segmentation.sources.rows import BLANKS, RowReader

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 500


def guess_delimiter(lines: Sequence[str]) -> str:
    """The character between cells; a blank for runs of blanks, a comma where there is none.

    Parameters
    ----------
    lines : sequence of str
        The first lines of a text.
    """
    lines = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    first = lines[0].strip() if lines else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]  # as Excel writes and reads it
    scores = {delimiter: _score(lines, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    fit = scores[best][1]
    if fit < 0.5 and _is_blank_separated(lines):
        return BLANKS
    return best if fit > 0 else ","


def check_delimiter(delimiter: str) -> str:
    """The delimiter as it was chosen.

    Raises
    ------
    InvalidChoice
        It cannot stand between cells.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n\0' or delimiter.isalnum():
        raise InvalidChoice(
            f"Cells cannot be separated by “{delimiter}”.",
            "Choose a comma, semicolon, tab, bar or blank.",
        )
    return delimiter


def _score(lines: Sequence[str], delimiter: str) -> tuple[int, float, int]:
    """Names that the header is split into, how evenly the lines are split, and into how many."""
    rows = [cells for _, cells, _ in RowReader(lines, delimiter, "", 1 << 40)]
    counts = Counter(len(cells) for cells in rows if len(cells) > 1)
    if not counts:
        return (0, 0.0, 0)
    width, n_even = max(counts.items(), key=lambda item: (item[1], item[0]))
    # Commas are common in text and in numbers; the other marks within cells speak against.
    others = set(DELIMITERS) - {delimiter, ","}
    n_mixed = sum(1 for cells in rows if any(other in cell for cell in cells for other in others))
    fit = round((n_even - 0.5 * n_mixed) / len(rows), 2)
    # A mark within a cell of each row splits those as evenly, but not the names above them.
    heads = [cells for cells in rows[:HEAD_ROWS] if width - 1 <= len(cells) <= width]
    n_names = max(map(_count_names, heads), default=0)
    return (n_names if fit > 0.4 and n_names > 1 else 0, fit, width)


def _count_names(cells: Sequence[str]) -> int:
    """How many of customer, date, amount and order stand in cells of their own."""
    if any(map(is_typed, cells)):
        return 0
    return min(sum(1 for cell in cells if count_kinds([cell])), count_kinds(cells))


def _is_blank_separated(lines: Sequence[str]) -> bool:
    rows = [line.split() for line in lines]
    width = mode(len(cells) for cells in rows) if rows else 0
    even = [cells for cells in rows if len(cells) == width > 1]
    n_typed = sum(1 for cells in even if is_typed(cells[-1]) or is_typed(cells[1]))
    return len(even) >= 0.9 * len(rows) and n_typed >= 0.5 * len(even)
