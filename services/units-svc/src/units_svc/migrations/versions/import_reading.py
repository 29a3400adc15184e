"""How a file's columns are read, and homes that a newer list of a source no longer names."""

from pathlib import Path

from alembic import op

revision = "140a8a51fe23"
down_revision = "0fa30deb9308"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Add what is known of both."""
    for statement in (_SQL / "0010_import_reading.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
