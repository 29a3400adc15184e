"""The short list of a placement: homes to look at again (P5)."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the table."""
    op.execute(
        """CREATE TABLE shortlisted_home (
            placement_id UUID NOT NULL,
            unit UUID NOT NULL,
            address VARCHAR(400) NOT NULL,
            added_at TIMESTAMP WITH TIME ZONE NOT NULL,
            added_by_name VARCHAR(200) NOT NULL,
            CONSTRAINT pk_shortlisted_home PRIMARY KEY (placement_id, unit),
            CONSTRAINT fk_shortlisted_home_placement_id FOREIGN KEY (placement_id) REFERENCES placement (id)
        )"""
    )


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE shortlisted_home")
