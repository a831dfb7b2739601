"""Schemes that the analyst edits: names, colours, and segments of their own."""

from dataclasses import replace

from segmentation.errors import InvalidChoice
from segmentation.segments.rules import COLOUR_FORM, COLOURS, Scheme, Segment, name_key


def rename_segment(scheme: Scheme, old: str, new: str) -> Scheme:
    """Scheme in which one segment has another name; its cells, colour and texts stay.

    Raises
    ------
    InvalidChoice
        There is no segment `old`, or `new` is empty or the name of another segment.
    """
    new = _checked_name(tuple(name for name in scheme.names if name != old), new)
    grid = tuple(tuple(new if name == old else name for name in row) for row in scheme.grid)
    return replace(_with_segment(scheme, old, name=new), grid=grid)


def recolour_segment(scheme: Scheme, name: str, colour: str) -> Scheme:
    """Scheme in which one segment has another colour, ``"#rrggbb"``.

    Raises
    ------
    InvalidChoice
        There is no such segment, or the colour is not written so.
    """
    return _with_segment(scheme, name, colour=_checked_colour(colour))


def add_segment(scheme: Scheme, name: str, colour: str | None = None) -> Scheme:
    """Scheme with one more segment, which has no cell yet; its colour is a free one by default.

    Raises
    ------
    InvalidChoice
        The name is empty or taken, or the colour is not written as ``"#rrggbb"``.
    """
    name, used = _checked_name(scheme.names, name), [item.colour for item in scheme.segments]
    colour = _checked_colour(colour or min(COLOURS, key=used.count))
    return replace(scheme, segments=(*scheme.segments, Segment(name, colour, "", "")))


def _with_segment(scheme: Scheme, changed: str, **changes: str) -> Scheme:
    _check_known(scheme, changed)
    items = (replace(it, **changes) if it.name == changed else it for it in scheme.segments)
    return replace(scheme, segments=tuple(items))


def _check_known(scheme: Scheme, name: str) -> None:
    if name not in scheme.names:
        raise InvalidChoice(f'There is no segment "{name}".', f"Choose {', '.join(scheme.names)}.")


def _checked_name(others: tuple[str, ...], name: str) -> str:
    if not name_key(name):
        raise InvalidChoice("A segment needs a name.", "Choose one.")
    if name_key(name) in map(name_key, others):
        raise InvalidChoice(
            f'The name "{name.strip()}" is taken.',
            "Choose another name; to merge two segments, give the cells of one to the other.",
        )
    return " ".join(name.split())


def _checked_colour(colour: str) -> str:
    if not COLOUR_FORM.fullmatch(colour):
        raise InvalidChoice(f'"{colour}" is not a colour.', "Write it as #rrggbb, like #197d5f.")
    return colour.lower()
