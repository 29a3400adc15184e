"""Homes are searched for a placement by the feature of that name, and by no other (P5)."""

import pkgutil
from importlib import import_module

import pytest

from chassis.usecase import Query
from support_svc.features import FEATURES
from support_svc.housing_search import queries
from support_svc.placements.timeline import SEARCHED


@pytest.mark.row("P5", "P10")
def test_every_search_for_a_placement_is_in_the_housing_search():
    searches = {
        found.function
        for feature in FEATURES
        for module in pkgutil.iter_modules(import_module(feature.package).__path__, f"{feature.package}.")
        for found in vars(import_module(module.name)).values()
        if isinstance(found, Query) and found.views == SEARCHED
    }
    assert {search.__name__ for search in searches} == {
        "search_for_placement",
        "search_buildings_for_placement",
    }
    assert {search.__module__ for search in searches} == {queries.__name__}
