"""The actor's sessions, and what is needed to compare a password."""

from __future__ import annotations

import math
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import exists, select, tuple_

from chassis.tx import ReadTx
from chassis.usecase import query
from gateway.sessions.feature import OPEN_SESSIONS
from gateway.sessions.model import FailedSignIns, Session, count_keys
from gateway.settings import GatewaySettings
from gateway.staff.feature import VIEW_OWN_ACCOUNT
from gateway.staff.model import StaffMember


class SessionView(BaseModel):
    """One sign-in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    opened_at: datetime
    renewed_at: datetime
    ends_at: datetime
    device: str
    address: str


@query(VIEW_OWN_ACCOUNT)
async def own_sessions(tx: ReadTx) -> list[SessionView]:
    """Return the actor's sessions, the latest first."""
    mine = select(Session).where(Session.staff_id == UUID(tx.actor.subject), Session.ends_at > tx.now)
    rows = (await tx.execute(mine.order_by(Session.renewed_at.desc()))).scalars()
    return [SessionView.model_validate(row) for row in rows]


class Attempt(BaseModel):
    """What is needed to compare a password, unless `wait_seconds` is greater than 0."""

    wait_seconds: int = 0
    staff_id: UUID | None = None
    password_hash: str | None = Field(default=None, repr=False)


@query(OPEN_SESSIONS)
async def attempt(tx: ReadTx, email: str, address: str) -> Attempt:
    """Return how long a sign-in as `email` from `address` has to wait, or what to compare its password with.

    Wrong passwords from elsewhere don't matter at an address where the person is signed in.
    """
    settings = tx.runtime.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("sessions belong to a gateway")
    member = (
        await tx.execute(select(StaffMember).where(StaffMember.email == email, StaffMember.active))
    ).scalar_one_or_none()
    counts = count_keys(email, address, settings.csrf_secret.get_secret_value())
    if member is not None and await tx.scalar(
        select(exists().where(Session.staff_id == member.id, Session.address == address[:60]))
    ):
        del counts["account"]
    wanted = select(FailedSignIns.waits_until).where(
        tuple_(FailedSignIns.kind, FailedSignIns.key).in_(list(counts.items()))
    )
    waits = [(until - tx.now).total_seconds() for until in (await tx.execute(wanted)).scalars()]
    if (longest := max(waits, default=0)) > 0:
        return Attempt(wait_seconds=math.ceil(longest))
    if member is None:
        return Attempt()
    return Attempt(staff_id=member.id, password_hash=member.password_hash)
