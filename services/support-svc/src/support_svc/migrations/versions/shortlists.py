"""The short list of a placement: homes to look at again (P5)."""

from alembic import op

revision = "ba2bb99b691e"
down_revision = "2e4670ff1ae5"


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
