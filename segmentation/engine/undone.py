"""Which statuses of the orders at hand are taken for saying that nothing came of an order."""

from dataclasses import replace

from segmentation.engine.database import Database
from segmentation.recipe import Policies, Recipe
from segmentation.sources.states import says_undone

# Who has more has texts of another kind in the column: those with most rows are looked at.
MOST_STATUSES = 1_000
BY_ROWS = "n_rows desc, status"


def recognise_undone(database: Database, recipe: Recipe) -> Recipe:
    """The recipe with what is recognised of the statuses in its policies.

    A status whose rows come to less than nothing is that of refunds, beside the purchases that they
    are for: it marks returns, which are to be taken off.

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
    found: dict[str, str] = {}
    if "status" in recipe.columns:
        plain = Policies(cancelled_prefix=policies.cancelled_prefix).parameters(None)
        for batch in database.stream("statuses", BY_ROWS, MOST_STATUSES, **plain):
            for row in batch.select(["status", "amount"]).to_pylist():
                text = row["status"] or ""
                if (row["amount"] or 0) >= 0 and says_undone(text):
                    found.setdefault(text.lower(), text)  # capitals make no difference
    return replace(recipe, policies=replace(policies, recognised=tuple(sorted(found.values()))))
