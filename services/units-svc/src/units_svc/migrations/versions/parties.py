"""Homes, holds, who lives there and requests for entry name the parties that they concern.

Until now an inventory had one property entity, the party that runs it, and one support organisation. The
first is known from what the inventory has published; the second had the id that every deployment gave it.
"""

# ruff: noqa: S608 -- only our own words

from alembic import op

revision = "dd2f0eadd54e"
down_revision = "4734b2ba5bef"

_OWN = """coalesce(
    (SELECT split_part(data ->> 'source', '/', 2) FROM outbox ORDER BY position DESC LIMIT 1), 'property')"""
_STATEMENTS = (
    "ALTER TABLE landlord ADD COLUMN party VARCHAR(31)",
    f"UPDATE landlord SET party = {_OWN} WHERE relation <> 'third_party'",
    """ALTER TABLE landlord ADD CONSTRAINT ck_landlord_party
        CHECK ((relation = 'third_party') = (party IS NULL))""",
    "DROP INDEX uq_landlord_name_key_relation",
    """CREATE UNIQUE INDEX uq_landlord_name_key_relation_party ON landlord (name_key, relation, party)
        NULLS NOT DISTINCT""",
    "ALTER TABLE hold ADD COLUMN requested_by VARCHAR(31) NOT NULL DEFAULT 'support'",
    "ALTER TABLE hold ALTER COLUMN requested_by DROP DEFAULT",
    "ALTER TABLE hold ADD COLUMN manager VARCHAR(31)",
    f"UPDATE hold SET manager = {_OWN} WHERE managed_by = 'property_entity'",
    """ALTER TABLE hold ADD CONSTRAINT ck_hold_manager
        CHECK ((managed_by IS NOT DISTINCT FROM 'property_entity') = (manager IS NOT NULL))""",
    "ALTER TABLE hold ADD COLUMN former_managers TEXT[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE occupation ADD COLUMN manager VARCHAR(31)",
    f"UPDATE occupation SET manager = {_OWN} WHERE managed_by = 'property_entity'",
    """ALTER TABLE occupation ADD CONSTRAINT ck_occupation_manager
        CHECK ((managed_by = 'property_entity') = (manager IS NOT NULL))""",
    "ALTER TABLE entry_request ADD COLUMN party VARCHAR(31)",
    f"UPDATE entry_request SET party = {_OWN}",
    "ALTER TABLE entry_request ALTER COLUMN party SET NOT NULL",
    "ALTER TABLE import_row ADD COLUMN party TEXT",
)


def upgrade() -> None:
    """Add the columns, filled in for what is there."""
    for statement in _STATEMENTS:
        op.execute(statement)
