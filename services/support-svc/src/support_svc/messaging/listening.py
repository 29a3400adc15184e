"""From the events of the inventory and the property entity to the use cases that act on them; and the
timers.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.bus import Incoming, Listening, Timers
from chassis.perform import perform_in
from chassis.tx import Tx
from contracts import tenancy, units
from contracts.event import Event
from support_svc.homes.commands import Availability, Listing, take_availability, take_listings
from support_svc.homes.model import ManagedBy, Occupancy
from support_svc.placements.answers import (
    ANSWER_TIMER,
    DEADLINE_TIMER,
    ApplicationTold,
    InventoryTold,
    TenancyTold,
    hear_application,
    hear_inventory,
    hear_tenancy,
)
from support_svc.placements.model import ApplicationState
from support_svc.placements.securing import (
    DeadlinePassed,
    Fact,
    HoldEnding,
    NoAnswer,
    Refused,
    Released,
    Secured,
)
from support_svc.signings.commands import SigningTold, hear_signing
from support_svc.signings.model import SigningOutcome, SigningPlace, SigningState

listening = Listening()
timers = Timers()


def _subject(model: type[Event]) -> str:
    return model.terms.subject


# ------------------------------------------------------------ the copy of the inventory
@listening.on_many(_subject(units.UnitPublishedV1))
async def units_published(tx: Tx, events: Sequence[Incoming]) -> None:
    """Take listings into the copy (P5)."""
    await perform_in(tx, take_listings, [_listing(event) for event in events])


def _listing(event: Incoming) -> Listing:
    told = event.parse(units.UnitPublishedV1)
    address = told.address
    return Listing(
        unit=told.unit,
        listing_version=told.listing_version,
        building_name=address.building_name,
        street=address.street,
        unit_number=address.unit_number,
        city=address.city,
        province=address.province,
        postal_code=address.postal_code,
        country=address.country,
        region=address.region,
        housing_type=told.housing_type.value,
        bedrooms=told.bedrooms,
        area_square_feet=told.area_square_feet,
        floor=told.floor,
        building_floors=told.building_floors,
        year_built=told.year_built,
        rent=told.rent.amount if told.rent else None,
        currency=told.rent.currency if told.rent else None,
        features=tuple(feature.value for feature in told.features),
        accessible=told.accessible,
        shareable=told.shareable,
        managed_by=ManagedBy(told.managed_by.value),
        occupancy=Occupancy(told.occupancy.value),
        available_from=told.available_from,
        published_at=event.time,
    )


@listening.on_many(_subject(units.UnitAvailabilityChangedV1))
async def availability_changed(tx: Tx, events: Sequence[Incoming]) -> None:
    """Take changes of occupancy into the copy."""
    changes: list[Availability] = []
    for event in events:
        told = event.parse(units.UnitAvailabilityChangedV1)
        occupancy = Occupancy(told.occupancy.value)
        changes.append(
            Availability(
                told.unit, told.listing_version, occupancy, told.available_from, published_at=event.time
            )
        )
    await perform_in(tx, take_availability, changes)


@listening.on_many(_subject(units.UnitWithdrawnV1))
async def units_withdrawn(tx: Tx, events: Sequence[Incoming]) -> None:
    """Take homes that are no longer listed out of the search."""
    changes: list[Availability] = []
    for event in events:
        told = event.parse(units.UnitWithdrawnV1)
        changes.append(Availability(told.unit, told.listing_version, None, None, published_at=event.time))
    await perform_in(tx, take_availability, changes)


# ------------------------------------------------------------------- answers to a request
async def _tell(tx: Tx, request: UUID, fact: Fact) -> None:
    await perform_in(tx, hear_inventory, InventoryTold(request, fact))


@listening.on(_subject(units.UnitSecuredV1))
async def unit_secured(tx: Tx, event: Incoming) -> None:
    """A request won its home."""
    told = event.parse(units.UnitSecuredV1)
    managed_by = ManagedBy(told.managed_by.value)
    await perform_in(
        tx, hear_inventory, InventoryTold(told.request, Secured(told.deadline), managed_by=managed_by)
    )


@listening.on(_subject(units.UnitRefusedV1))
async def unit_refused(tx: Tx, event: Incoming) -> None:
    """A request did not get its home."""
    told = event.parse(units.UnitRefusedV1)
    await _tell(tx, told.request, Refused(told.reason.value))


@listening.on(_subject(units.UnitHoldEndingV1))
async def unit_hold_ending(tx: Tx, event: Incoming) -> None:
    """A hold will lapse soon."""
    told = event.parse(units.UnitHoldEndingV1)
    await _tell(tx, told.request, HoldEnding(told.deadline))


@listening.on(_subject(units.UnitReleasedV1))
async def unit_released(tx: Tx, event: Incoming) -> None:
    """A hold ended without a tenancy."""
    told = event.parse(units.UnitReleasedV1)
    await _tell(tx, told.request, Released(told.reason.value))


# ------------------------------------------------------- what the tenant lets us be told
@listening.on(_subject(tenancy.ApplicationOpenedV1))
async def application_opened(tx: Tx, event: Incoming) -> None:
    """A referral became an application."""
    told = event.parse(tenancy.ApplicationOpenedV1)
    await perform_in(tx, hear_application, ApplicationTold(told.referral, ApplicationState.OPENED))


@listening.on(_subject(tenancy.ApplicationDeclinedV1))
async def application_declined(tx: Tx, event: Incoming) -> None:
    """An application was declined."""
    told = event.parse(tenancy.ApplicationDeclinedV1)
    declined = ApplicationTold(told.referral, ApplicationState.DECLINED, told.reason.value)
    await perform_in(tx, hear_application, declined)


@listening.on(_subject(tenancy.SigningScheduledV1))
async def signing_scheduled(tx: Tx, event: Incoming) -> None:
    """A lease signing has a date."""
    told = event.parse(tenancy.SigningScheduledV1)
    await perform_in(tx, hear_signing, _dated(told, event.version, moved=False))


@listening.on(_subject(tenancy.SigningMovedV1))
async def signing_moved(tx: Tx, event: Incoming) -> None:
    """A signing has another time or place."""
    told = event.parse(tenancy.SigningMovedV1)
    await perform_in(tx, hear_signing, _dated(told, event.version, moved=True))


def _dated(
    told: tenancy.SigningScheduledV1 | tenancy.SigningMovedV1, version: int, *, moved: bool
) -> SigningTold:
    return SigningTold(
        referral=told.referral,
        signing=told.signing,
        version=version,
        state=SigningState.SCHEDULED,
        starts_at=told.starts_at,
        place=SigningPlace(told.place.value),
        moved=moved,
    )


@listening.on(_subject(tenancy.SigningCancelledV1))
async def signing_cancelled(tx: Tx, event: Incoming) -> None:
    """A signing will not take place."""
    told = event.parse(tenancy.SigningCancelledV1)
    await perform_in(
        tx, hear_signing, SigningTold(told.referral, told.signing, event.version, SigningState.CANCELLED)
    )


@listening.on(_subject(tenancy.SigningHeldV1))
async def signing_held(tx: Tx, event: Incoming) -> None:
    """A signing took place."""
    told = event.parse(tenancy.SigningHeldV1)
    outcome = SigningOutcome(told.outcome.value)
    held = SigningTold(told.referral, told.signing, event.version, SigningState.HELD, outcome=outcome)
    await perform_in(tx, hear_signing, held)


@listening.on(_subject(tenancy.ReferredTenancyStartedV1))
async def referred_tenancy_started(tx: Tx, event: Incoming) -> None:
    """The tenancy of a referral began."""
    told = event.parse(tenancy.ReferredTenancyStartedV1)
    started = TenancyTold(told.referral, told.start, told.rent.amount, told.rent.currency)
    await perform_in(tx, hear_tenancy, started)


# ------------------------------------------------------------------------------- timers
@timers.on(ANSWER_TIMER)
async def no_answer_came(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The inventory's answer is late: the page says so, and the caseworker may give up (P6)."""
    await _tell(tx, UUID(key), NoAnswer())


@timers.on(DEADLINE_TIMER)
async def deadline_passed(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The hold's deadline has passed and the inventory hasn't said so yet (P6)."""
    await _tell(tx, UUID(key), DeadlinePassed())
