"""Putting homes on the short list of a placement, and taking them off (P5)."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.homes.queries import home_for_request
from support_svc.housing_search.model import LONGEST, ShortlistedHome, ShortlistFull
from support_svc.placements.commands import locked_placement
from support_svc.placements.feature import EDIT_PLACEMENT


class HomeOfPlacement(BaseModel):
    """A home on, or for, the short list of a placement."""

    placement_id: UUID
    unit: UUID


@use_case(EDIT_PLACEMENT)
async def shortlist_home(tx: Tx, command: HomeOfPlacement) -> None:
    """Put a listed home on the short list; one that is on it stays as it is (P5).

    Raises NotFound, UnknownHome, ShortlistFull.
    """
    placement = await locked_placement(tx, command.placement_id)
    if await tx.session.get(ShortlistedHome, (placement.id, command.unit)) is not None:
        return
    home = await home_for_request(tx, command.unit)
    mine = ShortlistedHome.placement_id == placement.id
    if (await tx.scalar(select(func.count()).where(mine)) or 0) >= LONGEST:
        raise ShortlistFull(longest=LONGEST)
    tx.session.add(
        ShortlistedHome(
            placement_id=placement.id,
            unit=command.unit,
            address=home.address_line,
            added_at=tx.now,
            added_by_name=tx.actor.name,
        )
    )
    tx.touched("placement", placement.id, "home_shortlisted", {"shortlist": (None, home.address_line)})


@use_case(EDIT_PLACEMENT)
async def remove_from_shortlist(tx: Tx, command: HomeOfPlacement) -> None:
    """Take a home off the short list; one that isn't on it is no mistake (P5). Raises NotFound."""
    placement = await locked_placement(tx, command.placement_id)
    found = await tx.session.get(ShortlistedHome, (placement.id, command.unit))
    if found is not None:
        await tx.session.delete(found)
        tx.touched("placement", placement.id, "home_off_shortlist", {"shortlist": (found.address, None)})
