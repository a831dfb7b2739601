"""The list of an earlier campaign, read again: who was in which segment and arm."""

import datetime
import io
from typing import TYPE_CHECKING, NamedTuple

from segmentation.campaigns.arms import CONTROL, TARGET
from segmentation.errors import UnreadableFile

if TYPE_CHECKING:
    import pandas as pd

# Where `outputs.csv_cells` puts an apostrophe.
MARKED = r"(^|[;\t\r\n])'(?=[\t\r\n]| *[=+\-@＝＋－＠])"
HINT = "Choose the plain CSV that the Campaign page made, with both arms."


class Sent(NamedTuple):
    """A list that went out.

    Parameters
    ----------
    members : DataFrame indexed by customer_id
        segment and arm, as text.
    as_of : date or None
        The first day that the list did not know; None where it does not tell.
    """

    members: "pd.DataFrame"
    as_of: datetime.date | None


def load_sent(content: bytes, name: str) -> Sent:
    """Segment and arm of each customer, from the plain CSV that went out.

    Parameters
    ----------
    content : bytes
        With the columns customer_id and arm, and segment where there is one.
    name : str
        What to call the file in an error.

    Raises
    ------
    UnreadableFile
        It is no such file, or a customer stands in it twice.
    """
    import pandas as pd

    try:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except (ValueError, pd.errors.ParserError) as error:
        raise UnreadableFile(f"{name} is no CSV file.", HINT) from error
    missing = [column for column in ("customer_id", "arm") if column not in table]
    if missing:
        raise UnreadableFile(f"{name} has no column {' and no '.join(missing)}.", HINT)
    if not set(table["arm"]) <= {TARGET, CONTROL}:
        raise UnreadableFile(f"{name} has arms other than {TARGET} and {CONTROL}.", HINT)
    # What a spreadsheet would run got an apostrophe when the file was written.
    ids = table["customer_id"].str.replace(MARKED, r"\1", regex=True)
    if ids.duplicated().any():
        raise UnreadableFile(f"{name} has {ids[ids.duplicated()].iloc[0]} twice.", HINT)
    if "segment" not in table:
        table["segment"] = "All of them"
    members = table[["segment", "arm"]].set_index(pd.Index(ids, name="customer_id"))
    return Sent(members, _as_of(table))


def _as_of(table: "pd.DataFrame") -> datetime.date | None:
    """The day that the list was made as of: that of a last order, and the days since then."""
    import pandas as pd

    if not {"last_ordered_on", "recency_days"} <= set(table):
        return None
    last = pd.to_datetime(table["last_ordered_on"], format="ISO8601", errors="coerce")
    days = pd.to_numeric(table["recency_days"], errors="coerce")
    found = (last + pd.to_timedelta(days, unit="D")).max()
    return None if pd.isna(found) else found.date()
