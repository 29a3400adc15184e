"""A clause of the organisation, and the two people other than its author who approve its wording (T2, T3)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints
from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.documents.model import Language
from tenancy_svc.fields import Command, Line
from tenancy_svc.tables import Base
from trade.text_review.verdicts import Verdict

APPROVERS = 2
"""How many people other than the author approve a wording before it goes into a template."""


class InBothLanguages:
    """The title and text of a clause, which are written in English and in French."""

    __slots__ = ()

    title_en: str
    title_fr: str
    text_en: str
    text_fr: str

    def title(self, locale: str) -> str:
        """The title in the reader's language."""
        return Language.of(locale).choose(self.title_en, self.title_fr)

    def text(self, locale: str) -> str:
        """The text in the reader's language."""
        return Language.of(locale).choose(self.text_en, self.text_fr)


class OrganisationClause(Versioned, Base):
    """A clause in both languages. `wording` counts its texts: a changed one needs approval again.

    A clause that was `brought_in` was in a published version before two people had to approve; it counts as
    approved until its text changes.
    """

    __tablename__ = "organisation_clause"

    title_en: Mapped[str]
    title_fr: Mapped[str]
    text_en: Mapped[str]
    text_fr: Mapped[str]
    wording: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    doubtful_words: Mapped[str | None]
    written_by: Mapped[str]
    writer: Mapped[str]
    written_at: Mapped[dt.datetime]
    brought_in: Mapped[bool]

    approvals: Mapped[list[ClauseApproval]] = relationship(
        order_by="ClauseApproval.approved_at", lazy="raise", passive_deletes=True
    )

    @property
    def approving(self) -> list[ClauseApproval]:
        """The approvals of the wording as it is now."""
        return [approval for approval in self.approvals if approval.wording == self.wording]

    @property
    def approved(self) -> bool:
        """Whether it may go into a template."""
        return self.brought_in or len(self.approving) >= APPROVERS


class ClauseApproval(Base):
    """One person's approval of a wording, after reading what the review finds in it."""

    __tablename__ = "clause_approval"
    __table_args__ = (UniqueConstraint("clause_id", "wording", "approved_by"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    clause_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation_clause.id"))
    wording: Mapped[int] = mapped_column(Integer)
    approved_by: Mapped[str]
    approver: Mapped[str]
    approved_at: Mapped[dt.datetime]


_Text = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f<>]+$")
]
TEXTS = ("title_en", "text_en", "title_fr", "text_fr")


class ClauseText(Command):
    """A clause as it will be, in both languages; `version` is for a change of one that exists (X4)."""

    title_en: Line = Field(title="Title in English")
    text_en: _Text = Field(title="Text in English")
    title_fr: Line = Field(title="Title in French")
    text_fr: _Text = Field(title="Text in French")
    version: int | None = None


class WriteClause(ClauseText):
    """Write a clause: a new one, or a new wording of the one named."""

    clause_id: uuid.UUID | None = None


class ApproveClause(Command):
    """Approve a wording, after reading it with what the review finds in it."""

    clause_id: uuid.UUID
    wording: int = Field(ge=1, le=1_000_000)


class ApprovedByAuthor(DomainError):
    """The author of a clause can't approve it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "approved_by_author"
    message: ClassVar[str] = "Two people other than the author approve a clause."


class ApprovedByYou(DomainError):
    """The second approval is another person's."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "approved_by_you"
    message: ClassVar[str] = "You approved this clause already. Another person has to approve it as well."


class NothingToApprove(DomainError):
    """The clause is approved."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_approve"
    message: ClassVar[str] = "This clause is approved already."


class WordingChanged(DomainError):
    """The clause was changed after it was read."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "wording_changed"
    message: ClassVar[str] = (
        "The clause was changed since you opened it. Read it again before you approve it."
    )


class ClauseNotApproved(DomainError):
    """Only approved clauses go into a template."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "clause_not_approved"
    message: ClassVar[str] = (
        "Two people other than its author approve a clause before it goes into a template."
    )
