"""Look-up lists are declared by features: the database checks the form of a list's code, not its name."""

from alembic import op

revision = "245e2dbe6799"
down_revision = "4908ea2f81c5"


def upgrade() -> None:
    """Let a feature add a list without changing a constraint."""
    op.execute(
        """
        ALTER TABLE lookup_value
            DROP CONSTRAINT ck_lookup_value_list,
            ADD CONSTRAINT ck_lookup_value_list CHECK (list ~ '^[a-z]+(_[a-z]+)*$')
        """
    )
