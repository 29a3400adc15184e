"""Contacts of a client, with the list of what they are to the person (C4)."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "ae522a957329"
down_revision = "b8863de48690"

_RELATIONSHIPS = (
    ("relative", "Relative", "Membre de la famille"),
    ("partner", "Partner or spouse", "Partenaire ou conjoint"),
    ("friend", "Friend", "Ami ou amie"),
    ("emergency_contact", "Emergency contact", "Personne à joindre en cas d’urgence"),
    ("guardian", "Guardian or trustee", "Tuteur ou curateur"),
    ("health_worker", "Doctor, nurse or other health worker", "Médecin, infirmière ou autre soignant"),
    ("social_worker", "Worker of another organisation", "Intervenant d’un autre organisme"),
    ("income_worker", "Income support worker", "Agent d’aide au revenu"),
    ("lawyer", "Lawyer or legal clinic", "Avocat ou clinique juridique"),
    ("probation", "Probation or parole officer", "Agent de probation ou de libération conditionnelle"),
    ("employer", "Employer", "Employeur"),
    ("school", "School", "École"),
    ("other", "Another relationship", "Autre lien"),
)


def upgrade() -> None:
    """Add the table, and the first values of its list."""
    op.execute(
        """
        CREATE TABLE contact (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            client_id UUID NOT NULL,
            name VARCHAR(120) NOT NULL,
            relationship_id UUID,
            phone VARCHAR(200),
            email VARCHAR(200),
            about VARCHAR(40)[] NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by_name VARCHAR(200) NOT NULL,
            ended_on DATE,
            CONSTRAINT pk_contact PRIMARY KEY (id),
            CONSTRAINT fk_contact_client_id FOREIGN KEY (client_id) REFERENCES client (id),
            CONSTRAINT fk_contact_relationship_id FOREIGN KEY (relationship_id) REFERENCES lookup_value (id),
            CONSTRAINT ck_contact_about CHECK (about <@ ARRAY['emergency', 'messages', 'appointments',
                'housing', 'money', 'health']::varchar[])
        )
        """
    )
    op.execute("CREATE INDEX ix_contact_client ON contact (client_id, name, id)")
    columns = ("id", "list", "code", "label_en", "label_fr", "sort_order", "active", "version")
    table = sa.table("lookup_value", *(sa.column(name) for name in columns))
    op.bulk_insert(
        table,
        [
            {
                "id": uuid5(NAMESPACE_URL, f"partywall/support/contact_relationship/{code}"),
                "list": "contact_relationship",
                "code": code,
                "label_en": english,
                "label_fr": french,
                "sort_order": position * 10,
                "active": True,
                "version": 1,
            }
            for position, (code, english, french) in enumerate(_RELATIONSHIPS, start=1)
        ],
    )
