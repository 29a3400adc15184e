"""A choice names the organisation by reference, so that nothing is told to another (W5)."""

from __future__ import annotations

from alembic import op

revision = "ea9740ef1675"
down_revision = "c6ef7ee48def"

_STATEMENTS = (
    "ALTER TABLE choices ADD COLUMN counterpart UUID",
    """ALTER TABLE choices ADD CONSTRAINT fk_choices_counterpart
        FOREIGN KEY (counterpart) REFERENCES counterparts (referral) NOT VALID""",
    "ALTER TABLE choices VALIDATE CONSTRAINT fk_choices_counterpart",
    "CREATE INDEX ix_choices_counterpart ON choices (counterpart)",
)


def upgrade() -> None:
    """Add the reference. Whom a name typed by hand meant isn't known: such choices are asked again."""
    for statement in _STATEMENTS:
        op.execute(statement)
