"""The words of all names: a name is found by its spelling among some thousands of words, not of people."""

from alembic import op

revision = "82c0f5576df6"
down_revision = "2abc4cddd2c3"

_STATEMENTS = (
    "ALTER TABLE client DROP COLUMN name_sounds",
    "DROP FUNCTION sounds_of(text)",
    """ALTER TABLE client ADD COLUMN name_words TEXT[]
        GENERATED ALWAYS AS (string_to_array(ltrim(name_search), ' ')) STORED""",
    "CREATE INDEX ix_client_name_words ON client USING gin (name_words)",
    """CREATE TABLE client_name_word (
        word TEXT NOT NULL,
        sound TEXT GENERATED ALWAYS AS (public.dmetaphone(word)) STORED,
        CONSTRAINT pk_client_name_word PRIMARY KEY (word)
    )""",
    "CREATE INDEX ix_client_name_word_spelling ON client_name_word USING gin (word gin_trgm_ops)",
    "CREATE INDEX ix_client_name_word_sound ON client_name_word (sound)",
    # In one order, so that two records that are saved at the same time don't wait for each other.
    """CREATE FUNCTION note_name_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO client_name_word (word) SELECT DISTINCT word FROM unnest(NEW.name_words) AS word
        WHERE word <> '' ORDER BY word ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER note_name_words AFTER INSERT OR UPDATE OF name_search ON client
        FOR EACH ROW EXECUTE FUNCTION note_name_words()""",
    """INSERT INTO client_name_word (word)
        SELECT DISTINCT word FROM client, unnest(name_words) AS word WHERE word <> ''""",
)


def upgrade() -> None:
    """Keep the words of each name, and of all names how they are spelt and sound."""
    for statement in _STATEMENTS:
        op.execute(statement)
