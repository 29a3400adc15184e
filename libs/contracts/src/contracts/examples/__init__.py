"""One realistic example of each event, together one household's way from a request to a home.

Sender and listener test against the same ones. The JSON files beside this module are generated from it
(`python -m contracts generate`) for readers in other languages.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts import support, tenancy, units
from contracts.catalogue import CATALOGUE
from contracts.envelope import write
from contracts.event import Event
from contracts.words import (
    Attendance,
    BusinessName,
    DeclineReason,
    EntryAnswer,
    EntryPurpose,
    EntryWithdrawal,
    HousingType,
    Language,
    ManagedBy,
    Money,
    Occupancy,
    PayFrequency,
    PersonContact,
    PersonName,
    ProposalOutcome,
    RefusalReason,
    ReleaseReason,
    RiskKind,
    RiskResolution,
    RiskStage,
    Service,
    SigningOutcome,
    SigningPlace,
    UnitAddress,
    UnitFeature,
)

PARTIES = {Service.UNITS: "property", Service.SUPPORT: "support", Service.TENANCY: "property"}
"""The party whose service publishes or receives an example: one property entity with its inventory, and one
support organisation.
"""

UNIT = UUID("0192f0c4-1a00-7000-8000-000000000001")
REQUEST = UUID("0192f0c4-1a00-7000-8000-000000000002")
REFERRAL = UUID("0192f0c4-1a00-7000-8000-000000000003")
SIGNING = UUID("0192f0c4-1a00-7000-8000-000000000004")
TENANCY = UUID("0192f0c4-1a00-7000-8000-000000000005")
SUBSIDY = UUID("0192f0c4-1a00-7000-8000-000000000007")
ENTRY = UUID("0192f0c4-1a00-7000-8000-000000000006")
PROPOSED = UUID("0192f0c4-1a00-7000-8000-000000000007")
PROPOSED_UNIT = UUID("0192f0c4-1a00-7000-8000-000000000008")
RISK = UUID("0192f0c4-1a00-7000-8000-000000000007")

_STARTS = dt.datetime(2026, 3, 24, 18, 0, tzinfo=dt.UTC)
_DEADLINE = dt.datetime(2026, 3, 30, 3, 59, tzinfo=dt.UTC)
_MOVE_IN = dt.date(2026, 4, 1)
_ENTRY_FROM = dt.datetime(2026, 6, 9, 14, 0, tzinfo=dt.UTC)
_PUBLISHED_AT = dt.datetime(2026, 3, 16, 14, 30, tzinfo=dt.UTC)

_ALL: tuple[Event, ...] = (
    units.UnitPublishedV1(
        unit=UNIT,
        listing_version=1,
        address=UnitAddress(
            building_name="Maple Court",
            street="260 Example Street",
            unit_number="304",
            city="Toronto",
            province="ON",
            postal_code="M5A 1A1",
            region="toronto-east-york",
        ),
        housing_type=HousingType.APARTMENT,
        bedrooms=2,
        area_square_feet=720,
        floor=3,
        building_floors=4,
        year_built=1968,
        rent=Money(amount=Decimal("1350.00")),
        features=(UnitFeature.ELEVATOR, UnitFeature.LAUNDRY_IN_BUILDING, UnitFeature.HEAT_INCLUDED),
        accessible=True,
        shareable=False,
        managed_by=ManagedBy.PROPERTY_ENTITY,
        manager=PARTIES[Service.TENANCY],
        occupancy=Occupancy.AVAILABLE,
        available_from=_MOVE_IN,
    ),
    units.UnitWithdrawnV1(unit=UNIT, listing_version=9),
    units.UnitAvailabilityChangedV1(unit=UNIT, listing_version=2, occupancy=Occupancy.SECURED),
    units.UnitSecuredV1(
        request=REQUEST,
        unit=UNIT,
        deadline=_DEADLINE,
        managed_by=ManagedBy.PROPERTY_ENTITY,
        manager=PARTIES[Service.TENANCY],
    ),
    units.UnitRefusedV1(request=REQUEST, unit=UNIT, reason=RefusalReason.SECURED_BY_ANOTHER),
    units.UnitProposalAnsweredV1(request=PROPOSED, outcome=ProposalOutcome.TAKEN_IN, unit=PROPOSED_UNIT),
    units.UnitHoldEndingV1(request=REQUEST, unit=UNIT, deadline=_DEADLINE),
    units.UnitReleasedV1(request=REQUEST, unit=UNIT, reason=ReleaseReason.DEADLINE_PASSED),
    units.EntryRequestedV1(
        request=ENTRY,
        unit=UNIT,
        purpose=EntryPurpose.REPAIR_OR_WORK,
        starts_at=_ENTRY_FROM,
        ends_at=_ENTRY_FROM + dt.timedelta(hours=4),
    ),
    units.EntryRequestWithdrawnV1(request=ENTRY, unit=UNIT, reason=EntryWithdrawal.NO_LONGER_NEEDED),
    support.UnitRequestedV1(
        request=REQUEST,
        unit=UNIT,
        secured_on=dt.date(2026, 3, 16),
        expected_move_in=_MOVE_IN,
        adults=1,
        children=2,
    ),
    support.UnitRequestWithdrawnV1(request=REQUEST, unit=UNIT),
    support.UnitProposedV1(
        request=PROPOSED,
        address=UnitAddress(
            street="18 Sample Road",
            unit_number="2",
            city="Toronto",
            province="ON",
            postal_code="M4K 1P1",
            region="toronto-east-york",
        ),
        housing_type=HousingType.APARTMENT,
        bedrooms=1,
        rent=Money(amount=Decimal("1290.00")),
        landlord=BusinessName(name="Sample Road Rentals", organisation=True),
        secured_on=dt.date(2026, 3, 16),
        expected_move_in=_MOVE_IN,
    ),
    support.UnitProposalWithdrawnV1(request=PROPOSED),
    support.HouseholdMovedInV1(request=REQUEST, unit=UNIT, moved_in_on=_MOVE_IN),
    support.HouseholdMovedOutV1(request=REQUEST, unit=UNIT, moved_out_on=dt.date(2027, 3, 31)),
    support.TenancyReferredV1(
        referral=REFERRAL,
        request=REQUEST,
        unit=UNIT,
        expected_move_in=_MOVE_IN,
        adults=1,
        children=2,
        name=PersonName(given="Example", family="Applicant"),
        contact=PersonContact(phone="416-555-0100", email="applicant@example.org", language=Language.FR),
    ),
    support.TenancyReferralWithdrawnV1(referral=REFERRAL),
    support.ContactWithdrawnV1(referral=REFERRAL),
    support.SigningAttendanceV1(referral=REFERRAL, signing=SIGNING, attendance=Attendance.ATTENDING),
    support.SubsidyCommittedV1(
        referral=REFERRAL,
        subsidy=SUBSIDY,
        amount=Money(amount=Decimal("450.00")),
        frequency=PayFrequency.MONTHLY,
        first_on=_MOVE_IN,
        counted_from=_MOVE_IN,
    ),
    support.SubsidyChangedV1(
        referral=REFERRAL,
        subsidy=SUBSIDY,
        amount=Money(amount=Decimal("500.00")),
        frequency=PayFrequency.MONTHLY,
        first_on=dt.date(2026, 7, 1),
        counted_from=_MOVE_IN,
        last_on=dt.date(2027, 3, 31),
    ),
    support.SubsidyEndedV1(referral=REFERRAL, subsidy=SUBSIDY, last_on=dt.date(2026, 12, 31)),
    tenancy.ApplicationOpenedV1(referral=REFERRAL),
    tenancy.ApplicationDeclinedV1(referral=REFERRAL, reason=DeclineReason.UNIT_NO_LONGER_AVAILABLE),
    tenancy.SigningScheduledV1(
        referral=REFERRAL, signing=SIGNING, starts_at=_STARTS, place=SigningPlace.PROPERTY_OFFICE
    ),
    tenancy.SigningMovedV1(
        referral=REFERRAL,
        signing=SIGNING,
        starts_at=_STARTS + dt.timedelta(days=1),
        place=SigningPlace.COMMUNITY_PLACE,
    ),
    tenancy.SigningCancelledV1(referral=REFERRAL, signing=SIGNING),
    tenancy.SigningHeldV1(referral=REFERRAL, signing=SIGNING, outcome=SigningOutcome.SIGNED),
    tenancy.ReferredTenancyStartedV1(
        referral=REFERRAL, unit=UNIT, start=_MOVE_IN, rent=Money(amount=Decimal("1350.00"))
    ),
    tenancy.TenancyAtRiskV1(
        referral=REFERRAL,
        risk=RISK,
        kind=RiskKind.ARREARS,
        stage=RiskStage.NOTICE,
        served_on=dt.date(2026, 9, 8),
        remedy_by=dt.date(2026, 9, 22),
        termination_on=dt.date(2026, 9, 22),
    ),
    tenancy.TenancyRiskResolvedV1(
        referral=REFERRAL,
        risk=RISK,
        kind=RiskKind.ARREARS,
        resolution=RiskResolution.REMEDIED,
        resolved_on=dt.date(2026, 9, 18),
    ),
    tenancy.TenancyStartedV1(tenancy=TENANCY, unit=UNIT, start=_MOVE_IN, request=REQUEST),
    tenancy.ApplicationClosedV1(request=REQUEST, unit=UNIT),
    tenancy.EntryAnsweredV1(
        request=ENTRY,
        unit=UNIT,
        answer=EntryAnswer.NOTICE_GIVEN,
        entry_from=_ENTRY_FROM - dt.timedelta(hours=1),
    ),
)

EXAMPLES: dict[str, Event] = {event.terms.key: event for event in _ALL}


def example(name: str, /, **changes: Any) -> Event:
    """Return the example of an event such as "unit_secured", validated again with the given fields changed.

    Raises KeyError for an event the catalogue doesn't have, and ValidationError for a change it doesn't
    allow.
    """
    model = CATALOGUE.by_name(name)
    return model.model_validate({**dict(EXAMPLES[model.terms.key]), **changes})


def examples() -> tuple[Event, ...]:
    """Return one example of each event of the catalogue."""
    return tuple(EXAMPLES.values())


def message(
    name: str,
    *,
    id: UUID,
    version: int = 1,
    time: dt.datetime = _PUBLISHED_AT,
    party: str | None = None,
    addressee: str | None = None,
    traceparent: str | None = None,
    **changes: Any,
) -> bytes:
    """Return an example as it arrives from the broker: in its envelope, with the given fields changed.

    `party` publishes it and `addressee` receives it, both of the usual pair unless they are named.
    """
    event = example(name, **changes)
    terms = event.terms
    return write(
        event,
        id=id,
        time=time,
        aggregate=getattr(event, terms.aggregate),
        aggregate_version=version,
        source=f"/{party or PARTIES[terms.publisher]}/{terms.publisher}",
        addressee=(addressee or PARTIES[terms.listeners[0]]) if terms.addressed else None,
        traceparent=traceparent,
    )


def subject(name: str, *, party: str | None = None, addressee: str | None = None) -> str:
    """Return the subject on which `message` with the same names is published."""
    terms = CATALOGUE.by_name(name).terms
    to = (addressee or PARTIES[terms.listeners[0]]) if terms.addressed else None
    return terms.subject(party or PARTIES[terms.publisher], to)
