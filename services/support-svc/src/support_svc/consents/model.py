"""Consents of a client (C6): what may be done for a person or disclosed about them, from when until when."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.tables import Base


class Purpose(StrEnum):
    """What the person agrees to."""

    BE_HOUSED = "be_housed"
    SHARE_CONTACT_FOR_TENANCY = "share_contact_for_tenancy"
    SHARE_SUBSIDIES = "share_subsidies"
    COORDINATE_SERVICES = "coordinate_services"


LANDLORDS_ASKED = "landlords_of_homes_asked_for"
"""The recipient of a consent by the client's own choice: whoever manages a home that is asked for, and no one
landlord by name. No party has such an id.
"""
SERVICE_PARTNERS = "service_partners"
"""The recipient of a consent to coordinate services."""


class DataCategory(StrEnum):
    """What kind of data the consent covers."""

    NAME = "name"
    CONTACT = "contact"
    HOUSEHOLD_SIZE = "household_size"
    HOUSING_NEEDS = "housing_needs"
    SUBSIDIES = "subsidies"


class ConsentType(StrEnum):
    """How firmly the consent was expressed (HIFIS)."""

    EXPLICIT = "explicit"
    IMPLIED = "implied"
    INHERITED = "inherited"
    COORDINATED_ACCESS = "coordinated_access"
    COORDINATED_ACCESS_EXPLICIT = "coordinated_access_explicit"
    DECLINED_ANONYMOUS = "declined_anonymous"


class ConsentStatus(StrEnum):
    """Status of a consent on a day; it expires with the day, not by a job that cleans up."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Consequence(StrEnum):
    """What may follow for what is under way when a consent is withdrawn; the person decides."""

    GIVE_UP_HOME = "give_up_home"
    WITHDRAW_REFERRAL = "withdraw_referral"
    FORGET_CONTACT = "forget_contact"


class GivenHow(StrEnum):
    """How the consent was given."""

    WRITTEN = "written"
    VERBAL = "verbal"
    ELECTRONIC = "electronic"


CONCERN_LANDLORDS = frozenset({Purpose.BE_HOUSED, Purpose.SHARE_CONTACT_FOR_TENANCY, Purpose.SHARE_SUBSIDIES})
"""The purposes whose consent is for one landlord, or for those of the homes that are asked for (N4)."""

SUFFICIENT: dict[Purpose, frozenset[ConsentType]] = {
    Purpose.BE_HOUSED: frozenset(ConsentType) - {ConsentType.DECLINED_ANONYMOUS},
    Purpose.SHARE_CONTACT_FOR_TENANCY: frozenset(
        {ConsentType.EXPLICIT, ConsentType.COORDINATED_ACCESS_EXPLICIT}
    ),
    Purpose.SHARE_SUBSIDIES: frozenset({ConsentType.EXPLICIT, ConsentType.COORDINATED_ACCESS_EXPLICIT}),
    Purpose.COORDINATE_SERVICES: frozenset(ConsentType) - {ConsentType.DECLINED_ANONYMOUS},
}
"""The types of consent that are enough for a purpose: name, contact and subsidies need an explicit one."""

CATEGORIES_OF: dict[Purpose, tuple[DataCategory, ...]] = {
    Purpose.BE_HOUSED: (DataCategory.HOUSEHOLD_SIZE,),
    Purpose.SHARE_CONTACT_FOR_TENANCY: (DataCategory.NAME, DataCategory.CONTACT),
    Purpose.SHARE_SUBSIDIES: (DataCategory.SUBSIDIES,),
    Purpose.COORDINATE_SERVICES: (DataCategory.HOUSING_NEEDS,),
}
"""What each purpose discloses at least."""


REFUSED = "withdrawn_at is not null or type = 'declined_anonymous'"
"""Which rows are a refusal."""


class Consent(Base):
    """One consent of one client for one purpose and recipient, of which at most one is in force at a time.

    `recipient` is a property entity, `LANDLORDS_ASKED` or `SERVICE_PARTNERS` (N4).
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("expires_on is null or expires_on >= given_on", name="ends_after_start"),
        CheckConstraint(
            f"(purpose = 'coordinate_services') = (recipient = '{SERVICE_PARTNERS}')", name="recipient_fits"
        ),
        Index(
            "uq_consent_in_force",
            "client_id",
            "purpose",
            "recipient",
            unique=True,
            postgresql_where=text("withdrawn_at is null and superseded_by is null"),
        ),
        Index(
            "ix_consent_refused",
            "client_id",
            "purpose",
            "recipient",
            postgresql_where=text(REFUSED),
        ),
        Index(
            "ix_consent_expires",
            "expires_on",
            postgresql_where=text("withdrawn_at is null and superseded_by is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose, "purpose"))
    recipient: Mapped[str] = mapped_column(String(31))
    categories: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    type: Mapped[ConsentType] = mapped_column(words(ConsentType, "type"))
    given_on: Mapped[date]
    expires_on: Mapped[date | None]
    given_how: Mapped[GivenHow] = mapped_column(words(GivenHow, "given_how"))
    taken_by: Mapped[str] = mapped_column(String(120))
    taken_by_name: Mapped[str] = mapped_column(String(200))
    document_reference: Mapped[str | None] = mapped_column(String(120))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_name: Mapped[str | None] = mapped_column(String(200))
    superseded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("consent.id", deferrable=True, initially="DEFERRED")
    )
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def status_on(self, day: date) -> ConsentStatus:
        """Status on a day; see `status_on`."""
        return status_on(
            day,
            self.given_on,
            self.expires_on,
            withdrawn=self.withdrawn_at is not None,
            superseded=self.superseded_by is not None,
            type_=self.type,
        )


def status_on(
    day: date,
    given_on: date,
    expires_on: date | None,
    *,
    withdrawn: bool,
    superseded: bool,
    type_: ConsentType,
) -> ConsentStatus:
    """Return the status of a consent on a day. Its last day counts; a declined one is never active."""
    if withdrawn or type_ is ConsentType.DECLINED_ANONYMOUS:
        return ConsentStatus.WITHDRAWN
    if superseded:
        return ConsentStatus.SUPERSEDED
    if day < given_on:
        return ConsentStatus.PENDING
    if expires_on is not None and day > expires_on:
        return ConsentStatus.EXPIRED
    return ConsentStatus.ACTIVE


def is_expiring(day: date, expires_on: date | None, reminder: timedelta) -> bool:
    """Whether a consent in force expires within `reminder` of a day."""
    return expires_on is not None and day <= expires_on <= day + reminder


class ConsentMissing(DomainError):
    """Something can't be done or disclosed without the person's consent."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "consent_missing"
    message: ClassVar[str] = (
        "The client has not agreed to be housed, or the consent has ended. Record the consent first."
    )


class NotALandlord(DomainError):
    """A consent names a recipient that it can't have."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_a_landlord"
    message: ClassVar[str] = "Choose a landlord that takes part, or the landlords of the homes asked for."


class TypeNotOffered(DomainError):
    """The organisation doesn't record this type of consent (any more)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "consent_type_not_offered"
    message: ClassVar[str] = "Your organisation does not record this type of consent. Choose another one."


class AlreadyWithdrawn(DomainError):
    """A consent can be withdrawn once."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_withdrawn"
    message: ClassVar[str] = "This consent was withdrawn already."


class ConsentDates(DomainError):
    """The dates of a consent contradict each other or lie in the future."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "consent_dates"
    message: ClassVar[str] = "A consent is given today or earlier and ends on or after that day."
