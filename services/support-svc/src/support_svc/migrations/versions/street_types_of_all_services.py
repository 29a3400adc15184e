"""Addresses of homes folded as in all services, street types in their short forms (P5)."""

import sqlalchemy as sa
from alembic import op

from trade import addresses

revision = "4908ea2f81c5"
down_revision = "aebc04927a12"

_STEP = 1000
_HOMES = sa.text(
    "SELECT unit, address_search, building_name, street, unit_number, city, postal_code FROM home"
    " WHERE CAST(:after AS uuid) IS NULL OR unit > :after ORDER BY unit LIMIT :step"
)
# The inventory may publish a home meanwhile: its address is folded already, and stays.
_REFOLD = sa.text(
    "UPDATE home SET address_search = given.folded, written_in = pg_current_xact_id()"
    " FROM unnest(CAST(:units AS uuid[]), CAST(:before AS text[]), CAST(:folded AS text[]))"
    " AS given (unit, before, folded) WHERE home.unit = given.unit AND home.address_search = given.before"
)


def upgrade() -> None:
    """Fold a thousand addresses at a time."""
    connection = op.get_bind()
    after = None
    while rows := connection.execute(_HOMES, {"after": after, "step": _STEP}).all():
        after = rows[-1].unit
        folded = [(row.unit, row.address_search, addresses.searchable(*row[2:])) for row in rows]
        changed = [one for one in folded if one[1] != one[2]]
        if changed:
            units, before, now = zip(*changed, strict=True)
            connection.execute(_REFOLD, {"units": list(units), "before": list(before), "folded": list(now)})
