"""The lease template of a jurisdiction: one for every tenant, in editions of reviewed clauses (T2, T3)."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints
from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned
from chassis.errors import DomainError, Kind
from tenancy_svc.tables import Base, Command, Line, words
from trade.text_review.verdicts import Verdict


class Jurisdiction(StrEnum):
    """Whose law governs the lease."""

    ONTARIO = "ca_on"
    BRITISH_COLUMBIA = "ca_bc"

    @property
    def label(self) -> str:
        """Its name (a message id)."""
        return {Jurisdiction.ONTARIO: "Ontario", Jurisdiction.BRITISH_COLUMBIA: "British Columbia"}[self]

    @property
    def province(self) -> str:
        """The province code of homes it governs."""
        return {Jurisdiction.ONTARIO: "ON", Jurisdiction.BRITISH_COLUMBIA: "BC"}[self]


class EditionState(StrEnum):
    """A draft is worked on, the published one is used for new leases, superseded ones stay with their
    leases.
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class LeaseTemplate(Versioned, Base):
    """The template of a jurisdiction. There is one for each, so that supported tenants can't be given
    another.
    """

    __tablename__ = "lease_templates"

    jurisdiction: Mapped[Jurisdiction] = mapped_column(words(Jurisdiction, "jurisdiction"), unique=True)
    name_en: Mapped[str]
    name_fr: Mapped[str]


class Edition(Versioned, Base):
    """One version of a template's clauses."""

    __tablename__ = "template_editions"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        Index(
            "uq_template_editions_draft", "template_id", unique=True, postgresql_where=text("state = 'draft'")
        ),
        Index(
            "uq_template_editions_published",
            "template_id",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease_templates.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[EditionState] = mapped_column(words(EditionState, "edition_state"))
    begun_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[str | None]

    clauses: Mapped[list[Clause]] = relationship(
        order_by="Clause.position", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


class Clause(Versioned, Base):
    """One clause in both languages, with what its review found and who looked at it."""

    __tablename__ = "template_clauses"

    edition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("template_editions.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    title_en: Mapped[str]
    title_fr: Mapped[str]
    text_en: Mapped[str]
    text_fr: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    doubtful_words: Mapped[str | None]
    written_by: Mapped[str]
    approved_by: Mapped[str | None]
    approved_at: Mapped[dt.datetime | None]

    @property
    def settled(self) -> bool:
        """Whether it may be published: the review passed it, or a second person read it."""
        return self.verdict is Verdict.PASSED or self.approved_at is not None


_Text = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f<>]+$")
]


class ClauseText(Command):
    """A clause as it is to stand, in both languages; `version` for a change of one that exists (X4)."""

    title_en: Line = Field(title="Title in English")
    text_en: _Text = Field(title="Text in English")
    title_fr: Line = Field(title="Title in French")
    text_fr: _Text = Field(title="Text in French")
    version: int | None = None


class WriteClause(ClauseText):
    """Write a clause of the draft: a new one at the end, or the one named."""

    template_id: uuid.UUID
    clause_id: uuid.UUID | None = None


class RemoveClause(Command):
    """Take a clause out of the draft."""

    template_id: uuid.UUID
    clause_id: uuid.UUID


class ApproveClause(Command):
    """A second person read a clause the review was unsure of, and found no condition in it."""

    template_id: uuid.UUID
    clause_id: uuid.UUID


class BeginDraft(Command):
    """Begin a new version from the published one."""

    template_id: uuid.UUID


class PublishDraft(Command):
    """Publish the draft: new leases use it from now on."""

    template_id: uuid.UUID


class DiscardDraft(Command):
    """Throw the draft away; the published version stays."""

    template_id: uuid.UUID


class NoDraft(DomainError):
    """There is no draft to change."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_draft"
    message: ClassVar[str] = "A published version can't be changed. Begin a new version first."


class DraftExists(DomainError):
    """A draft was begun already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "draft_exists"
    message: ClassVar[str] = "A new version was already begun. Continue with that one."


class ClausesUnsettled(DomainError):
    """Some clauses still need a person's eyes."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "clauses_unsettled"
    message: ClassVar[str] = (
        "These clauses need a person's eyes before the version can be published: {titles}."
    )


class NoClauses(DomainError):
    """A lease without clauses is none."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_clauses"
    message: ClassVar[str] = "A version needs at least one clause."


class ApprovedByAuthor(DomainError):
    """Whoever wrote a doubtful clause can't be the one who settles the doubt."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "approved_by_author"
    message: ClassVar[str] = "Somebody other than the author has to read this clause."


class NothingToApprove(DomainError):
    """The clause isn't in doubt."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_approve"
    message: ClassVar[str] = "This clause isn't in doubt."


class NoTemplate(DomainError):
    """There is no published template for the home's province."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_template"
    message: ClassVar[str] = "There's no published lease template for homes in {province}."
