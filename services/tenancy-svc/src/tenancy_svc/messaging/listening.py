"""From the events of the inventory and of support to the use cases that act on them.

From support nothing is heard but a referral, its withdrawal, that its contact is to be forgotten, and whether
an advocate comes to a signing (W2).
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis.bus.listening import Incoming, Listening
from chassis.perform import perform_in
from chassis.tx import Tx
from contracts import support, units
from tenancy_svc.applications.commands import forget_contact, receive_referral, withdraw_referral
from tenancy_svc.applications.model import ForgetContact, PersonGiven, ReceiveReferral, WithdrawReferral
from tenancy_svc.entry.commands import take_entry_request, take_entry_withdrawal
from tenancy_svc.entry.model import EntryPurpose, EntryWithdrawal, TakeEntryRequest, TakeEntryWithdrawal
from tenancy_svc.homes.commands import (
    take_availability,
    take_hold,
    take_listings,
    take_release,
    take_withdrawal,
)
from tenancy_svc.homes.model import (
    ManagedBy,
    Occupancy,
    ReleaseReason,
    TakeAvailability,
    TakeHold,
    TakeListing,
    TakeListings,
    TakeRelease,
    TakeWithdrawal,
)
from tenancy_svc.leases.model import ForgetDrafts
from tenancy_svc.signings.commands import (
    end_signings_of_hold,
    forget_drafts,
    take_answer,
)
from tenancy_svc.signings.model import (
    AbsenceReason,
    Attendance,
    EndSigningsOfHold,
    TakeAnswer,
)

listening = Listening()


@listening.on_many("evt.units.unit_published.v1")
async def units_published(tx: Tx, events: Sequence[Incoming]) -> None:
    """Keep the listings of homes."""
    listings = tuple(_listing(event.parse(units.UnitPublishedV1)) for event in events)
    await perform_in(tx, take_listings, TakeListings(listings=listings))


def _listing(told: units.UnitPublishedV1) -> TakeListing:
    return TakeListing(
        unit=told.unit,
        listing_version=told.listing_version,
        building_name=told.address.building_name,
        street=told.address.street,
        unit_number=told.address.unit_number,
        city=told.address.city,
        province=told.address.province,
        postal_code=told.address.postal_code,
        country=told.address.country,
        region=told.address.region,
        housing_type=told.housing_type.value,
        bedrooms=told.bedrooms,
        rent_amount=told.rent.amount if told.rent else None,
        rent_currency=told.rent.currency if told.rent else None,
        accessible=told.accessible,
        managed_by=ManagedBy(told.managed_by.value),
        occupancy=Occupancy(told.occupancy.value),
        available_from=told.available_from,
    )


@listening.on("evt.units.unit_withdrawn.v1")
async def unit_withdrawn(tx: Tx, event: Incoming) -> None:
    """Take a home off the list."""
    told = event.parse(units.UnitWithdrawnV1)
    await perform_in(
        tx, take_withdrawal, TakeWithdrawal(unit=told.unit, listing_version=told.listing_version)
    )


@listening.on("evt.units.unit_availability_changed.v1")
async def unit_availability_changed(tx: Tx, event: Incoming) -> None:
    """Keep the occupancy of a home."""
    told = event.parse(units.UnitAvailabilityChangedV1)
    await perform_in(
        tx,
        take_availability,
        TakeAvailability(
            unit=told.unit,
            listing_version=told.listing_version,
            occupancy=Occupancy(told.occupancy.value),
            available_from=told.available_from,
        ),
    )


@listening.on("evt.units.unit_secured.v1")
async def unit_secured(tx: Tx, event: Incoming) -> None:
    """Keep a hold."""
    told = event.parse(units.UnitSecuredV1)
    await perform_in(
        tx,
        take_hold,
        TakeHold(
            request=told.request,
            unit=told.unit,
            deadline=told.deadline,
            managed_by=ManagedBy(told.managed_by.value),
        ),
    )


@listening.on("evt.units.unit_hold_ending.v1")
async def unit_hold_ending(tx: Tx, event: Incoming) -> None:
    """Note that a hold will lapse soon."""
    told = event.parse(units.UnitHoldEndingV1)
    await perform_in(
        tx,
        take_hold,
        TakeHold(request=told.request, unit=told.unit, deadline=told.deadline, ending_at=event.time),
    )


@listening.on("evt.units.unit_released.v1")
async def unit_released(tx: Tx, event: Incoming) -> None:
    """Note that a hold ended, and cancel the signing that hung on it."""
    told = event.parse(units.UnitReleasedV1)
    await perform_in(
        tx,
        take_release,
        TakeRelease(
            request=told.request,
            unit=told.unit,
            reason=ReleaseReason(told.reason.value),
            released_at=event.time,
        ),
    )
    await perform_in(tx, end_signings_of_hold, EndSigningsOfHold(request=told.request))


@listening.on("evt.units.unit_refused.v1")
async def unit_refused(tx: Tx, event: Incoming) -> None:
    """Let a refusal go: a request that got no home becomes no application, so there is nothing to keep."""
    event.parse(units.UnitRefusedV1)


@listening.on("evt.units.entry_requested.v1")
async def entry_requested(tx: Tx, event: Incoming) -> None:
    """Keep the wish to enter a home."""
    told = event.parse(units.EntryRequestedV1)
    await perform_in(
        tx,
        take_entry_request,
        TakeEntryRequest(
            request=told.request,
            unit=told.unit,
            purpose=EntryPurpose(told.purpose.value),
            starts_at=told.starts_at,
            ends_at=told.ends_at,
            asked_at=event.time,
        ),
    )


@listening.on("evt.units.entry_request_withdrawn.v1")
async def entry_request_withdrawn(tx: Tx, event: Incoming) -> None:
    """Note that the inventory gave the entry up."""
    told = event.parse(units.EntryRequestWithdrawnV1)
    await perform_in(
        tx,
        take_entry_withdrawal,
        TakeEntryWithdrawal(
            request=told.request,
            unit=told.unit,
            reason=EntryWithdrawal(told.reason.value),
            withdrawn_at=event.time,
        ),
    )


@listening.on("evt.support.tenancy_referred.v1")
async def tenancy_referred(tx: Tx, event: Incoming) -> None:
    """Turn a referral into an application; the name only when the applicant consented to its crossing."""
    told = event.parse(support.TenancyReferredV1)
    person = None
    if told.name is not None:
        contact = told.contact
        person = PersonGiven(
            given_name="" if told.name.one_name else told.name.given,
            family_name=told.name.family,
            phone=contact.phone if contact else None,
            email=contact.email if contact else None,
        )
    await perform_in(
        tx,
        receive_referral,
        ReceiveReferral(
            referral=told.referral,
            request=told.request,
            unit=told.unit,
            expected_move_in=told.expected_move_in,
            adults=told.adults,
            children=told.children,
            person=person,
        ),
    )


@listening.on("evt.support.tenancy_referral_withdrawn.v1")
async def tenancy_referral_withdrawn(tx: Tx, event: Incoming) -> None:
    """Note that support gave a referral up."""
    told = event.parse(support.TenancyReferralWithdrawnV1)
    await perform_in(tx, withdraw_referral, WithdrawReferral(referral=told.referral, withdrawn_at=event.time))


@listening.on("evt.support.contact_withdrawn.v1")
async def contact_withdrawn(tx: Tx, event: Incoming) -> None:
    """Delete the name and contact that came with a referral, unless a lease is drawn up with them."""
    told = event.parse(support.ContactWithdrawnV1)
    fact = ForgetContact(referral=told.referral, withdrawn_at=event.time)
    forgotten = await perform_in(tx, forget_contact, fact)
    if forgotten is not None:
        await perform_in(tx, forget_drafts, ForgetDrafts(application_id=forgotten))


@listening.on("evt.support.signing_attendance.v1")
async def signing_attendance(tx: Tx, event: Incoming) -> None:
    """Keep the advocate's answer."""
    told = event.parse(support.SigningAttendanceV1)
    await perform_in(
        tx,
        take_answer,
        TakeAnswer(
            referral=told.referral,
            signing=told.signing,
            attendance=Attendance(told.attendance.value),
            reason=AbsenceReason(told.reason.value) if told.reason else None,
            answered_at=event.time,
        ),
    )
