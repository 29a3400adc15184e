"""Landlords (U6): who a home belongs to, and through that, who draws up its lease."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    case,
    literal,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import words
from chassis.errors import DomainError, Kind
from trade.letters import folded
from units_svc.tables import Base


class LandlordKind(StrEnum):
    """Whether a landlord is a person or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Relation(StrEnum):
    """What the landlord is to a property entity (U6)."""

    PROPERTY_ENTITY = "property_entity"
    MANAGING_AGENT = "managing_agent"
    THIRD_PARTY = "third_party"


OWN: frozenset[Relation] = frozenset({Relation.PROPERTY_ENTITY, Relation.MANAGING_AGENT})
"""Relations under which a property entity draws up the lease."""


class ManagedBy(StrEnum):
    """Who manages a home: decides who draws up its lease, and to whom somebody who wants it is referred."""

    PROPERTY_ENTITY = "property_entity"
    THIRD_PARTY = "third_party"
    NOT_KNOWN = "not_known"


MANAGED_BY = words(ManagedBy, "managed_by")
"""The type of a column that holds one."""
PARTY = String(31)
"""The type of a column that holds the id of a party."""


class Manager(NamedTuple):
    """Who manages a home, and the party that does, which is named exactly for a property entity (N2)."""

    managed_by: ManagedBy
    party: str | None = None


NOBODY_KNOWN = Manager(ManagedBy.NOT_KNOWN)
"""Who manages a home whose landlord isn't recorded."""


def manager_by(relation: Relation | None, party: str | None) -> Manager:
    """Return who manages a home by what its landlord is; without a landlord that isn't known."""
    if relation is None:
        return NOBODY_KNOWN
    return Manager(ManagedBy.PROPERTY_ENTITY if relation in OWN else ManagedBy.THIRD_PARTY, party)


def managed_by_relation(relation: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the first half of `manager_by` as an expression of the database."""
    return case(
        (relation.is_(None), literal(ManagedBy.NOT_KNOWN, MANAGED_BY)),
        (relation.in_(OWN), literal(ManagedBy.PROPERTY_ENTITY, MANAGED_BY)),
        else_=literal(ManagedBy.THIRD_PARTY, MANAGED_BY),
    )


def name_key(name: str) -> str:
    """Return what makes two landlords' names the same, as far as the column reaches."""
    return folded(name)[:200]


class Landlord(Base):
    """A person or organisation that lets homes. `name_key` is the name as duplicates are looked for.

    `party` is the property entity that it is or that it manages homes for; a third party has none.
    """

    __tablename__ = "landlord"
    __table_args__ = (
        Index(
            "uq_landlord_name_key_relation_party",
            "name_key",
            "relation",
            "party",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_landlord_name", "name"),
        CheckConstraint("(relation = 'third_party') = (party IS NULL)", name="party"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[LandlordKind] = mapped_column(words(LandlordKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    relation: Mapped[Relation] = mapped_column(words(Relation, "relation"))
    party: Mapped[str | None] = mapped_column(PARTY)
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    address: Mapped[str | None] = mapped_column(String(300))
    comments: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(Integer)

    contacts: Mapped[list[LandlordContact]] = relationship(
        back_populates="landlord", lazy="raise_on_sql", order_by="LandlordContact.name"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration

    @property
    def manager(self) -> Manager:
        """Who manages the homes of this landlord."""
        return manager_by(self.relation, self.party)


class LandlordContact(Base):
    """Whom to reach at a landlord, and for what."""

    __tablename__ = "landlord_contact"
    __table_args__ = (Index("ix_landlord_contact_landlord", "landlord_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    landlord_id: Mapped[UUID] = mapped_column(ForeignKey("landlord.id"))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))

    landlord: Mapped[Landlord] = relationship(back_populates="contacts", lazy="raise_on_sql")


class LandlordKnown(DomainError):
    """There is a landlord of that name with the same relation already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "landlord_known"
    message: ClassVar[str] = "A landlord named {name} is already on the list."
