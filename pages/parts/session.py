"""What a visitor has given: the data they loaded and the choices they made.

The only module that names `st.session_state`.  Only inputs are kept here; everything worked
out from them is remembered on the loaded data, by `cached`.
"""

import datetime
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from segmentation.errors import SegmentationError
from segmentation.marts.sales_filters import LISTS
from segmentation.recipe import LIMITS, Policies, Recipe
from segmentation.sources.readings import RawTable, ReadingChoices

if TYPE_CHECKING:
    from segmentation.engine.loading import LoadedRows
    from segmentation.marts.quality import Overview
    from segmentation.sources.servers import Server
    from segmentation.sources.workspace import Workspace

DATA, FILES, RECIPE, PROBLEM, PENDING = "data", "files", "recipe", "problem", "pending"
APPLIED, DRAFT, UNDO = "applied", "draft", "undo"
KEPT_AT_MOST, MISSING = 40, object()
CLUSTER_CHOICES, CLUSTERS_KEPT = "cluster_choices", "clusters_kept"
AS_OF, LOAD_FROM, UPLOADS = "as_of", "load_from", "n_uploads"
CONNECTION, PASSWORDS = "connection", "n_passwords"
CUSTOMER, LINK = "customer", "link"
AUDIENCE, AUDIENCE_NAME = "audience", "campaign_name"
# The filters of Sales: those left, the way back from them, and their widgets.
SEEN, BACK, PERIOD = "sales_seen", "sales_back", "period"
SALES_FILTERS = (SEEN, BACK, PERIOD, *LISTS)
# Widgets whose choices are about the data in use, and mean nothing for others.
AT_RISK = ("at_risk_least", "at_risk_pick", "at_risk_drawn")
OF_DATA = ("lifetime_view", "lifetime_by", "lifetime_customer", "campaign_base", *AT_RISK)
# What of a recipe is tried out on the Segments page, applied and undone.
OF_SEGMENTS = ("n_levels", *LIMITS, "scheme", "grid", "clusters")


@dataclass(eq=False)
class GivenFiles:
    """Files the visitor gave, how they were read, and which column is which so far."""

    name: str
    workspace: "Workspace"
    paths: list[Path]
    names: list[str]
    choices: ReadingChoices
    raw: RawTable
    recipe: Recipe
    memory: dict[Any, Any] = field(default_factory=dict)


@dataclass(eq=False)
class GivenTable:
    """A table or query of a server, and which column is which so far."""

    name: str
    server: "Server"
    raw: RawTable
    recipe: Recipe
    memory: dict[Any, Any] = field(default_factory=dict)


Given = GivenFiles | GivenTable


@dataclass(eq=False)
class Connection:
    """A server the visitor is connected to, and the tables it has."""

    name: str
    server: "Server"
    tables: tuple[str, ...]


@dataclass(eq=False)
class LoadedData:
    """The data in use, files `held` beside them, and `memory` of what was worked out."""

    name: str
    rows: "LoadedRows"
    overview: "Overview"
    # The mark of cancelled orders, where nobody gave one.
    recognised: str | None = None
    held: dict[str, Any] = field(default_factory=dict)
    memory: dict[Any, Any] = field(default_factory=dict)

    @property
    def is_copied(self) -> bool:
        """Whether the rows were copied into a database of the visit, as those of files are."""
        return hasattr(self.rows.database, "workspace")

    def remember(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` gives, worked out once for a key; callable outside a script run."""
        value = self.memory.pop(key, MISSING)
        if value is MISSING:
            value = work()
        # The latest last: what every page uses is never the oldest, which goes first.
        self.memory[key] = value
        while len(self.memory) > KEPT_AT_MOST:
            self.memory.pop(next(iter(self.memory)), None)
        return value

    def recall(self, key: Hashable, work: Callable[[], Any], says: str) -> Any:
        """The same for those who say what is going on: outside a script run nobody is told."""
        return self.remember(key, work)


def start() -> None:
    """Give every choice its default on the visitor's first page."""
    counts = {UPLOADS: 0, PASSWORDS: 0}
    for key, default in {APPLIED: Recipe(), DRAFT: Recipe(), UNDO: (), **counts}.items():
        st.session_state.setdefault(key, default)


def put(key: str, value: object) -> None:
    """Set a choice, or the state of a widget that is yet to be drawn."""
    st.session_state[key] = value


def chosen(key: str) -> Any:
    """A choice, or the state of a widget; None where there is none yet."""
    return st.session_state.get(key)


def forget(*keys: str) -> None:
    """Drop choices, so that their defaults hold again."""
    for key in keys:
        st.session_state.pop(key, None)


def data() -> LoadedData | None:
    """The data in use, if any."""
    return st.session_state.get(DATA)


def files() -> Given | None:
    """The files or the table given last, loaded or not."""
    return st.session_state.get(FILES)


def connection() -> Connection | None:
    """The server the visitor is connected to, if any."""
    return st.session_state.get(CONNECTION)


def has_unloaded_files() -> bool:
    """Whether the files given last are not, or not yet, the data in use."""
    given, loaded = files(), data()
    return given is not None and (loaded is None or loaded.rows.raw is not given.raw)


def use_data(loaded: LoadedData) -> None:
    """Make data the data in use; a file's own policies and columns become the applied ones."""
    before = data()
    if before and before.rows.raw is not loaded.rows.raw:
        forget(*SALES_FILTERS, AUDIENCE, AUDIENCE_NAME)
    st.session_state[DATA] = loaded
    settle(loaded.rows.recipe)
    forget(PENDING, UNDO, CUSTOMER, CLUSTER_CHOICES, CLUSTERS_KEPT, *OF_DATA)
    start()


def require_data() -> LoadedData:
    """The data in use; where there are none, point to the page that loads them and end the run."""
    if DATA not in st.session_state:
        # The filters of a link are kept until there is something to filter.
        if st.query_params:
            put(LINK, {name: st.query_params.get_all(name) for name in st.query_params})
        st.info("Load your sales first: a file of yours, or the sample shop.")
        st.page_link("streamlit_app.py", label="Load data", icon=":material/upload_file:")
        st.stop()
    return st.session_state[DATA]


def applied() -> Recipe:
    """The choices in use on every page."""
    return st.session_state[APPLIED]


def draft() -> Recipe:
    """The choices being tried on the Segments page."""
    return st.session_state[DRAFT]


def try_out(recipe: Recipe) -> None:
    """Make choices the ones being tried."""
    st.session_state[DRAFT] = recipe


def settle(recipe: Recipe) -> None:
    """Make choices the applied ones, and nothing else being tried."""
    st.session_state[APPLIED] = st.session_state[DRAFT] = recipe


def use_recipe(recipe: Recipe) -> None:
    """Make choices the applied ones, whatever is being tried."""
    st.session_state[APPLIED] = recipe


def apply_draft() -> None:
    """Use what is being tried everywhere; `undo` brings back what was used before."""
    st.session_state[UNDO] = (*st.session_state[UNDO], applied())
    settle(draft())


def undo() -> None:
    """Bring back the choices that were used before the last ones were applied."""
    *earlier, last = st.session_state[UNDO]
    st.session_state[UNDO] = tuple(earlier)
    # All else is chosen elsewhere, at once: undoing segments leaves it.
    settle(applied().change(**{name: getattr(last, name) for name in OF_SEGMENTS}))


def can_undo() -> bool:
    """Whether choices were applied before these."""
    return bool(st.session_state[UNDO])


def policies() -> Policies:
    """What counts as a purchase."""
    return applied().policies or Policies()


def set_policies(**changes: Any) -> None:
    """Change what counts as a purchase, applied at once."""
    changed = replace(policies(), **changes)
    st.session_state[APPLIED] = replace(applied(), policies=changed)
    st.session_state[DRAFT] = replace(draft(), policies=changed)


def save_audiences(audiences: dict[str, Any]) -> None:
    """Keep audiences by name in the recipe, applied at once."""
    st.session_state[APPLIED] = replace(applied(), audiences=audiences)
    st.session_state[DRAFT] = replace(draft(), audiences=audiences)


def as_of() -> datetime.date:
    """The first day that does not count: chosen, or the day after the last purchase."""
    return applied().as_of or require_data().overview.day_after


def set_as_of(day: datetime.date | None) -> None:
    """Choose the as-of day, applied at once; None is the day after the last purchase."""
    st.session_state[APPLIED] = replace(applied(), as_of=day)
    st.session_state[DRAFT] = replace(draft(), as_of=day)


def choose_customer(customer_id: str) -> None:
    """Make a customer the one that the Customers page shows; kept in the session alone."""
    st.session_state[CUSTOMER] = customer_id


def customer() -> str | None:
    """The customer looked at, if any was chosen in these data."""
    return st.session_state.get(CUSTOMER)


def next_upload() -> None:
    """Empty the uploader: a widget under a new key has no files."""
    st.session_state[UPLOADS] += 1


def next_password() -> None:
    """Empty the field for the password: it is kept nowhere but in the connection."""
    st.session_state[PASSWORDS] += 1


def leave_problem(problem: SegmentationError) -> None:
    """Keep a problem with the files for the page to show when it is drawn again."""
    st.session_state[PROBLEM] = problem


def take_problem() -> SegmentationError | None:
    """The problem kept; shown until the files are loaded."""
    return st.session_state.get(PROBLEM)


def let_go(workspace: "Workspace") -> None:
    """Stop using data whose rows are about to be made anew, and forget their problem."""
    forget(PROBLEM)
    loaded = data()
    if loaded and getattr(loaded.rows.database, "workspace", None) is workspace:
        forget(DATA)


def let_go_of(server: "Server") -> None:
    """Stop using a server, and the data whose rows are there."""
    forget(PROBLEM, CONNECTION)
    loaded, given = data(), files()
    if loaded and getattr(loaded.rows.database, "server", None) is server:
        forget(DATA)
    if isinstance(given, GivenTable) and given.server is server:
        forget(FILES)
