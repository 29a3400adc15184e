"""A provision of law that may bar a tenancy; no other law is a reason to decline (T1, W3)."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.fields import Command, Line
from tenancy_svc.tables import Base


class Reach(StrEnum):
    """Where a provision is law."""

    CANADA = "ca"
    ONTARIO = "ca_on"
    BRITISH_COLUMBIA = "ca_bc"

    @property
    def label(self) -> str:
        """Its name (a message id)."""
        return {
            Reach.CANADA: "Canada",
            Reach.ONTARIO: "Ontario",
            Reach.BRITISH_COLUMBIA: "British Columbia",
        }[self]

    @property
    def province(self) -> str | None:
        """The code of the one province where it's law; None when it's law everywhere."""
        return {Reach.CANADA: None, Reach.ONTARIO: "ON", Reach.BRITISH_COLUMBIA: "BC"}[self]

    def governs(self, province: str | None) -> bool:
        """Whether it's law for a home in a province."""
        return self.province is None or self.province == province


class Statute(Versioned, Base):
    """One section of a law. It's never changed: a decline shows the words it was made under."""

    __tablename__ = "statute"
    __table_args__ = (
        Index(
            "uq_statute_section",
            "jurisdiction",
            "section",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    jurisdiction: Mapped[Reach] = mapped_column(words(Reach, "statute_jurisdiction"))
    section: Mapped[str]
    says_en: Mapped[str]
    says_fr: Mapped[str]
    added_at: Mapped[dt.datetime]
    added_by: Mapped[str]
    retired_at: Mapped[dt.datetime | None]
    retired_by: Mapped[str | None]


class AddStatute(Command):
    """A provision that an application may be declined under, with what it says in both languages."""

    jurisdiction: Reach = Field(title="Where it applies")
    section: Line = Field(title="Act and section")
    says_en: Line = Field(title="What it says, in English")
    says_fr: Line = Field(title="What it says, in French")


class RetireStatute(Command):
    """Take a provision off the list; declines that were made under it keep it."""

    statute_id: uuid.UUID


class StatuteListed(DomainError):
    """The section is in the list already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "statute_listed"
    message: ClassVar[str] = "This section is already in the list. Retire it first to word it differently."


class StatuteRetired(DomainError):
    """The provision was taken off the list."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "statute_retired"
    message: ClassVar[str] = "This legal bar was taken off the list, so it is no longer a reason."


class StatuteElsewhere(DomainError):
    """The provision isn't law where the home is."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "statute_elsewhere"
    message: ClassVar[str] = "This legal bar isn't law in the province of the home."


class StatuteUnknown(DomainError):
    """The list has no such provision."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "statute_unknown"
    message: ClassVar[str] = "Choose a legal bar from the list. An administrator maintains it."
