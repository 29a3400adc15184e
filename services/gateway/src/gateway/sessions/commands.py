"""Opens, renews and ends sessions. Passwords are compared between two commands, never inside one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from gateway.sessions.feature import OPEN_SESSIONS
from gateway.sessions.model import (
    COUNT_RESET_AFTER,
    GRACE,
    FailedSignIns,
    Session,
    count_keys,
    digest,
    new_secret,
    wait_after,
)
from gateway.settings import GatewaySettings
from gateway.staff.feature import CHANGE_OWN_ACCOUNT
from gateway.staff.model import StaffMember


class WrongPassword(BaseModel):
    """A wrong password for `email` was sent from `address`."""

    email: str
    address: str


_FORGET = """
DELETE FROM failed_sign_ins WHERE (kind, key) IN (
    SELECT kind, key FROM failed_sign_ins WHERE last_at < :old LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""


class OpenSession(BaseModel):
    """An authenticated person. With `email`, its count of wrong passwords from `address` is cleared."""

    staff_id: UUID
    device: str
    address: str
    email: str | None = None


class Opened(BaseModel):
    """A session and its person. `secret` is None when another tab has just renewed it."""

    session_id: UUID
    secret: str | None = Field(repr=False)
    ends_at: datetime
    staff_id: UUID
    name: str
    roles: list[str]
    locale: str
    password_temporary: bool


class RenewSession(BaseModel):
    """The secret from the session's cookie."""

    secret: str = Field(repr=False)


class Renewal(BaseModel):
    """The outcome of renewing; `opened` is None when the session has ended."""

    opened: Opened | None


class EndSession(BaseModel):
    """End one session of the actor, or the one with this secret."""

    session_id: UUID | None = None
    secret: str | None = Field(default=None, repr=False)


class Ended(BaseModel):
    """The number of sessions that were ended."""

    count: int


class FindByProvider(BaseModel):
    """A person whom the organisation's provider has authenticated."""

    provider_subject: str
    email: str | None


class Found(BaseModel):
    """The member of staff; None when there is none."""

    staff_id: UUID | None


@use_case(OPEN_SESSIONS)
async def count_wrong_password(tx: Tx, command: WrongPassword) -> None:
    """Count a wrong password; an account that doesn't exist is counted like any other.

    Nothing else is counted: neither attempts refused without comparing, nor failures of the gateway.
    """
    await tx.execute(text(_FORGET), {"old": tx.now - COUNT_RESET_AFTER})
    key = _settings(tx).csrf_secret.get_secret_value()
    for kind, digested in count_keys(command.email, command.address, key).items():
        row = await _locked_count(tx, kind, digested)
        row.failures += 1
        row.last_at = tx.now
        row.waits_until = max(row.waits_until, tx.now + wait_after(kind, row.failures))


@use_case(OPEN_SESSIONS)
async def open_session(tx: Tx, command: OpenSession) -> Opened:
    """Open a session. Raises NotFound when the person's access has ended meanwhile."""
    member = await tx.session.get(StaffMember, command.staff_id)
    if member is None or not member.active:
        raise NotFound(what=N_("person"))
    if command.email:
        key = _settings(tx).csrf_secret.get_secret_value()
        pair = count_keys(command.email, command.address, key)["pair"]
        await tx.execute(delete(FailedSignIns).where(FailedSignIns.kind == "pair", FailedSignIns.key == pair))
    secret = new_secret()
    session = Session(
        id=new_id(),
        staff_id=member.id,
        secret_digest=digest(secret),
        renewed_at=tx.now,
        opened_at=tx.now,
        ends_at=tx.now + timedelta(seconds=_settings(tx).session_seconds),
        device=command.device[:200],
        address=command.address[:60],
    )
    tx.session.add(session)
    tx.touched("session", session.id, "opened")
    return _opened(session, member, secret)


@use_case(OPEN_SESSIONS)
async def renew_session(tx: Tx, command: RenewSession) -> Renewal:
    """Give the session a new secret. A replaced secret that is used again was copied: the session ends."""
    presented = digest(command.secret)
    wanted = select(Session).where(
        or_(Session.secret_digest == presented, Session.former_digest == presented)
    )
    session = (await tx.execute(wanted.with_for_update())).scalar_one_or_none()
    if session is None:
        return Renewal(opened=None)
    member = await tx.session.get(StaffMember, session.staff_id)
    idle = timedelta(seconds=_settings(tx).idle_seconds)
    over = session.ends_at <= tx.now or session.renewed_at + idle <= tx.now
    reused = session.former_digest == presented and session.renewed_at + GRACE <= tx.now
    if over or reused or member is None or not member.active:
        await tx.session.delete(session)
        tx.touched("session", session.id, "ended_by_reuse" if reused else "ended")
        return Renewal(opened=None)
    if session.former_digest == presented:
        return Renewal(opened=_opened(session, member, None))
    secret = new_secret()
    session.former_digest, session.secret_digest, session.renewed_at = presented, digest(secret), tx.now
    return Renewal(opened=_opened(session, member, secret))


@use_case(OPEN_SESSIONS)
async def end_session(tx: Tx, command: EndSession) -> Ended:
    """End the session with this secret, or with this id."""
    presented = digest(command.secret or "")
    mine = or_(
        Session.secret_digest == presented,
        Session.former_digest == presented,
        Session.id == command.session_id,
    )
    return await _end(tx, select(Session).where(mine))


@use_case(CHANGE_OWN_ACCOUNT)
async def end_own_session(tx: Tx, command: EndSession) -> Ended:
    """End one of the actor's own sessions; without an id, all but the present one."""
    mine = select(Session).where(Session.staff_id == UUID(tx.actor.subject))
    if command.session_id:
        return await _end(tx, mine.where(Session.id == command.session_id))
    return await _end(tx, mine.where(Session.id != UUID(tx.actor.session or str(UUID(int=0)))))


@use_case(OPEN_SESSIONS)
async def find_by_provider(tx: Tx, command: FindByProvider) -> Found:
    """Find the person: the first time by the address that the provider verified, later by its subject."""
    known = select(StaffMember).where(StaffMember.provider_subject == command.provider_subject)
    member = (await tx.execute(known)).scalar_one_or_none()
    if member is None and command.email:
        by_email = select(StaffMember).where(
            StaffMember.email == command.email.lower(), StaffMember.provider_subject.is_(None)
        )
        member = (await tx.execute(by_email.with_for_update())).scalar_one_or_none()
        if member is not None:
            member.provider_subject = command.provider_subject
            tx.touched("staff_member", member.id, "linked_to_provider")
    return Found(staff_id=member.id if member and member.active else None)


async def _end(tx: Tx, wanted: Select[Session]) -> Ended:
    ended = list((await tx.execute(wanted.with_for_update())).scalars())
    for session in ended:
        await tx.session.delete(session)
        tx.touched("session", session.id, "ended")
    return Ended(count=len(ended))


async def _locked_count(tx: Tx, kind: str, key: bytes) -> FailedSignIns:
    """Return the locked row of a count: zero at first, and again after an hour without failures."""
    values = {"kind": kind, "key": key, "failures": 0, "last_at": tx.now, "waits_until": tx.now}
    await tx.execute(insert(FailedSignIns).values(**values).on_conflict_do_nothing())
    wanted = (
        select(FailedSignIns).where(FailedSignIns.kind == kind, FailedSignIns.key == key).with_for_update()
    )
    row: FailedSignIns = (await tx.execute(wanted)).scalar_one()
    if row.last_at + COUNT_RESET_AFTER <= tx.now:
        row.failures, row.waits_until = 0, tx.now
    return row


def _opened(session: Session, member: StaffMember, secret: str | None) -> Opened:
    return Opened(
        session_id=session.id,
        secret=secret,
        ends_at=session.ends_at,
        staff_id=member.id,
        name=member.name,
        roles=list(member.roles),
        locale=member.locale,
        password_temporary=member.password_temporary,
    )


def _settings(tx: Tx) -> GatewaySettings:
    settings = tx.runtime.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("sessions belong to a gateway")
    return settings
