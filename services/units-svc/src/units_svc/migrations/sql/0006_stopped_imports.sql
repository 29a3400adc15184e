-- Imports that were stopped while they were written. One statement ends with a semicolon at the end of its line.
ALTER TABLE unit_import DROP CONSTRAINT ck_unit_import_state;
ALTER TABLE unit_import ADD CONSTRAINT ck_unit_import_state
    CHECK (state IN ('reading', 'comparing', 'ready', 'applying', 'done', 'discarded', 'failed', 'stopped'));
