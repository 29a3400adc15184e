"""What the property entity publishes. To support only about referrals, as the tenant agreed (W5)."""

from __future__ import annotations

from contracts.event import Event, published
from contracts.words import (
    Basis,
    Date,
    DeclineReason,
    EntryAnswer,
    EntryRefusal,
    Moment,
    Money,
    Purpose,
    Reference,
    RiskKind,
    RiskResolution,
    RiskStage,
    Service,
    SigningOutcome,
    SigningPlace,
)

_SUPPORT = (Service.SUPPORT,)
_UNITS = (Service.UNITS,)


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T1",
    basis=Basis.CONSENT,
    purpose=Purpose.BE_HOUSED,
)
class ApplicationOpenedV1(Event):
    """A referral became an application. Basis: consent."""

    referral: Reference
    """The referral."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T1",
    basis=Basis.CONSENT,
    purpose=Purpose.BE_HOUSED,
)
class ApplicationDeclinedV1(Event):
    """An application was declined, for a reason from the closed list. Basis: consent."""

    referral: Reference
    """The referral."""
    reason: DeclineReason
    """Why."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T5 W4",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_SIGNING,
)
class SigningScheduledV1(Event):
    """A lease signing has a date, so that an advocate can come. Basis: consent (W4)."""

    referral: Reference
    """The referral."""
    signing: Reference
    """The signing."""
    starts_at: Moment
    """When it begins."""
    place: SigningPlace
    """Kind of place."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T5 W4",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_SIGNING,
)
class SigningMovedV1(Event):
    """A signing has another time or place; an earlier answer no longer counts. Basis: consent (W4)."""

    referral: Reference
    """The referral."""
    signing: Reference
    """The signing."""
    starts_at: Moment
    """When it begins now."""
    place: SigningPlace
    """Kind of place now."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T5 W4",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_SIGNING,
)
class SigningCancelledV1(Event):
    """A signing will not take place. Basis: consent (W4)."""

    referral: Reference
    """The referral."""
    signing: Reference
    """The signing."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T5 W4",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_SIGNING,
)
class SigningHeldV1(Event):
    """A signing took place. Basis: consent (W4)."""

    referral: Reference
    """The referral."""
    signing: Reference
    """The signing."""
    outcome: SigningOutcome
    """Whether the lease was signed."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T4 P7",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_START,
)
class ReferredTenancyStartedV1(Event):
    """The tenancy of a referral began; published to support with the rent. Basis: consent."""

    referral: Reference
    """The referral."""
    unit: Reference
    """The unit."""
    start: Date
    """First day of the tenancy."""
    rent: Money
    """Rent for a month."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T8 H3 W5",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_NOTICES,
    awaited=True,
)
class TenancyAtRiskV1(Event):
    """A notice that endangers a tenancy was served, or went a stage further. Basis: consent (W5)."""

    referral: Reference
    """The referral."""
    risk: Reference
    """The notice, the same one at every stage."""
    kind: RiskKind
    """Why."""
    stage: RiskStage
    """How far the landlord has gone."""
    served_on: Date
    """The day on which the notice counts as served."""
    remedy_by: Date | None = None
    """Last day on which the tenant can remedy it; absent where the law gives none."""
    next_date: Date | None = None
    """The next day that is fixed, such as that of a hearing."""
    termination_on: Date | None = None
    """The day on which the tenancy ends by the notice or the order."""


@published(
    Service.TENANCY,
    _SUPPORT,
    aggregate="referral",
    row="T8 H3 W5",
    basis=Basis.CONSENT,
    purpose=Purpose.TELL_SUPPORT_NOTICES,
    awaited=True,
)
class TenancyRiskResolvedV1(Event):
    """A tenancy is no longer at risk from a notice. Basis: consent (W5)."""

    referral: Reference
    """The referral."""
    risk: Reference
    """The notice."""
    kind: RiskKind
    """Why the tenancy was at risk."""
    resolution: RiskResolution
    """How it ended."""
    resolved_on: Date
    """On which day."""


@published(Service.TENANCY, _UNITS, aggregate="tenancy", row="T4 U4", basis=Basis.CONTRACT)
class TenancyStartedV1(Event):
    """A tenancy began; published to the inventory without person and rent. Basis: contract."""

    tenancy: Reference
    """Created by the property entity for the inventory."""
    unit: Reference
    """The unit."""
    start: Date
    """First day of the tenancy."""
    request: Reference | None = None
    """The request that it fulfils; absent for a household without a request."""


@published(
    Service.TENANCY,
    _UNITS,
    aggregate="request",
    row="T1 U9",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class ApplicationClosedV1(Event):
    """The home won't be let to the household of a request, so nothing is held for it. Basis: reference."""

    request: Reference
    """The request that holds the home."""
    unit: Reference
    """The home."""


@published(Service.TENANCY, _UNITS, aggregate="request", row="U7 T11", basis=Basis.NO_PERSON)
class EntryAnsweredV1(Event):
    """The answer to a request for entry; a later one replaces it. Basis: no person."""

    request: Reference
    """The request as the inventory created it."""
    unit: Reference
    """The home."""
    answer: EntryAnswer
    """The outcome."""
    entry_from: Moment | None = None
    """First moment of lawful entry under the notice; absent unless a notice was given."""
    reason: EntryRefusal | None = None
    """Why not; absent unless refused."""
