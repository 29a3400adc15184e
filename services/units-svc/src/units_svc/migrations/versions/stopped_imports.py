"""Imports that were stopped while they were written, to go on later."""

from pathlib import Path

from alembic import op

revision = "23ee0afd85bc"
down_revision = "ba164f7dd8f3"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Allow the state."""
    for statement in (_SQL / "0006_stopped_imports.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
