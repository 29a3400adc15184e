"""Columns and tables get the names that the code and the pages use; names are as long as published ones.

That changes the catalogue only and no row, so it takes the same time however large a table is.
"""

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v3

revision = "66088e7379f9"
down_revision = "245e2dbe6799"

_TABLES = {
    "home_early_news": "home_early_change",
    "inventory_news": "inventory_receipt",
}
_COLUMNS = (
    ("inventory_receipt", "heard_at", "received_at"),
    ("securing", "said", "referral_events"),
    ("securing", "moves_told", "move_events"),
    ("signing", "told_version", "reported_version"),
)
# From PostgreSQL 18 on that a column may not be empty is a constraint with a name of its own.
_CONSTRAINTS = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass)")


def upgrade() -> None:
    """Rename the columns, and the tables with what is named after them; widen the names."""
    chassis_v3(op)
    for former, new in _TABLES.items():
        op.rename_table(former, new)
        _rename_constraints(new, former, new)
    for table, former, new in _COLUMNS:
        op.alter_column(table, former, new_column_name=new)
        _rename_constraints(table, former, new)
    for column in ("given_name", "family_name", "preferred_name"):
        op.alter_column("client", column, type_=sa.String(120))


def _rename_constraints(table: str, former: str, new: str) -> None:
    for name in op.get_bind().scalars(_CONSTRAINTS, {"table": table}).all():
        renamed = f"_{name}_".replace(f"_{former}_", f"_{new}_", 1).strip("_")
        if renamed != name:
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {name} TO {renamed}")
