"""Recording consents of a list: any number of them by the same few statements (C7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import column, select, table, text

from support_svc.consents.model import CATEGORIES_OF, Consent

if TYPE_CHECKING:
    from chassis.tx import Tx

# As when each is recorded by itself: of one recipient the one given last counts, unless it has expired
# already and there's another; one that was given before a withdrawal counts for nothing.
_RANK = """
    UPDATE import_consent n SET current = true FROM (
        SELECT DISTINCT ON (client_id, purpose, recipient) id FROM import_consent WHERE withdrawn_on IS NULL
        ORDER BY client_id, purpose, recipient, (expires_on IS NULL OR expires_on >= :today) DESC,
            given_on DESC, line DESC) best
    WHERE n.id = best.id
"""
_AGAINST = """
    UPDATE import_consent n SET behind = b.id, current = false FROM consent b
    WHERE n.current AND b.client_id = n.client_id AND b.purpose = n.purpose AND b.recipient = n.recipient
        AND b.withdrawn_at IS NULL AND b.superseded_by IS NULL AND b.id <> n.id
        AND (n.given_on < b.given_on OR n.expires_on < :today)
"""
_WITHDRAWN = """
    UPDATE import_consent n SET behind = w.id, current = false FROM (
        SELECT id, client_id, purpose, recipient, (withdrawn_at AT TIME ZONE :zone)::date AS on_day
            FROM consent WHERE withdrawn_at IS NOT NULL
        UNION ALL SELECT id, client_id, purpose, recipient, withdrawn_on FROM import_consent
            WHERE withdrawn_on IS NOT NULL) w
    WHERE n.current AND w.client_id = n.client_id AND w.purpose = n.purpose AND w.recipient = n.recipient
        AND w.on_day > n.given_on AND w.id <> n.id AND NOT EXISTS (
            SELECT FROM consent b WHERE b.client_id = n.client_id AND b.purpose = n.purpose
                AND b.recipient = n.recipient AND b.withdrawn_at IS NULL AND b.superseded_by IS NULL)
"""
_BEHIND = """
    UPDATE import_consent n SET behind = coalesce(c.behind, c.id) FROM import_consent c
    WHERE n.behind IS NULL AND NOT n.current AND n.withdrawn_on IS NULL AND c.id <> n.id
        AND (c.current OR c.behind IS NOT NULL) AND c.withdrawn_on IS NULL
        AND c.client_id = n.client_id AND c.purpose = n.purpose AND c.recipient = n.recipient
"""
_SUPERSEDE = """
    UPDATE consent b SET superseded_by = n.id, version = b.version + 1 FROM import_consent n
    WHERE n.current AND b.client_id = n.client_id AND b.purpose = n.purpose AND b.recipient = n.recipient
        AND b.withdrawn_at IS NULL AND b.superseded_by IS NULL AND b.id <> n.id
"""
_AMEND = """
    UPDATE consent k SET type = n.type, given_on = n.given_on, expires_on = n.expires_on,
        given_how = n.given_how, document_reference = coalesce(n.document_reference, k.document_reference),
        withdrawn_at = coalesce(k.withdrawn_at, n.withdrawn_on::timestamp AT TIME ZONE :zone),
        withdrawn_by_name = coalesce(k.withdrawn_by_name,
            CASE WHEN n.withdrawn_on IS NOT NULL THEN n.withdrawn_by_name END),
        superseded_by = CASE WHEN n.current OR n.withdrawn_on IS NOT NULL THEN NULL ELSE n.behind END,
        version = k.version + 1
    FROM import_consent n WHERE n.is_known AND k.id = n.id
"""
_ADD = """
    INSERT INTO consent (id, client_id, purpose, recipient, categories, type, given_on, expires_on, given_how,
        taken_by, taken_by_name, document_reference, withdrawn_at, withdrawn_by_name, superseded_by,
        recorded_at, version)
    SELECT n.id, n.client_id, n.purpose, n.recipient,
        CASE n.purpose {categories} END, n.type, n.given_on, n.expires_on, n.given_how,
        cast(:taken_by AS text), n.taken_by_name, n.document_reference,
        n.withdrawn_on::timestamp AT TIME ZONE :zone,
        CASE WHEN n.withdrawn_on IS NOT NULL THEN n.withdrawn_by_name END, n.behind, :now, 1
    FROM import_consent n WHERE NOT n.is_known
"""


async def record_consents(tx: Tx) -> None:
    """Record the consents in the temporary table `import_consent` of this transaction.

    Its columns are those of a consent, with withdrawn_on as a day, `line` as their order, `is_known` for one
    that is recorded already and stated differently now, and `current` and `behind`, which are filled here.
    """
    categories = " ".join(
        f"WHEN '{purpose.value}' THEN ARRAY[{', '.join(repr(one.value) for one in found)}]::varchar[]"
        for purpose, found in CATEGORIES_OF.items()
    )
    params = {
        "today": tx.today,
        "zone": str(tx.runtime.time_zone),
        "taken_by": "import",
        "now": tx.now,
    }
    for statement in (
        "ANALYZE import_consent",
        _RANK,
        _AGAINST,
        _WITHDRAWN,
        _BEHIND,
        _SUPERSEDE,
        _AMEND,
        _ADD.format(categories=categories),
    ):
        named = {key: value for key, value in params.items() if f":{key}" in statement}
        await tx.execute(text(statement), named)
    listed = table("import_consent", column("id"), column("is_known"), column("withdrawn_on"))
    gone = listed.c.is_known & listed.c.withdrawn_on.is_not(None)
    for these, action in ((~gone, "given"), (gone, "withdrawn")):
        await tx.touched_each("consent", select(listed.c.id).where(these).subquery("consents"), action)
    ours = select(listed.c.id)
    superseded = select(Consent.id).where(Consent.superseded_by.in_(ours), Consent.id.not_in(ours))
    await tx.touched_each("consent", superseded.subquery("consents"), "superseded")
