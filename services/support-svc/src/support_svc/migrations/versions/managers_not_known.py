"""Homes of which the inventory doesn't know who manages them."""

from alembic import op

revision = "8f6b350e0ac0"
down_revision = "b55386342a99"

_MANAGERS = "'property_entity', 'third_party', 'not_known'"


def upgrade() -> None:
    """Let both constraints know the third word."""
    for table in ("home", "securing"):
        name = f"ck_{table}_managed_by"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (managed_by IN ({_MANAGERS})) NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
