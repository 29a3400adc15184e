"""What rows of a file say of one another is looked at some at a time."""

from alembic import op

revision = "1d7bcc758205"
down_revision = "478c5330c85a"

_STATEMENTS = """
-- Looking at what rows of a file say of one another, some at a time. One statement ends with a semicolon at the end of its line.
ALTER TABLE unit_import ADD COLUMN keys_checked BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE unit_import ALTER COLUMN keys_checked DROP DEFAULT;
CREATE INDEX ix_import_row_ref ON import_row (import_id, source_ref COLLATE "C", line);
"""


def upgrade() -> None:
    """Add how far that is, and the index it goes along."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
