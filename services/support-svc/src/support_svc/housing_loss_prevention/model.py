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
from support_svc.placements.model import Placement
from support_svc.programs.model import Program
from support_svc.tables import Base, party_id


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


class RiskKind(StrEnum):
    """Why a tenancy is at risk (W5)."""

    ARREARS = "arrears"
    CONDUCT = "conduct"
    END_OF_TERM = "end_of_term"
    LANDLORDS_USE = "landlords_use"


class RiskStage(StrEnum):
    """How far the landlord has gone."""

    NOTICE = "notice"
    APPLICATION = "application"
    HEARING = "hearing"
    ORDER = "order"


class RiskResolution(StrEnum):
    """How a tenancy ceased to be at risk."""

    REMEDIED = "remedied"
    AGREEMENT = "agreement"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISMISSED = "dismissed"
    TENANCY_ENDED = "tenancy_ended"


class OfferAnswer(StrEnum):
    """What became of the offer of help with a risk; declining it has no consequence (H3)."""

    OPEN = "open"
    DECLINED = "declined"
    TAKEN_UP = "taken_up"


class HousingLossPrevention(Base):
    """What is done so that a client can stay in their home; a client has at most one that is open."""

    __tablename__ = "housing_loss_prevention"
    __table_args__ = (
        Index(
            "uq_prevention_open_client", "client_id", unique=True, postgresql_where=text("status = 'open'")
        ),
        Index("ix_prevention_client", "client_id", "started_on"),
        Index("ix_prevention_stay", "stay_id"),
        Index("ix_prevention_days", "ended_on", "started_on"),
        Index("ix_prevention_remedy", "remedy_by", "id"),
        Index("ix_prevention_status_remedy", "status", "remedy_by", "id"),
        Index("ix_prevention_caseworker_remedy", "caseworker", "remedy_by", "id"),
        Index("ix_prevention_reason_remedy", "reason_id", "remedy_by", "id"),
        Index("ix_prevention_program_remedy", "program_id", "remedy_by", "id"),
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
        Index("ix_housing_debt_client", "client_id"),
        CheckConstraint("amount > 0", name="positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    prevention_id: Mapped[UUID] = mapped_column(ForeignKey(HousingLossPrevention.id))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    creditor_kind_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    repayment_plan: Mapped[bool]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class TenancyRisk(Base):
    """A notice that a property entity reported, from its service to its end, and the offer of help (H3).

    `reported_version` orders what is reported, so that no event undoes a later one. One whose end arrived
    first has no stage.
    """

    __tablename__ = "tenancy_risk"
    __table_args__ = (
        Index("ix_tenancy_risk_placement", "placement_id"),
        Index("ix_tenancy_risk_prevention", "prevention_id"),
        Index("ix_tenancy_risk_served", "served_on"),
        Index("ix_tenancy_risk_open", "remedy_by", "risk", postgresql_where=text("resolution is null")),
        CheckConstraint("(answer = 'taken_up') = (prevention_id is not null)", name="taken_up_by_one"),
    )

    risk: Mapped[UUID] = mapped_column(primary_key=True)
    referral: Mapped[UUID]
    placement_id: Mapped[UUID] = mapped_column(ForeignKey(Placement.id))
    landlord: Mapped[str] = mapped_column(party_id())
    kind: Mapped[RiskKind] = mapped_column(words(RiskKind, "kind"))
    stage: Mapped[RiskStage | None] = mapped_column(words(RiskStage, "stage"))
    served_on: Mapped[date | None]
    remedy_by: Mapped[date | None]
    offered_at: Mapped[datetime | None]
    """When it became known here and help could first be offered; None when only its end was reported."""
    offered_remedy_by: Mapped[date | None]
    """Until when the notice could be remedied, as it was reported then."""
    next_date: Mapped[date | None]
    termination_on: Mapped[date | None]
    resolution: Mapped[RiskResolution | None] = mapped_column(words(RiskResolution, "resolution"))
    resolved_on: Mapped[date | None]
    reported_version: Mapped[int] = mapped_column(Integer)
    reported_at: Mapped[datetime]
    answer: Mapped[OfferAnswer] = mapped_column(words(OfferAnswer, "answer"))
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    prevention_id: Mapped[UUID | None] = mapped_column(ForeignKey(HousingLossPrevention.id))
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


class TwoOpenPreventions(DomainError):
    """Two records of one person can't be merged while each has an open housing loss prevention (C3, H1)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "two_open_preventions"
    message: ClassVar[str] = "Both records have an open housing loss prevention. Close one of them first."


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


class EndsBeforeStart(DomainError):
    """It ends before it began."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "prevention_ends_before_start"
    message: ClassVar[str] = "The end date must not be before the start date."


class EndIsInTheFuture(DomainError):
    """The end is recorded for a day that is still to come."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "end_is_in_the_future"
    message: ClassVar[str] = "The end date must be today or earlier."


class StartIsInTheFuture(DomainError):
    """The start is recorded for a day that is still to come."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "start_is_in_the_future"
    message: ClassVar[str] = "The start date must be today or earlier."


class PreventionNotClosed(DomainError):
    """It's open, so it can't be opened again."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "prevention_not_closed"
    message: ClassVar[str] = "This housing loss prevention is open already."


class OfferEnded(DomainError):
    """The tenancy isn't at risk any more, or help was taken up already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "offer_ended"
    message: ClassVar[str] = "This offer has ended: the risk is resolved, or somebody has taken it up."


class NoOpenPrevention(DomainError):
    """The client has no open housing loss prevention that a notice could be added to."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_open_prevention"
    message: ClassVar[str] = "{name} has no open housing loss prevention. Open one for this notice."
