"""How the database undoes a change: it remembers the rows of one transaction as they were (X8).

Each table of a service, and `timers`, has a trigger that does nothing unless the transaction has named its
change in the setting `partywall.change`; only one that can be undone does. Undoing goes backwards through
what was remembered, and only as long as every row is still as the change left it.
"""

from __future__ import annotations

CHANGED_SINCE = "PW001"
"""The SQLSTATE with which `undo_change` refuses: a row isn't as the change left it."""

_REMEMBER = """
CREATE FUNCTION remember_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO undo_step (change, relation, before, after) VALUES (
        current_setting('partywall.change')::uuid,
        TG_RELID::regclass::text,
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
    );
    RETURN NULL;
END $$
"""

# A version never goes back, so that a form of the meantime is recognised as outdated (X4). What an earlier
# change remembers of the same row is brought in line with it.
_UNDO = """
CREATE FUNCTION undo_change(undone uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at bigint;
    step undo_step;
    found bigint;
    keys text;
    names text;
    assignments text;
    child record;
    restored jsonb;
BEGIN
    FOR at IN SELECT number FROM undo_step WHERE change = undone ORDER BY number DESC LOOP
        SELECT * INTO step FROM undo_step WHERE number = at;
        SELECT string_agg(format('t.%1$I = k.%1$I', a.attname), ' AND ') INTO keys
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
        WHERE i.indrelid = step.relation::regclass AND i.indisprimary;
        IF step.after IS NOT NULL THEN
            EXECUTE format(
                'SELECT count(*) FROM %1$s t, jsonb_populate_record(NULL::%1$s, $1) k'
                ' WHERE %2$s AND to_jsonb(t) = $1',
                step.relation, keys
            ) INTO found USING step.after;
            IF found <> 1 THEN
                RAISE EXCEPTION 'a row of % was changed since', step.relation USING ERRCODE = 'PW001';
            END IF;
        END IF;
        IF step.before IS NULL THEN
            -- What others recorded below it meanwhile would silently go with it.
            FOR child IN
                SELECT c.conrelid::regclass::text AS relation, (
                    SELECT string_agg(format('c.%I = k.%I', own.attname, far.attname), ' AND ')
                    FROM unnest(c.conkey, c.confkey) AS pair (own, far)
                    JOIN pg_attribute own ON own.attrelid = c.conrelid AND own.attnum = pair.own
                    JOIN pg_attribute far ON far.attrelid = c.confrelid AND far.attnum = pair.far
                ) AS condition
                FROM pg_constraint c
                WHERE c.contype = 'f' AND c.confrelid = step.relation::regclass
                    AND c.confdeltype NOT IN ('a', 'r')
            LOOP
                EXECUTE format(
                    'SELECT count(*) FROM %1$s c, jsonb_populate_record(NULL::%2$s, $1) k WHERE %3$s',
                    child.relation, step.relation, child.condition
                ) INTO found USING step.after;
                IF found > 0 THEN
                    RAISE EXCEPTION 'rows of % were added since', child.relation USING ERRCODE = 'PW001';
                END IF;
            END LOOP;
            EXECUTE format(
                'DELETE FROM %1$s t USING jsonb_populate_record(NULL::%1$s, $1) k WHERE %2$s',
                step.relation, keys
            ) USING step.after;
            CONTINUE;
        END IF;
        IF step.after IS NULL THEN
            SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
            WHERE attrelid = step.relation::regclass AND attnum > 0 AND NOT attisdropped
                AND attgenerated = '';
            EXECUTE format(
                'INSERT INTO %1$s AS t (%2$s) OVERRIDING SYSTEM VALUE'
                ' SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1) RETURNING to_jsonb(t)',
                step.relation, names
            ) INTO restored USING step.before;
        ELSE
            restored := step.before;
            IF step.before -> 'version' IS DISTINCT FROM step.after -> 'version' THEN
                restored := restored
                    || jsonb_build_object('version', (step.after ->> 'version')::bigint + 1);
            END IF;
            SELECT string_agg(format('%1$I = b.%1$I', attname), ', ') INTO assignments FROM pg_attribute
            WHERE attrelid = step.relation::regclass AND attnum > 0 AND NOT attisdropped
                AND attgenerated = ''
                AND restored -> attname::text IS DISTINCT FROM step.after -> attname::text;
            IF assignments IS NOT NULL THEN
                EXECUTE format(
                    'UPDATE %1$s t SET %2$s FROM jsonb_populate_record(NULL::%1$s, $1) k,'
                    ' jsonb_populate_record(NULL::%1$s, $2) b WHERE %3$s RETURNING to_jsonb(t)',
                    step.relation, assignments, keys
                ) INTO restored USING step.after, restored;
            END IF;
        END IF;
        UPDATE undo_step SET after = restored
        WHERE number < at AND relation = step.relation AND after = step.before;
    END LOOP;
END $$
"""

# Run after every migration, so that a new table has its trigger too.
_EVERYWHERE = """
CREATE FUNCTION remember_everywhere(but text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT c.oid FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
            AND c.relnamespace = current_schema()::regnamespace AND NOT c.relname = ANY(but)
            AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
            AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'remember_row')
    LOOP
        EXECUTE format(
            'CREATE TRIGGER remember_row AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'
            ' WHEN (current_setting(''partywall.change'', true) <> '''') EXECUTE FUNCTION remember_row()',
            relation
        );
    END LOOP;
END $$
"""

UNDO_FUNCTIONS = (_REMEMBER, _UNDO, _EVERYWHERE)
"""The functions, as the migration creates them; they never change once released."""
EVERYWHERE = "SELECT remember_everywhere(:but)"
"""Gives the trigger to each table that lacks it, but for those named."""
