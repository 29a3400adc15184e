"""Two further reasons why a hold ends: the home was let to another, or the application was closed (U9)."""

from alembic import op

revision = "814c14e64c61"
down_revision = "1d7bcc758205"

_REASONS = (
    "request_withdrawn",
    "deadline_passed",
    "unit_withdrawn",
    "inventory_decision",
    "let_to_another",
    "application_closed",
)


def upgrade() -> None:
    """Let the constraint know them; rows of before are all allowed, so they're looked at without a lock."""
    words = ", ".join(f"'{reason}'" for reason in _REASONS)
    op.execute("ALTER TABLE hold DROP CONSTRAINT ck_hold_release")
    op.execute(f"ALTER TABLE hold ADD CONSTRAINT ck_hold_release CHECK (release IN ({words})) NOT VALID")
    op.execute("ALTER TABLE hold VALIDATE CONSTRAINT ck_hold_release")
