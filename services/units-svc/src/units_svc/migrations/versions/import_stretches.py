"""Stretches of an import that are written at the same time."""

from pathlib import Path

from alembic import op

revision = "bae24dec1100"
down_revision = "23ee0afd85bc"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the table."""
    for statement in (_SQL / "0007_import_stretches.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
