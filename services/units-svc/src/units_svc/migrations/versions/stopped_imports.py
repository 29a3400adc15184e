"""Imports that were stopped while they were written, to go on later."""

from alembic import op

revision = "2b4cb5fddfca"
down_revision = "fa77d73b0476"

_STATEMENTS = """
-- Imports that were stopped while they were written. One statement ends with a semicolon at the end of its line.
ALTER TABLE unit_import DROP CONSTRAINT ck_unit_import_state;
ALTER TABLE unit_import ADD CONSTRAINT ck_unit_import_state
    CHECK (state IN ('reading', 'comparing', 'ready', 'applying', 'done', 'discarded', 'failed', 'stopped'));
"""


def upgrade() -> None:
    """Allow the state."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
