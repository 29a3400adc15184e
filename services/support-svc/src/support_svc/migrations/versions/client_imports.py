"""Imports of clients, what other systems call them, and the words of names noted for many clients at once."""

from alembic import op

revision = "8e5dfc9d5dad"
down_revision = "2e15cee31e5d"

_STATEMENTS = (
    """CREATE TABLE client_import (
        id UUID NOT NULL,
        mapping VARCHAR(60) NOT NULL,
        definition JSONB NOT NULL,
        file_name VARCHAR(200) NOT NULL,
        state VARCHAR(40) NOT NULL,
        header TEXT[] NOT NULL,
        delimiter VARCHAR(1) NOT NULL,
        row_limit INTEGER,
        at_once BOOLEAN NOT NULL,
        size BIGINT NOT NULL,
        position BIGINT NOT NULL,
        line INTEGER NOT NULL,
        reached TEXT NOT NULL,
        compared INTEGER NOT NULL,
        keys_checked BOOLEAN NOT NULL,
        rows INTEGER NOT NULL,
        wrong_rows INTEGER NOT NULL,
        new INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        unchanged INTEGER NOT NULL,
        reading JSONB NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        finished_at TIMESTAMP WITH TIME ZONE,
        started_by VARCHAR(200) NOT NULL,
        failure TEXT,
        failure_params JSONB,
        version INTEGER NOT NULL,
        CONSTRAINT pk_client_import PRIMARY KEY (id),
        CONSTRAINT ck_client_import_state CHECK (state IN
            ('reading', 'comparing', 'ready', 'applying', 'done', 'discarded', 'failed', 'stopped'))
    )""",
    """CREATE TABLE import_part (
        import_id UUID NOT NULL,
        part INTEGER NOT NULL,
        content BYTEA NOT NULL,
        CONSTRAINT pk_import_part PRIMARY KEY (import_id, part),
        CONSTRAINT fk_import_part_import_id FOREIGN KEY (import_id) REFERENCES client_import (id)
            ON DELETE CASCADE
    )""",
    "ALTER TABLE import_part ALTER COLUMN content SET STORAGE EXTERNAL",
    """CREATE TABLE import_problem (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        import_id UUID NOT NULL,
        line INTEGER NOT NULL,
        "column" TEXT,
        rule VARCHAR(60) NOT NULL,
        value TEXT,
        message TEXT NOT NULL,
        params JSONB NOT NULL,
        CONSTRAINT pk_import_problem PRIMARY KEY (id),
        CONSTRAINT fk_import_problem_import_id FOREIGN KEY (import_id) REFERENCES client_import (id)
            ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_import_problem_import ON import_problem (import_id, line, id)",
    """CREATE TABLE import_wrong_row (
        import_id UUID NOT NULL,
        line INTEGER NOT NULL,
        cells TEXT[] NOT NULL,
        source_ref TEXT,
        CONSTRAINT pk_import_wrong_row PRIMARY KEY (import_id, line),
        CONSTRAINT fk_import_wrong_row_import_id FOREIGN KEY (import_id) REFERENCES client_import (id)
            ON DELETE CASCADE
    )""",
    """CREATE TABLE import_batch (
        import_id UUID NOT NULL,
        after TEXT NOT NULL,
        new INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        unchanged INTEGER NOT NULL,
        CONSTRAINT pk_import_batch PRIMARY KEY (import_id, after)
    )""",
    """CREATE TABLE client_source (
        source VARCHAR(60) NOT NULL,
        source_ref VARCHAR(140) NOT NULL,
        client_id UUID NOT NULL,
        fingerprint UUID,
        CONSTRAINT pk_client_source PRIMARY KEY (source, source_ref),
        CONSTRAINT fk_client_source_client_id FOREIGN KEY (client_id) REFERENCES client (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_client_source_client ON client_source (client_id)",
    """CREATE TABLE consent_source (
        source VARCHAR(60) NOT NULL,
        source_ref VARCHAR(140) NOT NULL,
        purpose VARCHAR(40) NOT NULL,
        client_id UUID NOT NULL,
        consent_id UUID,
        fingerprint UUID NOT NULL,
        CONSTRAINT pk_consent_source PRIMARY KEY (source, source_ref, purpose),
        CONSTRAINT fk_consent_source_client_id FOREIGN KEY (client_id) REFERENCES client (id)
            ON DELETE CASCADE,
        CONSTRAINT fk_consent_source_consent_id FOREIGN KEY (consent_id) REFERENCES consent (id)
            ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_consent_source_client ON consent_source (client_id)",
    "CREATE INDEX ix_consent_source_consent ON consent_source (consent_id)",
    """CREATE UNLOGGED TABLE import_row (
        import_id UUID NOT NULL,
        line INTEGER NOT NULL,
        source_ref TEXT NOT NULL,
        fingerprint UUID NOT NULL,
        cells TEXT NOT NULL,
        group_key TEXT NOT NULL,
        given_name TEXT,
        family_name TEXT,
        preferred_name TEXT,
        other_names TEXT,
        name_search TEXT,
        date_of_birth DATE,
        estimated_age INTEGER,
        estimated_on DATE,
        gender_id UUID,
        indigenous_id UUID,
        disability TEXT,
        preferred_language TEXT,
        address_line TEXT,
        city TEXT,
        province TEXT,
        postal_code TEXT,
        country TEXT,
        comments TEXT,
        state TEXT,
        phones TEXT[] NOT NULL,
        emails TEXT[] NOT NULL,
        reached TEXT[] NOT NULL,
        external_ids TEXT[] NOT NULL,
        client_ref TEXT,
        purposes TEXT[] NOT NULL,
        recipient TEXT,
        type TEXT,
        given_on DATE,
        expires_on DATE,
        given_how TEXT,
        taken_by TEXT,
        document_reference TEXT,
        withdrawn_on DATE,
        withdrawn_by TEXT,
        CONSTRAINT pk_import_row PRIMARY KEY (import_id, line)
    )""",
    """CREATE INDEX ix_import_row_group ON import_row (import_id, group_key COLLATE "C", line)""",
    """CREATE INDEX ix_import_row_ref ON import_row (import_id, source_ref COLLATE "C", line)""",
    # One statement for all names that are added together. The words are locked, so none of them is forgotten
    # before it's given to somebody: a constraint that looks at each word again adds nothing.
    "ALTER TABLE client_name DROP CONSTRAINT fk_client_name_word",
    """CREATE FUNCTION note_new_names() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        called TEXT[] := ARRAY(
            SELECT DISTINCT word FROM added, unnest(string_to_array(name_search, ' ')) AS word
            WHERE word <> '' ORDER BY word
        );
        kept INTEGER;
    BEGIN
        LOOP
            INSERT INTO client_name_word (word) SELECT unnest(called) ON CONFLICT DO NOTHING;
            PERFORM FROM client_name_word WHERE word = ANY (called) ORDER BY word FOR KEY SHARE;
            GET DIAGNOSTICS kept = ROW_COUNT;
            EXIT WHEN kept = cardinality(called);
        END LOOP;
        INSERT INTO client_name (word, client_id)
            SELECT DISTINCT word, id FROM added, unnest(string_to_array(name_search, ' ')) AS word
            WHERE word <> '' ORDER BY word, id ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$""",
    "DROP TRIGGER note_names ON client",
    """CREATE TRIGGER note_new_names AFTER INSERT ON client REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION note_new_names()""",
    """CREATE TRIGGER note_names AFTER UPDATE OF name_search ON client
        FOR EACH ROW EXECUTE FUNCTION note_names()""",
)


def upgrade() -> None:
    """Add the tables of imports, and note names for all clients of a statement together."""
    for statement in _STATEMENTS:
        op.execute(statement)
