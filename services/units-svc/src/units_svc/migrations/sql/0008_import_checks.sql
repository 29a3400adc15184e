-- Looking at what rows of a file say of one another, some at a time. One statement ends with a semicolon at the end of its line.
ALTER TABLE unit_import ADD COLUMN keys_checked BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE unit_import ALTER COLUMN keys_checked DROP DEFAULT;
CREATE INDEX ix_import_row_ref ON import_row (import_id, source_ref COLLATE "C", line);
