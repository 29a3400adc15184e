"""Stretches of an import that are written at the same time."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the table."""
    for statement in (_SQL / "0007_import_stretches.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
