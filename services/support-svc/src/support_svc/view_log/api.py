"""Views of clients' records through the API (X3)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import After, ApiRouter, Call
from chassis.paging import Page
from support_svc.view_log.queries import ViewFilter, ViewLine, views

router = ApiRouter(tags=["views"])


@router.get("/views")
async def get_views(
    call: Call,
    *,
    after: After = None,
    person: Annotated[str | None, Query(max_length=120)] = None,
    client: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Page[ViewLine]:
    """Who looked at which client's record, the latest first."""
    wanted = ViewFilter(person=person, client=client, since=since, until=until, after=after)
    return await call.ask(views, wanted)
