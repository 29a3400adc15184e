"""Sessions that are over are remembered for as long as a token of theirs could last.

The database writes them down itself, for a session's row goes in several ways: signing out, a new password,
the end of somebody's access, the end of its time.
"""

from alembic import op

revision = "0698286a382e"
down_revision = "91d3fdcff354"

_STATEMENTS = (
    """CREATE TABLE ended_session (
        id uuid CONSTRAINT pk_ended_session PRIMARY KEY,
        ended_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )""",
    """CREATE FUNCTION remember_ended_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM ended_session WHERE id IN (
            SELECT id FROM ended_session WHERE ended_at < clock_timestamp() - interval '2 hours'
            LIMIT 100 FOR UPDATE SKIP LOCKED
        );
        INSERT INTO ended_session (id) VALUES (OLD.id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER session_ended AFTER DELETE ON session
    FOR EACH ROW EXECUTE FUNCTION remember_ended_session()""",
    # What was counted by the rules of before counts no longer.
    "DELETE FROM failed_sign_ins",
)


def upgrade() -> None:
    """Create the table and what fills it."""
    for statement in _STATEMENTS:
        op.execute(statement)
