"""Where a record is that an address doesn't find any more, because it became a part of another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request

from chassis.actor import Actor
from chassis.errors import DomainError, Kind
from chassis.feature import offers_of
from chassis.perform import ask
from chassis.runtime import Runtime
from chassis.usecase import Query

MovedRecords = Mapping[str, Query[[UUID], UUID | None]]
"""By the name of a parameter of addresses, what answers where an old id leads; a function offers it."""


async def moved_to(request: Request, runtime: Runtime, actor: Actor | None, error: DomainError) -> str | None:
    """Return the address of what was asked for, with the ids that records have now, or None."""
    if error.kind is not Kind.not_found or actor is None:
        return None
    address = str(request.url.path)
    asked: list[Callable[[], MovedRecords]] = offers_of(runtime.features, "moved_records")
    for name, question in (pair for records in asked for pair in records().items()):
        old = _id(request.path_params.get(name))
        if old is None or not runtime.access.permits(actor, question.permission):
            continue
        if (new := await ask(runtime, actor, question, old)) is not None:
            address = address.replace(str(old), str(new))
    if address == str(request.url.path):
        return None
    return f"{address}?{request.url.query}" if request.url.query else address


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
