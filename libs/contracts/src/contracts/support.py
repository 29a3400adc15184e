"""What the support organisation publishes. It creates a reference to a person for each pair of entities.

The client number never crosses; `request` names one Secure Unit, `referral` one referral to the property
side.
"""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from contracts.event import Event, published
from contracts.words import (
    AbsenceReason,
    Attendance,
    Basis,
    BusinessName,
    Count,
    Date,
    HousingType,
    Marked,
    Money,
    PayFrequency,
    PersonContact,
    PersonName,
    Purpose,
    Reference,
    Service,
    UnitAddress,
)

_UNITS = (Service.UNITS,)
_TENANCY = (Service.TENANCY,)


@published(
    Service.SUPPORT,
    _UNITS,
    aggregate="request",
    row="P6",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitRequestedV1(Event):
    """A household asks for a unit. Basis: pseudonymous reference, consent to be housed."""

    request: Reference
    """Created for this request."""
    unit: Reference
    """The requested unit."""
    secured_on: Date
    """Day from which the unit should be held."""
    expected_move_in: Date
    """Day on which the household expects to move in."""
    adults: Count
    """Number of adults."""
    children: Count
    """Number of children."""


@published(
    Service.SUPPORT,
    _UNITS,
    aggregate="request",
    row="P6",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitRequestWithdrawnV1(Event):
    """A request is given up, whether or not it was answered. Basis: reference."""

    request: Reference
    """The request."""
    unit: Reference
    """The requested unit."""


@published(
    Service.SUPPORT,
    _UNITS,
    aggregate="request",
    row="P11",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
    carries=(Marked.UNIT_ADDRESS, Marked.BUSINESS_NAME),
)
class UnitProposedV1(Event):
    """A home that isn't in the inventory is proposed to it. Basis: reference, consent to be housed.

    Only its address and facts of a listing cross, and the name under which its landlord does business;
    nothing of who looks for a home. With the dates it's also a request for the home: once the inventory has
    taken it in, or knows it, the home is held for the same request, or refused.
    """

    request: Reference
    """Created for this proposal, and for the request for the home if there is one."""
    address: UnitAddress
    """Where the home is."""
    housing_type: HousingType
    """Kind of home."""
    bedrooms: Count | None = None
    """Number of bedrooms, 0 for a studio."""
    rent: Money | None = None
    """Asking rent for a month."""
    landlord: BusinessName
    """Who lets it."""
    secured_on: Date | None = None
    """Day from which the home should be held, if it should."""
    expected_move_in: Date | None = None
    """Day on which the household expects to move in, if the home should be held."""

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if (self.secured_on is None) != (self.expected_move_in is None):
            raise ValueError("a home is held from a day until a move-in: both are named, or neither")
        return self


@published(
    Service.SUPPORT,
    _UNITS,
    aggregate="request",
    row="P11",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitProposalWithdrawnV1(Event):
    """A proposed home is no longer wanted, whether or not the proposal was answered. Basis: reference."""

    request: Reference
    """The request under which it was proposed; a home that is held for it is free again."""


@published(
    Service.SUPPORT,
    _UNITS,
    aggregate="request",
    row="P7 U4",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class HouseholdMovedInV1(Event):
    """A household moved into a third-party landlord's unit. Basis: reference.

    For the property entity's own units the lease speaks (`TenancyStartedV1`), never the support side.
    """

    request: Reference
    """The request that holds the unit."""
    unit: Reference
    """The unit."""
    moved_in_on: Date
    """First day in the home."""


@published(
    Service.SUPPORT,
    _UNITS,
    aggregate="request",
    row="P8 U4",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class HouseholdMovedOutV1(Event):
    """A household left a third-party landlord's unit. Basis: reference."""

    request: Reference
    """The request under which it moved in."""
    unit: Reference
    """The unit."""
    moved_out_on: Date
    """Last day in the home."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="P6 T1",
    basis=Basis.CONSENT,
    purpose=Purpose.SHARE_CONTACT_FOR_TENANCY,
    without_person=Purpose.BE_HOUSED,
    carries=(Marked.PERSON,),
)
class TenancyReferredV1(Event):
    """A household whose unit is secured is referred for a tenancy.

    Basis: consent to be housed. Name and contact are there only under an active consent to share contact for
    tenancy as well; otherwise the applicant brings them in person.
    """

    referral: Reference
    """Created for the pair of entities."""
    request: Reference
    """The request that holds the unit."""
    unit: Reference
    """The unit."""
    expected_move_in: Date
    """Day on which the household expects to move in."""
    adults: Count
    """Number of adults."""
    children: Count
    """Number of children."""
    name: PersonName | None = None
    """The applicant's name, under consent only."""
    contact: PersonContact | None = None
    """How to reach the applicant, under consent only."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="P6 T1",
    basis=Basis.CONSENT,
    purpose=Purpose.BE_HOUSED,
)
class TenancyReferralWithdrawnV1(Event):
    """A referral is given up before a tenancy. Basis: consent."""

    referral: Reference
    """The referral."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="W5 W13",
    basis=Basis.CONSENT,
    purpose=Purpose.SHARE_CONTACT_FOR_TENANCY,
)
class ContactWithdrawnV1(Event):
    """A household no longer agrees that its name and contact are shared. Basis: the consent that ended.

    The listener deletes the name and contact that it has by this referral and that nothing else entitles it
    to.
    """

    referral: Reference
    """The referral with which they came."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="W4",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_SIGNING,
)
class SigningAttendanceV1(Event):
    """Whether an advocate attends a signing. Basis: the consent under which support was notified of it."""

    referral: Reference
    """The referral."""
    signing: Reference
    """The signing."""
    attendance: Attendance
    """Attending or not."""
    reason: AbsenceReason | None = None
    """Why not."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="S1 T6",
    basis=Basis.CONSENT,
    purpose=Purpose.SHARE_SUBSIDIES,
)
class SubsidyCommittedV1(Event):
    """A program pays an amount towards the home of a referral. Basis: consent."""

    referral: Reference
    """The referral."""
    subsidy: Reference
    """Created for the pair of entities."""
    amount: Money
    """What each payment is."""
    frequency: PayFrequency
    """How often it is paid."""
    first_on: Date
    """First day on which it is paid."""
    counted_from: Date
    """Day of the payment from which the others are counted."""
    last_on: Date | None = None
    """Last day on which it is paid; absent as long as none is known."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="S1 T6",
    basis=Basis.CONSENT,
    purpose=Purpose.SHARE_SUBSIDIES,
)
class SubsidyChangedV1(Event):
    """From a day on another amount is paid, or otherwise. Basis: consent."""

    referral: Reference
    """The referral."""
    subsidy: Reference
    """The subsidy."""
    amount: Money
    """What each payment is."""
    frequency: PayFrequency
    """How often it is paid."""
    first_on: Date
    """Day from which this replaces what was to be paid."""
    counted_from: Date
    """Day of the payment from which the others are counted."""
    last_on: Date | None = None
    """Last day on which it is paid; absent as long as none is known."""


@published(
    Service.SUPPORT,
    _TENANCY,
    aggregate="referral",
    row="S1 T6",
    basis=Basis.CONSENT,
    purpose=Purpose.SHARE_SUBSIDIES,
)
class SubsidyEndedV1(Event):
    """Nothing is paid after a day. Basis: consent."""

    referral: Reference
    """The referral."""
    subsidy: Reference
    """The subsidy."""
    last_on: Date
    """Last day on which it is paid."""
