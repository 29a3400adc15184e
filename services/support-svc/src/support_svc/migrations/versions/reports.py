"""What reports count quickly, when help was first offered, and which quarters were exported (R1, R5)."""

from alembic import op

revision = "c103d418b8b4"
down_revision = "07427ac219c4"

_OFFERS = (
    "ALTER TABLE tenancy_risk ADD COLUMN offered_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE tenancy_risk ADD COLUMN offered_remedy_by DATE",
    # The first report of an earlier notice isn't stored; of most there was only one.
    """UPDATE tenancy_risk SET offered_at = reported_at, offered_remedy_by = remedy_by
        WHERE stage IS NOT NULL""",
)

_INDEXES = (
    "CREATE INDEX ix_tenancy_risk_served ON tenancy_risk (served_on)",
    "CREATE INDEX ix_prevention_days ON housing_loss_prevention (ended_on, started_on)",
    "CREATE INDEX ix_placement_days ON placement (ended_on, search_started_on)",
    "CREATE INDEX ix_placement_moved_in ON placement (moved_in_on)",
    "CREATE INDEX ix_housing_record_stay ON housing_record (stay)",
    "CREATE INDEX ix_housing_record_started ON housing_record (started_on)",
    "CREATE INDEX ix_household_member_client ON household_member (client_id, joined_on)",
    "CREATE INDEX ix_subsidy_payment_paid ON subsidy_payment (paid_on, subsidy_id)",
)

_EXPORTS = (
    """CREATE TABLE quarterly_export (
        id UUID NOT NULL,
        first_on DATE NOT NULL,
        last_on DATE NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        made_by_name VARCHAR(200) NOT NULL,
        placements INTEGER NOT NULL,
        stays INTEGER NOT NULL,
        preventions INTEGER NOT NULL,
        CONSTRAINT pk_quarterly_export PRIMARY KEY (id)
    )""",
    "CREATE INDEX ix_quarterly_export_quarter ON quarterly_export (first_on, made_at)",
)


def upgrade() -> None:
    """Add two columns, the indexes of the reports, and the list of exports that were made."""
    for statement in (*_OFFERS, *_INDEXES, *_EXPORTS):
        op.execute(statement)
