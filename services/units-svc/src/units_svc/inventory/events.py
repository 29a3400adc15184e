"""The inventory as it is published: listings, also of many homes at once, and their withdrawal (U9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, text

from chassis.bus.events import Events
from chassis.publisher import Outgoing
from chassis.tracing import traceparent
from contracts import envelope, units
from contracts.words import HousingType, ManagedBy, Money, UnitAddress, UnitFeature
from contracts.words import Occupancy as PublishedOccupancy
from units_svc.inventory.facts import FLAGS, OF_BUILDING, PUBLISHED, published_facts
from units_svc.inventory.listing import OTHER_TYPE
from units_svc.inventory.model import AvailabilityChanged, Unit, UnitListed, UnitUnlisted
from units_svc.inventory.rents import RENT_BEGINS, apply_rent

if TYPE_CHECKING:
    from chassis.tx import Tx

EVENTS = Events()

_LISTED = units.UnitPublishedV1.terms
if _LISTED.purpose is not None:
    raise TypeError("listings are published in bulk only because they're about nobody")

_OF_BUILDING = ", ".join(f"b.{fact.column} AS building_{fact.column}" for fact in OF_BUILDING)
_COLUMN_OF = {
    fact.name: f"listing.building_{fact.column}" if fact in OF_BUILDING else f"listing.{fact.column}"
    for fact in PUBLISHED
}
_FACTS = ", ".join(
    f"'{fact.name}' VALUE "
    + (f"coalesce({_COLUMN_OF[fact.name]}, false)" if fact in FLAGS else _COLUMN_OF[fact.name])
    for fact in PUBLISHED
)

# The same event as `unit_published` makes, for many units at once; a test holds the two together. The rows
# are put in order first: the finished events would be too large to sort in memory. A home is listed for the
# first time once, so that event has the home's own id: drawing thousands of ids takes time.
_WRITE_LISTINGS = text(
    f"""
    INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, status, recorded_at,
    traceparent) SELECT listing.event, listing.id::text, listing.listing_version, :subject, :type,
        JSON_OBJECT(
            'specversion' VALUE '1.0', 'id' VALUE listing.event, 'source' VALUE cast(:source AS text),
            'type' VALUE cast(:type AS text), 'subject' VALUE listing.id, 'time' VALUE cast(:time AS text),
            'datacontenttype' VALUE 'application/json', 'dataschema' VALUE cast(:schema AS text),
            'aggregateversion' VALUE listing.listing_version, 'traceparent' VALUE cast(:traceparent AS text),
            'data' VALUE JSON_OBJECT(
                'unit' VALUE listing.id,
                'listing_version' VALUE listing.listing_version,
                'address' VALUE JSON_OBJECT(
                    'building_name' VALUE listing.building_name, 'street' VALUE listing.street,
                    'unit_number' VALUE listing.unit_number, 'city' VALUE listing.city,
                    'province' VALUE listing.province, 'postal_code' VALUE listing.postal_code,
                    'country' VALUE listing.country, 'region' VALUE listing.region_word
                    ABSENT ON NULL RETURNING jsonb),
                'housing_type' VALUE coalesce(listing.type_word, :other),
                {_FACTS},
                'rent' VALUE CASE WHEN listing.rent_amount IS NOT NULL THEN JSON_OBJECT(
                    'amount' VALUE listing.rent_amount::text, 'currency' VALUE listing.rent_currency
                    RETURNING jsonb) END,
                'features' VALUE coalesce(listing.feature_words, '[]'::jsonb),
                'managed_by' VALUE CASE WHEN listing.relation IS NULL THEN 'not_known'
                    WHEN listing.relation IN ('property_entity', 'managing_agent') THEN 'property_entity'
                    ELSE 'third_party' END,
                'manager' VALUE listing.party,
                'occupancy' VALUE listing.occupancy,
                'available_from' VALUE listing.available_from
                ABSENT ON NULL RETURNING jsonb)
            ABSENT ON NULL RETURNING jsonb),
        'pending', :now, :traceparent
    FROM (
        SELECT CASE WHEN u.listing_version = 1 THEN u.id ELSE uuidv7() END AS event, u.*,
            b.name AS building_name, b.street, b.city, b.province, b.postal_code, b.country,
            {_OF_BUILDING}, l.relation, l.party,
            t.published_as AS type_word, r.published_as AS region_word, f.words AS feature_words
        FROM unit_to_publish JOIN unit u ON u.id = unit_to_publish.unit_id
        JOIN building b ON b.id = u.building_id
        LEFT JOIN landlord l ON l.id = u.landlord_id
        LEFT JOIN lookup_value t ON t.list = 'housing_type' AND t.code = u.housing_type
        LEFT JOIN lookup_value r ON r.list = 'region' AND r.code = b.region
        LEFT JOIN (
            SELECT chosen.features, (
                SELECT jsonb_agg(DISTINCT v.published_as)
                FROM lookup_value v WHERE v.list = 'feature' AND v.code = ANY (chosen.features)
                    AND v.published_as IS NOT NULL) AS words
            FROM (
                SELECT DISTINCT x.features FROM unit x JOIN unit_to_publish p ON p.unit_id = x.id
            ) chosen
        ) f ON f.features = u.features
        ORDER BY u.address_order, u.id
    ) listing
    """  # noqa: S608 - our own names of facts
)


@EVENTS.publishes(UnitListed)
def unit_published(fact: UnitListed) -> Outgoing:
    """A home as everybody may see it."""
    rent = None
    if fact.rent_amount is not None:
        rent = Money(amount=fact.rent_amount, currency=fact.rent_currency)
    event = units.UnitPublishedV1(
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
        rent=rent,
        features=tuple(UnitFeature(word) for word in fact.features),
        managed_by=ManagedBy(fact.manager.managed_by.value),
        manager=fact.manager.party,
        occupancy=PublishedOccupancy(fact.occupancy.value),
        available_from=fact.available_from,
        **published_facts(fact.facts),
    )
    return Outgoing(event, fact.listing_version)


@EVENTS.publishes(UnitUnlisted)
def unit_withdrawn(fact: UnitUnlisted) -> Outgoing:
    """A home is no longer listed."""
    event = units.UnitWithdrawnV1(unit=fact.unit_id, listing_version=fact.listing_version)
    return Outgoing(event, fact.listing_version)


@EVENTS.publishes(AvailabilityChanged)
def availability_changed(fact: AvailabilityChanged) -> Outgoing:
    """A home is free, taken, or will be free."""
    event = units.UnitAvailabilityChangedV1(
        unit=fact.unit_id,
        listing_version=fact.listing_version,
        occupancy=PublishedOccupancy(fact.occupancy.value),
        available_from=fact.available_from,
    )
    return Outgoing(event, fact.listing_version)


async def write_listings(tx: Tx, party: str, source: str) -> int:
    """Write the listings of the units in the table `unit_to_publish` to the outbox; return how many.

    `party` publishes them, as `source`. A listing is for everybody that listens: it has no addressee.

    The relay isn't woken for them, its poll finds them within a second: many take longer than that to send.
    """
    written = await tx.execute(
        _WRITE_LISTINGS,
        {
            "subject": _LISTED.subject(party),
            "type": _LISTED.key,
            "schema": envelope.schema_urn(units.UnitPublishedV1),
            "source": source,
            "time": tx.now.isoformat(),
            "now": tx.now,
            "other": OTHER_TYPE,
            "traceparent": traceparent(),
        },
    )
    return int(written.rowcount)  # type: ignore[attr-defined]


@EVENTS.at(RENT_BEGINS)
async def rent_begins(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """A rent that was recorded ahead takes effect."""
    unit = (
        await tx.execute(select(Unit).where(Unit.id == UUID(payload["unit"])).with_for_update())
    ).scalar_one_or_none()
    if unit is not None:
        await apply_rent(tx, unit)
