"""Clients and households through the API (C1, C2, C3)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import After, ApiRouter, Call, Created, direct
from support_svc.clients.commands import (
    AddMember,
    ChangedClient,
    ChooseHead,
    CreateClient,
    EditClient,
    FormHousehold,
    HouseholdMembers,
    Leaving,
    NewHead,
    NewMember,
    RemoveMember,
    add_member,
    choose_head,
    create_client,
    edit_client,
    form_household,
    remove_member,
)
from support_svc.clients.model import ClientState, MailingAddress
from support_svc.clients.queries import (
    ClientLine,
    ClientView,
    FoundClients,
    HouseholdView,
    MemberInTime,
    client,
    household,
    household_over_time,
    mailing_address,
    possible_duplicates,
    search_clients,
)

router = ApiRouter(tags=["clients"])


@router.get("/clients")
async def find_clients(
    call: Call,
    q: Annotated[str, Query(max_length=120)] = "",
    after: After = None,
    state: ClientState | None = None,
) -> FoundClients:
    """Find clients by any part of any name, phone number or date of birth."""
    return await call.ask(search_clients, q, after, state)


@router.get("/clients/possible-duplicates")
async def find_duplicates(
    call: Call, family_name: str, given_name: str = "", date_of_birth: date | None = None
) -> list[ClientLine]:
    """People who may be the one about to be recorded."""
    return await call.ask(possible_duplicates, given_name, family_name, date_of_birth)


@router.post("/clients", status_code=201)
@direct
async def post_client(call: Call, command: CreateClient) -> Created:
    """Record a client."""
    return Created(id=await call.perform(create_client, command))


@router.get("/clients/{client_id}")
async def get_client(call: Call, client_id: UUID) -> ClientView:
    """A client's record; the view is logged."""
    return await call.ask(client, client_id)


@router.put("/clients/{client_id}", status_code=204)
async def put_client(call: Call, client_id: UUID, body: ChangedClient) -> None:
    """Change a client's record."""
    await call.perform(edit_client, EditClient(client_id=client_id, **dict(body)))


@router.get("/clients/{client_id}/mailing-address")
async def get_mailing_address(call: Call, client_id: UUID) -> MailingAddress:
    """A client's mailing address, also a safe one, which nothing else shows; the view is logged."""
    return await call.ask(mailing_address, client_id)


@router.get("/clients/{client_id}/household")
async def get_household(call: Call, client_id: UUID, day: date | None = None) -> HouseholdView:
    """The household of a client, with ages on a day."""
    return await call.ask(household, client_id, day)


@router.get("/clients/{client_id}/household/members")
async def get_members(call: Call, client_id: UUID) -> list[MemberInTime]:
    """Everybody who was in a household with a client, each with the days from and until."""
    return await call.ask(household_over_time, client_id)


@router.post("/clients/{client_id}/household", status_code=201)
async def post_household(call: Call, client_id: UUID, body: HouseholdMembers) -> Created:
    """Form a household; the client is its head."""
    command = FormHousehold(head_id=client_id, **dict(body))
    return Created(id=await call.perform(form_household, command))


@router.post("/clients/{client_id}/household/members", status_code=204)
async def post_member(call: Call, client_id: UUID, body: NewMember) -> None:
    """Take a person into a client's household."""
    await call.perform(add_member, AddMember(client_id=client_id, **dict(body)))


@router.delete("/clients/{client_id}/household/members/{member_id}", status_code=204)
async def delete_member(
    call: Call, client_id: UUID, member_id: UUID, leaving: Annotated[Leaving, Query()]
) -> None:
    """Let a person leave the household; of the head it's said who becomes the head."""
    await call.perform(remove_member, RemoveMember(client_id=client_id, member_id=member_id, **dict(leaving)))


@router.put("/clients/{client_id}/household/head", status_code=204)
async def put_head(call: Call, client_id: UUID, body: NewHead) -> None:
    """Make another member the head of the household."""
    await call.perform(choose_head, ChooseHead(client_id=client_id, **dict(body)))
