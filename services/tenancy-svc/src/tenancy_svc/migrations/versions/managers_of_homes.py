"""Homes whose manager isn't known, and who managed a home when it was held (T1, U9)."""

from __future__ import annotations

from alembic import op

revision = "2c7406a43d1e"
down_revision = "7a457f46718c"

_MANAGERS = "'property_entity', 'third_party', 'not_known'"
_STATEMENTS = (
    "ALTER TABLE homes DROP CONSTRAINT ck_homes_managed_by",
    f"ALTER TABLE homes ADD CONSTRAINT ck_homes_managed_by CHECK (managed_by IN ({_MANAGERS})) NOT VALID",
    "ALTER TABLE homes VALIDATE CONSTRAINT ck_homes_managed_by",
    "ALTER TABLE holds ADD COLUMN managed_by VARCHAR(40)",
    f"ALTER TABLE holds ADD CONSTRAINT ck_holds_hold_managed_by CHECK (managed_by IN ({_MANAGERS}))",
)


def upgrade() -> None:
    """Let the constraint know the third word, and holds keep theirs."""
    for statement in _STATEMENTS:
        op.execute(statement)
