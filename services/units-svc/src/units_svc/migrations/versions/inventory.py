"""The inventory: look-up lists with their starting values, landlords, homes, holds and imports."""

import csv
from pathlib import Path
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v1

revision = "53754e6c296d"
down_revision = None

_VALUES = Path(__file__).parent.parent / "values"
_STATEMENTS = """
-- The inventory as of its first release. One statement ends with a semicolon at the end of its line.
CREATE TABLE building (
    id UUID NOT NULL,
    name VARCHAR(120),
    street VARCHAR(120) NOT NULL,
    city VARCHAR(120) NOT NULL,
    province VARCHAR(3) NOT NULL,
    country VARCHAR(2) NOT NULL,
    postal_code VARCHAR(10),
    postal_area VARCHAR(10),
    latitude NUMERIC(9, 6),
    longitude NUMERIC(9, 6),
    region VARCHAR(60),
    year_built SMALLINT,
    floors SMALLINT,
    address_key TEXT NOT NULL,
    search_text TEXT NOT NULL,
    source VARCHAR(60),
    source_ref VARCHAR(120),
    version INTEGER NOT NULL,
    CONSTRAINT pk_building PRIMARY KEY (id),
    CONSTRAINT ck_building_floors CHECK (floors BETWEEN 0 AND 200),
    CONSTRAINT ck_building_year_built CHECK (year_built BETWEEN 1600 AND 2200),
    CONSTRAINT ck_building_coordinates CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
);
CREATE UNIQUE INDEX uq_building_address_key ON building (address_key);
CREATE UNIQUE INDEX uq_building_source_ref ON building (source, source_ref) WHERE source IS NOT NULL;
CREATE TABLE import_mark (
    source VARCHAR(60) NOT NULL,
    source_ref VARCHAR(140) NOT NULL,
    fingerprint UUID NOT NULL,
    CONSTRAINT pk_import_mark PRIMARY KEY (source, source_ref)
);
CREATE UNLOGGED TABLE import_row (
    import_id UUID NOT NULL,
    line INTEGER NOT NULL,
    source_ref TEXT NOT NULL,
    fingerprint UUID NOT NULL,
    building_name TEXT,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    province TEXT NOT NULL,
    country TEXT NOT NULL,
    postal_code TEXT,
    postal_area TEXT,
    latitude NUMERIC(9, 6),
    longitude NUMERIC(9, 6),
    region TEXT,
    year_built SMALLINT,
    building_floors SMALLINT,
    address_key TEXT NOT NULL,
    search_text TEXT NOT NULL,
    street_order TEXT NOT NULL,
    city_key TEXT NOT NULL,
    units INTEGER,
    unit_number TEXT,
    unit_key TEXT NOT NULL,
    unit_order TEXT NOT NULL,
    housing_type TEXT NOT NULL,
    status TEXT NOT NULL,
    status_observed_on DATE,
    landlord TEXT,
    landlord_key TEXT,
    landlord_kind TEXT,
    relation TEXT,
    service_provider TEXT,
    features TEXT[] NOT NULL,
    accessible BOOLEAN,
    shareable BOOLEAN,
    area_square_feet SMALLINT,
    bedrooms SMALLINT,
    floor SMALLINT,
    rent_amount NUMERIC(12, 2),
    rent_currency TEXT,
    rent_from DATE,
    comments TEXT,
    occupancy TEXT NOT NULL,
    available_from DATE,
    cells TEXT[] NOT NULL,
    CONSTRAINT pk_import_row PRIMARY KEY (import_id, line)
);
CREATE TABLE landlord (
    id UUID NOT NULL,
    kind VARCHAR(40) NOT NULL,
    name VARCHAR(200) NOT NULL,
    name_key VARCHAR(200) NOT NULL,
    relation VARCHAR(40) NOT NULL,
    phone VARCHAR(40),
    email VARCHAR(254),
    address VARCHAR(300),
    comments TEXT,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_landlord PRIMARY KEY (id),
    CONSTRAINT ck_landlord_kind CHECK (kind IN ('person', 'organisation')),
    CONSTRAINT ck_landlord_relation CHECK (relation IN ('property_entity', 'managing_agent', 'third_party'))
);
CREATE INDEX ix_landlord_name ON landlord (name);
CREATE UNIQUE INDEX uq_landlord_name_key_relation ON landlord (name_key, relation);
CREATE TABLE lookup_value (
    id UUID NOT NULL,
    list VARCHAR(40) NOT NULL,
    code VARCHAR(60) NOT NULL,
    label_en VARCHAR(120) NOT NULL,
    label_fr VARCHAR(120) NOT NULL,
    grouping VARCHAR(40),
    sort_order INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    published_as VARCHAR(60),
    version INTEGER NOT NULL,
    CONSTRAINT pk_lookup_value PRIMARY KEY (id),
    CONSTRAINT uq_lookup_value_list_code UNIQUE (list, code),
    CONSTRAINT ck_lookup_value_list CHECK (list IN ('housing_type', 'status', 'feature', 'region', 'service_provider', 'maintenance_type'))
);
CREATE INDEX ix_lookup_value_list_order ON lookup_value (list, sort_order);
CREATE TABLE unit_import (
    id UUID NOT NULL,
    mapping VARCHAR(60) NOT NULL,
    definition JSONB NOT NULL,
    file_name VARCHAR(200) NOT NULL,
    state VARCHAR(40) NOT NULL,
    header TEXT[] NOT NULL,
    delimiter VARCHAR(1) NOT NULL,
    row_limit INTEGER,
    line INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    wrong_rows INTEGER NOT NULL,
    "new" INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    started_by VARCHAR(200) NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_unit_import PRIMARY KEY (id),
    CONSTRAINT ck_unit_import_state CHECK (state IN ('reading', 'ready', 'applying', 'done', 'discarded', 'failed'))
);
CREATE TABLE import_problem (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    import_id UUID NOT NULL,
    line INTEGER NOT NULL,
    "column" TEXT,
    rule VARCHAR(60) NOT NULL,
    value TEXT,
    message TEXT NOT NULL,
    params JSONB NOT NULL,
    CONSTRAINT pk_import_problem PRIMARY KEY (id),
    CONSTRAINT fk_import_problem_import_id FOREIGN KEY(import_id) REFERENCES unit_import (id) ON DELETE CASCADE
);
CREATE INDEX ix_import_problem_import ON import_problem (import_id, line, id);
CREATE TABLE import_wrong_row (
    import_id UUID NOT NULL,
    line INTEGER NOT NULL,
    cells TEXT[] NOT NULL,
    CONSTRAINT pk_import_wrong_row PRIMARY KEY (import_id, line),
    CONSTRAINT fk_import_wrong_row_import_id FOREIGN KEY(import_id) REFERENCES unit_import (id) ON DELETE CASCADE
);
CREATE TABLE landlord_contact (
    id UUID NOT NULL,
    landlord_id UUID NOT NULL,
    name VARCHAR(200) NOT NULL,
    position VARCHAR(120),
    phone VARCHAR(40),
    email VARCHAR(254),
    CONSTRAINT pk_landlord_contact PRIMARY KEY (id),
    CONSTRAINT fk_landlord_contact_landlord_id FOREIGN KEY(landlord_id) REFERENCES landlord (id)
);
CREATE INDEX ix_landlord_contact_landlord ON landlord_contact (landlord_id);
CREATE TABLE unit (
    id UUID NOT NULL,
    building_id UUID NOT NULL,
    unit_number VARCHAR(30),
    unit_key VARCHAR(30) NOT NULL,
    unit_order TEXT NOT NULL,
    housing_type VARCHAR(60) NOT NULL,
    status VARCHAR(60) NOT NULL,
    status_observed_on DATE NOT NULL,
    occupancy VARCHAR(40) NOT NULL,
    available_from DATE,
    landlord_id UUID,
    service_provider VARCHAR(60),
    features TEXT[] NOT NULL,
    accessible BOOLEAN,
    shareable BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    area_square_feet SMALLINT,
    bedrooms SMALLINT,
    floor SMALLINT,
    rent_amount NUMERIC(12, 2),
    rent_currency VARCHAR(3) NOT NULL,
    comments TEXT,
    region VARCHAR(60),
    city_key VARCHAR(120) NOT NULL,
    year_built SMALLINT,
    address_order TEXT NOT NULL,
    source VARCHAR(60),
    source_ref VARCHAR(140),
    listing_version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    written_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY (id),
    CONSTRAINT ck_unit_rent CHECK (rent_amount >= 0),
    CONSTRAINT ck_unit_bedrooms CHECK (bedrooms BETWEEN 0 AND 50),
    CONSTRAINT ck_unit_area CHECK (area_square_feet BETWEEN 1 AND 10000),
    CONSTRAINT ck_unit_floor CHECK (floor BETWEEN 0 AND 200),
    CONSTRAINT fk_unit_building_id FOREIGN KEY(building_id) REFERENCES building (id),
    CONSTRAINT ck_unit_occupancy CHECK (occupancy IN ('available', 'secured', 'occupied_by_client', 'occupied_by_other', 'temporarily_unavailable', 'notice_given')),
    CONSTRAINT fk_unit_landlord_id FOREIGN KEY(landlord_id) REFERENCES landlord (id)
);
CREATE INDEX ix_unit_written_in ON unit (written_in, id);
CREATE FUNCTION unit_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.written_in := pg_current_xact_id(); RETURN NEW; END $$;
CREATE TRIGGER unit_written BEFORE INSERT OR UPDATE ON unit FOR EACH ROW EXECUTE FUNCTION unit_written();
CREATE INDEX ix_unit_landlord ON unit (landlord_id);
CREATE UNIQUE INDEX uq_unit_building_unit_key ON unit (building_id, unit_key);
CREATE UNIQUE INDEX uq_unit_source_ref ON unit (source, source_ref) WHERE source IS NOT NULL;
CREATE TABLE occupancy_change (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    occupancy VARCHAR(40) NOT NULL,
    available_from DATE,
    cause VARCHAR(40) NOT NULL,
    cause_id UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    CONSTRAINT pk_occupancy_change PRIMARY KEY (id),
    CONSTRAINT fk_occupancy_change_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id),
    CONSTRAINT ck_occupancy_change_occupancy CHECK (occupancy IN ('available', 'secured', 'occupied_by_client', 'occupied_by_other', 'temporarily_unavailable', 'notice_given')),
    CONSTRAINT ck_occupancy_change_cause CHECK (cause IN ('listed', 'import', 'hold', 'occupation'))
);
CREATE INDEX ix_occupancy_change_unit ON occupancy_change (unit_id, changed_at);
CREATE TABLE occupation (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    kind VARCHAR(40) NOT NULL,
    reference UUID NOT NULL,
    by_client BOOLEAN NOT NULL,
    began_on DATE NOT NULL,
    free_from DATE,
    ended_on DATE,
    remark TEXT,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by VARCHAR(200) NOT NULL,
    CONSTRAINT pk_occupation PRIMARY KEY (id),
    CONSTRAINT fk_occupation_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id),
    CONSTRAINT ck_occupation_kind CHECK (kind IN ('tenancy', 'household', 'other_household', 'out_of_use'))
);
CREATE INDEX ix_occupation_unit ON occupation (unit_id, began_on);
CREATE UNIQUE INDEX uq_occupation_kind_reference ON occupation (kind, reference);
CREATE TABLE rent (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    begins_on DATE NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by VARCHAR(200) NOT NULL,
    CONSTRAINT pk_rent PRIMARY KEY (id),
    CONSTRAINT ck_rent_amount CHECK (amount >= 0),
    CONSTRAINT fk_rent_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id)
);
CREATE UNIQUE INDEX uq_rent_unit_begins_on ON rent (unit_id, begins_on);
CREATE TABLE status_observation (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    status VARCHAR(60) NOT NULL,
    observed_on DATE NOT NULL,
    remark TEXT,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by VARCHAR(200) NOT NULL,
    CONSTRAINT pk_status_observation PRIMARY KEY (id),
    CONSTRAINT fk_status_observation_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id)
);
CREATE INDEX ix_status_observation_unit ON status_observation (unit_id, observed_on);
CREATE TABLE hold (
    request_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    state VARCHAR(40) NOT NULL,
    refusal VARCHAR(40),
    release VARCHAR(40),
    secured_on DATE,
    expected_move_in DATE,
    adults SMALLINT,
    children SMALLINT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE,
    ending_announced_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by VARCHAR(200),
    remark TEXT,
    occupation_id UUID,
    version INTEGER NOT NULL,
    CONSTRAINT pk_hold PRIMARY KEY (request_id),
    CONSTRAINT ck_hold_state CHECK (state IN ('refused', 'held', 'released', 'lapsed', 'tenancy', 'moved_in', 'moved_out')),
    CONSTRAINT ck_hold_refusal CHECK (refusal IN ('secured_by_another', 'not_available', 'not_published', 'unknown_unit')),
    CONSTRAINT ck_hold_release CHECK (release IN ('request_withdrawn', 'deadline_passed', 'unit_withdrawn', 'inventory_decision')),
    CONSTRAINT fk_hold_occupation_id FOREIGN KEY(occupation_id) REFERENCES occupation (id)
);
CREATE INDEX ix_hold_deadline ON hold (deadline) WHERE state = 'held';
CREATE INDEX ix_hold_unit ON hold (unit_id, asked_at);
CREATE UNIQUE INDEX uq_hold_unit_held ON hold (unit_id) WHERE state = 'held';
"""
_IDS = UUID("0192f0c4-0000-7000-8000-0000756e6974")


def upgrade() -> None:
    """Create everything and fill the look-up lists."""
    chassis_v1(op)
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
    with (_VALUES / "inventory.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "id": uuid5(_IDS, f"{row['list']}/{row['code']}"),
                "list": row["list"],
                "code": row["code"],
                "label_en": row["label_en"],
                "label_fr": row["label_fr"],
                "grouping": row["grouping"] or None,
                "sort_order": place * 10,
                "active": True,
                "published_as": row["published_as"] or None,
                "version": 1,
            }
            for place, row in enumerate(csv.DictReader(file), start=1)
        ]
    values = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(n) for n in ("list", "code", "label_en", "label_fr", "grouping", "published_as")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    op.bulk_insert(values, rows)
