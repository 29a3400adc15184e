"""The register: staff and programs, withdrawn keys, ended sessions."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from gateway.clients.model import ApiClient, subject_of
from gateway.keys.model import SigningKeyRow
from gateway.register.feature import READ_REGISTER
from gateway.sessions.model import EndedSession
from gateway.staff.model import StaffMember


class Registered(BaseModel):
    """One person or program, as the services see them: without e-mail address and password."""

    sub: str
    name: str
    roles: list[str]
    active: bool


class Register(BaseModel):
    """The content of the register."""

    colleagues: list[Registered]
    withdrawn: list[str]
    ended: list[UUID]


@query(READ_REGISTER)
async def register(tx: ReadTx) -> Register:
    """Return the present register."""
    people: list[tuple[str, StaffMember | ApiClient]] = [
        (str(one.id), one) for one in (await tx.execute(select(StaffMember))).scalars()
    ]
    programs: list[tuple[str, StaffMember | ApiClient]] = [
        (subject_of(one.id), one) for one in (await tx.execute(select(ApiClient))).scalars()
    ]
    withdrawn = select(SigningKeyRow.kid).where(SigningKeyRow.retired_at <= tx.now)
    return Register(
        colleagues=[
            Registered(sub=subject, name=one.name, roles=one.roles, active=one.active)
            for subject, one in (*people, *programs)
        ],
        withdrawn=list((await tx.execute(withdrawn)).scalars()),
        ended=list((await tx.execute(select(EndedSession.id))).scalars()),
    )
