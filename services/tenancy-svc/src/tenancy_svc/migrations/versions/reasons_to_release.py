"""Two further reasons why the inventory ended a hold (U9)."""

from __future__ import annotations

from alembic import op

revision = "300e6ea575d3"
down_revision = "3994a3be5f02"

_REASONS = (
    "request_withdrawn",
    "deadline_passed",
    "unit_withdrawn",
    "inventory_decision",
    "let_to_another",
    "application_closed",
)


def upgrade() -> None:
    """Let the constraint know them; rows of before are all allowed."""
    words = ", ".join(f"'{reason}'" for reason in _REASONS)
    op.execute("ALTER TABLE holds DROP CONSTRAINT ck_holds_release_reason")
    op.execute(
        f"ALTER TABLE holds ADD CONSTRAINT ck_holds_release_reason CHECK (release_reason IN ({words})) NOT VALID"
    )
    op.execute("ALTER TABLE holds VALIDATE CONSTRAINT ck_holds_release_reason")
