"""Landlords over HTTP: /api/units/v1/landlords."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.http import After, ApiRouter, Call, Limit, command_of
from chassis.paging import PAGE, CountedPage
from units_svc.edits import Edit
from units_svc.landlords import commands, queries
from units_svc.landlords.model import Relation

router = ApiRouter(prefix="/landlords", tags=["landlords"])


@dataclass(frozen=True, slots=True)
class AddedLandlord:
    """The id of the new landlord."""

    id: UUID


class EditedLandlord(commands.LandlordDetails):
    """A landlord with the version that was read."""

    version: int
    active: bool = True


@router.get("")
async def list_landlords(
    call: Call,
    words: str | None = None,
    relation: Relation | None = None,
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[queries.LandlordRow]:
    """Landlords by name, page by page (U6)."""
    return await call.ask(queries.landlord_list, words=words, relation=relation, after=after, limit=limit)


@router.post("", status_code=201)
async def add_landlord(call: Call, body: commands.AddLandlord) -> AddedLandlord:
    """Add a landlord (U6)."""
    return AddedLandlord(await call.perform(commands.add_landlord, body))


@router.get("/{landlord_id}")
async def read_landlord(call: Call, landlord_id: UUID) -> queries.LandlordRecord:
    """One landlord."""
    return await call.ask(queries.landlord_record, landlord_id)


@router.get("/{landlord_id}/history")
async def read_landlord_history(call: Call, landlord_id: UUID) -> list[Edit]:
    """Who changed what of a landlord, newest first (X3)."""
    return await call.ask(queries.landlord_history, landlord_id)


@router.put("/{landlord_id}", status_code=204)
async def edit_landlord(call: Call, landlord_id: UUID, body: EditedLandlord) -> None:
    """Correct a landlord (U6, X4)."""
    await call.perform(
        commands.edit_landlord, command_of(commands.EditLandlord, body, landlord_id=landlord_id)
    )
