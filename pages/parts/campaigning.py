"""The audience being put together: its conditions, its members and their arms."""

import datetime
from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import cached, figures, grid, predicting, segmenting, session
from segmentation.audience import Audience, Condition
from segmentation.campaigns.arms import CONTROL, draw_arms
from segmentation.campaigns.selection import select_customers
from segmentation.marts.categories import build_favourites
from segmentation.outputs.countries import country_codes
from segmentation.outputs.lists import build_customer_list, join_known
from segmentation.recipe import Policies, Recipe
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter, predict_rules
from segmentation.tables import AUDIENCES
from segmentation.terms import read_terms
from segmentation.value.outlook import Outlook
from segmentation.value.prospects import Prospects, build_prospects

DEFAULT_COUNTRY = "US"

# What else is known of each customer: tables and columns by customer_id. They are made outside a
# script run as well, where files are made, so they may not ask for the session.


def favourites(
    data: session.LoadedData, recipe: Recipe, day: datetime.date, policies: Policies
) -> pd.DataFrame | None:
    """Each customer's favourite category, where the data have categories."""
    if "category" not in recipe.columns:
        return None
    return data.remember(
        ("favourites", day, policies),
        lambda: build_favourites(data.rows.database, day, policies),
    )


def rule_segments(
    data: session.LoadedData, recipe: Recipe, day: datetime.date, policies: Policies
) -> pd.Series | None:
    """What the rules would give, where segments are clusters."""
    return predict_rules(recipe, cached.customers_of(data, recipe, day, policies))


def prospects(
    data: session.LoadedData, recipe: Recipe, day: datetime.date, policies: Policies
) -> Prospects:
    """What is expected of each customer, and who is at risk; or why that is not known."""

    def work() -> Prospects:
        customers = cached.customers_of(data, recipe, day, policies)
        segmenter = build_segmenter(recipe).fit(count_measures(customers))
        terms = read_terms(recipe.value)
        return build_prospects(
            Outlook(data.rows.database, data.overview, policies, day, terms, data.recall),
            customers,
            segmenter.predict(customers),
            cached.attributes_of(data, day, policies),
            segmenter.scheme.actions,
        )

    key = ("prospects", day, policies, str(recipe.change(audiences={})))
    return data.remember(key, work)


def expected(
    data: session.LoadedData, recipe: Recipe, day: datetime.date, policies: Policies
) -> pd.DataFrame:
    """The columns of that by customer."""
    return prospects(data, recipe, day, policies).customers


def extras_maker() -> Callable[[], list[pd.DataFrame | pd.Series | None]]:
    """A function that gives all of these, without the session; `build_analysis` joins the same."""
    known = session.require_data(), session.applied(), *cached.here()
    return lambda: [build(*known) for build in (rule_segments, favourites, expected)]


def customers() -> pd.DataFrame:
    """All customers with all that is known of them; shared, so never to be changed."""
    measures, segmenter = cached.customers(), segmenting.applied().segmenter
    attributes, extras = cached.attributes(), extras_maker()

    def build() -> pd.DataFrame:
        return join_known(build_customer_list(measures, segmenter, attributes), *extras())

    key = (*cached.here(), choices())
    return cached.latest("campaign customers", key, build, "Putting the customers together…")


def choices() -> str:
    """What of the recipe the columns of the customers hang on."""
    return str(session.applied().change(audiences={}))


def audience() -> Audience:
    """The audience being put together; at first everyone."""
    return session.chosen(session.AUDIENCE) or Audience(
        ((Condition("segment"),),), country=guess_country()
    )


def use(changed: Audience) -> None:
    """Go on with another audience."""
    session.put(session.AUDIENCE, changed)


def guess_country() -> str:
    """The country of most customers, for phone numbers without a country code."""
    attributes = cached.attributes()
    if "country" not in attributes:
        return DEFAULT_COUNTRY
    return country_codes([attributes["country"].mode().iloc[0]])[0] or DEFAULT_COUNTRY


def members() -> pd.DataFrame:
    """The customers of the audience, with their arm; shared, so never to be changed."""
    everyone, wanted = customers(), audience()

    def build() -> pd.DataFrame:
        chosen = everyone[select_customers(everyone, wanted)]
        arms = draw_arms(chosen["segment"], wanted.held_out / 100, wanted.seed)
        return chosen.assign(arm=arms)

    return cached.latest("campaign members", members_key(), build, "Choosing the customers…")


def members_key() -> tuple[object, ...]:
    """All that the members hang on."""
    return (*cached.here(), str(choices()), str(audience()))


def require_members() -> pd.DataFrame:
    """The members; where there are none, say so and end the run."""
    found = members()
    if found.empty:
        st.info("Nobody meets the conditions: change them in the view Audience.")
        st.stop()
    return found


def draw_size(found: pd.DataFrame) -> None:
    """How many there are, what they brought, and what they are expected to bring."""
    everyone = customers()
    held = int((found["arm"] == CONTROL).sum())
    with st.container(horizontal=True):
        figures.draw(
            "Customers", f"{len(found):,}", f"{grid.share(len(found) / len(everyone))} of all"
        )
        spend, total = found["total_spend"].sum(), everyone["total_spend"].sum()
        share = f"{grid.share(spend / total)} of all" if total else None
        figures.draw("Revenue so far", grid.short(spend), share)
        if "expected_value" in found:
            figures.draw("Expected value", grid.short(expected_total(found)))
        figures.draw("Addressed", f"{len(found) - held:,}", f"{held:,} held out")


def expected_total(found: pd.DataFrame) -> float:
    """What customers are expected to bring, to the digits of Lifetime value: lists are rounded."""
    prediction = predicting.prediction()
    value = found["expected_value"] if prediction is None else prediction["value"]
    return float(np.nansum(value.reindex(found.index)))


def lacks() -> str:
    """Why there is no prediction, in one sentence; empty where there is one."""
    return prospects(session.require_data(), session.applied(), *cached.here()).lacks


def label(name: str) -> str:
    """A column's name for people."""
    if name == "segment" and session.applied().clusters:
        return "Cluster"
    return AUDIENCES[name].label if name in AUDIENCES else name.replace("_", " ").capitalize()


def unit(name: str) -> tuple[str, int]:
    """What a column is counted in, and how many make one: shares are asked for in per cent."""
    found = AUDIENCES[name].unit if name in AUDIENCES else ""
    return found, 100 if found == "share" else 1
