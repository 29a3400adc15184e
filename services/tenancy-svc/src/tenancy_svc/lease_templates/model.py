"""The lease template of a jurisdiction: one for every tenant, in editions of reviewed clauses (T2, T3)."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from deskkit.i18n import N_
from tenancy_svc.clauses.model import OrganisationClause
from tenancy_svc.fields import Command
from tenancy_svc.statutes.model import Reach
from tenancy_svc.tables import Base
from trade.text_review.verdicts import Verdict


class Jurisdiction(StrEnum):
    """Whose law governs the lease."""

    ONTARIO = "ca_on"
    BRITISH_COLUMBIA = "ca_bc"

    @property
    def label(self) -> str:
        """Its name (a message id)."""
        return self.reach.label

    @property
    def act(self) -> str:
        """The statute that governs the tenancy (a message id)."""
        return {
            Jurisdiction.ONTARIO: N_("Residential Tenancies Act, 2006"),
            Jurisdiction.BRITISH_COLUMBIA: N_("Residential Tenancy Act, S.B.C. 2002, c. 78"),
        }[self]

    @property
    def reach(self) -> Reach:
        """Where its law applies."""
        return Reach(self.value)


class EditionState(StrEnum):
    """A draft can be changed, the published edition is used for new leases, leases keep superseded ones."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class LeaseTemplate(Versioned, Base):
    """The template of a jurisdiction. Each has one, so that supported tenants get the same as all others."""

    __tablename__ = "lease_template"

    jurisdiction: Mapped[Jurisdiction] = mapped_column(words(Jurisdiction, "jurisdiction"), unique=True)
    name_en: Mapped[str]
    name_fr: Mapped[str]


class Edition(Versioned, Base):
    """One version of a template's clauses."""

    __tablename__ = "template_edition"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        Index(
            "uq_template_edition_draft", "template_id", unique=True, postgresql_where=text("state = 'draft'")
        ),
        Index(
            "uq_template_edition_published",
            "template_id",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease_template.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[EditionState] = mapped_column(words(EditionState, "edition_state"))
    begun_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[str | None]

    clauses: Mapped[list[Clause]] = relationship(
        order_by="Clause.position", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


class Clause(Versioned, Base):
    """One clause in both languages as it was approved: a copy of the organisation's clause in one wording."""

    __tablename__ = "template_clause"

    edition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("template_edition.id", ondelete="CASCADE"), index=True
    )
    source_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(OrganisationClause.id))
    source_wording: Mapped[int] = mapped_column(Integer)
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


class AddClause(Command):
    """Put an approved clause of the organisation into the draft."""

    template_id: uuid.UUID
    clause_id: uuid.UUID = Field(title="Clause")


class RemoveClause(Command):
    """Take a clause out of the draft."""

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
    """There is a draft already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "draft_exists"
    message: ClassVar[str] = "A new version was already begun. Continue with that one."


class ClausesRefused(DomainError):
    """The review refuses clauses that it let pass when they were approved."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "clauses_refused"
    message: ClassVar[str] = (
        "The review refuses these clauses today: {titles}. Take them out, or have them written again."
    )


class ClauseInDraft(DomainError):
    """The clause is in the draft."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "clause_in_draft"
    message: ClassVar[str] = "This clause is in the draft already."


class NoClauses(DomainError):
    """A version without clauses can't be published."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_clauses"
    message: ClassVar[str] = "A version needs at least one clause."


class NoTemplate(DomainError):
    """There is no published template for the home's province."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_template"
    message: ClassVar[str] = "There's no published lease template for homes in {province}."
