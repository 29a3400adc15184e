"""Columns and tables get the names that the code and the documentation use.

Renaming changes the catalogue only and no row, so it takes the same time however large a table is.
"""

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v3

revision = "2f6ae6bf2152"
down_revision = "5259dc5dee54"

_TABLES = {
    "import_stretch": "import_batch",
}
_COLUMNS = (
    ("import_batch", "place", "after"),
    ("occupation", "told_as", "fact_number"),
    ("unit_import", "place", "reached"),
)
# From PostgreSQL 18 on that a column may not be empty is a constraint with a name of its own.
_CONSTRAINTS = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass)")


def upgrade() -> None:
    """Rename the columns, and the tables with what is named after them."""
    chassis_v3(op)
    for former, new in _TABLES.items():
        op.rename_table(former, new)
        _rename_constraints(new, former, new)
    for table, former, new in _COLUMNS:
        op.alter_column(table, former, new_column_name=new)
        _rename_constraints(table, former, new)
    op.execute("ALTER INDEX ix_import_row_place RENAME TO ix_import_row_address")


def _rename_constraints(table: str, former: str, new: str) -> None:
    for name in op.get_bind().scalars(_CONSTRAINTS, {"table": table}).all():
        renamed = f"_{name}_".replace(f"_{former}_", f"_{new}_", 1).strip("_")
        if renamed != name:
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {name} TO {renamed}")
