"""The values of the organisation's settings, each from a day on."""

from alembic import op

revision = "e10edd97bc0f"
down_revision = "84b7cca8d837"


def upgrade() -> None:
    """Add the table of values."""
    op.execute(
        """
        CREATE TABLE setting_value (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            setting VARCHAR(60) NOT NULL,
            from_day DATE NOT NULL,
            number INTEGER,
            words VARCHAR(60)[],
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by_name VARCHAR(200) NOT NULL,
            CONSTRAINT pk_setting_value PRIMARY KEY (id),
            CONSTRAINT ck_setting_value_one_value CHECK ((number is null) <> (words is null))
        )
        """
    )
    op.execute("CREATE INDEX ix_setting_value_setting ON setting_value (setting, from_day, id)")
