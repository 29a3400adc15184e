"""Privacy, maintenance, inspections and photos, and the areas that inspections look at."""

import csv
from pathlib import Path
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "b61c106411f0"
down_revision = "53754e6c296d"

_VALUES = Path(__file__).parent.parent / "values"
_STATEMENTS = """
-- Privacy, maintenance, inspections and photos. One statement ends with a semicolon at the end of its line.
ALTER TABLE lookup_value DROP CONSTRAINT ck_lookup_value_list;
ALTER TABLE lookup_value ADD CONSTRAINT ck_lookup_value_list CHECK (list IN ('housing_type', 'status', 'feature', 'region', 'service_provider', 'maintenance_type', 'inspection_area'));
CREATE TABLE contractor (
    id UUID NOT NULL,
    name VARCHAR(120) NOT NULL,
    name_key VARCHAR(120) NOT NULL,
    trade VARCHAR(120),
    phone VARCHAR(40),
    email VARCHAR(254),
    comments TEXT,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_contractor PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_contractor_name_key ON contractor (name_key);
CREATE TABLE privacy_refusal (
    id UUID NOT NULL,
    place VARCHAR(40) NOT NULL,
    field TEXT NOT NULL,
    text TEXT NOT NULL,
    deciding TEXT NOT NULL,
    unit_id UUID,
    refused_at TIMESTAMP WITH TIME ZONE NOT NULL,
    offered_by VARCHAR(200) NOT NULL,
    CONSTRAINT pk_privacy_refusal PRIMARY KEY (id),
    CONSTRAINT ck_privacy_refusal_place CHECK (place IN ('lookup_value', 'unit', 'status', 'use', 'maintenance', 'inspection', 'photo', 'import'))
);
CREATE INDEX ix_privacy_refusal_refused_at ON privacy_refusal (refused_at);
CREATE TABLE inspection (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    kind VARCHAR(40) NOT NULL,
    inspected_on DATE NOT NULL,
    summary TEXT,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by VARCHAR(200) NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_inspection PRIMARY KEY (id),
    CONSTRAINT fk_inspection_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id),
    CONSTRAINT ck_inspection_kind CHECK (kind IN ('move_in', 'move_out', 'periodic'))
);
CREATE INDEX ix_inspection_unit ON inspection (unit_id, inspected_on);
CREATE TABLE maintenance_work (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    type VARCHAR(60) NOT NULL,
    description TEXT NOT NULL,
    contractor_id UUID,
    company_name VARCHAR(120),
    scheduled_start DATE,
    scheduled_end DATE,
    actual_start DATE,
    actual_end DATE,
    scheduled_cost NUMERIC(12, 2),
    actual_cost NUMERIC(12, 2),
    currency VARCHAR(3) NOT NULL,
    completed BOOLEAN NOT NULL,
    needs_entry BOOLEAN NOT NULL,
    agreed_on DATE,
    comments TEXT,
    finding_id UUID,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_by VARCHAR(200) NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_maintenance_work PRIMARY KEY (id),
    CONSTRAINT ck_maintenance_work_scheduled_cost CHECK (scheduled_cost >= 0),
    CONSTRAINT ck_maintenance_work_actual_cost CHECK (actual_cost >= 0),
    CONSTRAINT fk_maintenance_work_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id),
    CONSTRAINT fk_maintenance_work_contractor_id FOREIGN KEY(contractor_id) REFERENCES contractor (id)
);
CREATE INDEX ix_maintenance_work_contractor ON maintenance_work (contractor_id);
CREATE INDEX ix_maintenance_work_due ON maintenance_work (scheduled_end) WHERE NOT completed;
CREATE INDEX ix_maintenance_work_unit ON maintenance_work (unit_id, reported_at);
CREATE TABLE photo (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    inspection_id UUID,
    area_id UUID,
    caption VARCHAR(200),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BYTEA NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    added_by VARCHAR(200) NOT NULL,
    CONSTRAINT pk_photo PRIMARY KEY (id),
    CONSTRAINT fk_photo_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id)
);
CREATE INDEX ix_photo_unit ON photo (unit_id, inspection_id, id);
CREATE TABLE inspected_area (
    id UUID NOT NULL,
    inspection_id UUID NOT NULL,
    area VARCHAR(60) NOT NULL,
    grade VARCHAR(40) NOT NULL,
    remark TEXT,
    place INTEGER NOT NULL,
    CONSTRAINT pk_inspected_area PRIMARY KEY (id),
    CONSTRAINT fk_inspected_area_inspection_id FOREIGN KEY(inspection_id) REFERENCES inspection (id) ON DELETE CASCADE,
    CONSTRAINT ck_inspected_area_grade CHECK (grade IN ('good', 'fair', 'poor', 'unsafe', 'not_checked'))
);
CREATE INDEX ix_inspected_area_inspection ON inspected_area (inspection_id, place);
CREATE TABLE photo_content (
    photo_id UUID NOT NULL,
    "full" BYTEA NOT NULL,
    small BYTEA NOT NULL,
    CONSTRAINT pk_photo_content PRIMARY KEY (photo_id),
    CONSTRAINT fk_photo_content_photo_id FOREIGN KEY(photo_id) REFERENCES photo (id) ON DELETE CASCADE
);
"""
_IDS = UUID("0192f0c4-0000-7000-8000-0000756e6974")


def upgrade() -> None:
    """Create the tables and fill the new list."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
    values = sa.table(
        "lookup_value",
        sa.column("id", sa.Uuid()),
        *(sa.column(name) for name in ("list", "code", "label_en", "label_fr")),
        sa.column("sort_order", sa.Integer()),
        sa.column("active", sa.Boolean()),
        sa.column("version", sa.Integer()),
    )
    with (_VALUES / "upkeep.csv").open(encoding="utf-8", newline="") as file:
        op.bulk_insert(
            values,
            [
                {
                    "id": uuid5(_IDS, f"inspection_area/{row['code']}"),
                    "list": "inspection_area",
                    "code": row["code"],
                    "label_en": row["label_en"],
                    "label_fr": row["label_fr"],
                    "sort_order": place * 10,
                    "active": True,
                    "version": 1,
                }
                for place, row in enumerate(csv.DictReader(file), start=1)
            ],
        )
