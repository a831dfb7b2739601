"""Whether fitted models mean something, with the reason and what would help where they do not."""

from segmentation.errors import NotReliable
from segmentation.value.lifetime import LifetimeModel

MIN_REPEATERS, NOBODY_LEAVES, MIN_AGE = 50, 0.01, 60


def checked(model: LifetimeModel) -> LifetimeModel:
    """The fitted models, if they mean something.

    Raises
    ------
    NotReliable
        With the reason: too few repeat buyers, too short a time, nobody seems to leave, no clear
        maximum, or no mean spend.
    """
    fitted, spend = model.purchases_, model.spend_
    longer = "Load a longer time, in which more customers come back."
    if model.n_repeaters_ < MIN_REPEATERS:
        raise NotReliable(
            f"Only {model.n_repeaters_:,} customers bought on more than one day; a model needs "
            f"{MIN_REPEATERS} or more.",
            longer,
        )
    if model.oldest_days_ < MIN_AGE:
        raise NotReliable(
            f"The data cover {model.oldest_days_:,.0f} days; a model needs {MIN_AGE} or more.",
            longer,
        )
    if (
        model.share_gone_ < NOBODY_LEAVES
        or fitted.a_ / (fitted.a_ + fitted.b_) < NOBODY_LEAVES / 10
    ):
        raise NotReliable(
            "Hardly anybody seems to have left for good, so that who is still active and who is "
            f"not cannot be told apart (by {model.model}, a ≈ 0).",
            "Load a longer time, in which some customers stay away.",
        )
    if not fitted.converged_:
        raise NotReliable(
            f"The {model.model} model finds no clear best fit"
            f"{_ran_away(fitted.at_limit_)}: the data fit many values equally well.",
            "Try the other model, or load a longer time.",
        )
    if spend.q_ <= 1:
        raise NotReliable(
            f"Spend varies so much between customers that its mean does not exist (q = "
            f"{spend.q_:.2f}, 1 or less).",
            "Remove what is not a usual order, such as wholesale, and load the rest.",
        )
    if not spend.converged_:
        raise NotReliable(
            f"The Gamma-Gamma model of spend finds no clear best fit{_ran_away(spend.at_limit_)}: "
            "orders vary too little, or too much.",
            "Check the amounts; where all orders cost the same, use the simple figure.",
        )
    return model


def _ran_away(names: tuple[str, ...]) -> str:
    return f" ({', '.join(names)} ran away)" if names else ""
