"""How a file's columns are read, and homes that a newer list of a source no longer names."""

from alembic import op

revision = "232008427490"
down_revision = "814c14e64c61"

_STATEMENTS = """
-- How a file's columns are read, and homes that a newer list of a source no longer names. One statement ends with a semicolon at the end of its line.
UPDATE unit_import SET state = 'discarded', finished_at = now() WHERE state IN ('reading', 'comparing', 'ready');
UPDATE unit_import SET state = 'stopped', finished_at = now() WHERE state IN ('applying', 'stopped') AND finished_at IS NULL;
ALTER TABLE unit_import ADD COLUMN reading JSONB DEFAULT '{}' NOT NULL, ADD COLUMN missing INTEGER;
ALTER TABLE unit_import ALTER COLUMN reading DROP DEFAULT;
ALTER TABLE import_wrong_row ADD COLUMN source_ref TEXT;
CREATE TABLE import_missing (
    import_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    CONSTRAINT pk_import_missing PRIMARY KEY (import_id, unit_id),
    CONSTRAINT fk_import_missing_import_id FOREIGN KEY(import_id) REFERENCES unit_import (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    """Add what is known of both."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
