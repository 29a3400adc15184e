"""Who manages a home is kept with each hold and occupation: a landlord corrected later changes neither."""

# ruff: noqa: S608 -- only our own words

from alembic import op

revision = "24bf1d91551f"
down_revision = "232008427490"

_MANAGERS = "'property_entity', 'third_party', 'not_known'"
_OF_TODAY = """CASE WHEN l.id IS NULL THEN 'not_known'
    WHEN l.relation IN ('property_entity', 'managing_agent') THEN 'property_entity' ELSE 'third_party' END"""
_STATEMENTS = (
    "ALTER TABLE hold ADD COLUMN managed_by VARCHAR(40)",
    f"ALTER TABLE hold ADD CONSTRAINT ck_hold_managed_by CHECK (managed_by IN ({_MANAGERS}))",
    f"""UPDATE hold SET managed_by = {_OF_TODAY}
        FROM unit u LEFT JOIN landlord l ON l.id = u.landlord_id WHERE u.id = hold.unit_id""",
    "ALTER TABLE occupation ADD COLUMN managed_by VARCHAR(40)",
    f"ALTER TABLE occupation ADD CONSTRAINT ck_occupation_managed_by CHECK (managed_by IN ({_MANAGERS}))",
    f"""UPDATE occupation SET managed_by =
            CASE WHEN occupation.kind = 'tenancy' THEN 'property_entity' ELSE {_OF_TODAY} END
        FROM unit u LEFT JOIN landlord l ON l.id = u.landlord_id WHERE u.id = occupation.unit_id""",
    "ALTER TABLE occupation ALTER COLUMN managed_by SET NOT NULL",
)


def upgrade() -> None:
    """Add the column to both, filled in by the landlords of today."""
    for statement in _STATEMENTS:
        op.execute(statement)
