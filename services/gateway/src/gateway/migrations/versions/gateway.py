"""The gateway's records: keys, staff, programs, sessions, failed sign-ins."""

from alembic import op

from chassis.db.schema import chassis_v1

revision = "91d3fdcff354"
down_revision = None

_STATEMENTS = (
    """CREATE TABLE signing_key (
        kid text CONSTRAINT pk_signing_key PRIMARY KEY,
        public jsonb NOT NULL,
        sealed bytea NOT NULL,
        made_at timestamptz NOT NULL,
        signs_from timestamptz NOT NULL,
        retired_at timestamptz
    )""",
    """CREATE TABLE staff_member (
        id uuid CONSTRAINT pk_staff_member PRIMARY KEY,
        version integer NOT NULL,
        email text NOT NULL CONSTRAINT uq_staff_member_email UNIQUE,
        name text NOT NULL,
        roles text[] NOT NULL,
        locale text NOT NULL DEFAULT 'en',
        active boolean NOT NULL DEFAULT true,
        password_hash text,
        password_temporary boolean NOT NULL DEFAULT false,
        provider_subject text CONSTRAINT uq_staff_member_provider_subject UNIQUE,
        added_at timestamptz NOT NULL DEFAULT now()
    )""",
    """CREATE TABLE api_client (
        id text CONSTRAINT pk_api_client PRIMARY KEY,
        name text NOT NULL,
        roles text[] NOT NULL,
        secret_digest bytea NOT NULL,
        active boolean NOT NULL DEFAULT true,
        added_at timestamptz NOT NULL
    )""",
    """CREATE TABLE session (
        id uuid CONSTRAINT pk_session PRIMARY KEY,
        staff_id uuid NOT NULL
            CONSTRAINT fk_session_staff_id REFERENCES staff_member (id) ON DELETE CASCADE,
        secret_digest bytea NOT NULL CONSTRAINT uq_session_secret_digest UNIQUE,
        former_digest bytea CONSTRAINT uq_session_former_digest UNIQUE,
        renewed_at timestamptz NOT NULL,
        opened_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        device text NOT NULL,
        address text NOT NULL
    )""",
    "CREATE INDEX ix_session_staff_id ON session (staff_id)",
    """CREATE TABLE failed_sign_ins (
        kind text NOT NULL,
        key bytea NOT NULL,
        failures integer NOT NULL,
        last_at timestamptz NOT NULL,
        waits_until timestamptz NOT NULL,
        CONSTRAINT pk_failed_sign_ins PRIMARY KEY (kind, key)
    )""",
)


def upgrade() -> None:
    """Create everything."""
    chassis_v1(op)
    for statement in _STATEMENTS:
        op.execute(statement)
