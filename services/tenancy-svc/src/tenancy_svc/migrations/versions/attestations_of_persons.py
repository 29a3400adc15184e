"""Attestations by person, which can be taken back, and signatures at another time than arranged (T5)."""

from __future__ import annotations

from alembic import op

revision = "4c7bec2460eb"
down_revision = "0d2f9aa11d95"

_STATEMENTS = (
    "ALTER TABLE signings ADD COLUMN held_by TEXT",
    "ALTER TABLE signings ADD COLUMN arranged_for TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE attestations ADD COLUMN party_id UUID",
    "ALTER TABLE attestations ADD COLUMN taken_back_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE attestations ADD COLUMN taken_back_by TEXT",
    "ALTER TABLE attestations DROP CONSTRAINT uq_attestations_signing_id_lease_edition_id_side_name",
    # Of two tenants of one name the first is taken to have attested: the other is asked.
    """UPDATE attestations a SET party_id = (
            SELECT p.id FROM lease_parties p
            WHERE p.edition_id = a.lease_edition_id AND p.part = 'tenant'
                AND trim(p.given_name || ' ' || p.family_name) = a.name
            ORDER BY p.position LIMIT 1)
        WHERE a.side = 'tenant'""",
    """ALTER TABLE attestations ADD CONSTRAINT fk_attestations_party_id
        FOREIGN KEY (party_id) REFERENCES lease_parties (id) NOT VALID""",
    "ALTER TABLE attestations VALIDATE CONSTRAINT fk_attestations_party_id",
    """ALTER TABLE attestations ADD CONSTRAINT ck_attestations_party
        CHECK ((side = 'tenant') = (party_id IS NOT NULL)) NOT VALID""",
    "ALTER TABLE attestations VALIDATE CONSTRAINT ck_attestations_party",
    """CREATE UNIQUE INDEX uq_attestations_standing
        ON attestations (signing_id, lease_edition_id, side, party_id, name)
        NULLS NOT DISTINCT WHERE taken_back_at IS NULL""",
)


def upgrade() -> None:
    """Let each attestation name its person."""
    for statement in _STATEMENTS:
        op.execute(statement)
