"""Homes that support organisations propose (P11)."""

from alembic import op

revision = "ca0baa8f0874"
down_revision = "50c1c7f6e4a5"


def upgrade() -> None:
    """Add the table."""
    op.execute(
        """
        CREATE TABLE proposed_home (
            request_id UUID NOT NULL,
            proposed_by VARCHAR(31) NOT NULL,
            state VARCHAR(40) NOT NULL,
            building_name VARCHAR(120),
            street VARCHAR(120),
            unit_number VARCHAR(30),
            city VARCHAR(120),
            province VARCHAR(3),
            postal_code VARCHAR(10),
            country VARCHAR(2) NOT NULL,
            region VARCHAR(60),
            housing_type VARCHAR(60),
            bedrooms SMALLINT,
            rent NUMERIC(12, 2),
            rent_currency VARCHAR(3) NOT NULL,
            landlord_name VARCHAR(120),
            landlord_is_organisation BOOLEAN NOT NULL,
            secured_on DATE,
            expected_move_in DATE,
            doubt VARCHAR(40),
            refusal VARCHAR(40),
            unit_id UUID,
            received_at TIMESTAMP WITH TIME ZONE NOT NULL,
            answered_at TIMESTAMP WITH TIME ZONE,
            answered_by VARCHAR(200),
            version INTEGER NOT NULL,
            CONSTRAINT pk_proposed_home PRIMARY KEY (request_id),
            CONSTRAINT fk_proposed_home_unit_id FOREIGN KEY (unit_id) REFERENCES unit (id),
            CONSTRAINT ck_proposed_home_state
                CHECK (state IN ('waiting', 'taken_in', 'known_already', 'refused', 'withdrawn')),
            CONSTRAINT ck_proposed_home_doubt CHECK (doubt IN ('by_policy', 'no_postal_code', 'no_region',
                'no_unit_number', 'type_not_listed', 'landlord_of_entity')),
            CONSTRAINT ck_proposed_home_refusal CHECK (refusal IN ('address_not_valid', 'monitoring_device',
                'outside_the_area', 'not_a_home_to_let', 'landlord_declined')),
            CONSTRAINT ck_proposed_home_refused_for_a_reason
                CHECK ((state = 'refused') = (refusal is not null)),
            CONSTRAINT ck_proposed_home_home_known
                CHECK ((state in ('taken_in', 'known_already')) = (unit_id is not null)),
            CONSTRAINT ck_proposed_home_waits_for_a_reason CHECK ((state = 'waiting') <= (doubt is not null)),
            CONSTRAINT ck_proposed_home_address_known CHECK (state = 'withdrawn' or (street is not null
                and city is not null and province is not null and housing_type is not null
                and landlord_name is not null))
        )
        """
    )
    op.execute("CREATE INDEX ix_proposed_home_received ON proposed_home (received_at, request_id)")
    op.execute(
        "CREATE INDEX ix_proposed_home_waiting ON proposed_home (received_at, request_id)"
        " WHERE state = 'waiting'"
    )
