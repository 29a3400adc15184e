"""Adds people, changes their roles and passwords, ends their access."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import column, delete, func, select, table

from chassis.errors import EditedMeanwhile, Faults, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from gateway.organisation import organisation_of
from gateway.staff.feature import CHANGE_OWN_ACCOUNT, MANAGE_STAFF
from gateway.staff.model import (
    AddressTaken,
    AttestationMissing,
    LastAdministrator,
    StaffMember,
    own_roles,
)
from trade.contact import Email, Name

SignInAddress = Annotated[Email, AfterValidator(str.lower)]
"""The e-mail address by which somebody signs in; capital letters make no difference."""
Locale = Literal["en", "fr"]
Changes = dict[str, tuple[Any, Any]]
WHAT = N_("person")
_SESSIONS = table("session", column("id"), column("staff_id"))  # a later feature's; staff only ends them


class AddStaff(BaseModel):
    """A new person. `password_hash` is computed before, so that no command ever has a password."""

    email: SignInAddress = Field(title="E-mail address")
    name: Name = Field(title="Name")
    roles: list[str] = Field(min_length=1, title="Roles")
    locale: Locale = Field(default="en", title="Language")
    works_for_no_other: bool = Field(default=False, title="Works for nobody on the other side")
    password_hash: str | None = Field(default=None, repr=False)
    password_temporary: bool = True


class ChangeStaff(BaseModel):
    """The new name, roles and language of a person."""

    staff_id: UUID
    version: int
    name: Name = Field(title="Name")
    roles: list[str] = Field(min_length=1, title="Roles")
    locale: Locale = Field(default="en", title="Language")
    works_for_no_other: bool = Field(default=False, title="Works for nobody on the other side")


class ChooseLanguage(BaseModel):
    """The language of the actor's own pages."""

    locale: Locale = Field(title="Language")


class SetActive(BaseModel):
    """Whether a person may sign in; ending access ends every session at once."""

    staff_id: UUID
    active: bool
    works_for_no_other: bool = Field(default=False, title="Works for nobody on the other side")


class SetPassword(BaseModel):
    """A new password: temporary when an administrator sets it, permanent when the person does."""

    staff_id: UUID
    password_hash: str = Field(repr=False)
    temporary: bool
    keep_session: UUID | None = None


class StaffAdded(BaseModel):
    """The member of staff that was added or changed."""

    staff_id: UUID


@use_case(MANAGE_STAFF)
async def add_staff(tx: Tx, command: AddStaff) -> StaffAdded:
    """Add a person with roles of this entity, confirmed to work for nobody on the other side.

    Raises RoleOfAnotherOrganisation (W10), AddressTaken, AttestationMissing.
    """
    faults, roles = Faults(), sorted(set(command.roles))
    with faults:
        roles = own_roles(organisation_of(tx.runtime), command.roles)
    if await tx.scalar(select(StaffMember.id).where(StaffMember.email == command.email)):
        faults.add(AddressTaken(field="email"))
    if not command.works_for_no_other:
        faults.add(AttestationMissing(field="works_for_no_other"))
    faults.refuse()
    member = StaffMember(
        id=new_id(),
        email=command.email,
        name=command.name,
        roles=roles,
        locale=command.locale,
        active=True,
        password_hash=command.password_hash,
        password_temporary=command.password_temporary,
        added_at=tx.now,
        attested_at=tx.now,
        attested_by=tx.actor.name,
    )
    tx.session.add(member)
    attested = {"works_for_no_other": (None, True)}
    tx.touched("staff_member", member.id, "added", {"roles": (None, roles), **attested})
    return StaffAdded(staff_id=member.id)


@use_case(MANAGE_STAFF)
async def change_staff(tx: Tx, command: ChangeStaff) -> StaffAdded:
    """Change name, roles, language.

    Raises NotFound, EditedMeanwhile (X4), LastAdministrator, RoleOfAnotherOrganisation, and
    AttestationMissing while nobody has confirmed the person.
    """
    member = await _member(tx, command.staff_id)
    if member.version != command.version:
        raise EditedMeanwhile(
            current=member.version,
            difference={
                name: (getattr(member, name), getattr(command, name))
                for name in ("name", "roles", "locale")
                if getattr(member, name) != getattr(command, name)
            },
        )
    faults, roles = Faults(), sorted(set(command.roles))
    with faults:
        roles = own_roles(organisation_of(tx.runtime), command.roles)
    with faults:
        attested = _attested(tx, member, given=command.works_for_no_other)
    faults.refuse()
    if not set(organisation_of(tx.runtime).administrators).intersection(roles):
        await _another_administrator(tx, member)
    before = {"name": member.name, "roles": member.roles, "locale": member.locale}
    member.name, member.roles, member.locale = command.name, roles, command.locale
    after = {"name": member.name, "roles": roles, "locale": member.locale}
    changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]} | attested
    tx.touched("staff_member", member.id, "changed", changes)
    return StaffAdded(staff_id=member.id)


@use_case(CHANGE_OWN_ACCOUNT)
async def choose_language(tx: Tx, command: ChooseLanguage) -> StaffAdded:
    """Store the actor's language in their profile (X1)."""
    member = await _member(tx, UUID(tx.actor.subject))
    tx.touched("staff_member", member.id, "changed", {"locale": (member.locale, command.locale)})
    member.locale = command.locale
    return StaffAdded(staff_id=member.id)


@use_case(MANAGE_STAFF)
async def set_active(tx: Tx, command: SetActive) -> StaffAdded:
    """Restore a person's access, or end it with every session.

    Raises LastAdministrator, and AttestationMissing when access is restored to a person whom nobody has
    confirmed.
    """
    member = await _member(tx, command.staff_id)
    attested: Changes = {}
    if command.active:
        attested = _attested(tx, member, given=command.works_for_no_other)
    else:
        await _another_administrator(tx, member)
        await tx.execute(delete(_SESSIONS).where(_SESSIONS.c.staff_id == member.id))
    tx.touched("staff_member", member.id, "changed", {"active": (member.active, command.active), **attested})
    member.active = command.active
    return StaffAdded(staff_id=member.id)


@use_case(MANAGE_STAFF)
async def reset_password(tx: Tx, command: SetPassword) -> StaffAdded:
    """Give a person a new password and end their sessions."""
    return await _set_password(tx, command)


@use_case(CHANGE_OWN_ACCOUNT)
async def change_own_password(tx: Tx, command: SetPassword) -> StaffAdded:
    """Give the actor a new password; their other sessions end. Raises NotFound for another's account."""
    if str(command.staff_id) != tx.actor.subject:
        raise NotFound(what=WHAT)
    return await _set_password(tx, command)


async def _set_password(tx: Tx, command: SetPassword) -> StaffAdded:
    member = await _member(tx, command.staff_id)
    member.password_hash, member.password_temporary = command.password_hash, command.temporary
    ended = delete(_SESSIONS).where(_SESSIONS.c.staff_id == member.id)
    if command.keep_session:
        ended = ended.where(_SESSIONS.c.id != command.keep_session)
    await tx.execute(ended)
    tx.touched("staff_member", member.id, "password_set")
    return StaffAdded(staff_id=member.id)


def _attested(tx: Tx, member: StaffMember, *, given: bool) -> Changes:
    """Record the actor's confirmation of a person whom nobody has confirmed; return the changes.

    Raises AttestationMissing when it isn't given.
    """
    if member.attested_at is not None:
        return {}
    if not given:
        raise AttestationMissing(field="works_for_no_other")
    member.attested_at, member.attested_by = tx.now, tx.actor.name
    return {"works_for_no_other": (None, True)}


async def _member(tx: Tx, staff_id: UUID) -> StaffMember:
    member = await tx.session.get(StaffMember, staff_id, with_for_update=True)
    if member is None:
        raise NotFound(what=WHAT)
    return member


async def _another_administrator(tx: Tx, member: StaffMember) -> None:
    administrators = organisation_of(tx.runtime).administrators
    if not set(administrators).intersection(member.roles) or not member.active:
        return
    # Two administrators ending each other's access at once take turns.
    await tx.execute(select(func.pg_advisory_xact_lock(0x61646D69)))
    others = select(func.count()).where(
        StaffMember.active, StaffMember.roles.overlap(administrators), StaffMember.id != member.id
    )
    if not await tx.scalar(others):
        raise LastAdministrator(field="roles")
