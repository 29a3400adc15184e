"""The filters of a housing search in words, each with the address of the search without it."""

from collections.abc import Iterator, Mapping
from typing import Any

from deskkit.call import PageCall
from deskkit.i18n import N_
from deskkit.labels import label_of
from deskkit.rendering import with_query
from support_svc.homes.facts import FLAGS
from support_svc.homes.model import ManagedBy, region_name
from support_svc.homes.queries import HomeFilter, OccupancyFilter

SOUGHT_FEATURES = (
    "barrier_free_entrance", "roll_in_shower", "grab_bars", "ground_floor", "elevator",
    "laundry_in_building", "laundry_in_unit", "air_conditioning", "balcony", "furnished",
    "pets_allowed", "smoke_free", "parking", "bicycle_storage", "storage_locker", "heat_included",
    "electricity_included", "water_included", "internet_included",
)  # fmt: skip
"""The features that a search can name, by their published codes."""
_WORDS: dict[str, dict[object, str]] = {
    **{flag.name: {True: flag.words} for flag in FLAGS},
    "occupancy": {
        OccupancyFilter.AVAILABLE: N_("Available now"),
        OccupancyFilter.ALL: N_("Also homes that aren’t free"),
    },
    "managed_by": {
        ManagedBy.PROPERTY_ENTITY: N_("Managed by a property entity"),
        ManagedBy.THIRD_PARTY: N_("Managed by a third-party landlord"),
        ManagedBy.NOT_KNOWN: N_("Not known who manages it"),
    },
}
"""Filters with few values, in words."""

_FIGURES = {
    "rent_from": N_("Rent from %(figure)s"),
    "rent_to": N_("Rent up to %(figure)s"),
    "area_from": N_("Area from %(figure)s sq. ft."),
    "area_to": N_("Area up to %(figure)s sq. ft."),
    "floor_from": N_("Floor %(figure)s or above"),
    "floor_to": N_("Floor %(figure)s or below"),
    "year_from": N_("Built in %(figure)s or after"),
}
"""Filters that are a number."""


def chips(call: PageCall, wanted: HomeFilter, kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what narrows the search, the address without it); `kinds` are housing types in words."""
    # Removing one filter must not bring the usual housing types back: they are named as they are.
    types = {"types": list(wanted.types) or [""]}
    return [
        (words, with_query(call, after=None, **{**types, **without}))
        for words, without in _in_use(call, wanted, kinds)
    ]


def _in_use(
    call: PageCall, wanted: HomeFilter, kinds: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What narrows the search, in words, and what the address has without it."""
    if wanted.building is not None:
        yield call._("One building"), {"building": None}
    if wanted.q:
        yield call._("Address: %(text)s", text=wanted.q), {"q": None}
    if (rooms := wanted.bedrooms_from) is not None:
        words = call.ngettext("At least %(n)s bedroom", "At least %(n)s bedrooms", rooms)
        yield words, {"bedrooms_from": None}
    for name, msgid in _FIGURES.items():
        if (value := getattr(wanted, name)) is not None:
            yield call._(msgid, figure=_figure(call, name, value, wanted.currency)), {name: None}
    for name in ("region", "city"):
        if text := getattr(wanted, name):
            yield region_name(text) if name == "region" else text, {name: None}
    for name, words_of in _WORDS.items():
        if (known := words_of.get(getattr(wanted, name))) is not None:
            yield call._(known), {name: None, f"{name}-present": None}
    if wanted.inventory:
        yield (
            call._("Listed by %(inventory)s", inventory=call.party_name(wanted.inventory)),
            {"inventory": None},
        )
    for kind in wanted.types:
        others = [other for other in wanted.types if other != kind]
        yield kinds.get(kind, call._(label_of(kind))), {"types": others or [""]}
    for feature in wanted.features:
        others = [other for other in wanted.features if other != feature]
        yield call._(label_of(feature)), {"features": others}


def _figure(call: PageCall, name: str, value: Any, currency: str) -> str:
    if name.startswith("rent"):
        return call.formats.money(value, currency)
    return str(value) if name == "year_from" else call.formats.number(value)
