"""Clients and households through the API (C1, C2, C3)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from chassis.http.call import ApiRouter, Call
from support_svc.clients.commands import (
    AddMember,
    ChooseHead,
    CreateClient,
    EditClient,
    FormHousehold,
    RemoveMember,
    add_member,
    choose_head,
    create_client,
    edit_client,
    form_household,
    remove_member,
)
from support_svc.clients.model import ClientState
from support_svc.clients.queries import (
    ClientLine,
    ClientPage,
    ClientView,
    HouseholdView,
    client,
    household,
    possible_duplicates,
    search_clients,
)

router = ApiRouter(prefix="/api/support/v1", tags=["clients"])


class Created(BaseModel):
    """The id of what was created."""

    id: UUID


@router.get("/clients")
async def find_clients(
    call: Call,
    q: Annotated[str, Query(max_length=120)] = "",
    after: str | None = None,
    state: ClientState | None = None,
) -> ClientPage:
    """Find clients by any part of any name, phone number or date of birth."""
    return await call.ask(search_clients, q, after, state)


@router.get("/clients/possible-duplicates")
async def find_duplicates(
    call: Call, given_name: str, family_name: str, date_of_birth: date | None = None
) -> list[ClientLine]:
    """People who may be the one about to be recorded."""
    return await call.ask(possible_duplicates, given_name, family_name, date_of_birth)


@router.post("/clients", status_code=201)
async def post_client(call: Call, command: CreateClient) -> Created:
    """Record a client."""
    return Created(id=await call.perform(create_client, command))


@router.get("/clients/{client_id}")
async def get_client(call: Call, client_id: UUID) -> ClientView:
    """A client's record; the view is logged."""
    return await call.ask(client, client_id)


@router.put("/clients", status_code=204)
async def put_client(call: Call, command: EditClient) -> None:
    """Change a client's record."""
    await call.perform(edit_client, command)


@router.get("/clients/{client_id}/household")
async def get_household(call: Call, client_id: UUID, day: date | None = None) -> HouseholdView:
    """The household of a client, with ages on a day."""
    return await call.ask(household, client_id, day)


@router.post("/households", status_code=201)
async def post_household(call: Call, command: FormHousehold) -> Created:
    """Form a household."""
    return Created(id=await call.perform(form_household, command))


@router.post("/households/members", status_code=204)
async def post_member(call: Call, command: AddMember) -> None:
    """Take a person into a client's household."""
    await call.perform(add_member, command)


@router.post("/households/members/remove", status_code=204)
async def post_departure(call: Call, command: RemoveMember) -> None:
    """Let a person leave the household."""
    await call.perform(remove_member, command)


@router.post("/households/head", status_code=204)
async def post_head(call: Call, command: ChooseHead) -> None:
    """Make another member the head of the household."""
    await call.perform(choose_head, command)
