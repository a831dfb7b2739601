"""What a recipe may say of clusters: the choices, and the fit that assigns next month's."""

import math
import re
from collections.abc import Mapping
from typing import Any

from segmentation.tables import CLUSTER_MEASURES

TRANSFORMS = ("log", "none")
SCALINGS = ("standard", "none")
CLIPS = (90.0, 95.0, 98.0, 99.0, 99.5, 99.9, 100.0)
N_CLUSTERS = range(2, 11)
FITTED = ("fills", "limits", "means", "scales")
PARTS = ("measures", "transform", "scaling", "clip", *FITTED, "centres", "segments")
TEXTS = ("name", "colour", "meaning", "action")


def clustering_problems(described: Mapping[str, Any]) -> list[str]:
    """Sentences on what is wrong with the clusters of a recipe; empty where all is well.

    Parameters
    ----------
    described : mapping
        As `segments.clusters.describe_clustering` writes it.
    """
    if not described:
        return []
    missing = [part for part in PARTS if part not in described]
    if missing or set(described) - set(PARTS):
        odd = missing or sorted(set(described) - set(PARTS))
        return [f"its clusters lack or do not know {', '.join(odd)}"]
    return _choice_problems(described) or _fit_problems(described) or _segment_problems(described)


def _are_different_texts(values: object) -> bool:
    return (
        isinstance(values, list | tuple)
        and all(isinstance(value, str) for value in values)
        and 0 < len(values) == len(set(values))
    )


def _choice_problems(described: Mapping[str, Any]) -> list[str]:
    measures, clip = described["measures"], described["clip"]
    found = []
    if not _are_different_texts(measures):
        found.append("its clusters have no list of different measures")
    else:
        found += [f"“{name}” is no measure" for name in measures if name not in CLUSTER_MEASURES]
    for key, allowed in (("transform", TRANSFORMS), ("scaling", SCALINGS)):
        if described[key] not in allowed:
            found.append(f"{key} of the clusters is “{described[key]}”, not {' or '.join(allowed)}")
    if not _are_numbers([clip]) or not 50 <= clip <= 100:
        found.append("clip of the clusters is not within 50 to 100")
    return found


def _fit_problems(described: Mapping[str, Any]) -> list[str]:
    n = len(described["measures"])
    found = [
        f"{key} of the clusters are not {n} numbers"
        for key in FITTED
        if not _are_numbers(described[key], key != "limits") or len(described[key]) != n
    ]
    if not found and min(described["scales"]) <= 0:
        found.append("a scale of the clusters is not above zero")
    centres = described["centres"]
    if not isinstance(centres, list | tuple) or len(centres) not in N_CLUSTERS:
        found.append("there are not 2 to 10 centres of clusters")
    elif not all(_are_numbers(centre) and len(centre) == n for centre in centres):
        found.append(f"a centre of the clusters is not {n} numbers")
    return found


def _segment_problems(described: Mapping[str, Any]) -> list[str]:
    segments = described["segments"]
    if not isinstance(segments, list | tuple) or len(segments) != len(described["centres"]):
        return ["its clusters are not named one by one"]
    if not all(
        isinstance(segment, dict)
        and set(segment) == set(TEXTS)
        and all(isinstance(text, str) for text in segment.values())
        for segment in segments
    ):
        return ["a cluster lacks its name, colour, meaning or action"]
    names = [" ".join(segment["name"].split()).casefold() for segment in segments]
    found = [] if all(names) and len(set(names)) == len(names) else ["two clusters share a name"]
    if not all(re.fullmatch("#[0-9a-fA-F]{6}", segment["colour"]) for segment in segments):
        found.append("the colour of a cluster is not written as #rrggbb")
    return found


def _are_numbers(values: object, finite: bool = True) -> bool:
    return isinstance(values, list | tuple) and all(
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and not math.isnan(value)
        and (not finite or math.isfinite(value))
        for value in values
    )
