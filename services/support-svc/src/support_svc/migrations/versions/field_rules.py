"""Which fields of forms are mandatory or hidden, each from a day on."""

from alembic import op

revision = "9510c139d1d2"
down_revision = "dd093a5ad5f3"


def upgrade() -> None:
    """Add the table of rules."""
    op.execute(
        """
        CREATE TABLE field_rule (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            form VARCHAR(60) NOT NULL,
            field VARCHAR(60) NOT NULL,
            rule VARCHAR(40) NOT NULL,
            from_day DATE NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by_name VARCHAR(200) NOT NULL,
            CONSTRAINT pk_field_rule PRIMARY KEY (id),
            CONSTRAINT ck_field_rule_rule CHECK (rule IN ('mandatory', 'optional', 'hidden'))
        )
        """
    )
    op.execute("CREATE INDEX ix_field_rule_form ON field_rule (form, from_day, id)")
