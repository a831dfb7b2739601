import itertools
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from segmentation.errors import InvalidChoice
from segmentation.segments.editing import (
    add_segment,
    recolour_segment,
    rename_segment,
)
from segmentation.segments.rules import (
    CLASSIC,
    COLOURS,
    SCHEMES,
    VALUE_AWARE,
    Segment,
    build_scheme,
    check_scheme,
    is_light,
    mean_score,
    name_cells,
)

# Machado, Oliveira & Fernandes (2009), A physiologically-based model for simulation of color
# vision deficiency, severity 1.0, for linear RGB.
SIGHT = {
    "all colours": (np.eye(3), 29),
    "deuteranopia": (
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        17,
    ),
    "protanopia": (
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        17,
    ),
}


def linear_rgb(colour):
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    # WCAG 2.2, relative luminance and contrast ratio
    light, dark = sorted(
        (linear_rgb(colour) @ [0.2126, 0.7152, 0.0722] + 0.05 for colour in (first, second)),
        reverse=True,
    )
    return light / dark


def cielab(linear):
    matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750]]
    matrix.append([0.0193339, 0.1191920, 0.9503041])
    xyz = np.clip(linear, 0, 1) @ np.transpose(matrix) / [0.95047, 1, 1.08883]
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def with_segments(*more):
    return replace(CLASSIC, segments=CLASSIC.segments + more)


def test_classic_grid_is_the_printed_one():
    assert CLASSIC.axis == "frequency"
    potential, loyal, lost = "Potential loyalists", "Loyal customers", "Can't lose them"
    assert CLASSIC.grid == (
        ("New customers", potential, potential, "Champions", "Champions"),
        ("Promising", potential, potential, loyal, loyal),
        ("About to sleep", "About to sleep", "Need attention", loyal, loyal),
        ("Hibernating", "Hibernating", "At risk", "At risk", lost),
        ("Hibernating", "Hibernating", "At risk", "At risk", lost),
    )


def test_value_aware_grid_is_the_printed_one():
    assert VALUE_AWARE.axis == "value"
    assert VALUE_AWARE.grid == (
        ("New", "Active", "Active", "Champions", "Champions"),
        ("Promising", "Active", "Active", "Loyal", "Loyal"),
        ("Almost lost", "Almost lost", "Needs attention", "Loyal", "Loyal"),
        ("Dormant", "Dormant", "At risk", "At risk", "Previously loyal"),
        ("Dormant", "Dormant", "At risk", "At risk", "Previously loyal"),
    )


@pytest.mark.parametrize("n_levels", range(2, 11))
def test_each_pair_of_scores_falls_into_exactly_one_segment(n_levels):
    scores = range(1, n_levels + 1)
    for scheme in (build_scheme("classic", n_levels), build_scheme("value", n_levels)):
        check_scheme(scheme, n_levels)
        cells = name_cells(scheme)
        assert cells.shape == (n_levels + 1, n_levels + 1)
        for recency, column in itertools.product(scores, repeat=2):
            name = scheme.grid[n_levels - recency][column - 1]
            assert scheme.names[cells[recency, column]] == name


@pytest.mark.parametrize("n_levels", range(2, 11))
def test_corners_mean_the_same_with_any_number_of_levels(n_levels):
    grid = build_scheme("classic", n_levels).grid
    assert [grid[0][0], grid[0][-1]] == ["New customers", "Champions"]
    assert [grid[-1][0], grid[-1][-1]] == ["Hibernating", "Can't lose them"]


@pytest.mark.parametrize(
    ("n_levels", "levels"),
    [
        (2, [1, 5]),
        (3, [1, 3, 5]),
        (4, [1, 2, 4, 5]),
        (6, [1, 2, 3, 3, 4, 5]),
        (9, [1, 2, 2, 3, 3, 4, 4, 5, 5]),
    ],
)
def test_grid_is_stretched_from_five_levels_rounding_half_up(n_levels, levels):
    expected = tuple(
        tuple(CLASSIC.grid[5 - recency][frequency - 1] for frequency in levels)
        for recency in reversed(levels)
    )
    assert build_scheme("classic", n_levels).grid == expected


def test_five_levels_are_the_scheme_itself():
    assert {name: build_scheme(name) for name in SCHEMES} == SCHEMES


def test_mean_of_f_and_m_is_rounded_half_up_and_stays_a_score():
    frequency, monetary = np.array([[1, 1, 3, 10], [1, 2, 4, 9]], np.int8)
    mean = mean_score(frequency, monetary)
    assert mean.dtype == np.int8
    assert mean.tolist() == [1, 2, 4, 10]


def test_cells_are_looked_up_by_score_and_index_0_is_not_used():
    cells = name_cells(CLASSIC)
    assert cells.shape == (6, 6)
    assert cells.dtype == np.int8
    assert CLASSIC.names[cells[4][1]] == "Promising"
    assert set(cells[0]) | set(cells[:, 0]) == {-1}


def test_every_segment_has_a_cell_a_text_and_a_colour_of_its_own():
    for scheme in SCHEMES.values():
        assert {name for row in scheme.grid for name in row} == set(scheme.names)
        assert [segment.colour for segment in scheme.segments] == list(COLOURS[:10])
        for segment in scheme.segments:
            assert all(10 < len(text) <= 90 for text in (segment.meaning, segment.action))
            assert segment.meaning[0].isupper() and segment.meaning.endswith(".")
            assert segment.action[0].isupper() and segment.action.endswith(".")


def test_equivalent_segments_of_the_two_schemes_have_the_same_colour():
    for ours, theirs in zip(CLASSIC.grid, VALUE_AWARE.grid, strict=True):
        for classic, value_aware in zip(ours, theirs, strict=True):
            colour = CLASSIC.segments[CLASSIC.names.index(classic)].colour
            assert VALUE_AWARE.segments[VALUE_AWARE.names.index(value_aware)].colour == colour


@pytest.mark.parametrize("colour", COLOURS)
def test_colour_can_be_read_on_white_and_on_near_black(colour):
    assert min(contrast(colour, background) for background in ("#ffffff", "#0e1117")) >= 3


@pytest.mark.parametrize(("matrix", "minimum"), SIGHT.values(), ids=SIGHT)
def test_colours_can_be_told_apart(matrix, minimum):
    seen = cielab(np.array([linear_rgb(colour) for colour in COLOURS]) @ np.transpose(matrix))
    distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(distances) >= minimum


def test_contrast_and_cielab_of_known_colours():
    # WCAG 2.2: black on white is 21:1; CIELAB of sRGB red is 53.24, 80.09, 67.20
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert cielab(linear_rgb("#ff0000")[None])[0] == pytest.approx([53.24, 80.09, 67.20], abs=0.01)


def test_renamed_segment_keeps_its_cells_and_colour():
    renamed = rename_segment(CLASSIC, "At risk", "  Slipping   away ")
    check_scheme(renamed, 5)
    assert (name_cells(renamed) == name_cells(CLASSIC)).all()
    assert "Slipping away" in renamed.names
    assert "At risk" not in renamed.names
    assert rename_segment(renamed, "Slipping away", "At risk") == CLASSIC
    assert rename_segment(CLASSIC, "At risk", "AT RISK").names[7] == "AT RISK"


@pytest.mark.parametrize(
    ("old", "new"), [("At risk", "champions "), ("At risk", " "), ("Leaving", "Gone")]
)
def test_rename_needs_a_segment_of_the_scheme_and_a_name_that_is_free(old, new):
    with pytest.raises(InvalidChoice):
        rename_segment(CLASSIC, old, new)


def test_recoloured_segment_alone_changes():
    recoloured = recolour_segment(CLASSIC, "Champions", "#ABCDEF")
    assert recoloured.segments[0].colour == "#abcdef"
    assert recoloured.segments[1:] == CLASSIC.segments[1:]
    with pytest.raises(InvalidChoice, match="red"):
        recolour_segment(CLASSIC, "Champions", "red")


def test_added_segment_gets_a_free_colour_or_the_one_asked_for():
    added = add_segment(CLASSIC, " VIP ")
    assert added.segments[:-1] == CLASSIC.segments
    assert added.segments[-1] == Segment("VIP", COLOURS[10], "", "")
    check_scheme(added, 5)
    assert add_segment(CLASSIC, "VIP", "#ABCDEF").segments[-1].colour == "#abcdef"


@pytest.mark.parametrize(("name", "colour"), [("champions", None), ("", None), ("VIP", "#12")])
def test_segment_without_a_name_of_its_own_or_a_proper_colour_is_not_added(name, colour):
    with pytest.raises(InvalidChoice):
        add_segment(CLASSIC, name, colour)


def test_schemes_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        CLASSIC.segments[0].name = "VIP"


@pytest.mark.parametrize(
    ("scheme", "says"),
    [
        (replace(CLASSIC, grid=CLASSIC.grid[:4]), "not 5 × 5"),
        (replace(CLASSIC, grid=(*CLASSIC.grid[:4], ("At risk",))), "not 5 × 5"),
        (replace(CLASSIC, segments=CLASSIC.segments[1:]), "undefined segments: Champions"),
        (replace(CLASSIC, segments=CLASSIC.segments * 2), "share a name"),
        (replace(CLASSIC, axis="money"), '"money"'),
        (with_segments(Segment("", "#123456", "", "")), "none"),
        (with_segments(Segment("VIP", "red", "", "")), "#rrggbb for VIP"),
        (with_segments(*(Segment(str(i), "#123456", "", "") for i in range(91))), "more than 100"),
    ],
)
def test_broken_scheme_is_refused_with_what_is_wrong(scheme, says):
    with pytest.raises(InvalidChoice, match=says):
        check_scheme(scheme, 5)


def test_hundred_segments_are_allowed():
    check_scheme(with_segments(*(Segment(str(i), "#123456", "", "") for i in range(90))), 5)


@pytest.mark.parametrize("n_levels", [-1, 1, 11])
def test_levels_out_of_range_are_refused(n_levels):
    with pytest.raises(InvalidChoice, match=f"{n_levels} score levels"):
        build_scheme("classic", n_levels)
    with pytest.raises(InvalidChoice, match=f"{n_levels} score levels"):
        check_scheme(CLASSIC, n_levels)


def test_unknown_scheme_is_refused_with_those_there_are():
    with pytest.raises(InvalidChoice) as problem:
        build_scheme("putler")
    assert problem.value.hint == "Choose classic or value."


def test_white_is_read_on_every_colour_that_comes_with_the_app():
    assert [colour for colour in COLOURS if is_light(colour)] == []


@pytest.mark.parametrize("colour", ["#ffffff", "#FFFFAA", "#ffd400", "#c0c0c0"])
def test_white_is_not_read_on_a_light_colour(colour):
    assert is_light(colour)
