"""Segment schemes: grids in which every pair of scores falls into exactly one named segment."""

import re
from dataclasses import dataclass, replace

import numpy as np

from segmentation.errors import InvalidChoice
from segmentation.recipe import LEVELS

MAX_SEGMENTS = 100
FREQUENCY, VALUE = "frequency", "value"

# From best to lost, then two for segments of the reader's own. Each has a contrast of at least
# 3:1 on white and on #0e1117; any two are at least 29 apart in CIELAB, and 17 as seen with
# deuteranopia or protanopia (found by annealing, Machado et al. 2009; the tests measure it again).
COLOURS = (
    *("#147314", "#197d5f", "#05a0be", "#7873f5", "#6e37ff", "#c38700"),
    *("#d27d55", "#d20a1e", "#dc285f", "#969196", "#2369b4", "#735a82"),
)
COLOUR_FORM = re.compile("#[0-9a-fA-F]{6}")

# Name and meaning of each segment, and the recommended action, from best to lost.
_CLASSIC = """
Champions: Bought in the last days and order more often than almost anyone.
    Give early access and ask for reviews and referrals; no discounts, they buy anyway.
Loyal customers: Order often; their last order is neither among the latest nor long ago.
    Invite them to the loyalty programme and suggest what goes with their last order.
Potential loyalists: Bought lately and more than once: the habit is forming.
    Offer a reward that counts up with each order, such as a gift with the next one.
New customers: Placed their first order, or one of very few, in the last days.
    Welcome them, explain the product, and nudge to a second order within 30 days.
Promising: Bought not long ago but hardly more than once.
    Send best sellers from the category of their first order and a small voucher to try.
Need attention: Middling in everything, and their last order is getting old.
    Remind them of what they looked for before with an offer that ends in a few days.
About to sleep: Few orders, and the last one a while ago.
    Send one reminder with what is new and popular; keep the discount for later.
At risk: Used to order regularly, but not for a long time.
    Write personally, ask what went wrong, and make a win-back offer with a deadline.
Can't lose them: Were among the most frequent buyers and have gone quiet.
    Call or write by hand this week with your best offer; don't leave it to newsletters.
Hibernating: Few orders, the last one long ago.
    Try one cheap win-back mail at a season's start; then stop, and spend no ads on them.
"""
_VALUE_AWARE = """
Champions: Bought in the last days, often and for much: your best customers.
    Thank them with early access and service, not with discounts; ask for referrals.
Loyal: Order often or spend well; the last order is neither among the latest nor long ago.
    Raise the order value: bundles, premium lines, points for the loyalty programme.
Active: Bought lately, with a middling number of orders and spend.
    Recommend a second category and reward the next order above their usual value.
New: Bought in the last days for the first time or for little.
    Welcome them, explain the product, and nudge to a second order within 30 days.
Promising: Bought not long ago, seldom and for little so far.
    Show best sellers of the category they know and offer free delivery on the next one.
Needs attention: Middling spend and orders, and the last order is getting old.
    Send an offer for their favourite category that ends in a few days.
Almost lost: Small spend, and the last order a while ago.
    Send one reminder with what is new; discounts seldom pay back here.
At risk: Used to order and spend well, but not for a long time.
    Write personally and make a win-back offer worth a share of their usual order.
Previously loyal: Were among the best in orders and spend and have gone quiet.
    Call the biggest ones, offer the rest your best terms; find out why they left.
Dormant: Few orders, little spend, the last one long ago.
    Try one cheap mail, then leave them out of paid campaigns to save the budget.
"""
# Both schemes cut the plane alike and differ in their columns and words: the segment of each cell
# by its place above, rows R = 5 down to 1, columns F or FM = 1 to 5.
_CELLS = ("32200", "42211", "66511", "99778", "99778")


@dataclass(frozen=True)
class Segment:
    """A name in sentence case, a colour (#rrggbb), a line on who it is and one on what to do."""

    name: str
    colour: str
    meaning: str
    action: str


@dataclass(frozen=True)
class Scheme:
    """A partition of all pairs of scores into segments, which stand from best to lost.

    The axis says what the columns of the grid are: "frequency" is F, "value" is FM, the mean of F
    and M rounded half up. Its rows are R = n (bought lately) down to 1, its columns 1 to n.
    """

    name: str
    axis: str
    segments: tuple[Segment, ...]
    grid: tuple[tuple[str, ...], ...]

    @property
    def n_levels(self) -> int:
        """Levels of each score."""
        return len(self.grid)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the segments, from best to lost."""
        return tuple(segment.name for segment in self.segments)

    @property
    def colours(self) -> dict[str, str]:
        """Each segment's colour by its name, in that order."""
        return {segment.name: segment.colour for segment in self.segments}

    @property
    def actions(self) -> dict[str, str]:
        """Each segment's recommended action by its name, in that order."""
        return {segment.name: segment.action for segment in self.segments}


def _read_scheme(name: str, axis: str, texts: str) -> Scheme:
    found = re.findall(r"(.+?): (.+)\n {4}(.+)", texts)
    segments = tuple(Segment(text[0], COLOURS[i], *text[1:]) for i, text in enumerate(found))
    grid = tuple(tuple(segments[int(place)].name for place in row) for row in _CELLS)
    return Scheme(name, axis, segments, grid)


CLASSIC = _read_scheme("classic", FREQUENCY, _CLASSIC)
VALUE_AWARE = _read_scheme("value", VALUE, _VALUE_AWARE)
SCHEMES = {scheme.name: scheme for scheme in (CLASSIC, VALUE_AWARE)}


def build_scheme(name: str, n_levels: int = 5) -> Scheme:
    """Scheme "classic" or "value" for scores of 1 to `n_levels` (2 to 10).

    Level i of n stands for level 1 + 4 (i − 1) / (n − 1) of 5, rounded half up; with fewer than
    five levels some segments are left without a cell.

    Raises
    ------
    InvalidChoice
        There is no such scheme, or `n_levels` is out of range.

    References
    ----------
    Hughes (1994), Strategic Database Marketing: scores by quintiles. A grid and not a list of score
    ranges, because printed lists overlap or leave scores out, and a grid of cells cannot.
    """
    if name not in SCHEMES:
        raise InvalidChoice(f'There is no scheme "{name}".', f"Choose {' or '.join(SCHEMES)}.")
    _check_levels(n_levels)
    grid, steps = SCHEMES[name].grid, n_levels - 1
    levels = [(8 * step + steps) // (2 * steps) for step in range(n_levels)]
    stretched = tuple(tuple(grid[4 - row][column] for column in levels) for row in levels[::-1])
    return replace(SCHEMES[name], grid=stretched)


def check_scheme(scheme: Scheme, n_levels: int) -> None:
    """Check that each pair of scores from 1 to `n_levels` has one segment, defined in full.

    Raises
    ------
    InvalidChoice
        With all that is wrong with its axis, grid, names and colours, or n is not 2 to 10.
    """
    _check_levels(n_levels)
    problems = []
    if scheme.axis not in (FREQUENCY, VALUE):
        problems.append(f'The columns of the grid are "{scheme.axis}", not frequency or value.')
    if [len(row) for row in scheme.grid] != [n_levels] * n_levels:
        problems.append(f"The grid of segments is not {n_levels} × {n_levels}.")
    unknown = {name for row in scheme.grid for name in row} - set(scheme.names)
    if unknown:
        problems.append(f"The grid names undefined segments: {', '.join(sorted(unknown))}.")
    if len({name_key(name) for name in scheme.names} - {""}) < len(scheme.names):
        problems.append("Two segments share a name, or one has none.")
    if len(scheme.names) > MAX_SEGMENTS:
        problems.append(f"There are more than {MAX_SEGMENTS} segments.")
    unclear = [item.name for item in scheme.segments if not COLOUR_FORM.fullmatch(item.colour)]
    if unclear:
        problems.append(f"The colour is not written as #rrggbb for {', '.join(unclear)}.")
    if problems:
        raise InvalidChoice(" ".join(problems), "Correct the scheme or reset it.")


def name_cells(scheme: Scheme) -> np.ndarray:
    """Places in `scheme.segments` as int8 by [recency score][column score]; those of 0 hold −1."""
    codes = {name: code for code, name in enumerate(scheme.names)}
    cells = np.full((scheme.n_levels + 1, scheme.n_levels + 1), -1, np.int8)
    cells[:0:-1, 1:] = [[codes[name] for name in row] for row in scheme.grid]
    return cells


def mean_score(frequency_score: np.ndarray, monetary_score: np.ndarray) -> np.ndarray:
    """FM, the mean of two scores rounded half up, of the scores' shape."""
    return (frequency_score + monetary_score + 1) // 2


def segments_at_risk(scheme: Scheme) -> tuple[str, ...]:
    """Segments that used to order or spend well and have been gone for long, by their cells.

    Those whose cells lie, on average, below the middle of recency and not below the middle of the
    grid's columns; so it holds for edited grids and for other numbers of levels too.
    """
    n = scheme.n_levels
    middle = (n + 1) / 2
    found = []
    for name in scheme.names:
        places = [
            (n - row, column + 1)
            for row, names in enumerate(scheme.grid)
            for column, cell in enumerate(names)
            if cell == name
        ]
        if places:
            recency, other = (np.mean(axis) for axis in zip(*places, strict=True))
            if recency < middle <= other:
                found.append(name)
    return tuple(found)


def is_light(colour: str) -> bool:
    """Whether white is hard to read on a colour, ``"#rrggbb"``: a contrast under 3:1 (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) < 3


def name_key(name: str) -> str:
    """What a segment's name is compared by: no case, single blanks."""
    return " ".join(name.split()).casefold()


def _check_levels(n_levels: int) -> None:
    if n_levels not in LEVELS:
        raise InvalidChoice(f"There cannot be {n_levels} score levels.", "Choose from 2 to 10.")
