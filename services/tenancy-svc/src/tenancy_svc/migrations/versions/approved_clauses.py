"""A lease template is put together from the organisation's clauses, which two persons approve.

What stood in a published version is brought in as it is. A clause that stood only in a draft waits for
approval, outside the draft.
"""

from alembic import op

revision = "a895454f2abd"
down_revision = "4c7bec2460eb"

_STATEMENTS = (
    """
    CREATE TABLE organisation_clauses (
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        title_en TEXT NOT NULL,
        title_fr TEXT NOT NULL,
        text_en TEXT NOT NULL,
        text_fr TEXT NOT NULL,
        wording INTEGER NOT NULL,
        verdict VARCHAR(40) NOT NULL,
        doubtful_words TEXT,
        written_by TEXT NOT NULL,
        writer TEXT NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        brought_in BOOLEAN NOT NULL,
        CONSTRAINT pk_organisation_clauses PRIMARY KEY (id),
        CONSTRAINT ck_organisation_clauses_verdict CHECK (verdict IN ('passed', 'needs_eyes', 'refused'))
    )
    """,
    """
    CREATE TABLE clause_approvals (
        id UUID NOT NULL,
        clause_id UUID NOT NULL,
        wording INTEGER NOT NULL,
        approved_by TEXT NOT NULL,
        approver TEXT NOT NULL,
        approved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_clause_approvals PRIMARY KEY (id),
        CONSTRAINT fk_clause_approvals_clause_id FOREIGN KEY(clause_id) REFERENCES organisation_clauses (id),
        CONSTRAINT uq_clause_approvals_clause_id_wording_approved_by UNIQUE (clause_id, wording, approved_by)
    )
    """,
    """
    INSERT INTO organisation_clauses (
        id, version, title_en, title_fr, text_en, text_fr, wording, verdict, doubtful_words, written_by,
        writer, written_at, brought_in
    )
    SELECT gen_random_uuid(), 1, c.title_en, c.title_fr, c.text_en, c.text_fr, 1, min(c.verdict),
        min(c.doubtful_words), min(c.written_by), '', min(e.begun_at), bool_or(e.state <> 'draft')
    FROM template_clauses c JOIN template_editions e ON e.id = c.edition_id
    GROUP BY c.title_en, c.title_fr, c.text_en, c.text_fr
    """,
    """
    DELETE FROM template_clauses c USING template_editions e, organisation_clauses o
    WHERE e.id = c.edition_id AND e.state = 'draft' AND NOT o.brought_in
        AND (c.title_en, c.title_fr, c.text_en, c.text_fr) = (o.title_en, o.title_fr, o.text_en, o.text_fr)
    """,
    "ALTER TABLE template_clauses ADD COLUMN source_id UUID, ADD COLUMN source_wording INTEGER",
    """
    UPDATE template_clauses c SET source_id = o.id, source_wording = 1 FROM organisation_clauses o
    WHERE (c.title_en, c.title_fr, c.text_en, c.text_fr) = (o.title_en, o.title_fr, o.text_en, o.text_fr)
    """,
    """
    ALTER TABLE template_clauses ALTER COLUMN source_id SET NOT NULL,
        ALTER COLUMN source_wording SET NOT NULL,
        ADD CONSTRAINT fk_template_clauses_source_id FOREIGN KEY (source_id)
            REFERENCES organisation_clauses (id)
    """,
)


def upgrade() -> None:
    """Add the clauses with their approvals, and let each clause of a template name its source."""
    for statement in _STATEMENTS:
        op.execute(statement)
