"""The inventory: look-up lists with their starting values, landlords, homes, holds and imports."""

import csv
from pathlib import Path
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v1

revision = "0916dbaf11a0"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql"
_IDS = UUID("0192f0c4-0000-7000-8000-0000756e6974")


def upgrade() -> None:
    """Create everything and fill the look-up lists."""
    chassis_v1(op)
    for statement in (_SQL / "0001_inventory.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
    with (_SQL / "0001_lookups.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "id": uuid5(_IDS, f"{row['list']}/{row['code']}"),
                "list": row["list"],
                "code": row["code"],
                "label_en": row["label_en"],
                "label_fr": row["label_fr"],
                "grouping": row["grouping"] or None,
                "sort_order": place * 10,
                "active": True,
                "published_as": row["published_as"] or None,
                "version": 1,
            }
            for place, row in enumerate(csv.DictReader(file), start=1)
        ]
    values = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(n) for n in ("list", "code", "label_en", "label_fr", "grouping", "published_as")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    op.bulk_insert(values, rows)
