"""Homes that were shown, viewed, offered and refused, and why clients refuse one (P12)."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "3c8760ee11a1"
down_revision = "9f15e3ef1b4b"

_REASONS = (
    ("location", "Location", "Emplacement"),
    ("too_small", "Too small", "Trop petit"),
    ("rent", "Rent", "Loyer"),
    ("condition", "Condition of the home", "État du logement"),
    ("not_accessible", "Not accessible", "Non accessible"),
    ("building", "The building", "L’immeuble"),
    ("safety", "Doesn’t feel safe there", "Ne s’y sent pas en sécurité"),
    ("far_from_people", "Too far from people or services", "Trop loin de l’entourage ou des services"),
    ("pets", "Pets aren’t allowed", "Animaux non admis"),
    ("prefers_another", "Prefers another home", "Préfère un autre logement"),
    ("other", "Another reason", "Autre raison"),
    ("not_said", "Prefers not to say", "Préfère ne pas le dire"),
)
_KINDS = (
    "'started', 'changed', 'handed_over', 'attempt', 'failed', 'searched', 'asked', 'no_answer', 'secured',"
    " 'refused', 'hold_ending', 'deadline_passed', 'released', 'given_up', 'replaced', 'overtaken',"
    " 'referred', 'referral_withdrawn', 'contact_withdrawn', 'application_opened', 'application_declined',"
    " 'signing_scheduled', 'signing_moved', 'signing_cancelled', 'signing_held', 'signing_answered',"
    " 'tenancy_started', 'tenancy_at_risk', 'tenancy_risk_resolved', 'subsidy_recorded', 'subsidy_changed',"
    " 'subsidy_ended', 'moved_in', 'follow_up', 'new_head', 'corrected', 'completed', 'home_shown',"
    " 'home_viewed', 'home_offered', 'home_refused', 'viewing_corrected', 'viewing_removed'"
)


def upgrade() -> None:
    """Add the table, the reasons, and the sentences of the timeline."""
    op.execute(
        """
        CREATE TABLE viewing (
            placement_id UUID NOT NULL,
            unit UUID NOT NULL,
            address VARCHAR(400) NOT NULL,
            shown_on DATE NOT NULL,
            viewed_on DATE,
            offered_on DATE,
            refused_on DATE,
            reason_id UUID,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by_name VARCHAR(200) NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_viewing PRIMARY KEY (placement_id, unit),
            CONSTRAINT fk_viewing_placement_id FOREIGN KEY (placement_id) REFERENCES placement (id),
            CONSTRAINT fk_viewing_reason_id FOREIGN KEY (reason_id) REFERENCES lookup_value (id),
            CONSTRAINT ck_viewing_refused_for_a_reason CHECK ((refused_on is null) = (reason_id is null)),
            CONSTRAINT ck_viewing_shown_first CHECK (
                least(viewed_on, offered_on, refused_on) is null
                or least(viewed_on, offered_on, refused_on) >= shown_on
            )
        )
        """
    )
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
                "id": uuid5(NAMESPACE_URL, f"partywall/support/reason_refused/{code}"),
                "list": "reason_refused",
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
    op.execute("ALTER TABLE placement_timeline DROP CONSTRAINT ck_placement_timeline_kind")
    op.execute(
        "ALTER TABLE placement_timeline ADD CONSTRAINT ck_placement_timeline_kind"
        f" CHECK (kind IN ({_KINDS})) NOT VALID"
    )
    op.execute("ALTER TABLE placement_timeline VALIDATE CONSTRAINT ck_placement_timeline_kind")
