-- Stretches of an import that are written at the same time. One statement ends with a semicolon at the end of its line.
CREATE TABLE import_stretch (
    import_id UUID NOT NULL,
    place TEXT NOT NULL,
    "new" INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    CONSTRAINT pk_import_stretch PRIMARY KEY (import_id, place)
);
