"""What the property entity may disclose to the support organisation, because the tenant chose so (W5)."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, exists, or_, text
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


class Counterpart(Base):
    """The support organisation's reference for one application: nothing is published about any other.

    `published` counts the facts that were published about it, and gives each its number. A withdrawal may
    arrive before the referral it withdraws.
    """

    __tablename__ = "counterpart"

    referral: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application.id"), unique=True)
    published: Mapped[int] = mapped_column(Integer, default=0)
    withdrawn_at: Mapped[dt.datetime | None]
    # Since when the household no longer agrees that its name and contact are shared.
    contact_withdrawn_at: Mapped[dt.datetime | None]

    @property
    def refused(self) -> Withheld | None:
        """Why nothing at all is disclosed to it any more; None while its referral isn't withdrawn."""
        return Withheld.REFERRAL_WITHDRAWN if self.withdrawn_at is not None else None


class Choice(Versioned, Base):
    """One answer of the tenant for one purpose; a later answer is a further row, nothing is overwritten."""

    __tablename__ = "choice"
    __table_args__ = (
        Index(
            "uq_choice_current",
            "application_id",
            "purpose",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_choice_counterpart", "counterpart"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose, "purpose"))
    answer: Mapped[Answer] = mapped_column(words(Answer, "answer"))
    # Whom the tenant named, by reference; None in a choice from before choices held one: nothing is
    # disclosed under it until the tenant is asked again.
    counterpart: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counterpart.referral"))
    # The name under which that organisation was shown to the tenant.
    organisation: Mapped[str]
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
        """Why it allows nothing to be disclosed to anybody; None when it allows something."""
        if self.answer is Answer.DO_NOT_SHARE:
            return Withheld.CHOSE_NOT
        return Withheld.CHOICE_WITHDRAWN if self.withdrawn_on is not None else None

    @property
    def basis(self) -> str:
        """The reference under which something is disclosed, for the disclosure statement."""
        return f"choice:{self.id}"

    def why_withheld(self, counterpart: Counterpart) -> Withheld | None:
        """Return why nothing is disclosed to an organisation under this choice, or None when it allows it."""
        named = self.counterpart == counterpart.referral
        return self.refused or (None if named else Withheld.NAMED_ANOTHER)


def why_withheld(counterpart: Counterpart, choice: Choice | None) -> Withheld | None:
    """Return why nothing is disclosed for a purpose, by its latest choice; None when it may be."""
    if choice is None:
        return counterpart.refused or Withheld.NO_CHOICE
    return counterpart.refused or choice.why_withheld(counterpart)


def was_asked(application_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Whether the tenant of an application was asked what may be disclosed to its `Counterpart`."""
    return exists().where(
        Choice.application_id == application_id,
        Choice.current,
        or_(Choice.answer == Answer.DO_NOT_SHARE, Choice.counterpart == Counterpart.referral),
    )


class Choices(Command):
    """The tenant's answers on one day, for each purpose; `counterpart` is whom they agreed to.

    It's the reference of the one organisation that referred them; nobody else can be named.
    """

    counterpart: uuid.UUID = Field(title="Support organisation that may be informed")
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
    """The tenant takes a choice back."""

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
        "Information can be shared only with the organisation that referred the applicant."
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
