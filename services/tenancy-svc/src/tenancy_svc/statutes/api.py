"""The list of legal bars over HTTP (T1, W3)."""

from __future__ import annotations

import uuid

from pydantic import BaseModel

from chassis.http import ApiRouter, Call
from tenancy_svc.statutes.commands import add_statute, retire_statute
from tenancy_svc.statutes.model import AddStatute, RetireStatute
from tenancy_svc.statutes.queries import StatuteView, statutes

router = ApiRouter(tags=["statutes"])


class Added(BaseModel):
    """The provision that was added."""

    id: uuid.UUID


@router.get("/statutes")
async def list_statutes(call: Call, retired: bool = False) -> list[StatuteView]:
    """List the legal bars that an application may be declined under; with `retired` former ones too."""
    return await call.ask(statutes, retired=retired)


@router.post("/statutes", status_code=201)
async def post_statute(call: Call, command: AddStatute) -> Added:
    """Add a legal bar."""
    return Added(id=await call.perform(add_statute, command))


@router.delete("/statutes/{statute_id}", status_code=204)
async def delete_statute(call: Call, statute_id: uuid.UUID) -> None:
    """Take a legal bar off the list; former declines keep it."""
    await call.perform(retire_statute, RetireStatute(statute_id=statute_id))
