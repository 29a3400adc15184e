"""The people of the organisation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from gateway.staff.commands import WHAT
from gateway.staff.feature import MANAGE_STAFF, VIEW_OWN_ACCOUNT
from gateway.staff.model import StaffMember


class StaffView(BaseModel):
    """One person as administrators see them; without the password's hash."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    email: str
    name: str
    roles: list[str]
    locale: str
    active: bool
    password_temporary: bool
    added_at: datetime
    attested_at: datetime | None
    attested_by: str | None


@query(MANAGE_STAFF)
async def everybody(
    tx: ReadTx, text: str = "", after: str = "", most: int = 50, *, unattested: bool = False
) -> list[StaffView]:
    """Return people whose name or address has `text`: `most`, and one more if there is another page.

    `unattested` returns only those whom nobody has confirmed to work for nobody on the other side (W10).
    """
    wanted = select(StaffMember).order_by(StaffMember.email).limit(most + 1)
    if text.strip():
        # With `autoescape`, wildcard characters match themselves.
        wanted = wanted.where(
            StaffMember.name.icontains(text.strip(), autoescape=True)
            | StaffMember.email.icontains(text.strip(), autoescape=True)
        )
    if unattested:
        wanted = wanted.where(StaffMember.active, StaffMember.attested_at.is_(None))
    if after:
        wanted = wanted.where(StaffMember.email > after)
    return [StaffView.model_validate(row) for row in (await tx.execute(wanted)).scalars()]


@query(MANAGE_STAFF)
async def unattested_count(tx: ReadTx) -> int:
    """Return how many people who may sign in nobody has confirmed yet."""
    found = select(func.count()).where(StaffMember.active, StaffMember.attested_at.is_(None))
    return int(await tx.scalar(found) or 0)


@query(MANAGE_STAFF)
async def staff_member(tx: ReadTx, staff_id: UUID) -> StaffView:
    """Return one person. Raises NotFound."""
    found = await tx.session.get(StaffMember, staff_id)
    if found is None:
        raise NotFound(what=WHAT)
    return StaffView.model_validate(found)


@query(VIEW_OWN_ACCOUNT)
async def own_account(tx: ReadTx) -> StaffView:
    """Return the actor's own account."""
    found = await tx.session.get(StaffMember, UUID(tx.actor.subject))
    if found is None:
        raise NotFound(what=WHAT)
    return StaffView.model_validate(found)
