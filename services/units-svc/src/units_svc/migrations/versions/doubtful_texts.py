"""Doubtful texts are listed, and texts of landlords, contractors and holds are reviewed as well."""

from alembic import op

revision = "fec756c768db"
down_revision = "e83a9f616ffe"

_PLACES = (
    "'lookup_value', 'unit', 'status', 'use', 'maintenance', 'inspection', 'photo', 'import', 'landlord',"
    " 'contractor', 'hold'"
)
_STATEMENTS = (
    "ALTER TABLE privacy_refusal DROP CONSTRAINT ck_privacy_refusal_place",
    f"ALTER TABLE privacy_refusal ADD CONSTRAINT ck_privacy_refusal_place CHECK (place IN ({_PLACES}))",
    f"""
    CREATE TABLE doubtful_text (
        id UUID NOT NULL,
        key VARCHAR(64) NOT NULL,
        place VARCHAR(40) NOT NULL,
        field TEXT NOT NULL,
        text TEXT NOT NULL,
        deciding TEXT NOT NULL,
        likelihood INTEGER NOT NULL,
        unit_id UUID,
        offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        offered_by VARCHAR(200) NOT NULL,
        offered_as VARCHAR(200) NOT NULL,
        judgement VARCHAR(40),
        judged_at TIMESTAMP WITH TIME ZONE,
        judged_by VARCHAR(200),
        CONSTRAINT pk_doubtful_text PRIMARY KEY (id),
        CONSTRAINT uq_doubtful_text_key UNIQUE (key),
        CONSTRAINT ck_doubtful_text_place CHECK (place IN ({_PLACES})),
        CONSTRAINT ck_doubtful_text_judgement CHECK (judgement IN ('harmless', 'taken_out'))
    )
    """,
    "CREATE INDEX ix_doubtful_text_open ON doubtful_text (id) WHERE judgement IS NULL",
)


def upgrade() -> None:
    """Add the list, and the new places where a text may be refused."""
    for statement in _STATEMENTS:
        op.execute(statement)
