"""Landlords over HTTP: /api/units/v1/landlords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, command_of
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
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = queries.PAGE,
) -> queries.LandlordPage:
    """Landlords by name; `after` names the last one seen (U6)."""
    return await call.ask(queries.landlord_list, words=words, relation=relation, after=after, limit=limit)


@router.post("", status_code=201)
async def add_landlord(call: Call, body: commands.AddLandlord) -> AddedLandlord:
    """Add a landlord (U6)."""
    return AddedLandlord(await call.perform(commands.add_landlord, body))


@router.get("/{landlord_id}")
async def read_landlord(call: Call, landlord_id: UUID) -> queries.LandlordRecord:
    """One landlord."""
    return await call.ask(queries.landlord_record, landlord_id)


@router.put("/{landlord_id}", status_code=204)
async def edit_landlord(call: Call, landlord_id: UUID, body: EditedLandlord) -> None:
    """Correct a landlord (U6, X4)."""
    await call.perform(
        commands.edit_landlord, command_of(commands.EditLandlord, body, landlord_id=landlord_id)
    )
