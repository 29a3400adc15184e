"""What the property entity may disclose to each support organisation, because the tenant chose so (W5)."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import ClassVar, NamedTuple

from pydantic import Field
from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, UniqueConstraint, exists, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.fields import Command
from tenancy_svc.tables import Base
from trade.dates import PastDay


class Purpose(StrEnum):
    """What the tenant may allow to be disclosed; each is chosen, and taken back, by itself."""

    SIGNING = "signing"
    START = "start"
    NOTICES = "notices"

    @property
    def label(self) -> str:
        """The purpose in plain words (a message id)."""
        return {
            Purpose.SIGNING: "When and where the lease is signed, so that an advocate can come",
            Purpose.START: "The day the tenancy starts, and the rent",
            Purpose.NOTICES: "Notices that could end the tenancy, so that help can be offered in time",
        }[self]


def crossing_purpose(purpose: Purpose | None) -> str:
    """Return the purpose as the contract of an event names it; None is the referral itself, to be housed."""
    return "be_housed" if purpose is None else f"tell_support_{purpose.value}"


class Answer(StrEnum):
    """The tenant's answer; both are recorded, so that nobody is asked again and again."""

    SHARE = "share"
    DO_NOT_SHARE = "do_not_share"


class Withheld(StrEnum):
    """Why something was withheld."""

    NO_CHOICE = "no_choice"
    CHOSE_NOT = "chose_not"
    CHOICE_WITHDRAWN = "choice_withdrawn"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    # Only in records from before a choice named its organisation by a reference.
    NAMED_ANOTHER = "named_another"

    @property
    def label(self) -> str:
        """The reason in plain words (a message id)."""
        return {
            Withheld.NO_CHOICE: "The tenant hasn't been asked yet.",
            Withheld.CHOSE_NOT: "The tenant chose not to have this shared.",
            Withheld.CHOICE_WITHDRAWN: "The tenant took the choice back.",
            Withheld.REFERRAL_WITHDRAWN: "The support organisation withdrew the referral.",
            Withheld.NAMED_ANOTHER: (
                "The tenant's choice doesn't name the organisation that referred them. Ask again."
            ),
        }[self]


class Referral(NamedTuple):
    """A referral: the party that referred, and its reference, which another party may use as well (N2)."""

    party: str
    reference: uuid.UUID


class Counterpart(Base):
    """One referral of one support organisation, and the application that it supports.

    An application has as many as there are organisations that support its household; each receives what it
    may about its own referral, and nothing of the others. `opened_id` is the application that the referral
    opened, and to which it brought a name; it's another one after the referral joined that of the same
    household for the same home. `published` counts the facts that were published about
    the referral, and gives each its number. A withdrawal may arrive before the referral it withdraws.
    """

    __tablename__ = "counterpart"
    __table_args__ = (
        UniqueConstraint("application_id", "party"),
        Index("ix_counterpart_referral", "referral"),
    )

    party: Mapped[str] = mapped_column(primary_key=True)
    referral: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application.id"))
    opened_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application.id"), unique=True)
    published: Mapped[int] = mapped_column(Integer, default=0)
    withdrawn_at: Mapped[dt.datetime | None]
    # Since when the household no longer agrees that its name and contact are shared.
    contact_withdrawn_at: Mapped[dt.datetime | None]

    @property
    def key(self) -> Referral:
        """The referral."""
        return Referral(self.party, self.referral)

    @property
    def basis(self) -> str:
        """The basis of the answer to the referral itself, for the disclosure statement."""
        return f"referral:{self.referral}"

    @property
    def refused(self) -> Withheld | None:
        """Why nothing at all is disclosed to it any more; None while its referral isn't withdrawn."""
        return Withheld.REFERRAL_WITHDRAWN if self.withdrawn_at is not None else None


class Choice(Versioned, Base):
    """One answer of the tenant about one organisation, for one purpose.

    A later answer is a further row, nothing is overwritten.
    """

    __tablename__ = "choice"
    __table_args__ = (
        Index(
            "uq_choice_current",
            "application_id",
            "party",
            "purpose",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    # The support organisation that the answer is about.
    party: Mapped[str]
    purpose: Mapped[Purpose] = mapped_column(words(Purpose, "purpose"))
    answer: Mapped[Answer] = mapped_column(words(Answer, "answer"))
    given_on: Mapped[dt.date]
    withdrawn_on: Mapped[dt.date | None]
    replaced_at: Mapped[dt.datetime | None]
    recorded_by: Mapped[str]

    @hybrid_property
    def current(self) -> bool:
        """Whether it's the tenant's latest answer for its purpose."""
        return self.replaced_at is None

    @current.inplace.expression
    @classmethod
    def _current(cls) -> ColumnElement[bool]:
        return cls.replaced_at.is_(None)

    @property
    def refused(self) -> Withheld | None:
        """Why nothing is disclosed under it; None when it allows that."""
        if self.answer is Answer.DO_NOT_SHARE:
            return Withheld.CHOSE_NOT
        return Withheld.CHOICE_WITHDRAWN if self.withdrawn_on is not None else None

    @property
    def basis(self) -> str:
        """The reference under which something is disclosed, for the disclosure statement."""
        return f"choice:{self.id}"


def why_withheld(counterpart: Counterpart, choice: Choice | None) -> Withheld | None:
    """Return why nothing is disclosed to an organisation for a purpose, by the latest choice about it.

    None when it may be disclosed.
    """
    return counterpart.refused or (Withheld.NO_CHOICE if choice is None else choice.refused)


def was_asked() -> ColumnElement[bool]:
    """Whether the tenant was asked what may be disclosed to a `Counterpart`."""
    return exists().where(
        Choice.application_id == Counterpart.application_id,
        Choice.party == Counterpart.party,
        Choice.current,
    )


class Choices(Command):
    """The tenant's answers on one day about one support organisation, for each purpose.

    `party` is one that referred the household; nobody else can be named.
    """

    party: str = Field(max_length=31, title="Support organisation that may be informed")
    given_on: PastDay = Field(title="Day the tenant chose")
    signing: Answer = Field(title="When and where the lease is signed, so that an advocate can come")
    start: Answer = Field(title="The day the tenancy starts, and the rent")
    notices: Answer = Field(title="Notices that could end the tenancy, so that help can be offered in time")

    def answer(self, purpose: Purpose) -> Answer:
        """Return the answer for one purpose."""
        return {Purpose.SIGNING: self.signing, Purpose.START: self.start, Purpose.NOTICES: self.notices}[
            purpose
        ]


class RecordChoices(Choices):
    """Record the tenant's answers for one application."""

    application_id: uuid.UUID


class Withdrawal(Command):
    """The tenant takes a choice about one organisation back."""

    party: str = Field(max_length=31, title="Support organisation that may be informed")
    withdrawn_on: PastDay = Field(title="Day the tenant took it back")


class WithdrawChoice(Withdrawal):
    """Take back the choice for one purpose of one application."""

    application_id: uuid.UUID
    purpose: Purpose


class ChoiceInTheFuture(DomainError):
    """A choice can't be dated after today."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "choice_in_the_future"
    message: ClassVar[str] = "The day of the tenant's choice can't be after today."


class NotTheCounterpart(DomainError):
    """The choice names another organisation than the one that referred the applicant."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_the_counterpart"
    message: ClassVar[str] = (
        "Information can be shared only with an organisation that referred the applicant."
    )


class NothingToWithdraw(DomainError):
    """There is no choice that allows disclosing this."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_withdraw"
    message: ClassVar[str] = "There's no choice to take back: this isn't shared with anybody at the moment."


class NotReferred(DomainError):
    """The application wasn't referred, so nothing about it is disclosed to anybody."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_referred"
    message: ClassVar[str] = (
        "This application came directly from the applicant. Nothing about it is shared with "
        "a support organisation."
    )
