"""What the inventory publishes about homes. It knows units, not people; requests are others' references."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from contracts.event import Event, published
from contracts.words import (
    Basis,
    Count,
    Date,
    EntryPurpose,
    EntryWithdrawal,
    Features,
    Flag,
    HousingType,
    ManagedBy,
    Marked,
    Moment,
    Money,
    Occupancy,
    PartyId,
    ProposalOutcome,
    ProposalRefusal,
    Purpose,
    Reference,
    RefusalReason,
    ReleaseReason,
    Service,
    UnitAddress,
)

_EVERYBODY = (Service.SUPPORT, Service.TENANCY)
_SUPPORT = (Service.SUPPORT,)
_TENANCY = (Service.TENANCY,)


def _manager_fits(managed_by: ManagedBy, manager: str | None) -> None:
    if (managed_by is ManagedBy.PROPERTY_ENTITY) != (manager is not None):
        raise ValueError("a manager is named exactly when a property entity manages the home")


@published(
    Service.UNITS,
    _EVERYBODY,
    aggregate="unit",
    row="U1 U2 U3 P5",
    basis=Basis.NO_PERSON,
    carries=(Marked.UNIT_ADDRESS,),
    addressed=False,
)
class UnitPublishedV1(Event):
    """A unit is listed, or its listing changed: the whole listing as it is now.

    Basis: no person. What the inventory doesn't know is absent, never invented.
    """

    unit: Reference
    """The unit."""
    listing_version: Count
    """Rises with every change of the listing or the availability of the unit; an older one is ignored."""
    address: UnitAddress
    """Where it is."""
    housing_type: HousingType
    """Kind of home."""
    bedrooms: Count | None = None
    """Number of bedrooms, 0 for a studio."""
    area_square_feet: Count | None = None
    """Area in square feet."""
    floor: Count | None = None
    """Floor the unit is on, 0 for below ground."""
    building_floors: Count | None = None
    """Number of floors of the building."""
    year_built: Count | None = None
    """Year in which the building was built."""
    rent: Money | None = None
    """Asking rent for a month."""
    features: Features = ()
    """What the unit and its building offer."""
    accessible: Flag = False
    """Whether the unit can be used with a wheelchair."""
    shareable: Flag = False
    """Whether several clients may share it."""
    managed_by: ManagedBy
    """A property entity, or a third-party landlord."""
    manager: PartyId | None = None
    """The property entity that manages it; absent for any other home."""
    occupancy: Occupancy
    """Occupancy status."""
    available_from: Date | None = None
    """First day on which somebody may move in."""

    @model_validator(mode="after")
    def _manager(self) -> Self:
        _manager_fits(self.managed_by, self.manager)
        return self


@published(Service.UNITS, _EVERYBODY, aggregate="unit", row="U1 P5", basis=Basis.NO_PERSON, addressed=False)
class UnitWithdrawnV1(Event):
    """A unit is no longer listed. Basis: no person."""

    unit: Reference
    """The unit."""
    listing_version: Count
    """See UnitPublishedV1."""


@published(Service.UNITS, _EVERYBODY, aggregate="unit", row="U4 U9", basis=Basis.NO_PERSON, addressed=False)
class UnitAvailabilityChangedV1(Event):
    """A unit's occupancy or the day it is free changed. Basis: no person."""

    unit: Reference
    """The unit."""
    listing_version: Count
    """See UnitPublishedV1."""
    occupancy: Occupancy
    """Occupancy status now."""
    available_from: Date | None = None
    """First day on which somebody may move in."""


@published(
    Service.UNITS,
    _EVERYBODY,
    aggregate="unit",
    row="P6 U9",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitSecuredV1(Event):
    """A request won the unit: it is held until the deadline. Basis: reference.

    For the support organisation that asked, and for the property entity that manages the home. It comes again
    when the deadline moves, or when who manages the unit was corrected for this hold.
    """

    request: Reference
    """The request that won, as its sender created it."""
    unit: Reference
    """The unit held."""
    deadline: Moment
    """When the hold lapses."""
    managed_by: ManagedBy
    """Who managed the unit when it was requested; a later correction of the landlord doesn't change it."""
    manager: PartyId | None = None
    """The property entity that did; absent for any other home."""

    @model_validator(mode="after")
    def _manager(self) -> Self:
        _manager_fits(self.managed_by, self.manager)
        return self


@published(
    Service.UNITS,
    _SUPPORT,
    aggregate="request",
    row="P6",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitRefusedV1(Event):
    """A request did not get the unit. Basis: reference."""

    request: Reference
    """The request refused."""
    unit: Reference
    """The requested unit."""
    reason: RefusalReason
    """Why."""


@published(
    Service.UNITS,
    _SUPPORT,
    aggregate="request",
    row="P11",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitProposalAnsweredV1(Event):
    """What became of a home that was proposed. Basis: reference.

    Whether the home is held for the request is said as for any other request: `UnitSecuredV1`,
    `UnitRefusedV1`.
    """

    request: Reference
    """The request under which it was proposed."""
    outcome: ProposalOutcome
    """Taken in, known already, or refused."""
    unit: Reference | None = None
    """The home in the inventory, unless it was refused."""
    reason: ProposalRefusal | None = None
    """Why it was refused."""

    @model_validator(mode="after")
    def _home_or_reason(self) -> Self:
        refused = self.outcome is ProposalOutcome.REFUSED
        if refused != (self.reason is not None) or refused != (self.unit is None):
            raise ValueError("a refusal has a reason, and any other answer a home")
        return self


@published(
    Service.UNITS,
    _EVERYBODY,
    aggregate="unit",
    row="P6 U9",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitHoldEndingV1(Event):
    """A hold will lapse soon. Basis: reference."""

    request: Reference
    """The request that holds the unit."""
    unit: Reference
    """The unit held."""
    deadline: Moment
    """When the hold lapses."""


@published(
    Service.UNITS,
    _EVERYBODY,
    aggregate="unit",
    row="P6 U9",
    basis=Basis.REFERENCE,
    purpose=Purpose.BE_HOUSED,
)
class UnitReleasedV1(Event):
    """A hold ended without a tenancy. Basis: reference."""

    request: Reference
    """The request that held the unit."""
    unit: Reference
    """The unit that was held."""
    reason: ReleaseReason
    """Why."""


@published(Service.UNITS, _TENANCY, aggregate="request", row="U7 T11", basis=Basis.NO_PERSON)
class EntryRequestedV1(Event):
    """Work needs entry to somebody's home: the property entity is asked for a notice. Basis: no person.

    What the work is stays in the inventory; only its purpose crosses.
    """

    request: Reference
    """Created for this window; another window is another request."""
    unit: Reference
    """The home to be entered."""
    purpose: EntryPurpose
    """The purpose."""
    starts_at: Moment
    """Nobody enters before this time."""
    ends_at: Moment
    """Everybody has left by this time."""


@published(Service.UNITS, _TENANCY, aggregate="request", row="U7 T11", basis=Basis.NO_PERSON)
class EntryRequestWithdrawnV1(Event):
    """An entry is no longer requested, so that no notice is given needlessly. Basis: no person."""

    request: Reference
    """The request that is withdrawn; an answer to it no longer counts."""
    unit: Reference
    """The home."""
    reason: EntryWithdrawal
    """Why."""
