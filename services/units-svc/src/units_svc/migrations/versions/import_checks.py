"""What rows of a file say of one another is looked at some at a time."""

from pathlib import Path

from alembic import op

revision = "5714448fcafa"
down_revision = "bae24dec1100"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Add how far that is, and the index it goes along."""
    for statement in (_SQL / "0008_import_checks.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
