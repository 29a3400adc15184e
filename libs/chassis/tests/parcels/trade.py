"""Parcels: what can be done with them, and what can't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.db import Conventions, Versioned, new_metadata
from chassis.errors import DomainError, Kind, NotFound
from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.tx import ReadTx, Tx
from chassis.usecase import query, use_case
from chassis.versions import expect


class Base(Conventions, DeclarativeBase):
    """The tables of this trade."""

    metadata = new_metadata()


class Parcel(Versioned, Base):
    """One parcel on the shelf; `holder` is who claimed it."""

    __tablename__ = "parcel"

    label: Mapped[str]
    holder: Mapped[str | None]
    weighings: Mapped[int] = mapped_column(server_default="0")


class Permission(StrEnum):
    """What one may do with parcels."""

    CLAIM_PARCEL = "claim_parcel"
    RELABEL_PARCEL = "relabel_parcel"
    SHELVE_PARCEL = "shelve_parcel"
    VIEW_PARCELS = "view_parcels"


ROLES = {
    "porter": frozenset(Permission),
    "visitor": frozenset({Permission.VIEW_PARCELS}),
}


class ParcelAlreadyClaimed(DomainError):
    """Somebody else was quicker."""

    kind = Kind.conflict
    code = "parcel_already_claimed"
    message = "Somebody else claimed {label} first."


@dataclass(frozen=True, slots=True)
class ParcelShelved:
    """A parcel was put on the shelf."""

    parcel: UUID
    label: str


@dataclass(frozen=True, slots=True)
class ParcelClaimed:
    """A parcel was claimed."""

    parcel: UUID
    holder: str


@dataclass(frozen=True, slots=True)
class ShelveParcel:
    """Put a parcel on the shelf."""

    label: str


@dataclass(frozen=True, slots=True)
class ClaimParcel:
    """Claim a parcel for `holder`."""

    parcel: UUID
    holder: str


@dataclass(frozen=True, slots=True)
class RelabelParcel:
    """Give a parcel another label; `version` is the one the editor read."""

    parcel: UUID
    label: str
    version: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of claiming."""

    parcel: UUID
    holder: str


@use_case(Permission.SHELVE_PARCEL)
async def shelve_parcel(tx: Tx, command: ShelveParcel) -> UUID:
    """Put a parcel on the shelf (the ordinary way: a record of SQLAlchemy)."""
    parcel = Parcel(id=new_id(), label=command.label)
    tx.session.add(parcel)
    tx.publish(ParcelShelved(parcel.id, parcel.label), about="person-1", under={"keep": "consent-1"})
    tx.touched("parcel", parcel.id, "shelved", {"label": (None, command.label)})
    tx.schedule("collect", str(parcel.id), tx.now, {"label": command.label})
    return parcel.id


CLAIM = """
UPDATE parcel SET holder = :holder, version = version + 1
WHERE id = :parcel AND holder IS NULL
RETURNING id, version
"""


@use_case(Permission.CLAIM_PARCEL)
async def claim_parcel(tx: Tx, command: ClaimParcel) -> Claim:
    """Claim a parcel (the hot way: one guarded statement)."""
    claim = Claim(command.parcel, command.holder)
    tx.publish(ParcelClaimed(command.parcel, command.holder))
    tx.touched("parcel", command.parcel, "claimed", {"holder": (None, command.holder)})
    row = await tx.conclude(CLAIM, {"parcel": command.parcel, "holder": command.holder}, result=claim)
    if row is None:
        label = await tx.scalar(sa.select(Parcel.label).where(Parcel.id == command.parcel))
        if label is None:
            raise NotFound(what="parcel")
        raise ParcelAlreadyClaimed(label=label, field="parcel")
    return claim


@use_case(Permission.RELABEL_PARCEL)
async def relabel_parcel(tx: Tx, command: RelabelParcel) -> int:
    """Change the label, unless somebody else changed the parcel meanwhile; return the new version."""
    parcel = await tx.session.get(Parcel, command.parcel)
    if parcel is None:
        raise NotFound(what="parcel")
    expect(parcel, command.version, sent={"label": command.label})
    tx.touched("parcel", parcel.id, "relabelled", {"label": (parcel.label, command.label)})
    parcel.label = command.label
    await tx.session.flush()
    return parcel.version


@use_case(Permission.SHELVE_PARCEL, isolation="SERIALIZABLE")
async def weigh_parcel(tx: Tx, parcel_id: UUID) -> int:
    """Count one more weighing by reading and writing: collides with everybody else who does the same."""
    weighings = await tx.scalar(sa.select(Parcel.weighings).where(Parcel.id == parcel_id))
    await tx.execute(sa.update(Parcel).where(Parcel.id == parcel_id).values(weighings=weighings + 1))
    tx.touched("parcel", parcel_id, "weighed", {"weighings": (weighings, weighings + 1)})
    return int(weighings) + 1


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel as it's shown."""

    id: UUID
    label: str
    holder: str | None
    version: int


@query(Permission.VIEW_PARCELS, views="parcel")
async def parcel(tx: ReadTx, parcel_id: UUID) -> ParcelView:
    """Return one parcel."""
    found = await tx.session.get(Parcel, parcel_id)
    if found is None:
        raise NotFound(what="parcel")
    return ParcelView(found.id, found.label, found.holder, found.version)


@query(Permission.VIEW_PARCELS)
async def count_and_meddle(tx: ReadTx) -> int:
    """Try to write while reading: the database must refuse."""
    await tx.execute(sa.update(Parcel).values(holder="meddler"))
    return 0


class ParcelPublisher:
    """Publishes the facts of this trade."""

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Return the one message of each fact."""
        match fact:
            case ParcelShelved(parcel=reference):
                return [self._message("parcel_shelved", reference, 1, now, needs=frozenset({"keep"}))]
            case ParcelClaimed(parcel=reference):
                return [self._message("parcel_claimed", reference, 2, now)]
        raise TypeError(type(fact).__name__)

    def _message(
        self, name: str, reference: UUID, version: int, now: datetime, needs: frozenset[str] = frozenset()
    ) -> OutboxMessage:
        event = new_id()
        body = {"id": str(event), "type": name, "subject": str(reference), "time": now.isoformat()}
        subject = f"evt.property.parcels.{name}.v1"
        return OutboxMessage(subject, name, str(reference), version, body, needs, event_id=event)
