"""Tables are named in the singular, as in the other services, and so is everything named after them.

Renaming changes the catalogue only and no row, so it takes the same time however large a table is.
"""

import sqlalchemy as sa
from alembic import op

revision = "ca3d716798fc"
down_revision = "4a46df6a2d4f"

_NAMES = {
    "advocate_answers": "advocate_answer",
    "applications": "application",
    "attestations": "attestation",
    "choices": "choice",
    "clause_approvals": "clause_approval",
    "counterparts": "counterpart",
    "entry_requests": "entry_request",
    "holds": "hold",
    "homes": "home",
    "lease_deposits": "lease_deposit",
    "lease_editions": "lease_edition",
    "lease_parties": "lease_party",
    "lease_templates": "lease_template",
    "leases": "lease",
    "organisation_clauses": "organisation_clause",
    "people": "person",
    "reviewed_texts": "reviewed_text",
    "signings": "signing",
    "statutes": "statute",
    "template_clauses": "template_clause",
    "template_editions": "template_edition",
}
_CONSTRAINTS = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass)")
# The index of a key has the key's name, and is renamed with it.
_INDEXES = sa.text(
    """
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = CAST(:table AS regclass)
        AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = i.indrelid)
    """
)
_SEQUENCES = sa.text(
    """
    SELECT c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    WHERE d.classid = CAST('pg_class' AS regclass) AND d.refclassid = d.classid
        AND d.refobjid = CAST(:table AS regclass)
    """
)


def upgrade() -> None:
    """Rename each table, then its constraints, indexes and sequences."""
    connection = op.get_bind()
    for plural, singular in _NAMES.items():
        op.execute(f"ALTER TABLE {plural} RENAME TO {singular}")
        for statement, rename in (
            (_CONSTRAINTS, f"ALTER TABLE {singular} RENAME CONSTRAINT {{}} TO {{}}"),
            (_INDEXES, "ALTER INDEX {} RENAME TO {}"),
            (_SEQUENCES, "ALTER SEQUENCE {} RENAME TO {}"),
        ):
            for name in connection.scalars(statement, {"table": singular}).all():
                renamed = f"_{name}_".replace(f"_{plural}_", f"_{singular}_", 1).strip("_")
                if renamed != name:
                    op.execute(rename.format(name, renamed))
    op.execute("ALTER INDEX ix_home_place RENAME TO ix_home_address")
    op.execute("ALTER TABLE counterpart RENAME COLUMN told TO published")
