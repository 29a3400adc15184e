"""Adds programs and replaces their secrets."""

from __future__ import annotations

from pydantic import BaseModel, Field

from chassis.tx import Tx
from chassis.usecase import use_case
from gateway.clients.feature import MANAGE_CLIENTS
from gateway.clients.model import ApiClient
from gateway.organisation import organisation_of
from gateway.staff.model import own_roles


class PutClient(BaseModel):
    """A program with its roles; an existing id gets the new secret, roles and name."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    name: str = Field(min_length=1, max_length=120)
    roles: list[str]
    secret_digest: bytes = Field(repr=False)
    active: bool = True


class ClientPut(BaseModel):
    """The program that was added or changed."""

    id: str


@use_case(MANAGE_CLIENTS)
async def put_client(tx: Tx, command: PutClient) -> ClientPut:
    """Add a program or replace its secret. Raises RoleOfAnotherOrganisation (W10)."""
    roles = own_roles(organisation_of(tx.runtime), command.roles)
    client = await tx.session.get(ApiClient, command.id, with_for_update=True)
    if client is None:
        client = ApiClient(id=command.id, added_at=tx.now)
        tx.session.add(client)
    client.name, client.roles, client.active = command.name, roles, command.active
    client.secret_digest = command.secret_digest
    tx.touched("api_client", command.id, "put", {"roles": (None, roles)})
    return ClientPut(id=command.id)
