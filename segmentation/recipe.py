"""All choices of an analysis as one value, saved as TOML; no customer data in it."""

import datetime
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from segmentation.audience import audience_problems
from segmentation.clusterings import clustering_problems
from segmentation.errors import InvalidRecipe
from segmentation.tables import FIELDS
from segmentation.terms import term_problems

FORMAT = 1
RETURNS = ("net", "ignore")
DUPLICATES = ("keep", "drop")
AMOUNT_PER = ("row", "order")
# Of several files each is read as it is written, and none by what another one says.
BY_FILE = "by_file"
FORMS = ("day_first", "month_first", "year_first", "decimal_point", "decimal_comma", BY_FILE)
MEASURES = ("recency_days", "n_orders", "total_spend")
LETTERS = dict(zip(MEASURES, "RFM", strict=True))
LEVELS = range(2, 11)
LIMITS = ("cut_points", "percentiles")
POLICIES = ("returns", "duplicates", "cancelled_prefix", "undone")


@dataclass(frozen=True)
class Policies:
    """What counts as a purchase.

    Parameters
    ----------
    returns : {"net", "ignore"}, default="net"
        Returns reduce spend, or are left out.
    duplicates : {"keep", "drop"}, default="keep"
        Whether rows that equal an earlier row in all cells count.
    cancelled_prefix : str or None, default=""
        Order numbers that begin so are cancellations; empty: none does; None: as recognised.
    undone : tuple of str or None, default=None
        What the status says of orders that do not count, in capitals or not; None: as recognised.
    recognised : tuple of str, default=()
        What is taken for it in the data at hand. No choice, so that a recipe does not hold it:
        another month may have words that this one has not.
    """

    returns: str = "net"
    duplicates: str = "keep"
    cancelled_prefix: str | None = ""
    undone: tuple[str, ...] | None = None
    recognised: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the status says of orders that do not count in the data at hand."""
        return self.recognised if self.undone is None else self.undone

    def choices(self) -> dict[str, Any]:
        """What was chosen, by name; what is left open is not named."""
        chosen = asdict(self).items()
        return {name: value for name, value in chosen if name in POLICIES and value is not None}

    def parameters(self, as_of: datetime.date | None) -> dict[str, object]:
        """The parameters of sql/ that stand for these policies and a day."""
        return {
            "as_of": as_of,
            "returns": self.returns,
            "duplicates": self.duplicates,
            "cancelled": self.cancelled_prefix or None,
            # As one text, for SQL has no portable parameter that is a list.
            "undone": f"|{'|'.join(self.left_out)}|" if self.left_out else None,
        }


@dataclass(frozen=True)
class Recipe:
    """Every choice of an analysis.

    Parameters
    ----------
    columns : mapping of str to str
        The reader's column for each of `tables.FIELDS`; empty: guessed.
    forms : mapping of str to str
        How cells are to be read where that cannot be told from them, such as
        ``{"ordered_at": "day_first"}``; `BY_FILE`: several files are not written alike.
    amount_per : {"row", "order"} or None
        Whether the amount stands on each row for that row, or once for the order; None: guessed.
    policies : Policies or None
        What counts; None: the default, with cancellations as they are recognised.
    as_of : date or None
        The first day that does not count; None: the day after the last purchase.
    n_levels : int, default=5
        How many scores there are, 2 to 10.
    cut_points : mapping of str to sequence of float
        The `n_levels` − 1 limits of each of `MEASURES`, rising, in days, orders and the data's
        currency; a measure that is not named gets evenly spaced percentiles.
    percentiles : mapping of str to sequence of float
        Likewise, as percentages of the customers; cut points win over them.
    scheme : str, default="classic"
        Name of the scheme of segments.
    grid : mapping
        An edited scheme, as `rules.describe_scheme` writes it; empty: the scheme as it came.
    clusters : mapping
        Clusters that take the scheme's place, as `clusters.describe_clustering` writes them;
        empty: the scheme's rules.
    value : mapping
        What lifetime value is worked out with, by the names of `terms.Terms`; what is not named
        has its default.
    audiences : mapping
        Audiences by name, as `Audience.describe` writes them.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    amount_per: str | None = None
    policies: Policies | None = None
    as_of: datetime.date | None = None
    n_levels: int = 5
    cut_points: Mapping[str, Sequence[float]] = field(default_factory=dict)
    percentiles: Mapping[str, Sequence[float]] = field(default_factory=dict)
    scheme: str = "classic"
    grid: Mapping[str, Any] = field(default_factory=dict)
    clusters: Mapping[str, Any] = field(default_factory=dict)
    value: Mapping[str, Any] = field(default_factory=dict)
    audiences: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def change(self, **changes: Any) -> Self:
        """The recipe with some choices changed."""
        return replace(self, **changes)


def write_recipe(recipe: Recipe) -> bytes:
    """A recipe as a TOML file that `load_recipe` reads again."""
    import tomli_w

    choices = {
        key: value
        for key, value in asdict(recipe).items()
        if value is not None and value != {} and key not in LIMITS
    }
    if recipe.policies:
        choices["policies"] = recipe.policies.choices()
    for name in LIMITS:
        if limits := getattr(recipe, name):
            choices[name] = {key: [float(cut) for cut in cuts] for key, cuts in limits.items()}
    return tomli_w.dumps({"format": FORMAT, **choices}).encode()


def load_recipe(content: bytes, name: str = "The recipe") -> Recipe:
    """The recipe that a TOML file describes.

    Parameters
    ----------
    content : bytes
        A file of `write_recipe`, or one written by hand.
    name : str
        What to call the file in an error.

    Raises
    ------
    InvalidRecipe
        The file is no TOML, names an unknown choice, or gives one a value it cannot have.
    """
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRecipe(
            f"{name} is not a recipe: {error}.", "Choose a recipe that this app has saved."
        ) from error
    check_document(document, name)
    document.pop("format", None)
    if "policies" in document:
        policies = document["policies"]
        undone = {"undone": tuple(policies["undone"])} if "undone" in policies else {}
        document["policies"] = Policies(**policies | undone)
    return Recipe(**document)


def check_document(document: Mapping[str, Any], name: str) -> None:
    """Raise InvalidRecipe unless every choice in a parsed recipe is a possible one."""
    problems = list(_problems(document))
    if problems:
        raise InvalidRecipe(
            f"{name} cannot be used: {'; '.join(problems)}.", "Correct it, or save a new recipe."
        )


def _problems(document: Mapping[str, Any]) -> list[str]:
    types: dict[str, type | tuple[type, ...]] = {
        **dict.fromkeys(("columns", "forms", "policies", *LIMITS), dict),
        **dict.fromkeys(("grid", "clusters", "value", "audiences"), dict),
        **dict.fromkeys(("amount_per", "scheme"), str),
        "n_levels": int,
        "as_of": datetime.date,
        "format": int,
    }
    found = [f"“{key}” is no choice" for key in document if key not in types]
    found += [
        f"“{key}” has a value of the wrong kind"
        for key, value in document.items()
        if key in types and (not isinstance(value, types[key]) or isinstance(value, bool))
    ]
    if type(document.get("as_of")) is datetime.datetime:
        found.append("as_of has a time of day")
    return found or _text_problems(document) or _value_problems(document)


def _text_problems(document: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} in “{table}” is no text"
        for table in ("columns", "forms", "policies")
        for key, value in document.get(table, {}).items()
        if not isinstance(value, str) and (table, key) != ("policies", "undone")
    ]


def _value_problems(document: Mapping[str, Any]) -> list[str]:
    found = []
    if document.get("format", FORMAT) != FORMAT:
        found.append(f"its format is {document['format']}, not {FORMAT}")
    found += [
        f"“{key}” is no column"
        for table in ("columns", "forms")
        for key in document.get(table, {})
        if key not in FIELDS
    ]
    found += [
        f"{key} cannot be read as “{form}”"
        for key, form in document.get("forms", {}).items()
        if form not in FORMS
    ]
    found += _policy_problems(document)
    found += term_problems(document.get("value", {}))
    found += [
        f"in the audience “{name}” {problem}"
        for name, audience in document.get("audiences", {}).items()
        for problem in audience_problems(audience)
    ]
    n_levels = document.get("n_levels", 5)
    if n_levels not in LEVELS:
        found.append(f"n_levels is {n_levels}, not 2 to 10")
    found += [
        problem
        for limits in LIMITS
        for measure, cuts in document.get(limits, {}).items()
        for problem in cut_point_problems(measure, cuts, n_levels, limits == "percentiles")
    ]
    return found + clustering_problems(document.get("clusters", {}))


def _policy_problems(document: Mapping[str, Any]) -> list[str]:
    policies = document.get("policies", {})
    allowed = {"returns": RETURNS, "duplicates": DUPLICATES}
    found = [f"“{key}” is no policy" for key in policies if key not in POLICIES]
    undone = policies.get("undone", [])
    if not isinstance(undone, list) or not all(text and isinstance(text, str) for text in undone):
        found.append("undone is no list of texts")
    for key, values in allowed.items():
        if policies.get(key, values[0]) not in values:
            found.append(f"{key} is “{policies[key]}”, not {' or '.join(values)}")
    if document.get("amount_per", "row") not in AMOUNT_PER:
        found.append(f"amount_per is “{document['amount_per']}”, not {' or '.join(AMOUNT_PER)}")
    return found


def cut_point_problems(
    measure: str, cuts: object, n_levels: int, are_percentiles: bool = False
) -> list[str]:
    """Sentences on what is wrong with the cut points of one measure; empty where all is well."""
    if measure not in MEASURES:
        return [f"“{measure}” is no measure"]
    if not isinstance(cuts, list | tuple) or not all(
        isinstance(cut, int | float) and not isinstance(cut, bool) and math.isfinite(cut)
        for cut in cuts
    ):
        return [f"the cut points of {measure} are not numbers"]
    if len(cuts) != n_levels - 1:
        return [f"{measure} has {len(cuts)} cut points where {n_levels} levels need {n_levels - 1}"]
    if list(cuts) != sorted(cuts):
        return [f"the cut points of {measure} do not rise"]
    if are_percentiles and not 0 <= cuts[0] <= cuts[-1] <= 100:
        return [f"the percentiles of {measure} are not within 0 to 100"]
    return []
