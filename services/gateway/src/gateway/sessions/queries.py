"""Where the asker is signed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from gateway.access import Permission
from gateway.sessions.model import Session


class SessionView(BaseModel):
    """One sign-in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    opened_at: datetime
    renewed_at: datetime
    ends_at: datetime
    device: str
    address: str


@query(Permission.VIEW_OWN_ACCOUNT)
async def own_sessions(tx: ReadTx) -> list[SessionView]:
    """The asker's sessions, the latest first."""
    mine = select(Session).where(Session.staff_id == UUID(tx.actor.subject), Session.ends_at > tx.now)
    rows = (await tx.execute(mine.order_by(Session.renewed_at.desc()))).scalars()
    return [SessionView.model_validate(row) for row in rows]
