"""Documents of clients with their files, what programs and homes need, and clients' own plans (C9, C10)."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "84963b99e587"
down_revision = "8e5dfc9d5dad"

_KINDS = (
    ("identity", "Photo identification", "Pièce d’identité avec photo"),
    ("birth_certificate", "Birth certificate", "Acte de naissance"),
    ("status", "Proof of status in Canada", "Preuve du statut au Canada"),
    ("social_insurance", "Social insurance number", "Numéro d’assurance sociale"),
    ("income", "Proof of income", "Preuve de revenu"),
    ("benefits", "Statement of benefits", "Relevé de prestations"),
    ("tax_assessment", "Notice of assessment", "Avis de cotisation"),
    ("reference", "Reference of a landlord", "Référence d’un propriétaire"),
    ("bank_details", "Bank details", "Coordonnées bancaires"),
    ("tenant_insurance", "Tenant insurance", "Assurance locataire"),
    ("other", "Other document", "Autre document"),
)


def upgrade() -> None:
    """Add the tables, and the first kinds of document."""
    op.execute(
        """
        CREATE TABLE client_document (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            client_id UUID NOT NULL,
            kind_id UUID NOT NULL,
            which VARCHAR(200),
            needed BOOLEAN NOT NULL,
            asked_on DATE,
            have BOOLEAN NOT NULL,
            expires_on DATE,
            recorded_by VARCHAR(120) NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_client_document PRIMARY KEY (id),
            CONSTRAINT ck_client_document_says_something CHECK (needed or have or asked_on is not null),
            CONSTRAINT fk_client_document_client_id FOREIGN KEY (client_id) REFERENCES client (id),
            CONSTRAINT fk_client_document_kind_id FOREIGN KEY (kind_id)
                REFERENCES lookup_value (id),
            CONSTRAINT fk_client_document_recorded_by FOREIGN KEY (recorded_by)
                REFERENCES caseworker (subject)
        )
        """
    )
    op.execute("CREATE INDEX ix_client_document_client ON client_document (client_id, kind_id)")
    op.execute(
        "CREATE INDEX ix_client_document_recorder ON client_document (recorded_by, expires_on)"
        " WHERE have and expires_on is not null"
    )
    op.execute(
        """
        CREATE TABLE client_document_file (
            id UUID NOT NULL,
            document_id UUID NOT NULL,
            client_id UUID NOT NULL,
            type VARCHAR(40) NOT NULL,
            size INTEGER NOT NULL,
            digest BYTEA NOT NULL,
            content BYTEA NOT NULL,
            added_at TIMESTAMP WITH TIME ZONE NOT NULL,
            added_by_name VARCHAR(200) NOT NULL,
            CONSTRAINT pk_client_document_file PRIMARY KEY (id),
            CONSTRAINT ck_client_document_file_type CHECK (type IN ('jpeg', 'pdf')),
            CONSTRAINT fk_client_document_file_document_id FOREIGN KEY (document_id)
                REFERENCES client_document (id),
            CONSTRAINT fk_client_document_file_client_id FOREIGN KEY (client_id) REFERENCES client (id)
        )
        """
    )
    # What is in a picture or a PDF is compressed already.
    op.execute("ALTER TABLE client_document_file ALTER COLUMN content SET STORAGE EXTERNAL")
    op.execute("CREATE UNIQUE INDEX uq_client_document_file ON client_document_file (document_id, digest)")
    op.execute("CREATE INDEX ix_client_document_file_client ON client_document_file (client_id)")
    op.execute(
        """
        CREATE TABLE needed_list (
            value_id UUID NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_needed_list PRIMARY KEY (value_id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE needed_document (
            value_id UUID NOT NULL,
            kind_id UUID NOT NULL,
            needed_of VARCHAR(40) NOT NULL,
            CONSTRAINT pk_needed_document PRIMARY KEY (value_id, kind_id),
            CONSTRAINT ck_needed_document_needed_of CHECK (needed_of IN ('each_adult', 'household')),
            CONSTRAINT fk_needed_document_value_id FOREIGN KEY (value_id)
                REFERENCES needed_list (value_id),
            CONSTRAINT fk_needed_document_kind_id FOREIGN KEY (kind_id)
                REFERENCES lookup_value (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE plan_goal (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            client_id UUID NOT NULL,
            goal TEXT NOT NULL,
            ended_on DATE,
            recorded_by_name VARCHAR(200) NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_plan_goal PRIMARY KEY (id),
            CONSTRAINT fk_plan_goal_client_id FOREIGN KEY (client_id) REFERENCES client (id)
        )
        """
    )
    op.execute("CREATE INDEX ix_plan_goal_client ON plan_goal (client_id, recorded_at)")
    op.execute(
        """
        CREATE TABLE plan_step (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            goal_id UUID NOT NULL,
            client_id UUID NOT NULL,
            step TEXT NOT NULL,
            owed_by VARCHAR(40) NOT NULL,
            other_name VARCHAR(120),
            by_on DATE,
            state VARCHAR(40) NOT NULL,
            closed_on DATE,
            recorded_by VARCHAR(120) NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_plan_step PRIMARY KEY (id),
            CONSTRAINT ck_plan_step_owed_by CHECK (owed_by IN ('client', 'caseworker', 'another')),
            CONSTRAINT ck_plan_step_state CHECK (state IN ('open', 'done', 'not_done')),
            CONSTRAINT ck_plan_step_another_is_named CHECK ((owed_by = 'another') = (other_name is not null)),
            CONSTRAINT ck_plan_step_closed_has_date CHECK ((state = 'open') = (closed_on is null)),
            CONSTRAINT fk_plan_step_goal_id FOREIGN KEY (goal_id) REFERENCES plan_goal (id),
            CONSTRAINT fk_plan_step_client_id FOREIGN KEY (client_id) REFERENCES client (id),
            CONSTRAINT fk_plan_step_recorded_by FOREIGN KEY (recorded_by)
                REFERENCES caseworker (subject)
        )
        """
    )
    op.execute("CREATE INDEX ix_plan_step_goal ON plan_step (goal_id, recorded_at)")
    op.execute("CREATE INDEX ix_plan_step_client ON plan_step (client_id)")
    op.execute(
        "CREATE INDEX ix_plan_step_recorder ON plan_step (recorded_by, by_on)"
        " WHERE state = 'open' and owed_by = 'caseworker'"
    )
    values = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(name, sa.Text()) for name in ("list", "code", "label_en", "label_fr")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    op.bulk_insert(
        values,
        [
            {
                "id": uuid5(NAMESPACE_URL, f"partywall/support/document_kind/{code}"),
                "list": "document_kind",
                "code": code,
                "label_en": english,
                "label_fr": french,
                "sort_order": position * 10,
                "active": True,
                "version": 1,
            }
            for position, (code, english, french) in enumerate(_KINDS, start=1)
        ],
    )


def downgrade() -> None:
    """Drop the tables with all that they hold, and the kinds of document."""
    for table in (
        "plan_step",
        "plan_goal",
        "needed_document",
        "needed_list",
        "client_document_file",
        "client_document",
    ):
        op.execute(f"DROP TABLE {table}")
    op.execute("DELETE FROM lookup_value WHERE list = 'document_kind'")
