"""New Housing Search, a page of each home, the short list and comparing on the Front Desk (P5)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Nothing
from deskkit.labels import label_of
from deskkit.router import DeskRouter
from support_svc.homes.facts import FLAGS, SHOWN_FIGURES
from support_svc.homes.model import region_name
from support_svc.homes.queries import HomeFilter, inventories, places
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.housing_search.commands import HomeOfPlacement, remove_from_shortlist, shortlist_home
from support_svc.housing_search.filters import SOUGHT_FEATURES, chips
from support_svc.housing_search.model import TooManyToCompare, can_be_compared
from support_svc.housing_search.queries import (
    compared,
    home_for_placement,
    search_buildings_for_placement,
    search_for_placement,
    shortlist,
    shortlisted_units,
)
from support_svc.lookups.queries import values_of
from support_svc.placements.queries import placement
from support_svc.viewings.queries import choice, viewings
from trade.listings import FEATURES, HOUSING_TYPES, grouped

router = DeskRouter(prefix="/front-desk/placements/{placement_id}")


async def _kinds(call: PageCall) -> dict[str, str]:
    """Housing types as published, in the person's words."""
    values = (await call.ask(values_of, HOUSING_TYPE))[HOUSING_TYPE]
    return {value.published_as: value.label(call.locale) for value in values if value.published_as}


def _grouped(call: PageCall, kinds: Mapping[str, str]) -> dict[str, list[Any]]:
    """The housing types and features that a search can name, in their groups."""
    words = [(code, (code, call._(label_of(code)))) for code in SOUGHT_FEATURES]
    types = [(code, (code, name)) for code, name in kinds.items()]
    return {
        "types": [(call._(title), members) for title, members in grouped(types, HOUSING_TYPES)],
        "features": [(call._(title), members) for title, members in grouped(words, FEATURES)],
    }


@router.get("/search", name="home_search")
async def search(call: DeskCall, placement_id: UUID) -> Response:
    """New Housing Search (P5); it begins with the housing types the placement seeks.

    Homes of one building are one line; the address of a building's own list names it.
    """
    one = await call.ask(placement, placement_id)
    usual: dict[str, object] = {"currency": one.currency}
    if not call.request.query_params:
        usual["types"] = list(one.types_published)
    form = call.sought(HomeFilter, initial=usual)
    wanted, kinds, known = form.command, await _kinds(call), await call.ask(places)
    by_building = wanted.building is None
    search_in = search_buildings_for_placement if by_building else search_for_placement
    return call.page(
        "housing_search/search.html",
        one=one,
        wanted=wanted,
        by_building=by_building,
        found=await call.ask(search_in, placement_id, wanted),
        chips=chips(call, wanted, kinds),
        shortlisted=await call.ask(shortlisted_units, placement_id),
        regions=[(region, region_name(region)) for region in known.regions],
        cities=[(city, city) for city in known.cities],
        kinds=kinds,
        grouped=_grouped(call, kinds),
        form=form,
    )


@router.get("/homes/{unit}", name="placement_home")
async def home(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """A home before it is asked for (P5): what is listed of it, how well it fits and why, its building."""
    return call.page(
        "housing_search/home.html",
        one=await call.ask(placement, placement_id),
        seen=await call.ask(home_for_placement, placement_id, unit),
        viewings={one.unit: one for one in await call.ask(viewings, placement_id)},
        inventories=await call.ask(inventories),
        figures=SHOWN_FIGURES,
        flags=FLAGS,
        kinds=await _kinds(call),
        region_name=region_name,
    )


@router.get("/shortlist", name="shortlist")
async def show_shortlist(call: DeskCall, placement_id: UUID) -> Response:
    """The short list of a placement, and every home that the household was shown (P5, P12)."""
    return await _shortlist_page(call, placement_id)


async def _shortlist_page(call: PageCall, placement_id: UUID, **more: Any) -> Response:
    return call.page(
        "housing_search/shortlist.html",
        one=await call.ask(placement, placement_id),
        homes=await call.ask(shortlist, placement_id),
        viewings={one.unit: one for one in await call.ask(viewings, placement_id)},
        counts=await call.ask(choice, placement_id),
        inventories=await call.ask(inventories),
        kinds=await _kinds(call),
        **more,
    )


@router.get("/compare", name="compare_homes")
async def compare(call: DeskCall, placement_id: UUID) -> Response:
    """Two to four homes side by side (P5); with any other number the short list says what to choose."""
    units = [UUID(text) for text in call.request.query_params.getlist("unit") if _is_id(text)]
    if not can_be_compared(units):
        form = await call.form(Nothing)
        form.add(TooManyToCompare())
        return await _shortlist_page(call, placement_id, form=form, chosen=units)
    return call.page(
        "housing_search/compare.html",
        one=await call.ask(placement, placement_id),
        homes=await call.ask(compared, placement_id, units),
        inventories=await call.ask(inventories),
        flags=FLAGS,
        kinds=await _kinds(call),
        shortlisted=await call.ask(shortlisted_units, placement_id),
    )


@router.post("/shortlist/{unit}", name="shortlist_add")
async def add(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Put a home on the short list and go on where one was."""
    await call.perform(shortlist_home, HomeOfPlacement(placement_id=placement_id, unit=unit))
    return await _back(call, placement_id, call._("The home is on the short list."))


@router.post("/shortlist/{unit}/removal", name="shortlist_remove")
async def remove(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Take a home off the short list and go on where one was."""
    await call.perform(remove_from_shortlist, HomeOfPlacement(placement_id=placement_id, unit=unit))
    return await _back(call, placement_id, call._("The home is off the short list."))


async def _back(call: PageCall, placement_id: UUID, notice: str) -> Response:
    """To the page of this placement that the button was on, else to the short list."""
    own = call.url("placement", placement_id=placement_id) + "/"
    back = next(iter((await call.posted()).get("back", ())), "")
    if back.startswith(own) and "\\" not in back and back.isprintable():
        return call.redirect(back, notice=notice)
    return call.redirect("shortlist", placement_id=placement_id, notice=notice)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
