"""Rent subsidies: their rates and payments, what landlords know of them, and the consent to that (S1, S2)."""

import re
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "9f15e3ef1b4b"
down_revision = "4049f888d07c"

_REASONS = (
    ("rent_above_means", "Rent above what the household can pay", "Loyer au-dessus des moyens du ménage"),
    ("loss_of_income", "Loss of income", "Perte de revenu"),
    ("benefits_delayed", "Waiting for benefits", "Attente de prestations"),
    ("moving_in", "Costs of moving in", "Frais d’emménagement"),
    ("rent_arrears", "Rent arrears", "Arriérés de loyer"),
    ("utility_arrears", "Utility arrears", "Arriérés de services publics"),
    ("emergency", "Emergency", "Urgence"),
    ("other", "Another reason", "Autre raison"),
)


def _allow(table: str, column: str, *more: str) -> None:
    """Let a column have more words, beside those that it may have by now."""
    name = f"ck_{table}_{column}"
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"), {"name": name}
    )
    words = dict.fromkeys([*re.findall(r"'(\w+)'::", definition), *more])
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def upgrade() -> None:
    """Add the tables, the values and the words."""
    op.execute(
        """
        CREATE TABLE subsidy (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            placement_id UUID,
            prevention_id UUID,
            client_id UUID NOT NULL,
            program_id UUID NOT NULL,
            kind VARCHAR(40) NOT NULL,
            reason_id UUID NOT NULL,
            starts_on DATE NOT NULL,
            ends_on DATE,
            currency VARCHAR(3) NOT NULL,
            comments TEXT,
            next_due_on DATE,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by_name VARCHAR(200) NOT NULL,
            CONSTRAINT pk_subsidy PRIMARY KEY (id),
            CONSTRAINT ck_subsidy_of_one_case CHECK (num_nonnulls(placement_id, prevention_id) = 1),
            CONSTRAINT ck_subsidy_ends_after_start CHECK (ends_on is null or ends_on >= starts_on),
            CONSTRAINT ck_subsidy_kind CHECK (kind IN (
                'rent_supplement', 'first_and_last_month', 'security_deposit', 'arrears', 'moving', 'start_up',
                'utility')),
            CONSTRAINT fk_subsidy_placement_id FOREIGN KEY (placement_id) REFERENCES placement (id),
            CONSTRAINT fk_subsidy_prevention_id
                FOREIGN KEY (prevention_id) REFERENCES housing_loss_prevention (id),
            CONSTRAINT fk_subsidy_client_id FOREIGN KEY (client_id) REFERENCES client (id),
            CONSTRAINT fk_subsidy_program_id FOREIGN KEY (program_id) REFERENCES program (id),
            CONSTRAINT fk_subsidy_reason_id FOREIGN KEY (reason_id) REFERENCES lookup_value (id)
        )
        """
    )
    for name, columns, where in (
        ("placement", "placement_id, id", " WHERE placement_id is not null"),
        ("prevention", "prevention_id, id", " WHERE prevention_id is not null"),
        ("client", "client_id, id", ""),
        ("program", "program_id, id", ""),
        ("kind", "kind, id", ""),
        ("days", "ends_on, starts_on", ""),
        ("next_due", "next_due_on, id", " WHERE next_due_on is not null"),
    ):
        op.execute(f"CREATE INDEX ix_subsidy_{name} ON subsidy ({columns}){where}")
    frequencies = "'one_time', 'daily', 'weekly', 'bi_weekly', 'semi_monthly', 'monthly', 'yearly'"
    op.execute(
        f"""
        CREATE TABLE subsidy_rate (
            subsidy_id UUID NOT NULL,
            from_on DATE NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            frequency VARCHAR(40) NOT NULL,
            anchor DATE NOT NULL,
            CONSTRAINT pk_subsidy_rate PRIMARY KEY (subsidy_id, from_on),
            CONSTRAINT ck_subsidy_rate_positive CHECK (amount > 0),
            CONSTRAINT ck_subsidy_rate_frequency CHECK (frequency IN ({frequencies})),
            CONSTRAINT fk_subsidy_rate_subsidy_id FOREIGN KEY (subsidy_id) REFERENCES subsidy (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE subsidy_payment (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            subsidy_id UUID NOT NULL,
            due_on DATE NOT NULL,
            outcome VARCHAR(40) NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            paid_on DATE,
            reason VARCHAR(1000),
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by_name VARCHAR(200) NOT NULL,
            CONSTRAINT pk_subsidy_payment PRIMARY KEY (id),
            CONSTRAINT ck_subsidy_payment_paid_has_date CHECK ((outcome = 'paid') = (paid_on is not null)),
            CONSTRAINT ck_subsidy_payment_not_negative CHECK (amount >= 0),
            CONSTRAINT ck_subsidy_payment_outcome CHECK (outcome IN ('paid', 'missed')),
            CONSTRAINT fk_subsidy_payment_subsidy_id FOREIGN KEY (subsidy_id) REFERENCES subsidy (id)
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX uq_subsidy_payment_due ON subsidy_payment (subsidy_id, due_on)")
    op.execute(
        """
        CREATE TABLE subsidy_report (
            reference UUID NOT NULL,
            subsidy_id UUID NOT NULL,
            referral UUID NOT NULL,
            landlord VARCHAR(31) NOT NULL,
            complete BOOLEAN NOT NULL,
            CONSTRAINT pk_subsidy_report PRIMARY KEY (reference),
            CONSTRAINT fk_subsidy_report_subsidy_id FOREIGN KEY (subsidy_id) REFERENCES subsidy (id)
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX uq_subsidy_report_referral ON subsidy_report (subsidy_id, referral)")
    _allow("consent", "purpose", "share_subsidies")
    _allow("correction", "kind", "subsidy_payment")
    _allow("placement_timeline", "kind", "subsidy_recorded", "subsidy_changed", "subsidy_ended")
    table = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(name, sa.Text()) for name in ("list", "code", "label_en", "label_fr")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    op.bulk_insert(
        table,
        [
            {
                "id": uuid5(NAMESPACE_URL, f"partywall/support/subsidy_reason/{code}"),
                "list": "subsidy_reason",
                "code": code,
                "label_en": english,
                "label_fr": french,
                "sort_order": position * 10,
                "active": True,
                "version": 1,
            }
            for position, (code, english, french) in enumerate(_REASONS, start=1)
        ],
    )
