"""Beside the home that is held another can be asked for: one of each, instead of one of both (P6)."""

from alembic import op

revision = "c7eba40e9689"
down_revision = "ba2bb99b691e"


def upgrade() -> None:
    """Add the two narrower indexes, then drop the one that both together had."""
    op.execute("CREATE UNIQUE INDEX uq_securing_asked ON securing (placement_id) WHERE state = 'asked'")
    op.execute(
        "CREATE UNIQUE INDEX uq_securing_holding ON securing (placement_id) WHERE state IN ('held', 'let')"
    )
    op.execute("DROP INDEX uq_securing_open")


def downgrade() -> None:
    """Put the one index back; a home that is asked for beside one that is held has to be given up before."""
    op.execute(
        "CREATE UNIQUE INDEX uq_securing_open ON securing (placement_id)"
        " WHERE state IN ('asked', 'held', 'let')"
    )
    op.execute("DROP INDEX uq_securing_holding")
    op.execute("DROP INDEX uq_securing_asked")
