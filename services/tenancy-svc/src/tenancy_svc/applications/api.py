"""Applications over HTTP (T1)."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from tenancy_svc.applications.commands import (
    accept_application,
    decline_application,
    join_application,
    open_application,
    record_people,
    withdraw_application,
)
from tenancy_svc.applications.model import (
    AcceptApplication,
    ApplicationStatus,
    Decline,
    DeclineApplication,
    JoinApplication,
    Joining,
    OpenApplication,
    People,
    RecordPeople,
    WithdrawApplication,
)
from tenancy_svc.applications.queries import (
    ApplicationLine,
    ApplicationRecord,
    application,
    applications,
)

router = ApiRouter(tags=["applications"])


class Opened(BaseModel):
    """The application that was opened."""

    id: uuid.UUID


@router.get("/applications")
async def list_applications(
    call: Call,
    status: Annotated[list[ApplicationStatus] | None, Query()] = None,
    q: Annotated[str, Query(max_length=100)] = "",
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[ApplicationLine]:
    """List applications, newest first."""
    return await call.ask(applications, statuses=status or (), words=q, after=after, limit=limit)


@router.post("/applications", status_code=201)
async def post_application(call: Call, command: OpenApplication) -> Opened:
    """Open an application that came directly from a household."""
    return Opened(id=await call.perform(open_application, command))


@router.get("/applications/{application_id}")
async def show_application(call: Call, application_id: uuid.UUID) -> ApplicationRecord:
    """Show one application."""
    return await call.ask(application, application_id)


@router.put("/applications/{application_id}/people", status_code=204)
async def put_people(call: Call, application_id: uuid.UUID, body: People) -> None:
    """Record the people as the applicant gave them."""
    await call.perform(
        record_people, RecordPeople(application_id=application_id, version=body.version, people=body.people)
    )


@router.post("/applications/{application_id}/acceptance", status_code=204)
async def post_acceptance(call: Call, application_id: uuid.UUID) -> None:
    """Accept an application."""
    await call.perform(accept_application, AcceptApplication(application_id=application_id))


@router.post("/applications/{application_id}/decline", status_code=204)
async def post_decline(call: Call, application_id: uuid.UUID, body: Decline) -> None:
    """Decline an application for a reason of the closed list."""
    await call.perform(
        decline_application,
        DeclineApplication(application_id=application_id, reason=body.reason, statute=body.statute),
    )


@router.post("/applications/{application_id}/joining", status_code=204)
async def post_joining(call: Call, application_id: uuid.UUID, body: Joining) -> None:
    """Let the referral of an application join another of the same household for the same home."""
    await call.perform(
        join_application, JoinApplication(application_id=application_id, application=body.application)
    )


@router.post("/applications/{application_id}/withdrawal", status_code=204)
async def post_withdrawal(call: Call, application_id: uuid.UUID) -> None:
    """Close an application because the applicant withdrew."""
    await call.perform(withdraw_application, WithdrawApplication(application_id=application_id))
