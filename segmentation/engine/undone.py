"""Which statuses of the orders at hand are taken for saying that nothing came of an order."""

from dataclasses import replace
from typing import Any

from segmentation.engine.database import Database
from segmentation.recipe import Policies, Recipe
from segmentation.sources.states import says_refunded, says_undone

# Who has more has texts of another kind in the column: those with most rows are looked at.
MOST_STATUSES = 1_000
BY_ROWS = "n_rows desc, status"


def recognise_undone(database: Database, recipe: Recipe) -> Recipe:
    """The recipe with what is recognised of the statuses in its policies.

    A status whose rows come to less than nothing is that of refunds, beside the purchases that they
    are for: it marks returns, which are to be taken off. And where rows of other statuses pay back
    as much as the refunded orders come to, these stay: left out, they would be taken off twice.

    Parameters
    ----------
    database : Database
        Where the rows are.
    recipe : Recipe
        By which they were understood.

    Raises
    ------
    SegmentationError
        The statuses could not be added up.
    """
    policies = recipe.policies or Policies()
    rows: list[dict[str, Any]] = []
    if "status" in recipe.columns:
        plain = Policies(cancelled_prefix=policies.cancelled_prefix).parameters(None)
        for batch in database.stream("statuses", BY_ROWS, MOST_STATUSES, **plain):
            rows += batch.to_pylist()
    gone = {
        row["status"]: row["amount"] or 0
        for row in rows
        if says_undone(row["status"] or "") and (row["amount"] or 0) >= 0
    }
    refunded = sum(amount for text, amount in gone.items() if says_refunded(text))
    paid_back = -sum(row["paid_back"] for row in rows if row["status"] not in gone)
    if 0 < round(refunded, 4) <= round(paid_back, 4):
        gone = {text: amount for text, amount in gone.items() if not says_refunded(text)}
    # Capitals make no difference; the spelling with most rows is told.
    told = {text.lower(): text for text in reversed(gone)}.values()
    return replace(recipe, policies=replace(policies, recognised=tuple(sorted(told))))
