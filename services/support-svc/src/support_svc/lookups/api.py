"""Lists through the API."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http.call import ApiRouter, Call
from support_svc.lookups.commands import (
    AddLookupValue,
    ChangeLookupValue,
    NameCaseworker,
    add_lookup_value,
    change_lookup_value,
    name_caseworker,
)
from support_svc.lookups.model import LookupList
from support_svc.lookups.queries import CaseworkerView, ValueView, caseworkers, values_of

router = ApiRouter(prefix="/api/support/v1", tags=["lists"])


@router.get("/lists/{name}")
async def read_list(
    call: Call, name: LookupList, retired: Annotated[bool, Query()] = False
) -> list[ValueView]:
    """The values of a list, in order."""
    return (await call.ask(values_of, name, retired=retired))[name]


@router.post("/lists", status_code=201)
async def add_value(call: Call, command: AddLookupValue) -> UUID:
    """Add a value to a list."""
    return await call.perform(add_lookup_value, command)


@router.put("/lists/values", status_code=204)
async def change_value(call: Call, command: ChangeLookupValue) -> None:
    """Relabel, move, retire or bring back a value."""
    await call.perform(change_lookup_value, command)


@router.get("/caseworkers")
async def read_caseworkers(call: Call) -> list[CaseworkerView]:
    """Who can be named as caseworker."""
    return await call.ask(caseworkers)


@router.put("/caseworkers", status_code=204)
async def put_caseworker(call: Call, command: NameCaseworker) -> None:
    """Put a colleague on the list of caseworkers, or take him or her off it."""
    await call.perform(name_caseworker, command)
