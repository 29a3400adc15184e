"""The statements of an import: comparing staged rows with the inventory, and writing the difference.

`planning.py` says in which order they run, and what for. Values are parameters; what is put into a text is of
this module or of a mapping's closed lists of names.
"""

from __future__ import annotations

from units_svc.imports.mapping import Mapping

# Columns of a building and of a home, and the staged column each comes from. Only those that the mapping
# reads from the file are written over what is there; constants are for what's new.
_BUILDING = {
    "name": "building_name", "street": "street", "city": "city", "province": "province", "country": "country",
    "postal_code": "postal_code", "postal_area": "postal_area", "latitude": "latitude",
    "longitude": "longitude", "region": "region", "year_built": "year_built", "floors": "building_floors",
}  # fmt: skip
_UNIT = {
    "housing_type": "housing_type", "service_provider": "service_provider", "accessible": "accessible",
    "shareable": "shareable", "area_square_feet": "area_square_feet", "bedrooms": "bedrooms",
    "floor": "floor", "rent_amount": "rent_amount", "comments": "comments",
}  # fmt: skip
_FIELD_OF = {"rent_amount": "rent", "name": "building_name", "floors": "building_floors"}


def _kept(mapping: Mapping, names: dict[str, str], record: str) -> dict[str, str]:
    """Return for each column the expression of its value after the import: the file's where it says
    something."""
    return {
        name: f"coalesce(t.{staged}, {record}.{name})"
        for name, staged in names.items()
        if _FIELD_OF.get(name, name) in mapping.fields
    }


def _differs(kept: dict[str, str], record: str) -> str:
    parts = [f"{value} IS DISTINCT FROM {record}.{name}" for name, value in kept.items()]
    return " OR ".join(parts) or "false"


UPTO = """
    SELECT max(address_key COLLATE "C") FROM (
        SELECT address_key, row_number() OVER places AS at, sum(homes) OVER places AS sum FROM (
            SELECT address_key, line, coalesce(units, 1) AS homes FROM import_row
            WHERE import_id = :import AND address_key COLLATE "C" > cast(:place AS text) COLLATE "C"
            ORDER BY address_key COLLATE "C", line LIMIT cast(:most AS bigint)) rows
        WINDOW places AS (ORDER BY address_key COLLATE "C", line)) places
    WHERE sum <= cast(:most AS bigint) OR at = 1
"""
_WITHIN = """
    import_id = :import AND address_key COLLATE "C" > cast(:place AS text) COLLATE "C"
        AND address_key COLLATE "C" <= cast(:upto AS text) COLLATE "C"
"""
ROWS = f"SELECT count(*) FROM import_row WHERE {_WITHIN}"  # noqa: S608 - only parameters come from outside

UPTO_KEY = """
    SELECT max(source_ref COLLATE "C") FROM (
        SELECT source_ref FROM import_row
        WHERE import_id = :import AND source_ref COLLATE "C" > cast(:place AS text) COLLATE "C"
        ORDER BY source_ref COLLATE "C" LIMIT cast(:most AS bigint)) rows
"""
KEYS_WITHIN = """
    import_id = :import AND source_ref COLLATE "C" > cast(:place AS text) COLLATE "C"
        AND source_ref COLLATE "C" <= cast(:upto AS text) COLLATE "C"
"""
TWICE = """
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT import_id, line, NULL, '{rule}', NULL, '{message}', jsonb_build_object('other', first)
    FROM (SELECT import_id, line, min(line) OVER (PARTITION BY {key}) AS first FROM {rows}) AS said
    WHERE line <> first
"""
CHECK = f"""
    CREATE TEMP TABLE import_check ON COMMIT DROP AS
    SELECT ctid AS stands_at, import_id, line, address_key, unit_key, source_ref, street, floor,
        building_floors, cells
    FROM import_row WHERE {_WITHIN}
"""  # noqa: S608 - only parameters come from outside
BUILDING_OF_ANOTHER = """
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT r.import_id, r.line, NULL, 'address_of_another', r.street,
        'The building {value} is in the inventory already, under the key {other}.',
        jsonb_build_object('value', r.street, 'other', b.source_ref)
    FROM import_check r CROSS JOIN LATERAL (
        SELECT f.source, f.source_ref FROM building f WHERE f.address_key = r.address_key LIMIT 1) b
    WHERE b.source = :source AND b.source_ref <> r.source_ref
"""
HOME_OF_ANOTHER = """
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT r.import_id, r.line, NULL, 'home_of_another', r.street,
        'This home is in the inventory already, under the key {other}.',
        jsonb_build_object('other', u.source_ref)
    FROM import_check r CROSS JOIN LATERAL (
        SELECT f.id FROM building f WHERE f.address_key = r.address_key LIMIT 1) b
    CROSS JOIN LATERAL (SELECT f.source, f.source_ref FROM unit f
        WHERE f.building_id = b.id AND f.unit_key = r.unit_key LIMIT 1) u
    WHERE u.source = :source AND u.source_ref <> r.source_ref
"""
# A row says how many floors its building has, or an earlier row of the same address, or the inventory.
ABOVE = """
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT import_id, line, NULL, 'floor_above_building', floor::text, '{message}',
        jsonb_build_object('value', floor::text, 'floors', floors)
    FROM (SELECT r.import_id, r.line, r.floor,
            coalesce(first_value(r.building_floors) OVER (PARTITION BY r.address_key ORDER BY r.line),
                b.floors) AS floors
        FROM import_check r LEFT JOIN LATERAL (
            SELECT f.floors FROM building f WHERE f.address_key = r.address_key LIMIT 1) b ON true) said
    WHERE floor > floors
"""
WRONG = """
    CREATE TEMP TABLE import_wrong ON COMMIT DROP AS
    SELECT c.stands_at, c.import_id, c.line, c.cells, c.source_ref FROM import_check c
    CROSS JOIN LATERAL (
        SELECT 1 FROM import_problem p WHERE p.import_id = :import AND p.line = c.line LIMIT 1) said
"""
ASIDE = """
    INSERT INTO import_wrong_row (import_id, line, cells, source_ref)
    SELECT import_id, line, string_to_array(cells, E'\\x1f'), source_ref FROM import_wrong
    ON CONFLICT DO NOTHING
"""
# Nobody else writes rows of this import meanwhile: they are where they were read.
REMOVE = "DELETE FROM import_row WHERE ctid = ANY (ARRAY(SELECT stands_at FROM import_wrong))"

# The building that has the address by itself keeps it; any other's gets its own key behind it.
KEEP_BOTH = """
    UPDATE import_row r SET address_key = c.address_key || '~' || c.source_ref
    FROM (
        SELECT i.stands_at, i.address_key, i.source_ref, own.its IS TRUE AS its, other.there,
            row_number() OVER (PARTITION BY i.address_key ORDER BY own.its IS TRUE DESC, i.line) AS place
        FROM import_check i
        LEFT JOIN LATERAL (SELECT b.address_key = i.address_key AS its FROM building b
            WHERE b.source = :source AND b.source_ref = i.source_ref LIMIT 1) own ON true
        LEFT JOIN LATERAL (SELECT true AS there FROM building b WHERE b.address_key = i.address_key
            AND b.source = :source AND b.source_ref <> i.source_ref LIMIT 1) other ON true
        WHERE i.line NOT IN (SELECT line FROM import_wrong)
    ) c
    WHERE r.ctid = c.stands_at AND NOT c.its AND (c.place > 1 OR c.there)
"""
NAMED = """
    CREATE TEMP TABLE import_named ON COMMIT DROP AS
    SELECT source_ref, coalesce(units, 0) AS units FROM import_row WHERE import_id = :import
    UNION ALL SELECT source_ref, NULL FROM import_wrong_row
        WHERE import_id = :import AND source_ref IS NOT NULL
"""
MISSING = """
    INSERT INTO import_missing (import_id, unit_id)
    SELECT :import, u.id FROM unit u
    WHERE u.source = :source AND u.source_ref IS NOT NULL AND u.active AND NOT EXISTS (
        SELECT 1 FROM import_named n WHERE n.source_ref = {ref} AND {within})
"""

TODO = f"""
    CREATE TEMP TABLE import_todo ON COMMIT DROP AS
    SELECT r.*, m.fingerprint IS NOT DISTINCT FROM r.fingerprint AS is_same
    FROM (SELECT * FROM import_row WHERE {_WITHIN}) r
    LEFT JOIN LATERAL (SELECT f.fingerprint FROM import_mark f
        WHERE f.source = :source AND f.source_ref = r.source_ref LIMIT 1) m ON true
"""  # noqa: S608 - only parameters come from outside
SAME = "SELECT sum(coalesce(units, 1)) FROM import_todo WHERE is_same"
FORGET_SAME = "DELETE FROM import_todo WHERE is_same"
ANALYZE_TODO = "ANALYZE import_todo (line, address_key, source_ref)"


def building_plan(mapping: Mapping) -> str:
    """Return the statement that says for each address of a stretch which building it is, and what changes."""
    by_ref = ""
    if mapping.rows == "building":
        by_ref = """SELECT 1 AS choice, b.* FROM building b
            WHERE b.source = :source AND b.source_ref = t.source_ref UNION ALL"""
    differs = _differs(_kept(mapping, _BUILDING, "f"), "f")
    return f"""
        CREATE TEMP TABLE import_building ON COMMIT DROP AS
        SELECT t.address_key, t.line, coalesce(f.id, uuidv7()) AS id, f.id IS NULL AS is_new,
            f.id IS NOT NULL AND ({differs} OR f.address_key <> t.address_key) AS is_changed
        FROM (SELECT DISTINCT ON (address_key) * FROM import_todo ORDER BY address_key, line) t
        LEFT JOIN LATERAL (
            {by_ref} SELECT 2 AS choice, b.* FROM building b WHERE b.address_key = t.address_key
            ORDER BY choice LIMIT 1
        ) f ON true
    """  # noqa: S608 - every name is one of ours


INDEX_BUILDING = "CREATE UNIQUE INDEX ON import_building (address_key)"


def unit_plan(mapping: Mapping) -> str:
    """Return the statement that says for each row of a stretch which home it is, and what changes."""
    if mapping.rows == "building":
        numbers = "generate_series(1, t.units) AS n"
        number = "cast(:before AS text) || n || cast(:after AS text)"
        key = "cast(:key_before AS text) || n || cast(:key_after AS text)"
        order = "cast(:order_before AS text) || lpad(n::text, 6, '0') || cast(:order_after AS text)"
        ref = "t.source_ref || '/' || n"
    else:
        numbers = "(SELECT 1) AS one (n)"
        number, key, order, ref = "t.unit_number", "t.unit_key", "t.unit_order", "t.source_ref"
    differs = _differs(_kept(mapping, _UNIT, "u"), "u")
    features = "false"
    if mapping.features or "features" in mapping.fields:
        features = f"{_features(mapping)} IS DISTINCT FROM u.features"
    return f"""
        CREATE TEMP TABLE import_unit ON COMMIT DROP AS
        SELECT t.line, b.id AS building_id, {ref} AS source_ref, {number} AS unit_number, {key} AS unit_key,
            {order} AS unit_order, coalesce(u.id, uuidv7()) AS id, u.id IS NULL AS is_new,
            u.id IS NOT NULL AND (b.is_changed OR ({differs}) OR {features}
            OR (t.landlord_key IS NOT NULL AND (t.landlord_key, coalesce(t.relation, 'third_party'))
                IS DISTINCT FROM (l.name_key, l.relation::text))
            OR (t.status_observed_on IS NOT NULL AND t.status_observed_on > u.status_observed_on)) AS
            is_changed
        FROM import_todo t
        JOIN import_building b ON b.address_key = t.address_key
        CROSS JOIN LATERAL {numbers}
        LEFT JOIN LATERAL (
            SELECT 1 AS choice, f.* FROM unit f WHERE f.source = :source AND f.source_ref = {ref}
            UNION ALL
            SELECT 2 AS choice, f.* FROM unit f WHERE f.building_id = b.id AND f.unit_key = {key}
            ORDER BY choice LIMIT 1
        ) u ON true
        LEFT JOIN landlord l ON l.id = u.landlord_id
    """  # noqa: S608 - every name is one of ours


def _features(mapping: Mapping) -> str:
    """Return the features after the import: the file's, and of those there the ones that the file can't speak
    of."""
    if "features" in mapping.fields:
        return "CASE WHEN cardinality(t.features) > 0 THEN t.features ELSE u.features END"
    return """coalesce((SELECT array_agg(DISTINCT f ORDER BY f) FROM unnest(t.features || ARRAY(
        SELECT k FROM unnest(u.features) k WHERE k <> ALL (cast(:says AS text[])))) f), '{}')"""


ANALYZE = "ANALYZE import_unit, import_building"
COUNTS = """
    SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE is_changed) AS changed,
        count(*) FILTER (WHERE NOT is_new AND NOT is_changed) AS unchanged
    FROM import_unit
"""

_FREE_FROM = "CASE WHEN t.occupancy <> 'available' THEN t.available_from END"

LANDLORDS = f"""
    INSERT INTO landlord (id, kind, name, name_key, relation, active, version)
    SELECT uuidv7(), coalesce(landlord_kind, 'organisation'), landlord, landlord_key, said, true, 1
    FROM (SELECT DISTINCT ON (landlord_key, said) * FROM (
            SELECT r.*, coalesce(relation, 'third_party') AS said FROM import_row r
            LEFT JOIN LATERAL (SELECT f.fingerprint FROM import_mark f
                WHERE f.source = :source AND f.source_ref = r.source_ref LIMIT 1) m ON true
            WHERE {_WITHIN} AND landlord_key IS NOT NULL AND m.fingerprint IS DISTINCT FROM r.fingerprint
        ) rows ORDER BY landlord_key, said, line) named
    ON CONFLICT (name_key, relation) DO NOTHING
"""  # noqa: S608 - only parameters come from outside
NEW_BUILDINGS = """
    INSERT INTO building (id, name, street, city, province, country, postal_code, postal_area, latitude,
    longitude,
        region, year_built, floors, address_key, search_text, source, source_ref, version)
    SELECT b.id, t.building_name, t.street, t.city, t.province, t.country, t.postal_code, t.postal_area,
    t.latitude,
        t.longitude, t.region, t.year_built, t.building_floors, t.address_key, t.search_text,
        CASE WHEN t.units IS NOT NULL THEN :source END, CASE WHEN t.units IS NOT NULL THEN t.source_ref END, 1
    FROM import_building b JOIN import_todo t ON t.line = b.line WHERE b.is_new
"""


def changed_buildings(mapping: Mapping) -> str:
    """Return the statement that writes over buildings what the file says of them."""
    kept = _kept(mapping, _BUILDING, "f")
    written = ", ".join(f"{name} = {value}" for name, value in kept.items())
    return f"""
        UPDATE building f SET {written}, address_key = t.address_key, search_text = t.search_text,
            version = f.version + 1
        FROM import_building b JOIN import_todo t ON t.line = b.line
        WHERE b.is_changed AND f.id = b.id
    """  # noqa: S608 - every name is one of ours


NEW_UNITS = f"""
    INSERT INTO unit (id, building_id, unit_number, unit_key, unit_order, housing_type, status,
    status_observed_on,
        occupancy, available_from, landlord_id, service_provider, features, accessible, shareable, active,
        area_square_feet, bedrooms, floor, rent_amount, rent_currency, comments, region, city_key, year_built,
        address_order, source, source_ref, listing_version, created_at, version)
    SELECT p.id, p.building_id, p.unit_number, p.unit_key, p.unit_order, t.housing_type, t.status,
        coalesce(t.status_observed_on, :today), t.occupancy,
        {_FREE_FROM}, l.id, t.service_provider, t.features,
        t.accessible, coalesce(t.shareable, false), true, t.area_square_feet, t.bedrooms, t.floor,
        CASE WHEN coalesce(t.rent_from, :today) <= :today THEN t.rent_amount END, coalesce(t.rent_currency,
        'CAD'), t.comments, t.region, t.city_key, t.year_built, t.street_order || ' ' || p.unit_order,
        :source, p.source_ref,
        1, :now, 1
    FROM import_unit p JOIN import_todo t ON t.line = p.line
    LEFT JOIN landlord l ON l.name_key = t.landlord_key AND l.relation = coalesce(t.relation, 'third_party')
    WHERE p.is_new
"""  # noqa: S608 - only parameters come from outside


def changed_units(mapping: Mapping) -> str:
    """Return the statement that writes over homes what the file says of them."""
    kept = _kept(mapping, _UNIT, "u")
    if "rent_amount" in kept:
        kept["rent_amount"] = (
            "CASE WHEN coalesce(t.rent_from, :today) <= :today THEN coalesce(t.rent_amount, u.rent_amount)"
            " ELSE u.rent_amount END"
        )
    if mapping.features or "features" in mapping.fields:
        kept["features"] = _features(mapping)
    written = "".join(f"{name} = {value}, " for name, value in kept.items())
    return f"""
        UPDATE unit u SET {written}
            landlord_id = CASE WHEN t.landlord_key IS NULL THEN u.landlord_id ELSE
                (SELECT l.id FROM landlord l
                    WHERE l.name_key = t.landlord_key AND l.relation = coalesce(t.relation,
                    'third_party')) END,
            status = CASE WHEN t.status_observed_on > u.status_observed_on THEN t.status ELSE u.status END,
            status_observed_on = greatest(u.status_observed_on, t.status_observed_on),
            source = coalesce(u.source, :source), source_ref = coalesce(u.source_ref, p.source_ref),
            version = u.version + 1
        FROM import_unit p JOIN import_todo t ON t.line = p.line
        WHERE p.is_changed AND u.id = p.id
    """  # noqa: S608 - every name is one of ours


COPIES = """
    UPDATE unit u SET region = f.region, year_built = f.year_built, city_key = t.city_key,
        address_order = t.street_order || ' ' || u.unit_order
    FROM import_building b JOIN building f ON f.id = b.id JOIN import_todo t ON t.line = b.line
    WHERE b.is_changed AND u.building_id = b.id
"""
# What is written first of a home bears the home's own id: drawing another costs as much as writing the row.
OBSERVATIONS = """
    INSERT INTO status_observation (id, unit_id, status, observed_on, noted_at, noted_by)
    SELECT CASE WHEN p.is_new THEN p.id ELSE uuidv7() END, p.id, t.status,
        coalesce(t.status_observed_on, :today), :now, :by
    FROM import_unit p JOIN import_todo t ON t.line = p.line
    WHERE p.is_new OR (p.is_changed AND t.status_observed_on IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM status_observation o WHERE o.unit_id = p.id AND o.observed_on = t.status_observed_on
            AND o.status = t.status))
"""
FIRST_RENTS = """
    INSERT INTO rent (id, unit_id, amount, currency, begins_on, noted_at, noted_by)
    SELECT p.id, p.id, t.rent_amount, coalesce(t.rent_currency, 'CAD'), coalesce(t.rent_from, :today),
    :now, :by FROM import_unit p JOIN import_todo t ON t.line = p.line
    WHERE p.is_new AND t.rent_amount IS NOT NULL
"""
RENTS = """
    INSERT INTO rent (id, unit_id, amount, currency, begins_on, noted_at, noted_by)
    SELECT uuidv7(), p.id, t.rent_amount, coalesce(t.rent_currency, u.rent_currency),
    coalesce(t.rent_from, :today), :now, :by
    FROM import_unit p JOIN import_todo t ON t.line = p.line JOIN unit u ON u.id = p.id
    WHERE p.is_changed AND t.rent_amount IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM (SELECT amount, currency FROM rent r WHERE r.unit_id = p.id
            AND r.cancelled_at IS NULL AND r.begins_on <= coalesce(t.rent_from, :today)
            ORDER BY r.begins_on DESC LIMIT 1) latest
        WHERE latest.amount = t.rent_amount AND latest.currency = coalesce(t.rent_currency, u.rent_currency))
    ON CONFLICT (unit_id, begins_on) WHERE cancelled_at IS NULL
        DO UPDATE SET amount = excluded.amount, currency = excluded.currency,
            noted_at = excluded.noted_at, noted_by = excluded.noted_by
"""
RENT_TIMERS = """
    INSERT INTO timers (kind, key, due_at, payload)
    SELECT 'rent_begins', r.id::text, r.begins_on::timestamp AT TIME ZONE :rent_start,
        jsonb_build_object('unit', p.id)
    FROM import_unit p JOIN rent r ON r.unit_id = p.id
    WHERE r.begins_on > :today AND r.cancelled_at IS NULL
    ON CONFLICT (kind, key) DO NOTHING
"""
OCCUPATIONS = """
    INSERT INTO occupation (id, unit_id, kind, reference, by_client, managed_by, began_on, free_from,
        noted_at, noted_by)
    SELECT said.id, said.unit_id, said.kind, said.id, false, said.managed_by, :today, said.free_from,
        :now, :by
    FROM (SELECT uuidv7() AS id, p.id AS unit_id, t.available_from AS free_from,
            CASE WHEN t.landlord_key IS NULL THEN 'not_known'
                WHEN t.relation IN ('property_entity', 'managing_agent') THEN 'property_entity'
                ELSE 'third_party' END AS managed_by,
            CASE t.occupancy WHEN 'occupied_by_other' THEN 'other_household' ELSE 'out_of_use' END AS kind
        FROM import_unit p JOIN import_todo t ON t.line = p.line
        WHERE p.is_new AND t.occupancy <> 'available') said
"""
OCCUPANCY_CHANGES = f"""
    INSERT INTO occupancy_change (id, unit_id, occupancy, available_from, cause, cause_id, changed_at,
    changed_by) SELECT p.id, p.id, t.occupancy, {_FREE_FROM}, 'import', :import, :now, :by
    FROM import_unit p JOIN import_todo t ON t.line = p.line WHERE p.is_new
"""  # noqa: S608 - only parameters come from outside
MARKS = """
    INSERT INTO import_mark (source, source_ref, fingerprint)
    SELECT :source, source_ref, fingerprint FROM import_todo
    ON CONFLICT (source, source_ref) DO UPDATE SET fingerprint = excluded.fingerprint
"""
TOLD = """
    CREATE TEMP TABLE import_told ON COMMIT DROP AS
    SELECT id AS unit_id, is_new FROM import_unit WHERE is_new OR is_changed
    UNION SELECT u.id, p.is_new IS TRUE FROM unit u JOIN import_building b ON b.id = u.building_id
        LEFT JOIN import_unit p ON p.id = u.id WHERE b.is_changed
"""
