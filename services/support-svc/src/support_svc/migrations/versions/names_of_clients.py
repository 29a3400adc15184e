"""Which clients a word belongs to: people are found by two hundred words at once as fast as by one."""

from alembic import op

revision = "2e4670ff1ae5"
down_revision = "82c0f5576df6"

_STATEMENTS = (
    """CREATE TABLE client_name (
        word TEXT NOT NULL,
        client_id UUID NOT NULL,
        CONSTRAINT pk_client_name PRIMARY KEY (word, client_id)
    )""",
    """INSERT INTO client_name (word, client_id)
        SELECT DISTINCT word, id FROM client, unnest(name_words) AS word WHERE word <> ''""",
    """DELETE FROM client_name_word
        WHERE NOT EXISTS (SELECT FROM client_name WHERE client_name.word = client_name_word.word)""",
    """ALTER TABLE client_name
        ADD CONSTRAINT fk_client_name_word FOREIGN KEY (word)
            REFERENCES client_name_word (word),
        ADD CONSTRAINT fk_client_name_client_id FOREIGN KEY (client_id)
            REFERENCES client (id) ON DELETE CASCADE""",
    "CREATE INDEX ix_client_name_client ON client_name (client_id)",
    "DROP TRIGGER note_name_words ON client",
    "DROP FUNCTION note_name_words()",
    "ALTER TABLE client DROP COLUMN name_words",
    # In one order, so that two records that are saved at the same time don't wait for each other. A word that
    # is there may be forgotten before it's given to somebody: it is kept from that, or written down again.
    """CREATE FUNCTION note_names() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        called TEXT[] := ARRAY(
            SELECT DISTINCT unnest(array_remove(string_to_array(NEW.name_search, ' '), '')) ORDER BY 1
        );
        kept INTEGER;
    BEGIN
        LOOP
            INSERT INTO client_name_word (word) SELECT unnest(called) ON CONFLICT DO NOTHING;
            PERFORM FROM client_name_word WHERE word = ANY (called) ORDER BY word FOR KEY SHARE;
            GET DIAGNOSTICS kept = ROW_COUNT;
            EXIT WHEN kept = cardinality(called);
        END LOOP;
        INSERT INTO client_name (word, client_id) SELECT unnest(called), NEW.id ON CONFLICT DO NOTHING;
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM client_name WHERE client_id = NEW.id AND word <> ALL (called);
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER note_names AFTER INSERT OR UPDATE OF name_search ON client
        FOR EACH ROW EXECUTE FUNCTION note_names()""",
    # Locked first and looked at afterwards, by a statement that sees what was saved meanwhile: the lock waits
    # for whoever is giving the word to somebody or taking it from another, and lets nobody else begin to.
    """CREATE FUNCTION forget_name_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM FROM client_name_word WHERE word IN (SELECT word FROM gone) ORDER BY word FOR UPDATE;
        DELETE FROM client_name_word USING (SELECT DISTINCT word FROM gone) AS gone
            WHERE client_name_word.word = gone.word
            AND NOT EXISTS (SELECT FROM client_name WHERE client_name.word = gone.word);
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER forget_name_words AFTER DELETE ON client_name REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION forget_name_words()""",
    "ANALYZE client_name",
)


def upgrade() -> None:
    """Keep for each word the clients whose names it is in, and only the words that somebody has."""
    for statement in _STATEMENTS:
        op.execute(statement)
