"""The SQL of an import: checking and comparing staged rows, and what of them is to be written.

`comparing.py` and `writing.py` run it. Values are parameters; what is put into a text comes from this module
or from a mapping's closed lists of names.
"""

from __future__ import annotations

from collections.abc import Iterable

from importing.statements import within
from trade.money import USUAL
from units_svc.imports.mapping import Mapping
from units_svc.inventory.home_lists import OF_BUILDING, OF_HOME

# Columns whose staged column has another name, and those that the mapping calls by another.
_STAGED_AS = {"name": "building_name", "floors": "building_floors"}
_FIELD_OF = {**_STAGED_AS, "rent_amount": "rent"}
_PLAIN = tuple(name for name in OF_HOME if name not in ("landlord_id", "features"))


def stated_of(mapping: Mapping, columns: Iterable[str]) -> list[str]:
    """Return which of the columns a file states: those that its mapping reads from it.

    Constants of a mapping are for new records only.
    """
    return [name for name in columns if _FIELD_OF.get(name, name) in mapping.fields]


def _differs(mapping: Mapping, columns: Iterable[str], record: str) -> str:
    """Return whether a row states another value than a record has."""
    parts = [
        f"coalesce(t.{_STAGED_AS.get(name, name)}, {record}.{name}) IS DISTINCT FROM {record}.{name}"
        for name in stated_of(mapping, columns)
    ]
    return " OR ".join(parts) or "false"


_WITHIN = within("address_key")

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
# How many floors a building has comes from the row, an earlier row of the same address, or the inventory.
ABOVE = """
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT import_id, line, NULL, 'floor_above_building', floor::text, '{message}',
        jsonb_build_object('value', floor::text, 'floors', floors)
    FROM (SELECT r.import_id, r.line, r.floor,
            coalesce(first_value(r.building_floors) OVER (PARTITION BY r.address_key ORDER BY r.line),
                b.floors) AS floors
        FROM import_check r LEFT JOIN LATERAL (
            SELECT f.floors FROM building f WHERE f.address_key = r.address_key LIMIT 1) b ON true) floored
    WHERE floor > floors
"""
# The building that already has the address keeps it; the keys of others end with their own.
KEEP_BOTH = """
    UPDATE import_row r SET address_key = c.address_key || '~' || c.source_ref
    FROM (
        SELECT i.row_at, i.address_key, i.source_ref, own.its IS TRUE AS its, other.there,
            row_number() OVER (PARTITION BY i.address_key ORDER BY own.its IS TRUE DESC, i.line) AS number
        FROM import_check i
        LEFT JOIN LATERAL (SELECT b.address_key = i.address_key AS its FROM building b
            WHERE b.source = :source AND b.source_ref = i.source_ref LIMIT 1) own ON true
        LEFT JOIN LATERAL (SELECT true AS there FROM building b WHERE b.address_key = i.address_key
            AND b.source = :source AND b.source_ref <> i.source_ref LIMIT 1) other ON true
        WHERE i.line NOT IN (SELECT line FROM import_wrong)
    ) c
    WHERE r.ctid = c.row_at AND NOT c.its AND (c.number > 1 OR c.there)
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
    """Return the statement that finds for each address of a batch its building, and what changes of it."""
    by_ref = ""
    if mapping.rows == "building":
        by_ref = """SELECT 1 AS choice, b.* FROM building b
            WHERE b.source = :source AND b.source_ref = t.source_ref UNION ALL"""
    differs = _differs(mapping, OF_BUILDING, "f")
    copies = "".join(
        f"CASE WHEN f.id IS NULL THEN t.{name} ELSE {stands} END AS {name}, "
        for name in ("region", "year_built")
        for stands in (f"coalesce(t.{name}, f.{name})" if name in mapping.fields else f"f.{name}",)
    )
    return f"""
        CREATE TEMP TABLE import_building ON COMMIT DROP AS
        SELECT t.address_key, t.line, coalesce(f.id, uuidv7()) AS id, {copies} f.id IS NULL AS is_new,
            f.id IS NOT NULL AND ({differs} OR f.address_key <> t.address_key) AS is_changed
        FROM (SELECT DISTINCT ON (address_key) * FROM import_todo ORDER BY address_key, line) t
        LEFT JOIN LATERAL (
            {by_ref} SELECT 2 AS choice, b.* FROM building b WHERE b.address_key = t.address_key
            ORDER BY choice LIMIT 1
        ) f ON true
    """  # noqa: S608 - every name is one of ours


INDEX_BUILDING = "CREATE UNIQUE INDEX ON import_building (address_key)"


def unit_plan(mapping: Mapping) -> str:
    """Return the statement that finds for each row of a batch its homes, and what changes of them."""
    if mapping.rows == "building":
        numbers = "generate_series(1, t.units) AS n"
        number = "cast(:number_before AS text) || n || cast(:number_after AS text)"
        key = "cast(:key_before AS text) || n || cast(:key_after AS text)"
        order = "cast(:order_before AS text) || lpad(n::text, 6, '0') || cast(:order_after AS text)"
        ref = "t.source_ref || '/' || n"
    else:
        numbers = "(SELECT 1) AS one (n)"
        number, key, order, ref = "t.unit_number", "t.unit_key", "t.unit_order", "t.source_ref"
    differs = _differs(mapping, (*_PLAIN, "rent_amount"), "u")
    features = _features(mapping)
    return f"""
        CREATE TEMP TABLE import_unit ON COMMIT DROP AS
        SELECT t.line, b.id AS building_id, {ref} AS source_ref, {number} AS unit_number, {key} AS unit_key,
            {order} AS unit_order, coalesce(u.id, uuidv7()) AS id, u.landlord_id, b.region, b.year_built,
            CASE WHEN u.id IS NULL THEN t.features ELSE {features} END AS features, u.id IS NULL AS is_new,
            u.id IS NOT NULL AND (b.is_changed OR ({differs}) OR {features} IS DISTINCT FROM u.features
            OR (t.landlord_key IS NOT NULL AND ((t.landlord_key, coalesce(t.relation, 'third_party'))
                IS DISTINCT FROM (l.name_key, l.relation::text)
                OR t.party IS NOT NULL AND t.party IS DISTINCT FROM l.party))
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
    """Return the features after the import: the file's, and those of the home that the file can't state."""
    if not mapping.states_features:
        return "u.features"
    if "features" in mapping.fields:
        return "CASE WHEN cardinality(t.features) > 0 THEN t.features ELSE u.features END"
    return """coalesce((SELECT array_agg(DISTINCT f ORDER BY f) FROM unnest(t.features || ARRAY(
        SELECT k FROM unnest(u.features) k WHERE k <> ALL (cast(:stated AS text[])))) f), '{}')"""


ANALYZE = "ANALYZE import_unit, import_building"
COUNTS = """
    SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE is_changed) AS changed,
        count(*) FILTER (WHERE NOT is_new AND NOT is_changed) AS unchanged
    FROM import_unit
"""

LANDLORDS = f"""
    SELECT DISTINCT ON (landlord_key, stated_as, stated_of) coalesce(landlord_kind, 'organisation') AS kind,
        landlord AS name, landlord_key AS name_key, stated_as AS relation, stated_of AS party
    FROM (
        SELECT r.*, coalesce(relation, 'third_party') AS stated_as,
            CASE WHEN coalesce(relation, 'third_party') <> 'third_party'
                THEN coalesce(party, cast(:usual AS text)) END AS stated_of
        FROM import_row r
        LEFT JOIN LATERAL (SELECT f.fingerprint FROM import_mark f
            WHERE f.source = :source AND f.source_ref = r.source_ref LIMIT 1) m ON true
        WHERE {_WITHIN} AND landlord_key IS NOT NULL AND m.fingerprint IS DISTINCT FROM r.fingerprint
    ) named ORDER BY landlord_key, stated_as, stated_of, line
"""  # noqa: S608 - only parameters come from outside
_OF_BUILDING = ", ".join(f"t.{_STAGED_AS.get(name, name)} AS {name}" for name in OF_BUILDING)
BUILDINGS = f"""
    SELECT b.id, {_OF_BUILDING}, t.address_key, t.search_text, t.city_key, t.street_order,
        CASE WHEN t.units IS NOT NULL THEN :source END AS source,
        CASE WHEN t.units IS NOT NULL THEN t.source_ref END AS source_ref, b.is_new, b.is_changed
    FROM import_building b JOIN import_todo t ON t.line = b.line
"""  # noqa: S608 - only parameters come from outside
_OF_HOME = ", ".join(f"t.{name}" for name in _PLAIN if name != "shareable")
# A row that names no property entity leaves a home with the landlord it has, if name and relation are the
# same.
_WITH_LANDLORD = """
    FROM import_unit p JOIN import_todo t ON t.line = p.line
    LEFT JOIN LATERAL (
        SELECT f.* FROM landlord f
        WHERE f.name_key = t.landlord_key AND f.relation = coalesce(t.relation, 'third_party')
            AND (t.party IS NULL OR f.party = t.party)
        ORDER BY f.id = p.landlord_id DESC NULLS LAST, f.party = cast(:usual AS text) DESC NULLS LAST, f.id
        LIMIT 1
    ) l ON true
"""
NEW_HOMES = f"""
    SELECT p.id, p.building_id, p.unit_number, p.unit_key, p.unit_order, p.region, p.year_built, t.city_key,
        t.street_order, {_OF_HOME}, p.features, coalesce(t.shareable, false) AS shareable,
        l.id AS landlord_id, l.relation, l.party, t.status,
        coalesce(t.status_observed_on, :today) AS status_observed_on, t.occupancy, t.available_from,
        t.rent_amount, coalesce(t.rent_currency, '{USUAL}') AS rent_currency,
        coalesce(t.rent_from, :today) AS rent_from, :source AS source, p.source_ref
    {_WITH_LANDLORD} WHERE p.is_new
"""
CHANGED_HOMES = f"""
    SELECT p.id, {_OF_HOME}, p.features, t.shareable, l.id AS landlord_id, t.status, t.status_observed_on,
        t.rent_amount, t.rent_currency, t.rent_from, :source AS source, p.source_ref
    {_WITH_LANDLORD} WHERE p.is_changed
"""
MARKS = """
    INSERT INTO import_mark (source, source_ref, fingerprint)
    SELECT :source, source_ref, fingerprint FROM import_todo
    ON CONFLICT (source, source_ref) DO UPDATE SET fingerprint = excluded.fingerprint
"""
TO_PUBLISH = """
    CREATE TEMP TABLE import_published ON COMMIT DROP AS
    SELECT id AS unit_id, is_new FROM import_unit WHERE is_new OR is_changed
    UNION SELECT u.id, p.is_new IS TRUE FROM unit u JOIN import_building b ON b.id = u.building_id
        LEFT JOIN import_unit p ON p.id = u.id WHERE b.is_changed
"""
