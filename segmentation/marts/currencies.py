"""What money is in: the currencies of the purchases, where the data say them."""

import datetime

from segmentation.engine.database import Database
from segmentation.recipe import Policies


def list_currencies(database: Database, as_of: datetime.date, policies: Policies) -> list[str]:
    """The currencies of the purchases, that of most rows first; none where no column says it.

    Parameters
    ----------
    database : Database
        Where the rows are.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.
    """
    found = database.table("currencies", **policies.parameters(as_of))
    return found.sort_values(["n_rows", "currency"], ascending=[False, True])["currency"].tolist()
