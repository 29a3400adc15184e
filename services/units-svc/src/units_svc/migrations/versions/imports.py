"""Imports that the worker carries on by itself: the file is kept until it's read, with the place reached."""

from alembic import op

revision = "361a43d9a155"
down_revision = "b61c106411f0"

_STATEMENTS = """
-- Imports that go on by themselves. One statement ends with a semicolon at the end of its line.
UPDATE unit_import SET state = 'discarded', finished_at = now() WHERE state IN ('reading', 'ready', 'applying');
ALTER TABLE unit_import DROP CONSTRAINT ck_unit_import_state;
ALTER TABLE unit_import ADD CONSTRAINT ck_unit_import_state
    CHECK (state IN ('reading', 'comparing', 'ready', 'applying', 'done', 'discarded', 'failed'));
ALTER TABLE unit_import
    ADD COLUMN at_once BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN size BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN position BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN place TEXT DEFAULT '' NOT NULL,
    ADD COLUMN compared INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN failure TEXT,
    ADD COLUMN failure_params JSONB;
ALTER TABLE unit_import
    ALTER COLUMN at_once DROP DEFAULT, ALTER COLUMN size DROP DEFAULT, ALTER COLUMN position DROP DEFAULT,
    ALTER COLUMN place DROP DEFAULT, ALTER COLUMN compared DROP DEFAULT;
CREATE TABLE import_part (
    import_id UUID NOT NULL,
    part INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_import_part PRIMARY KEY (import_id, part),
    CONSTRAINT fk_import_part_import_id FOREIGN KEY(import_id) REFERENCES unit_import (id) ON DELETE CASCADE
);
ALTER TABLE import_part ALTER COLUMN content SET STORAGE EXTERNAL;
DROP TABLE import_row;
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
    cells TEXT NOT NULL,
    CONSTRAINT pk_import_row PRIMARY KEY (import_id, line)
);
CREATE INDEX ix_import_row_place ON import_row (import_id, address_key COLLATE "C", line);
"""


def upgrade() -> None:
    """Add the file's parts and the places reached; what was only half imported is discarded."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
