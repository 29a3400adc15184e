"""Names and addresses are found by the words that all searches of the project compare: in any script, without
accents. A review of a text may also find that it would watch people.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from trade.letters import searchable

revision = "2d6af120f28d"
down_revision = "a895454f2abd"

_STEP = 1000
_NAMED = ("given_name", "family_name")
_TABLES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "people": ("id", "name_search", _NAMED),
    "lease_parties": ("id", "name_search", _NAMED),
    "homes": (
        "unit",
        "address_search",
        ("building_name", "street", "unit_number", "city", "postal_code"),
    ),
}


def upgrade() -> None:
    """Add the columns, then fill them a thousand rows at a time."""
    connection = op.get_bind()
    op.execute("ALTER TABLE reviewed_texts DROP CONSTRAINT ck_reviewed_texts_rule")
    op.execute(
        "ALTER TABLE reviewed_texts ADD CONSTRAINT ck_reviewed_texts_rule CHECK (rule IN ('services',"
        " 'sobriety', 'programme_rules', 'casework_enforces', 'reports_to_landlord', 'unclear', 'watches'))"
    )
    for table, (key, column, parts) in _TABLES.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
        rows = sa.text(
            f"SELECT {key} AS key, {', '.join(parts)} FROM {table}"  # noqa: S608 - our own words only
            f" WHERE CAST(:after AS uuid) IS NULL OR {key} > :after ORDER BY {key} LIMIT :step"
        )
        fill = sa.text(
            f"UPDATE {table} SET {column} = given.said"  # noqa: S608 - our own words only
            " FROM unnest(CAST(:keys AS uuid[]), CAST(:said AS text[])) AS given (key, said)"
            f" WHERE {table}.{key} = given.key AND {table}.{column} = ''"
        )
        after = None
        while found := connection.execute(rows, {"after": after, "step": _STEP}).all():
            after = found[-1].key
            said = [_searchable(table, row._mapping) for row in found]
            connection.execute(fill, {"keys": [row.key for row in found], "said": said})


def _searchable(table: str, row: Mapping[Any, Any]) -> str:
    parts = [row[part] for part in _TABLES[table][2]]
    if table == "homes":
        parts.append((row["postal_code"] or "").replace(" ", ""))
    return searchable(*parts)
