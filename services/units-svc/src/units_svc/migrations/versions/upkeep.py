"""Privacy, maintenance, inspections and photos, and the areas that inspections look at."""

import csv
from pathlib import Path
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "37cdb9dcd594"
down_revision = "0916dbaf11a0"

_SQL = Path(__file__).parent.parent / "sql"
_IDS = UUID("0192f0c4-0000-7000-8000-0000756e6974")


def upgrade() -> None:
    """Create the tables and fill the new list."""
    for statement in (_SQL / "0002_upkeep.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
    values = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(name) for name in ("list", "code", "label_en", "label_fr")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    with (_SQL / "0002_lookups.csv").open(encoding="utf-8", newline="") as file:
        op.bulk_insert(
            values,
            [
                {
                    "id": uuid5(_IDS, f"inspection_area/{row['code']}"),
                    "list": "inspection_area",
                    "code": row["code"],
                    "label_en": row["label_en"],
                    "label_fr": row["label_fr"],
                    "sort_order": place * 10,
                    "active": True,
                    "version": 1,
                }
                for place, row in enumerate(csv.DictReader(file), start=1)
            ],
        )
