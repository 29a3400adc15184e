"""From the inventory's facts to the events of the published language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.tracing import traceparent
from contracts import envelope, units
from contracts.event import Event
from contracts.words import (
    Currency,
    EntryPurpose,
    EntryWithdrawal,
    HousingType,
    ManagedBy,
    Money,
    Occupancy,
    RefusalReason,
    ReleaseReason,
    UnitAddress,
    UnitFeature,
)
from units_svc.holds.model import HoldEnding, UnitRefused, UnitReleased, UnitSecured
from units_svc.inventory.listing import OTHER_TYPE
from units_svc.inventory.model import AvailabilityChanged, UnitListed, UnitUnlisted
from units_svc.maintenance.model import EntryRequested, EntryWithdrawn

if TYPE_CHECKING:
    from chassis.tx import Tx

_LISTED = units.UnitPublishedV1.terms

# The same event as `_listed` makes, for many units at once; a test holds the two together.
_TELL_LISTINGS = text(
    """
    INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, status, recorded_at,
    traceparent) SELECT said.id, u.id::text, u.listing_version, :subject, :subject,
        jsonb_strip_nulls(jsonb_build_object(
            'specversion', '1.0', 'id', said.id, 'source', cast(:source AS text), 'type',
            cast(:subject AS text), 'subject', u.id, 'time', cast(:time AS text), 'datacontenttype',
            'application/json', 'dataschema', cast(:schema AS text), 'aggregateversion', u.listing_version,
            'traceparent', cast(:traceparent AS text),
            'data', jsonb_build_object(
                'unit', u.id,
                'listing_version', u.listing_version,
                'address', jsonb_build_object(
                    'building_name', b.name, 'street', b.street, 'unit_number', u.unit_number, 'city', b.city,
                    'province', b.province, 'postal_code', b.postal_code, 'country', b.country,
                    'region', r.published_as),
                'housing_type', coalesce(t.published_as, :other),
                'bedrooms', u.bedrooms,
                'area_square_feet', u.area_square_feet,
                'floor', u.floor,
                'building_floors', b.floors,
                'year_built', b.year_built,
                'rent', CASE WHEN u.rent_amount IS NOT NULL THEN
                    jsonb_build_object('amount', u.rent_amount::text, 'currency', u.rent_currency) END,
                'features', coalesce(f.words, '[]'::jsonb),
                'accessible', coalesce(u.accessible, false),
                'shareable', u.shareable,
                'managed_by', CASE WHEN l.relation IN ('property_entity', 'managing_agent')
                    THEN 'property_entity' ELSE 'third_party' END,
                'occupancy', u.occupancy,
                'available_from', u.available_from))),
        'pending', :now, :traceparent
    FROM (SELECT uuidv7() AS id, unit_id FROM told_unit) said
    JOIN unit u ON u.id = said.unit_id
    JOIN building b ON b.id = u.building_id
    LEFT JOIN landlord l ON l.id = u.landlord_id
    LEFT JOIN lookup_value t ON t.list = 'housing_type' AND t.code = u.housing_type
    LEFT JOIN lookup_value r ON r.list = 'region' AND r.code = b.region
    LEFT JOIN (
        SELECT chosen.features, (
            SELECT jsonb_agg(DISTINCT v.published_as)
            FROM lookup_value v WHERE v.list = 'feature' AND v.code = ANY (chosen.features)
                AND v.published_as IS NOT NULL) AS words
        FROM (SELECT DISTINCT x.features FROM unit x JOIN told_unit ON x.id = told_unit.unit_id) chosen
    ) f ON f.features = u.features
    ORDER BY u.address_order, u.id
    """
)


class UnitsPublisher:
    """Writes what the inventory tells others. `entity` is the legal entity that runs it."""

    def __init__(self, entity: str) -> None:
        self.source = f"/{entity}/units"

    def to_messages(self, fact: object, tx: Tx) -> Sequence[OutboxMessage]:
        """Return the message for a fact. Raises TypeError for anything that is no fact of the inventory."""
        event, version = _event_of(fact)
        event_id = new_id()
        aggregate = getattr(event, event.terms.aggregate)
        data = envelope.write(
            event,
            id=event_id,
            time=tx.now,
            aggregate=aggregate,
            aggregate_version=version,
            source=self.source,
            traceparent=traceparent(),
        )
        subject = event.terms.subject
        return [OutboxMessage(subject, subject, str(aggregate), version, data, event_id)]

    async def tell_listings(self, tx: Tx) -> int:
        """Write the listings of the units in the temporary table `told_unit` to the outbox; return how many.

        The relay isn't woken for them, its poll finds them within a second: many take longer than that to
        send.
        """
        written = await tx.execute(
            _TELL_LISTINGS,
            {
                "subject": _LISTED.subject,
                "schema": envelope.schema_urn(units.UnitPublishedV1),
                "source": self.source,
                "time": tx.now.isoformat(),
                "now": tx.now,
                "other": OTHER_TYPE,
                "traceparent": traceparent(),
            },
        )
        return int(written.rowcount)  # type: ignore[attr-defined]


def _event_of(fact: object) -> tuple[Event, int]:  # noqa: PLR0911 - one for each fact
    """Return the event for a fact, and its place in the order of its aggregate."""
    match fact:
        case UnitListed():
            return _listed(fact), fact.listing_version
        case UnitUnlisted():
            return (
                units.UnitWithdrawnV1(unit=fact.unit_id, listing_version=fact.listing_version),
                fact.listing_version,
            )
        case AvailabilityChanged():
            return (
                units.UnitAvailabilityChangedV1(
                    unit=fact.unit_id,
                    listing_version=fact.listing_version,
                    occupancy=Occupancy(fact.occupancy.value),
                    available_from=fact.available_from,
                ),
                fact.listing_version,
            )
        case UnitSecured():
            return (
                units.UnitSecuredV1(request=fact.request_id, unit=fact.unit_id, deadline=fact.deadline),
                fact.sequence,
            )
        case UnitRefused():
            return (
                units.UnitRefusedV1(
                    request=fact.request_id, unit=fact.unit_id, reason=RefusalReason(fact.reason.value)
                ),
                1,
            )
        case HoldEnding():
            return (
                units.UnitHoldEndingV1(request=fact.request_id, unit=fact.unit_id, deadline=fact.deadline),
                fact.sequence,
            )
        case UnitReleased():
            return (
                units.UnitReleasedV1(
                    request=fact.request_id, unit=fact.unit_id, reason=ReleaseReason(fact.reason.value)
                ),
                fact.sequence,
            )
        case EntryRequested():
            return (
                units.EntryRequestedV1(
                    request=fact.request_id,
                    unit=fact.unit_id,
                    purpose=EntryPurpose(fact.purpose.value),
                    starts_at=fact.starts_at,
                    ends_at=fact.ends_at,
                ),
                1,
            )
        case EntryWithdrawn():
            # A request is asked once and given up at most once, in that order.
            return (
                units.EntryRequestWithdrawnV1(
                    request=fact.request_id, unit=fact.unit_id, reason=EntryWithdrawal(fact.reason.value)
                ),
                2,
            )
        case _:
            raise TypeError(f"{type(fact).__name__} has no published form")


def _listed(fact: UnitListed) -> units.UnitPublishedV1:
    rent = None
    if fact.rent_amount is not None:
        rent = Money(amount=fact.rent_amount, currency=Currency(fact.rent_currency))
    return units.UnitPublishedV1(
        unit=fact.unit_id,
        listing_version=fact.listing_version,
        address=UnitAddress(
            building_name=fact.building_name,
            street=fact.street,
            unit_number=fact.unit_number,
            city=fact.city,
            province=fact.province,
            postal_code=fact.postal_code,
            country=fact.country,
            region=fact.region,
        ),
        housing_type=HousingType(fact.housing_type),
        bedrooms=fact.bedrooms,
        area_square_feet=fact.area_square_feet,
        floor=fact.floor,
        building_floors=fact.building_floors,
        year_built=fact.year_built,
        rent=rent,
        features=tuple(UnitFeature(word) for word in fact.features),
        accessible=fact.accessible,
        shareable=fact.shareable,
        managed_by=ManagedBy.PROPERTY_ENTITY if fact.own else ManagedBy.THIRD_PARTY,
        occupancy=Occupancy(fact.occupancy.value),
        available_from=fact.available_from,
    )
