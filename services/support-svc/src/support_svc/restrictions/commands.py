"""Restricting a client's record: grant, name, take over, lift (C8)."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import select

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.finding import require_client
from support_svc.lookups.commands import require_caseworker
from support_svc.lookups.model import Caseworker
from support_svc.restrictions.feature import RESTRICT_CLIENTS
from support_svc.restrictions.model import (
    AlreadyNamed,
    AlreadyRestricted,
    LastOneNamed,
    NotRestricted,
    Restriction,
    RestrictionPerson,
    RestrictionReason,
)

NOTE_MISSING = N_("Say what the reason is.")
Person = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class RestrictionFields(BaseModel):
    """Why a record is restricted, and who still sees it."""

    reason: RestrictionReason = Field(title="Reason for the restriction")
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = Field(
        default=None, title="Note"
    )
    people: list[Person] = Field(min_length=1, max_length=50, title="Who sees the record")

    @model_validator(mode="after")
    def _other_with_a_note(self) -> Self:
        if self.reason is RestrictionReason.OTHER and not self.note:
            raise PydanticCustomError("note_missing", NOTE_MISSING, {"at": "note"})
        return self


class RestrictClient(RestrictionFields):
    """Restrict a client's record to the people named."""

    client_id: UUID


class WhyNow(BaseModel):
    """Why something about a restriction is changed."""

    because: Why = Field(title="Reason")


class NewPerson(WhyNow):
    """A colleague who sees the record from now on."""

    person: Person = Field(title="Colleague")


class NamePerson(NewPerson):
    """Name another colleague on the restriction of a client."""

    client_id: UUID


class EndNaming(BaseModel):
    """Take a colleague off the restriction of a client."""

    client_id: UUID
    person: Person


class LiftRestriction(WhyNow):
    """End the restriction of a client."""

    client_id: UUID


class TakeOver(WhyNow):
    """Name oneself on a restriction."""

    restriction_id: UUID


@use_case(RESTRICT_CLIENTS)
async def restrict_client(tx: Tx, command: RestrictClient) -> UUID:
    """Restrict a client's record to the people named, and return the restriction's id (C8).

    Who grants it isn't among them unless named. Raises NotFound, AlreadyRestricted, UnknownCaseworker.
    """
    await require_client(tx, command.client_id)
    if await _open(tx, command.client_id) is not None:
        raise AlreadyRestricted
    people = list(dict.fromkeys(command.people))
    names = await _names(tx, people, "people")
    restriction = Restriction(
        id=new_id(),
        client_id=command.client_id,
        reason=command.reason,
        note=command.note,
        granted_at=tx.now,
        granted_by_name=tx.actor.name,
    )
    tx.session.add(restriction)
    await tx.session.flush()
    for person in people:
        _name(tx, restriction, person, names[person], None)
    tx.touched("restriction", restriction.id, "granted", {"people": (None, people)})
    return restriction.id


@use_case(RESTRICT_CLIENTS)
async def name_person(tx: Tx, command: NamePerson) -> None:
    """Name another colleague, who sees the record from now on.

    Raises NotFound, NotRestricted, AlreadyNamed, UnknownCaseworker.
    """
    restriction = await _required(tx, command.client_id)
    names = await _names(tx, [command.person], "person")
    if command.person in {one.person for one in await _named(tx, restriction)}:
        raise AlreadyNamed(field="person")
    _name(tx, restriction, command.person, names[command.person], command.because)
    tx.touched("restriction", restriction.id, "named", {"people": (None, command.person)})


@use_case(RESTRICT_CLIENTS)
async def end_naming(tx: Tx, command: EndNaming) -> None:
    """Take a colleague off the restriction. Raises NotFound, NotRestricted, LastOneNamed."""
    restriction = await _required(tx, command.client_id)
    named = await _named(tx, restriction)
    leaving = next((one for one in named if one.person == command.person), None)
    if leaving is None:
        raise NotFound(what="caseworker")
    if len(named) == 1:
        raise LastOneNamed
    leaving.ended_at = tx.now
    leaving.ended_by_name = tx.actor.name
    tx.touched("restriction", restriction.id, "no_longer_named", {"people": (command.person, None)})


@use_case(RESTRICT_CLIENTS)
async def lift_restriction(tx: Tx, command: LiftRestriction) -> None:
    """End the restriction of a client: everybody sees the record again. Raises NotFound, NotRestricted."""
    restriction = await _required(tx, command.client_id)
    restriction.lifted_at = tx.now
    restriction.lifted_by_name = tx.actor.name
    restriction.lifted_because = command.because
    tx.touched("restriction", restriction.id, "lifted")


@use_case(RESTRICT_CLIENTS)
async def take_over(tx: Tx, command: TakeOver) -> UUID:
    """Name oneself on a restriction with a reason, and return the client's id, which one sees from now on.

    Raises NotFound, AlreadyNamed.
    """
    restriction = await tx.scalar(
        select(Restriction)
        .where(Restriction.id == command.restriction_id, Restriction.lifted_at.is_(None))
        .with_for_update()
    )
    if restriction is None:
        raise NotFound(what="restriction")
    if tx.actor.subject in {one.person for one in await _named(tx, restriction)}:
        raise AlreadyNamed
    _name(tx, restriction, tx.actor.subject, tx.actor.name, command.because)
    tx.touched("restriction", restriction.id, "taken_over", {"people": (None, tx.actor.subject)})
    return restriction.client_id


async def _open(tx: Tx, client_id: UUID) -> Restriction | None:
    found: Restriction | None = await tx.scalar(
        select(Restriction)
        .where(Restriction.client_id == client_id, Restriction.lifted_at.is_(None))
        .with_for_update()
    )
    return found


async def _required(tx: Tx, client_id: UUID) -> Restriction:
    await require_client(tx, client_id)
    restriction = await _open(tx, client_id)
    if restriction is None:
        raise NotRestricted
    return restriction


async def _named(tx: Tx, restriction: Restriction) -> Sequence[RestrictionPerson]:
    found = await tx.execute(
        select(RestrictionPerson).where(
            RestrictionPerson.restriction_id == restriction.id, RestrictionPerson.ended_at.is_(None)
        )
    )
    return found.scalars().all()


async def _names(tx: Tx, people: Sequence[str], field: str) -> dict[str, str]:
    """Names of colleagues by their subjects. Raises UnknownCaseworker for somebody who isn't one."""
    for person in people:
        await require_caseworker(tx, person, field)
    found = await tx.execute(
        select(Caseworker.subject, Caseworker.name).where(Caseworker.subject.in_(people))
    )
    return {row.subject: row.name for row in found}


def _name(tx: Tx, restriction: Restriction, person: str, name: str, because: str | None) -> None:
    tx.session.add(
        RestrictionPerson(
            id=new_id(),
            restriction_id=restriction.id,
            person=person,
            person_name=name,
            named_at=tx.now,
            named_by_name=tx.actor.name,
            named_because=because,
        )
    )
