"""Addresses folded as in all services: "Elm Crcl" and "Elm Circle" are one street (U1, U2).

Only buildings whose street or name has such a word, or letters that are words by themselves, are written.
"""

import sqlalchemy as sa
from alembic import op

from trade import addresses

revision = "012ecbcec07f"
down_revision = "d550aea32012"

_STEP = 1000
_BUILDINGS = sa.text(
    "SELECT id, name, street, city, province, country, postal_code, postal_area, address_key, search_text"
    " FROM building WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :step"
)
# Two that are the same by now stay two: somebody decides which one is right. A key with "~" in it tells two
# buildings of a register at one address apart.
_BUILDING = sa.text(
    "UPDATE building SET search_text = :search, address_key = CASE WHEN strpos(address_key, '~') > 0 OR EXISTS"
    " (SELECT FROM building other WHERE other.address_key = :key) THEN address_key ELSE :key END"
    " WHERE id = :id"
)
_HOMES = sa.text("UPDATE unit SET address_order = :street || ' ' || unit_order WHERE building_id = :id")


def upgrade() -> None:
    """Fold a thousand buildings at a time, and write those that change."""
    connection = op.get_bind()
    after = None
    while rows := connection.execute(_BUILDINGS, {"after": after, "step": _STEP}).all():
        after = rows[-1].id
        for row in rows:
            search = addresses.searchable(row.name, row.street, row.city, row.postal_code or row.postal_area)
            key = addresses.address_key(
                street=row.street, city=row.city, province=row.province, country=row.country
            )
            if search == row.search_text and key == row.address_key.partition("~")[0]:
                continue
            connection.execute(_BUILDING, {"id": row.id, "key": key, "search": search})
            connection.execute(_HOMES, {"id": row.id, "street": addresses.street_order(row.street)})
