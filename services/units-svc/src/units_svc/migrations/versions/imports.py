"""Imports that the worker carries on by itself: the file is kept until it's read, with the place reached."""

from pathlib import Path

from alembic import op

revision = "f14568fe6fdc"
down_revision = "37cdb9dcd594"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Add the file's parts and the places reached; what was only half imported is discarded."""
    for statement in (_SQL / "0003_imports.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
