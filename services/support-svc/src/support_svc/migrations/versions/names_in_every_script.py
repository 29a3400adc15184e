"""Names and addresses folded anew: in every script, in Latin letters, and with their parts joined (C3)."""

import sqlalchemy as sa
from alembic import op

from support_svc.clients.names import searchable_name
from support_svc.homes.model import searchable_address

revision = "9bb835426cbe"
down_revision = "5e2ceee33075"

_STEP = 1000
_CLIENTS = sa.text(
    "SELECT id, given_name, preferred_name, family_name, other_names, name_search FROM client"
    " WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :step"
)
# Somebody may rename the person meanwhile: that name is folded already, and stays.
_REFOLD = sa.text(
    "UPDATE client SET name_search = given.folded"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:before AS text[]), CAST(:folded AS text[]))"
    " AS given (id, before, folded) WHERE client.id = given.id AND client.name_search = given.before"
)
_HOMES = sa.text(
    "SELECT unit, building_name, street, unit_number, city, postal_code, address_search FROM home"
    " WHERE octet_length(concat(building_name, street, city))"
    " <> char_length(concat(building_name, street, city))"
)
_REFOLD_HOME = sa.text(
    "UPDATE home SET address_search = :folded WHERE unit = :unit AND address_search = :before"
)


def upgrade() -> None:
    """Fold a thousand names at a time; whoever looks for people meanwhile waits for nothing."""
    connection = op.get_bind()
    after = None
    while rows := connection.execute(_CLIENTS, {"after": after, "step": _STEP}).all():
        after = rows[-1].id
        folded = [(row.id, row.name_search, searchable_name(row[1:5])) for row in rows]
        changed = [one for one in folded if one[1] != one[2]]
        if changed:
            ids, before, now = zip(*changed, strict=True)
            connection.execute(_REFOLD, {"ids": list(ids), "before": list(before), "folded": list(now)})
    for home in connection.execute(_HOMES).all():
        folded_home = searchable_address(
            home.building_name, home.street, home.unit_number, home.city, home.postal_code
        )
        if folded_home != home.address_search:
            values = {"unit": home.unit, "before": home.address_search, "folded": folded_home}
            connection.execute(_REFOLD_HOME, values)
