"""Addresses and landlords in other scripts than Latin compared by their own letters (U1, U6).

Only texts with letters beyond ASCII are folded in another way than before.
"""

import sqlalchemy as sa
from alembic import op

from units_svc import addressing

revision = "e83a9f616ffe"
down_revision = "83bd79dfd520"

_BUILDINGS = sa.text(
    "SELECT id, name, street, city, province, country, postal_code FROM building"
    " WHERE octet_length(concat(name, street, city)) <> char_length(concat(name, street, city)) ORDER BY id"
)
# Two that are the same by now stay two: somebody decides which one is right.
_BUILDING = sa.text(
    "UPDATE building SET search_text = :search, address_key = CASE WHEN EXISTS (SELECT FROM building other"
    " WHERE other.address_key = :key) THEN address_key ELSE :key END WHERE id = :id"
)
_HOMES = sa.text(
    "UPDATE unit SET city_key = :city, address_order = :street || ' ' || unit_order WHERE building_id = :id"
)
_UNITS = sa.text(
    "SELECT id, unit_number FROM unit WHERE octet_length(unit_number) <> char_length(unit_number)"
)
_UNIT = sa.text(
    "UPDATE unit SET unit_key = :key, unit_order = :order,"
    " address_order = left(address_order, length(address_order) - length(unit_order)) || :order"
    " WHERE id = :id AND NOT EXISTS (SELECT FROM unit other WHERE other.building_id = unit.building_id"
    " AND other.unit_key = :key)"
)
_LANDLORDS = sa.text(
    "SELECT id, name FROM landlord WHERE octet_length(name) <> char_length(name) ORDER BY id"
)
_LANDLORD = sa.text(
    "UPDATE landlord SET name_key = :key WHERE id = :id AND NOT EXISTS (SELECT FROM landlord other"
    " WHERE other.name_key = :key AND other.relation = landlord.relation)"
)


def upgrade() -> None:
    """Fold what is stored anew."""
    connection = op.get_bind()
    for row in connection.execute(_BUILDINGS).all():
        key = addressing.address_key(
            street=row.street, city=row.city, province=row.province, country=row.country
        )
        search = addressing.searchable(row.name, row.street, row.city, row.postal_code)
        connection.execute(_BUILDING, {"id": row.id, "key": key, "search": search})
        order = addressing.street_order(row.street)
        connection.execute(_HOMES, {"id": row.id, "city": addressing.plain(row.city), "street": order})
    for row in connection.execute(_UNITS).all():
        key = addressing.unit_key(row.unit_number)
        connection.execute(_UNIT, {"id": row.id, "key": key, "order": addressing.padded(key)})
    for row in connection.execute(_LANDLORDS).all():
        connection.execute(_LANDLORD, {"id": row.id, "key": addressing.plain(row.name)[:200]})
