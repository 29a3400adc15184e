"""Programs with days and budgets; what was a value of a list becomes a program of the same id (S1, S3)."""

from alembic import op

revision = "4049f888d07c"
down_revision = "60d0c3ee783f"

_REFERRING = ("placement", "housing_loss_prevention")


def upgrade() -> None:
    """Add the tables, move the values, and let records refer to programs.

    A value that could no longer be chosen becomes a program that has ended.
    """
    op.execute(
        """
        CREATE TABLE program (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            name_en VARCHAR(120) NOT NULL,
            name_fr VARCHAR(120) NOT NULL,
            starts_on DATE,
            ends_on DATE,
            kinds VARCHAR(40)[] NOT NULL,
            CONSTRAINT pk_program PRIMARY KEY (id),
            CONSTRAINT ck_program_ends_after_start CHECK (ends_on is null or ends_on >= starts_on)
        )
        """
    )
    op.execute("CREATE INDEX ix_program_name ON program (name_en, id)")
    op.execute(
        """
        CREATE TABLE program_budget (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            program_id UUID NOT NULL,
            starts_on DATE NOT NULL,
            ends_on DATE NOT NULL,
            period DATERANGE GENERATED ALWAYS AS (daterange(starts_on, ends_on, '[]')) STORED,
            amount NUMERIC(12, 2) NOT NULL,
            currency VARCHAR(3) NOT NULL,
            CONSTRAINT pk_program_budget PRIMARY KEY (id),
            CONSTRAINT ck_program_budget_ends_after_start CHECK (ends_on >= starts_on),
            CONSTRAINT ck_program_budget_not_negative CHECK (amount >= 0),
            CONSTRAINT fk_program_budget_program_id FOREIGN KEY (program_id) REFERENCES program (id),
            CONSTRAINT ex_program_budget_period
                EXCLUDE USING gist (program_id WITH =, currency WITH =, period WITH &&)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE program_budget_use (
            budget_id UUID NOT NULL,
            committed NUMERIC(14, 2) NOT NULL,
            paid NUMERIC(14, 2) NOT NULL,
            CONSTRAINT pk_program_budget_use PRIMARY KEY (budget_id),
            CONSTRAINT fk_program_budget_use_budget_id FOREIGN KEY (budget_id) REFERENCES program_budget (id)
        )
        """
    )
    op.execute(
        "INSERT INTO program (id, version, name_en, name_fr, ends_on, kinds)"
        " SELECT id, 1, label_en, label_fr, CASE WHEN active THEN NULL ELSE CURRENT_DATE - 1 END, '{}'"
        " FROM lookup_value WHERE list = 'program'"
    )
    for table in _REFERRING:
        name = f"fk_{table}_program_id"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (program_id) REFERENCES program (id)"
            " NOT VALID"
        )
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    op.execute("DELETE FROM lookup_value WHERE list = 'program'")
