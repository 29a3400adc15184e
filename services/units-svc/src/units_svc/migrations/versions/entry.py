"""Entry to somebody's home: what was asked for and what was answered."""

from pathlib import Path

from alembic import op

revision = "ba164f7dd8f3"
down_revision = "f14568fe6fdc"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the table."""
    for statement in (_SQL / "0004_entry.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
