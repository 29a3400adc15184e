"""Housing loss prevention (H1, H4): its table, its closed vocabularies and what can be wrong."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.housing_history.model import HousingRecord
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.programs.model import Program
from support_svc.tables import Base


class PreventionStatus(StrEnum):
    """Whether somebody still works on it."""

    OPEN = "open"
    CLOSED = "closed"


class RiskSource(StrEnum):
    """How the risk to a client's housing became known (H3)."""

    CASEWORKER = "caseworker"
    DIVERSION = "diversion"
    NOTICE = "notice"
    """The property entity published that a notice was served."""


class Outcome(StrEnum):
    """How it ended for the client's housing (H4)."""

    KEPT_WITHOUT_SUBSIDY = "kept_without_subsidy"
    KEPT_WITH_FORMER_SUBSIDY = "kept_with_former_subsidy"
    KEPT_WITH_NEW_SUBSIDY = "kept_with_new_subsidy"
    KEPT_WITH_OTHER_HELP = "kept_with_other_help"
    MOVED_TO_OTHER_HOUSING = "moved_to_other_housing"
    TEMPORARY_WITH_FAMILY_OR_FRIENDS = "temporary_with_family_or_friends"
    PERMANENT_WITH_FAMILY_OR_FRIENDS = "permanent_with_family_or_friends"
    TRANSITIONAL = "transitional"
    BECAME_HOMELESS = "became_homeless"
    INSTITUTION = "institution"
    DECEASED = "deceased"
    UNKNOWN = "unknown"


class HousingLossPrevention(Base):
    """What is done so that a client can stay in their home; a client has at most one that is open."""

    __tablename__ = "housing_loss_prevention"
    __table_args__ = (
        Index(
            "uq_prevention_open_client", "client_id", unique=True, postgresql_where=text("status = 'open'")
        ),
        Index("ix_prevention_client", "client_id", "started_on"),
        Index("ix_prevention_stay", "stay_id"),
        Index("ix_prevention_remedy", "remedy_by", "id"),
        Index("ix_prevention_status_remedy", "status", "remedy_by", "id"),
        Index("ix_prevention_caseworker_remedy", "caseworker", "remedy_by", "id"),
        CheckConstraint("ended_on is null or ended_on >= started_on", name="ends_after_start"),
        CheckConstraint("(status = 'closed') = (ended_on is not null)", name="closed_has_date"),
        CheckConstraint("(status = 'closed') = (outcome is not null)", name="closed_has_outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, Identity(start=1), unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    stay_id: Mapped[UUID] = mapped_column(ForeignKey(HousingRecord.id))
    """The record of the housing history that it is to keep open."""
    reason_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    started_on: Mapped[date]
    caseworker: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey(Program.id))
    risk_source: Mapped[RiskSource] = mapped_column(words(RiskSource, "risk_source"))
    remedy_by: Mapped[date | None]
    """Until when the notice that was reported can be remedied: the earliest such day of all its notices."""
    status: Mapped[PreventionStatus] = mapped_column(words(PreventionStatus, "status"))
    ended_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "outcome"))
    opened_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class Debt(Base):
    """What a client owes to somebody, and whether it's being repaid by a plan (H4)."""

    __tablename__ = "housing_debt"
    __table_args__ = (
        Index("ix_housing_debt_prevention", "prevention_id", "id"),
        CheckConstraint("amount > 0", name="positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    prevention_id: Mapped[UUID] = mapped_column(ForeignKey(HousingLossPrevention.id))
    creditor_kind_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    repayment_plan: Mapped[bool]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class NoActiveHousing(DomainError):
    """The client has no home on record that could be lost (H1)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_active_housing"
    message: ClassVar[str] = "{name} has no active housing history record. Add the housing first."


class OpenPreventionExists(DomainError):
    """A client has one open housing loss prevention at a time (H1)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "open_prevention_exists"
    message: ClassVar[str] = "{name} already has an open housing loss prevention."


class PreventionClosed(DomainError):
    """It's closed; nothing can be added to it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "prevention_closed"
    message: ClassVar[str] = "This housing loss prevention is closed."


class BeforePrevention(DomainError):
    """The day lies before the start."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "before_prevention"
    message: ClassVar[str] = "The date must not be before the start date."
