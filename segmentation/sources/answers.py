"""What a server answers, value by value as text, becomes columns of their types."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import pyarrow as pa

TEXT, WHOLE, NUMBER, DAY, MOMENT, BYTES = "text", "whole", "number", "date", "timestamp", "bytes"
# What stands for the decimal places of numbers that float.
FLOATS = 31
# By the numbers of the wire protocol; what is not named is text.
_KINDS = {
    **dict.fromkeys((1, 2, 3, 8, 9, 13), WHOLE),
    **dict.fromkeys((0, 4, 5, 246), NUMBER),
    **dict.fromkeys((7, 12), MOMENT),
    **dict.fromkeys((10, 14), DAY),
    **dict.fromkeys((16, 255), BYTES),
}


@dataclass(frozen=True)
class Answer:
    """Rows as they came, each value a text, bytes or None.

    Parameters
    ----------
    names : tuple of str
        Of the columns.
    kinds : tuple of str
        `WHOLE`, `NUMBER`, `DAY`, `MOMENT`, `BYTES` (bits and shapes) or `TEXT`.
    codes : tuple of int
        The wire protocol's own numbers of the kinds.
    scales : tuple of int
        Decimal places of each column of numbers; 31 where they float.
    may_be_null : tuple of bool
        Whether each column takes nulls.
    rows : sequence of tuple
        In the order of the statement.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    codes: tuple[int, ...]
    scales: tuple[int, ...]
    may_be_null: tuple[bool, ...]
    rows: Sequence[tuple[Any, ...]]

    @classmethod
    def of(cls, description: Sequence[Sequence[Any]], rows: Sequence[tuple[Any, ...]]) -> Self:
        """The answer that a cursor holds."""
        return cls(
            tuple(column[0] for column in description),
            tuple(_KINDS.get(column[1], TEXT) for column in description),
            tuple(column[1] for column in description),
            tuple(column[5] or 0 for column in description),
            tuple(bool(column[6]) for column in description),
            rows,
        )

    def to_batch(self, as_text: Sequence[str] = (), exact: bool = False) -> "pa.RecordBatch":
        """The rows as Arrow columns: int64, double, timestamp[us] or string.

        Parameters
        ----------
        as_text : sequence of str
            Columns to leave as text whatever their type; blanks at the end do not count.
        exact : bool, default=False
            Whether decimals stay decimals instead of becoming doubles.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        types = {
            WHOLE: pa.int64(),
            NUMBER: pa.float64(),
            DAY: pa.timestamp("us"),
            MOMENT: pa.timestamp("us"),
        }
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.names)
        arrays = []
        for name, kind, scale, cells in zip(
            self.names, self.kinds, self.scales, columns, strict=True
        ):
            texts = pa.array(cells, pa.string())
            wanted = pa.string() if name in as_text else types.get(kind, pa.string())
            if exact and kind == NUMBER and scale < FLOATS and name not in as_text:
                wanted = pa.decimal128(38, scale)
            trimmed = pc.utf8_rtrim(texts, " ") if name in as_text else texts
            arrays.append(trimmed.cast(wanted))
        return pa.RecordBatch.from_arrays(arrays, names=list(self.names))
