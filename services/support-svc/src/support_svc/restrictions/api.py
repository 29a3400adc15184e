"""Restrictions of clients through the API (C8)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import After, ApiRouter, Call, Created
from chassis.paging import Page
from support_svc.restrictions.commands import (
    EndNaming,
    LiftRestriction,
    NamePerson,
    NewPerson,
    RestrictClient,
    RestrictionFields,
    TakeOver,
    WhyNow,
    end_naming,
    lift_restriction,
    name_person,
    restrict_client,
    take_over,
)
from support_svc.restrictions.queries import (
    RestrictionFilter,
    RestrictionLine,
    RestrictionView,
    restrictions,
    restrictions_of,
)

router = ApiRouter(tags=["restrictions"])


@router.get("/restrictions")
async def get_restrictions(
    call: Call, after: After = None, lifted: Annotated[bool, Query()] = False
) -> Page[RestrictionLine]:
    """Which restrictions exist, without whom they are about."""
    return await call.ask(restrictions, RestrictionFilter(lifted=lifted, after=after))


@router.post("/restrictions/{restriction_id}/taking-over", status_code=201)
async def post_taking_over(call: Call, restriction_id: UUID, body: WhyNow) -> Created:
    """Name oneself on a restriction with a reason; the answer is the client's id."""
    command = TakeOver(restriction_id=restriction_id, **dict(body))
    return Created(id=await call.perform(take_over, command))


@router.get("/clients/{client_id}/restrictions")
async def get_restrictions_of(call: Call, client_id: UUID) -> list[RestrictionView]:
    """The restrictions of a client, the latest first, for who is named."""
    return await call.ask(restrictions_of, client_id)


@router.post("/clients/{client_id}/restrictions", status_code=201)
async def post_restriction(call: Call, client_id: UUID, body: RestrictionFields) -> Created:
    """Restrict a client's record to the people named."""
    return Created(id=await call.perform(restrict_client, RestrictClient(client_id=client_id, **dict(body))))


@router.post("/clients/{client_id}/restriction/colleagues", status_code=204)
async def post_person(call: Call, client_id: UUID, body: NewPerson) -> None:
    """Name another colleague on the restriction in force."""
    await call.perform(name_person, NamePerson(client_id=client_id, **dict(body)))


@router.delete("/clients/{client_id}/restriction/colleagues/{person}", status_code=204)
async def delete_person(call: Call, client_id: UUID, person: str) -> None:
    """Take a colleague off the restriction in force."""
    await call.perform(end_naming, EndNaming(client_id=client_id, person=person))


@router.post("/clients/{client_id}/restriction/lifting", status_code=204)
async def post_lifting(call: Call, client_id: UUID, body: WhyNow) -> None:
    """Lift the restriction in force."""
    await call.perform(lift_restriction, LiftRestriction(client_id=client_id, **dict(body)))
