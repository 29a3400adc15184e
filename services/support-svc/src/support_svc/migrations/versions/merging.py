"""Records of one person that are merged, and people who are known to be two (C3)."""

from alembic import op

revision = "2e15cee31e5d"
down_revision = "ae522a957329"

_STATEMENTS = (
    """CREATE FUNCTION same_name(given TEXT, family TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (
            SELECT least(one.plain, other.plain) || ' ' || greatest(one.plain, other.plain)
            FROM (SELECT regexp_replace(normalize(lower(given), NFKD), '[^[:alnum:]]+', '', 'g') AS plain) AS one,
                (SELECT regexp_replace(normalize(lower(family), NFKD), '[^[:alnum:]]+', '', 'g') AS plain) AS other
        )""",
    """ALTER TABLE client
        ADD COLUMN same_name TEXT GENERATED ALWAYS AS (same_name(given_name, family_name)) STORED NOT NULL,
        ADD COLUMN merged_into UUID,
        ADD CONSTRAINT fk_client_merged_into FOREIGN KEY (merged_into) REFERENCES client (id),
        ADD CONSTRAINT ck_client_not_into_itself CHECK (merged_into <> id)""",
    "CREATE INDEX ix_client_same_name ON client (same_name, date_of_birth, id)",
    "CREATE INDEX ix_client_merged_into ON client (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX ix_client_contact_point_same ON client_contact_point (plain, client_id)",
    """CREATE TABLE different_people (
        low_id UUID NOT NULL,
        high_id UUID NOT NULL,
        noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        noted_by_name VARCHAR(200) NOT NULL,
        CONSTRAINT pk_different_people PRIMARY KEY (low_id, high_id),
        CONSTRAINT fk_different_people_low_id FOREIGN KEY (low_id) REFERENCES client (id),
        CONSTRAINT fk_different_people_high_id FOREIGN KEY (high_id) REFERENCES client (id),
        CONSTRAINT ck_different_people_ordered CHECK (low_id < high_id)
    )""",
    "CREATE INDEX ix_different_people_high ON different_people (high_id)",
    """CREATE TABLE client_merge (
        id UUID NOT NULL,
        survivor_id UUID NOT NULL,
        merged_id UUID NOT NULL,
        merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
        merged_by_name VARCHAR(200) NOT NULL,
        moved JSONB NOT NULL,
        undone_at TIMESTAMP WITH TIME ZONE,
        undone_by_name VARCHAR(200),
        stays_with_id UUID,
        CONSTRAINT pk_client_merge PRIMARY KEY (id),
        CONSTRAINT fk_client_merge_survivor_id FOREIGN KEY (survivor_id) REFERENCES client (id),
        CONSTRAINT fk_client_merge_merged_id FOREIGN KEY (merged_id) REFERENCES client (id),
        CONSTRAINT fk_client_merge_stays_with_id FOREIGN KEY (stays_with_id) REFERENCES client (id)
    )""",
    "CREATE INDEX ix_client_merge_survivor ON client_merge (survivor_id, merged_at)",
    "CREATE INDEX ix_client_merge_merged ON client_merge (merged_id, merged_at)",
    "ANALYZE client",
)


def upgrade() -> None:
    """Add what is needed to find, merge and part records of one person."""
    for statement in _STATEMENTS:
        op.execute(statement)
