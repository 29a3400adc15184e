"""Merges of two records of one person, and pairs of people who are known to be two (C3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from support_svc.tables import Base


class DifferentPeople(Base):
    """Two people whom somebody compared and found to be two; neither is proposed to be the other any more."""

    __tablename__ = "different_people"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="ordered"),
        Index("ix_different_people_high", "high_id"),
    )

    low_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    high_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    noted_at: Mapped[datetime]
    noted_by_name: Mapped[str] = mapped_column(String(200))


class Merge(Base):
    """A record that became a part of another one; `moved` is what each feature moved, by its columns."""

    __tablename__ = "client_merge"
    __table_args__ = (
        Index("ix_client_merge_survivor", "survivor_id", "merged_at"),
        Index("ix_client_merge_merged", "merged_id", "merged_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    merged_at: Mapped[datetime]
    merged_by_name: Mapped[str] = mapped_column(String(200))
    moved: Mapped[Mapping[str, Any]] = mapped_column(JSONB, deferred=True)
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str | None] = mapped_column(String(200))
    stays_with_id: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"))


def ordered(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """The two ids of a pair in the order in which it is stored, whichever was named first."""
    return (one, other) if one < other else (other, one)


class OneRecordOnly(DomainError):
    """A record can't be merged with itself, or told apart from itself."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "one_record_only"
    message: ClassVar[str] = "This is one record, not two."


class KnownToDiffer(DomainError):
    """Somebody found that the two are different people, so they aren't merged."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "known_to_differ"
    message: ClassVar[str] = (
        "{by} recorded that these are two different people. If that was a mistake, "
        "a supervisor can take it back on the page of possible duplicates."
    )


class ChoiceNeeded(DomainError):
    """The two records differ, and it wasn't chosen what is stored."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "choice_needed"
    message: ClassVar[str] = "The two records differ here. Choose what is stored."


class AlreadyUndone(DomainError):
    """A merge can be undone once."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_undone"
    message: ClassVar[str] = "This merge was undone already."


class MergedSince(DomainError):
    """The record became a part of another one since; that merge has to be undone first."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "merged_since"
    message: ClassVar[str] = "The record was merged into another one since. Undo that merge first."


class NeitherOfTheTwo(DomainError):
    """What was recorded since can stay with one of the two people only."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "neither_of_the_two"
    message: ClassVar[str] = "Choose one of the two people."
