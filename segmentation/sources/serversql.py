"""SQL as MySQL and MariaDB both understand it, written from DuckDB's with the same answers.

What the files of sql/ may use is carried over by sqlglot as it is; here is what else the forms of
cells use, and what sqlglot would write in a way that only one of the two servers knows.
"""

import re
from collections.abc import Callable

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.generators.mysql import MySQLGenerator

from segmentation.sources.mapping import NO_VALUE

_NUMBER = r"^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *\z"
_OFFSET = "[+-][0-9]{2}(:?[0-9]{2})? *$"
_LARGEST_DOUBLE, _LARGEST_AMOUNT = "1.7e308", "1e14"
# strptime's letters: the servers' own, and the pattern of what they stand for. The servers read
# on past what they do not understand, so a pattern has to be kept as well.
_LETTERS = {
    "d": ("%d", "[0-9]{1,2}"),
    "m": ("%m", "[0-9]{1,2}"),
    "Y": ("%Y", "[0-9]{4}"),
    "y": ("%y", "[0-9]{2}"),
    "H": ("%H", "[0-9]{1,2}"),
    "I": ("%h", "[0-9]{1,2}"),
    "M": ("%i", "[0-9]{1,2}"),
    "S": ("%s", "[0-9]{1,2}"),
    "f": ("%f", "[0-9]{1,6}"),
    "n": ("%f", "[0-9]{7,9}"),
    "p": ("%p", "[AaPp][Mm]"),
    "z": ("", "[+-][0-9]{2}(:?[0-9]{2})?"),
    "%": ("%%", "%"),
}


class ServerSQL(MySQL):
    """sqlglot's MySQL with what the forms of cells need; its name as a dialect: serversql."""

    class Generator(MySQLGenerator):
        """Writes what DuckDB calls otherwise."""

        TRANSFORMS = {  # noqa: RUF012
            kind: write
            for kind, write in MySQLGenerator.TRANSFORMS.items()
            if kind
            not in (exp.TryCast, exp.UnixToTime, exp.Left, exp.Translate, exp.Cast, exp.DateDiff)
        }

        def regexpfullmatch_sql(self, node: exp.RegexpFullMatch) -> str:
            """Whether a text has a pattern from end to end."""
            pattern = self._text(rf"^(?:{node.expression.name})\z")
            return f"{self.sql(node.this)} REGEXP {pattern}"

        def regexplike_sql(self, node: exp.RegexpLike) -> str:
            """Whether a text has a pattern; as a function only MySQL has it."""
            return f"{self.sql(node.this)} REGEXP {self.sql(node.expression)}"

        def contains_sql(self, node: exp.Contains) -> str:
            """Whether a text has another in it."""
            return f"LOCATE({self.sql(node.expression)}, {self.sql(node.this)}) > 0"

        def endswith_sql(self, node: exp.EndsWith) -> str:
            """Whether a text ends so."""
            ending = self.sql(node.expression)
            return f"RIGHT({self.sql(node.this)}, CHAR_LENGTH({ending})) = {ending}"

        def left_sql(self, node: exp.Left) -> str:
            """The first letters; all but some where the number is negative."""
            text, length = self.sql(node.this), self.sql(node.expression)
            return f"LEFT({text}, {f'CHAR_LENGTH({text}) ' if length[0] == '-' else ''}{length})"

        def translate_sql(self, node: exp.Translate) -> str:
            """Letters put for others: first those that go, then those that change."""
            text = self.sql(node.this)
            old, new = node.args["from_"].name, node.args["to"].name
            for letter in old[len(new) :]:
                text = f"REPLACE({text}, {self._text(letter)}, '')"
            for before, after in zip(old, new, strict=False):
                if before != after:
                    text = f"REPLACE({text}, {self._text(before)}, {self._text(after)})"
            return text

        def trycast_sql(self, node: exp.TryCast) -> str:
            """A number, or null where a text is none or the number is too large."""
            value = self.sql(node.this)
            if node.to.is_type("decimal"):
                cast = f"CAST({value} AS {self.sql(node.to)})"
                return f"CASE WHEN ABS({value}) < {_LARGEST_AMOUNT} THEN {cast} END"
            return (
                f"CASE WHEN {value} REGEXP {self._text(_NUMBER)} THEN CAST({value} AS DOUBLE) END"
            )

        def filter_sql(self, node: exp.Filter) -> str:
            """An aggregate over some rows only."""
            aggregate, condition = node.this.copy(), node.expression.this
            value = (
                exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
            )
            aggregate.set("this", exp.Case().when(condition.copy(), value.copy()))
            return self.sql(aggregate)

        def unixtotime_sql(self, node: exp.UnixToTime) -> str:
            """The moment some microseconds after 1970."""
            return f"TIMESTAMP '1970-01-01 00:00:00' + INTERVAL ({self.sql(node.this)}) MICROSECOND"

        def datediff_sql(self, node: exp.DateDiff) -> str:
            """Minutes between two moments, or else days, which is all that sqlglot would write."""
            if node.text("unit") != "MINUTE":
                return MySQLGenerator.TRANSFORMS[exp.DateDiff](self, node)
            return f"TIMESTAMPDIFF(MINUTE, {self.sql(node.expression)}, {self.sql(node.this)})"

        def attimezone_sql(self, node: exp.AtTimeZone) -> str:
            """A moment that is on the UTC clock already."""
            return self.sql(node.this)

        def subquery_sql(self, node: exp.Subquery, sep: str = " AS ") -> str:
            """A query that is read from, which has to have a name."""
            text = super().subquery_sql(node, sep)
            needs_name = isinstance(node.parent, exp.From | exp.Join) and not node.alias
            return f"{text} AS unnamed" if needs_name else text

        def cast_sql(self, node: exp.Cast, safe_prefix: str | None = None) -> str:
            """A cast; to a moment without losing what is below a second."""
            if node.to.is_type("timestamp", "timestampntz", "datetime"):
                return f"CAST({self.sql(node.this)} AS DATETIME(6))"
            return super().cast_sql(node, safe_prefix)

        def anonymous_sql(self, node: exp.Anonymous) -> str:
            """A function that sqlglot does not know by a class."""
            write = _FUNCTIONS.get(node.name.lower())
            return write(self, node) if write else super().anonymous_sql(node)

        def _text(self, text: str) -> str:
            return self.sql(exp.Literal.string(text))


def _exact_text(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """A text that compares to the letter, whatever the server's collation says."""
    (value,) = node.expressions
    return f"CONVERT({generator.sql(value)} USING utf8mb4) COLLATE utf8mb4_bin"


def _exact_order(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """The same where the letters are utf8mb4 already."""
    (value,) = node.expressions
    return f"{generator.sql(value)} COLLATE utf8mb4_bin"


def _valid_moment(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """A moment; null for 0000-00-00 and its like, of which no server knows the number of days."""
    (value,) = node.expressions
    text = generator.sql(value)
    return f"CASE WHEN NOT TO_DAYS({text}) IS NULL THEN {text} END"


def _tidy_id(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """An id without blanks in front and the .0 of a spreadsheet, and null for `NO_VALUE`.

    Blanks at the end make no difference to a server.  Most ids are tidy, which LIKE finds out in
    a tenth of the time that it takes to put them right; and where most begin with a letter,
    comparisons with a second value, such as 'A', do for those.
    """
    value, *letter = node.expressions
    text = generator.sql(value)
    digits = generator.sql(exp.Literal.string(r"^[0-9]+[.]0\z"))
    trimmed = f"TRIM({text})"
    whole = f"LEFT({trimmed}, CHAR_LENGTH({trimmed}) - 2)"
    tidied = f"CASE WHEN {trimmed} REGEXP {digits} THEN {whole} ELSE {trimmed} END"
    none = _no_values(generator)
    # Nothing but blanks and control characters comes before an exclamation mark.
    odd = f"{text} < '!' OR {text} LIKE '%.0%' OR {text} IN {none}"
    for first in letter:
        # Of what stands for no value, none that begins with a letter comes before an N.
        odd = f"{text} < {generator.sql(first)} AND ({odd}) OR {text} >= 'N' AND {text} IN {none}"
    # Some collations take more than `NO_VALUE` for it, so that these are looked at exactly.
    exact = f"CONVERT({trimmed} USING utf8mb4) COLLATE utf8mb4_bin"
    return f"CASE WHEN {odd} THEN CASE WHEN NOT {exact} IN {none} THEN {tidied} END ELSE {text} END"


def _no_values(generator: MySQLGenerator) -> str:
    """What stands for no value, with the empty text, to look for a text in."""
    return generator.sql(exp.Tuple(expressions=[exp.convert(none) for none in ("", *NO_VALUE)]))


def _is_blank(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """Whether an id, whose letters compare exactly, is none after tidying."""
    (value,) = node.expressions
    text, none = generator.sql(value), _no_values(generator)
    return f"({text} IS NULL OR {text} IN {none} OR {text} < '!' AND TRIM({text}) IN {none})"


def _exact_bytes(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """A value's bytes, which differ where anything does."""
    (value,) = node.expressions
    return f"CAST({generator.sql(value)} AS BINARY)"


def _is_finite(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    (value,) = node.expressions
    return f"ABS({generator.sql(value)}) < {_LARGEST_DOUBLE}"


def _microseconds(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    (value,) = node.expressions
    return f"INTERVAL ({generator.sql(value)}) MICROSECOND"


def _strptime(generator: MySQLGenerator, node: exp.Anonymous) -> str:
    """The first of some formats that reads a text, as a moment."""
    cell, formats = node.expressions
    texts = formats.expressions if isinstance(formats, exp.Array) else [formats]
    readings = [_read(generator, generator.sql(cell), text.name) for text in texts]
    return readings[0] if len(readings) == 1 else f"COALESCE({', '.join(readings)})"


def _read(generator: MySQLGenerator, cell: str, form: str) -> str:
    pieces = re.findall(r"%.| +|[^% ]+", form)
    ours = "".join(_LETTERS[p[1]][0] if p[0] == "%" else p for p in pieces)
    pattern = "".join(
        _LETTERS[p[1]][1] if p[0] == "%" else " +" if p[0] == " " else re.escape(p) for p in pieces
    )
    text = f"TRIM({cell})"
    if "%d" not in form:
        text, ours = f"CONCAT({text}, ' 01')", f"{ours.strip(' ')} %d"
    if "%n" in form:
        # Six decimals are all that a moment has.
        longer, cut = map(exp.Literal.string, (r"([.,][0-9]{6})[0-9]+", r"\1"))
        text = f"REGEXP_REPLACE({text}, {generator.sql(longer)}, {generator.sql(cut)})"
    offset = ""
    if "%z" in form:
        end = generator.sql(exp.Literal.string(_OFFSET))
        digits = f"REPLACE(TRIM(REGEXP_SUBSTR({cell}, {end})), ':', '')"
        minutes = f"60 * SUBSTRING({digits}, 2, 2) + LEFT(CONCAT(SUBSTRING({digits}, 4), '00'), 2)"
        sign = f"CASE LEFT({digits}, 1) WHEN '-' THEN -1 ELSE 1 END"
        text = f"TRIM(REGEXP_REPLACE({text}, {end}, ''))"
        offset = f" - INTERVAL (({sign}) * ({minutes})) MINUTE"
    written = generator.sql(exp.Literal.string(f"^ *{pattern} *\\z"))
    moment = f"STR_TO_DATE({text}, {generator.sql(exp.Literal.string(ours.strip(' ')))})"
    # Without the interval a month or a day of 00 would pass.
    return f"CASE WHEN {cell} REGEXP {written} THEN {moment} + INTERVAL 0 SECOND{offset} END"


_FUNCTIONS: dict[str, Callable[[MySQLGenerator, exp.Anonymous], str]] = {
    "exact_text": _exact_text,
    "exact_bytes": _exact_bytes,
    "exact_order": _exact_order,
    "is_blank": _is_blank,
    "tidy_id": _tidy_id,
    "valid_moment": _valid_moment,
    "isfinite": _is_finite,
    "to_microseconds": _microseconds,
    "try_strptime": _strptime,
}
