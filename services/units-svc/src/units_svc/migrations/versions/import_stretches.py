"""Stretches of an import that are written at the same time."""

from alembic import op

revision = "478c5330c85a"
down_revision = "2b4cb5fddfca"

_STATEMENTS = """
-- Stretches of an import that are written at the same time. One statement ends with a semicolon at the end of its line.
CREATE TABLE import_stretch (
    import_id UUID NOT NULL,
    place TEXT NOT NULL,
    "new" INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    CONSTRAINT pk_import_stretch PRIMARY KEY (import_id, place)
);
"""


def upgrade() -> None:
    """Create the table."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
