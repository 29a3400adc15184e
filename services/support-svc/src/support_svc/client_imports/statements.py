"""The SQL of an import of clients: looking for people who are there twice, comparing, and what is written.

Values are parameters; what is put into a text comes from this module or from a mapping's closed lists of
names.
"""

from __future__ import annotations

from collections.abc import Iterable

from deskkit.i18n import N_
from importing.statements import within
from support_svc.client_imports.mapping import ClientMapping
from support_svc.clients.lists import OF_CLIENT

_WITHIN = within("group_key")


def _own(ref: str) -> str:
    """Return the id of a record of ours that our own export names, as long as it's in the same database."""
    is_id = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return f"CASE WHEN cast(:source AS text) = 'partywall' AND {ref} ~ '^{is_id}$' THEN {ref}::uuid END"


FIELD_OF = {"gender_id": "gender", "indigenous_id": "indigenous"}
# Blanks match nothing: people without a date of birth, telephone or e-mail address are never the same.
_SAME_PERSON = """
    (o.date_of_birth = c.date_of_birth
        OR ((o.date_of_birth IS NULL OR c.date_of_birth IS NULL) AND o.reached && c.reached))
"""
DOUBLE = N_("Line {other} seems to be the same person: same name, same date of birth or way to be reached.")
KNOWN = N_("Client {other} seems to be the same person: same name, same date of birth or way to be reached.")
UNKNOWN = N_("No client came with the id “{value}” of this source.")
INDEX_CHECK = "CREATE INDEX ON import_check (group_key)"
DOUBLE_IN_FILE = f"""
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT c.import_id, c.line, NULL, 'twice_in_the_file', NULL,
        '{DOUBLE}',
        jsonb_build_object('other', first)
    FROM import_check c CROSS JOIN LATERAL (
        SELECT min(o.line) AS first FROM import_check o
        WHERE o.group_key = c.group_key AND o.line < c.line AND {_SAME_PERSON}) earlier
    WHERE first IS NOT NULL
"""  # noqa: S608 - of our own texts
# A line that its source named before is that person, whatever else there is. Who was looked at and isn't the
# same person would be left out here, once a pair can be named.
DOUBLE_IN_REGISTER = f"""
    WITH unknown AS MATERIALIZED (
        SELECT import_id, line, group_key, date_of_birth, reached FROM import_check c
        WHERE NOT EXISTS (
            SELECT FROM client_source s WHERE s.source = :source AND s.source_ref = c.source_ref))
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT c.import_id, c.line, NULL, 'recorded_already', NULL,
        '{KNOWN}',
        jsonb_build_object('other', known.number)
    FROM unknown c
    CROSS JOIN LATERAL (
        SELECT min(number + 0) AS number FROM (
            SELECT k.number, k.name_search FROM client k WHERE k.date_of_birth = c.date_of_birth
            UNION ALL
            SELECT k.number, k.name_search FROM unnest(c.reached) AS way (plain)
            CROSS JOIN LATERAL (SELECT p.client_id FROM client_contact_point p WHERE p.plain = way.plain) p
            JOIN client k ON k.id = p.client_id AND (k.date_of_birth IS NULL OR c.date_of_birth IS NULL)
        ) alike
        WHERE string_to_array(c.group_key, ' ') <@ string_to_array(ltrim(alike.name_search), ' ')
    ) known
    WHERE known.number IS NOT NULL
"""  # noqa: S608 - of our own texts
CLIENT_UNKNOWN = f"""
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT c.import_id, c.line, cast(:client_column AS text), 'client_unknown', c.client_ref,
        '{UNKNOWN}', jsonb_build_object('value', c.client_ref)
    FROM import_check c
    WHERE NOT EXISTS (
        SELECT FROM client_source s WHERE s.source = :source AND s.source_ref = c.client_ref)
        AND NOT EXISTS (SELECT FROM client k WHERE k.id = {_own("c.client_ref")})
"""  # noqa: S608 - of our own texts
CLIENT_TODO = f"""
    CREATE TEMP TABLE import_todo ON COMMIT DROP AS
    SELECT r.*, coalesce(s.client_id, uuidv7()) AS client_id, s.client_id IS NULL AS is_new,
        s.fingerprint IS NOT DISTINCT FROM r.fingerprint AS is_same, false AS is_changed
    FROM (SELECT * FROM import_row WHERE {_WITHIN}) r
    LEFT JOIN LATERAL (
        SELECT 1 AS choice, f.client_id, f.fingerprint FROM client_source f
        WHERE f.source = :source AND f.source_ref = r.source_ref
        UNION ALL SELECT 2, k.id, NULL FROM client k WHERE k.id = {_own("r.source_ref")}
        ORDER BY choice LIMIT 1) s ON true
"""  # noqa: S608 - only parameters come from outside
SAME = "SELECT count(*) FROM import_todo WHERE is_same"
FORGET_SAME = "DELETE FROM import_todo WHERE is_same"
ANALYZE = "ANALYZE import_todo (line, client_id, is_new)"
COUNTS = """
    SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE is_changed) AS changed,
        count(*) FILTER (WHERE NOT is_new AND NOT is_changed) AS unchanged
    FROM import_todo
"""


def stated_of(mapping: ClientMapping, columns: Iterable[str]) -> list[str]:
    """Return which of the columns a file states: those that its mapping reads from it."""
    return [name for name in columns if FIELD_OF.get(name, name) in mapping.fields]


def mark_changed(mapping: ClientMapping) -> str:
    """Return the statement that finds the rows that state another value than the register, never a blank."""
    differs = " OR ".join(
        f"coalesce(t.{name}::text, k.{name}::text) IS DISTINCT FROM k.{name}::text"
        for name in stated_of(mapping, OF_CLIENT)
    )
    return f"""
        UPDATE import_todo t SET is_changed = true FROM client k
        WHERE NOT t.is_new AND k.id = t.client_id AND (({differs}) OR EXISTS (
            SELECT FROM unnest(t.reached) wanted (plain) WHERE NOT EXISTS (
                SELECT FROM client_contact_point p WHERE p.client_id = k.id AND p.plain = wanted.plain)))
    """  # noqa: S608 - every name is one of ours


WITHOUT = N_("Recorded without “{what}”, which your organisation requires.")
NOT_IN_FILE = N_(
    "The file has no “{what}”, which your organisation requires. New clients are recorded without it."
)
LEFT_OUT = N_("“{what}” is left out: your organisation does not use it.")
_FINDING = f"""
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT r.import_id, r.line, cast(:column AS text), '{{rule}}', NULL, '{{message}}',
        jsonb_build_object('what', cast(:what AS text))
    FROM import_row r WHERE {_WITHIN} AND {{lacks}}
"""  # noqa: S608 - only parameters come from outside
_IS_NEW = f"""
    NOT EXISTS (SELECT FROM client_source s WHERE s.source = :source AND s.source_ref = r.source_ref)
        AND NOT EXISTS (SELECT FROM client k WHERE k.id = {_own("r.source_ref")})
"""  # noqa: S608 - only parameters come from outside
NOTE_NOT_IN_FILE = f"""
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    VALUES (:import, 1, NULL, 'field_mandatory', NULL, '{NOT_IN_FILE}',
        jsonb_build_object('what', cast(:what AS text)))
"""  # noqa: S608 - of our own texts


def note_missing(field: str) -> str:
    """Return the statement that notes new clients without a field that the organisation requires (C7)."""
    lacks = f"r.{field} IS NULL AND {_IS_NEW}"
    return _FINDING.format(rule="field_mandatory", message=WITHOUT, lacks=lacks)


def note_left_out(field: str) -> str:
    """Return the statement that notes values of a field that the organisation doesn't use (C7)."""
    return _FINDING.format(rule="field_hidden", message=LEFT_OUT, lacks=f"r.{field} IS NOT NULL")


def leave_out(field: str) -> str:
    """Return the statement by which a field of the rows isn't written."""
    return f"UPDATE import_todo SET {field} = NULL WHERE {field} IS NOT NULL"  # noqa: S608 - one of our names


_CLIENT = ", ".join(f"t.{name}" for name in OF_CLIENT)
NEW_CLIENTS = f"""
    SELECT t.client_id AS id, {_CLIENT}, t.name_search FROM import_todo t WHERE t.is_new
"""  # noqa: S608 - every name is one of ours
CHANGED_CLIENTS = f"""
    SELECT t.client_id AS id, {_CLIENT}, t.name_search FROM import_todo t WHERE t.is_changed
"""  # noqa: S608 - every name is one of ours
# A number or address that the record has already isn't added again; new ones follow those that are there.
POINTS = """
    SELECT t.client_id, listed.kind, listed.value, t.reached[listed.at] AS plain, listed.at AS position
    FROM import_todo t CROSS JOIN LATERAL (
        SELECT CASE WHEN n <= cardinality(t.phones) THEN 'phone' ELSE 'email' END AS kind, value,
            n::int AS at
        FROM unnest(t.phones || t.emails) WITH ORDINALITY AS one (value, n)) listed
    WHERE t.is_new OR (t.is_changed AND NOT EXISTS (
        SELECT FROM client_contact_point p
        WHERE p.client_id = t.client_id AND p.plain = t.reached[listed.at]))
"""
CLIENT_SOURCES = """
    INSERT INTO client_source (source, source_ref, client_id, fingerprint)
    SELECT :source, source_ref, client_id, fingerprint FROM import_todo
    ON CONFLICT (source, source_ref) DO UPDATE SET fingerprint = excluded.fingerprint
"""
OTHER_SOURCES = """
    INSERT INTO client_source (source, source_ref, client_id)
    SELECT split_part(named, '/', 1), substr(named, strpos(named, '/') + 1), client_id
    FROM import_todo CROSS JOIN LATERAL unnest(external_ids) AS named
    ON CONFLICT (source, source_ref) DO NOTHING
"""

CONSENT_TODO = f"""
    CREATE TEMP TABLE import_todo ON COMMIT DROP AS
    SELECT r.*, known.client_id, s.source_ref IS NULL AND own.id IS NULL AS is_new,
        s.fingerprint IS NOT DISTINCT FROM r.fingerprint AS is_same, s.source_ref IS NOT NULL AS is_changed
    FROM (SELECT * FROM import_row WHERE {_WITHIN}) r
    JOIN LATERAL (
        SELECT 1 AS choice, f.client_id FROM client_source f
        WHERE f.source = :source AND f.source_ref = r.client_ref
        UNION ALL SELECT 2, k.id FROM client k WHERE k.id = {_own("r.client_ref")}
        ORDER BY choice LIMIT 1) known ON true
    LEFT JOIN LATERAL (SELECT f.source_ref, f.fingerprint FROM consent_source f
        WHERE f.source = :source AND f.source_ref = r.source_ref LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT k.id FROM consent k WHERE k.id = {_own("r.source_ref")}) own ON true
"""  # noqa: S608 - only parameters come from outside
# A row that agrees to nothing we ask for is remembered, and counts as unchanged.
NO_CONSENT = """
    UPDATE import_todo SET is_new = false, is_changed = false WHERE cardinality(purposes) = 0
"""
CONSENTS = """
    CREATE TEMP TABLE import_consent ON COMMIT DROP AS
    SELECT coalesce(s.consent_id, uuidv7()) AS id, s.consent_id IS NOT NULL AS is_known, t.line, t.source_ref,
        t.client_id, agreed.purpose, CASE WHEN agreed.purpose = 'coordinate_services' THEN 'service_partners'
            ELSE coalesce(t.recipient, 'landlords_of_homes_asked_for') END AS recipient,
        t.type, t.given_on, t.expires_on, t.given_how, t.document_reference, t.withdrawn_on,
        coalesce(t.withdrawn_by, cast(:by AS text)) AS withdrawn_by_name,
        coalesce(t.taken_by, cast(:by AS text)) AS taken_by_name, false AS current,
        cast(NULL AS uuid) AS behind
    FROM import_todo t CROSS JOIN LATERAL unnest(t.purposes) AS agreed (purpose)
    LEFT JOIN consent_source s ON s.source = :source AND s.source_ref = t.source_ref
        AND s.purpose = agreed.purpose
    WHERE t.is_new OR t.is_changed
"""
CONSENT_SOURCES = """
    INSERT INTO consent_source (source, source_ref, purpose, client_id, consent_id, fingerprint)
    SELECT :source, t.source_ref, coalesce(w.purpose, 'none'), t.client_id, w.id, t.fingerprint
    FROM import_todo t LEFT JOIN import_consent w ON w.line = t.line
    ON CONFLICT (source, source_ref, purpose) DO UPDATE SET fingerprint = excluded.fingerprint
"""
