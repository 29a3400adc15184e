"""Homes and buildings that match a placement, and its short list, through the API (P5)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http.call import ApiRouter, Call
from support_svc.homes.buildings import BuildingPage
from support_svc.homes.queries import HomeFilter, HomePage, HomeView
from support_svc.housing_search.commands import HomeOfPlacement, remove_from_shortlist, shortlist_home
from support_svc.housing_search.model import FEWEST_COMPARED, MOST_COMPARED
from support_svc.housing_search.queries import (
    HomeSeen,
    ShortlistedView,
    compared,
    home_for_placement,
    search_buildings_for_placement,
    search_for_placement,
    shortlist,
)

router = ApiRouter(prefix="/placements/{placement_id}", tags=["homes"])


@router.get("/homes")
async def find_homes(call: Call, placement_id: UUID, wanted: Annotated[HomeFilter, Query()]) -> HomePage:
    """New Housing Search for a placement: each home with how well it fits, and why."""
    return await call.ask(search_for_placement, placement_id, wanted)


@router.get("/buildings")
async def find_buildings(
    call: Call, placement_id: UUID, wanted: Annotated[HomeFilter, Query()]
) -> BuildingPage:
    """New Housing Search by building: how many homes match in each, and the one that comes first."""
    return await call.ask(search_buildings_for_placement, placement_id, wanted)


@router.get("/homes/{unit}")
async def get_home(call: Call, placement_id: UUID, unit: UUID) -> HomeSeen:
    """One home with how well it fits the placement, and why."""
    return await call.ask(home_for_placement, placement_id, unit)


@router.get("/comparisons")
async def get_comparison(
    call: Call,
    placement_id: UUID,
    units: Annotated[list[UUID], Query(min_length=FEWEST_COMPARED, max_length=MOST_COMPARED)],
) -> list[HomeView]:
    """Two to four homes side by side."""
    return await call.ask(compared, placement_id, units)


@router.get("/shortlisted-homes")
async def get_shortlist(call: Call, placement_id: UUID) -> list[ShortlistedView]:
    """The short list, the latest first."""
    return await call.ask(shortlist, placement_id)


@router.put("/shortlisted-homes/{unit}", status_code=204)
async def put_home(call: Call, placement_id: UUID, unit: UUID) -> None:
    """Put a home on the short list."""
    await call.perform(shortlist_home, HomeOfPlacement(placement_id=placement_id, unit=unit))


@router.delete("/shortlisted-homes/{unit}", status_code=204)
async def delete_home(call: Call, placement_id: UUID, unit: UUID) -> None:
    """Take a home off the short list."""
    await call.perform(remove_from_shortlist, HomeOfPlacement(placement_id=placement_id, unit=unit))
