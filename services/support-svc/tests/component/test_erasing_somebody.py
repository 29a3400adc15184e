"""Somebody is erased: nothing of the person is left anywhere, and all is counted as before (X7)."""

import re

import pytest
import sqlalchemy as sa

from chassis.actor import Actor
from chassis.erasing import ErasedBefore, parts_of
from chassis.perform import perform
from importing.steps import ImportCommand
from support_svc.client_imports.commands import discard_import
from support_svc.clients.erasing import NAME
from support_svc.retention.carrying_out import erase_again

SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
WORKER = Actor.system("timers", "support")
STAFF = re.compile(r"(_by|_by_name|^actor_name|^caseworker|^person|^person_name|_name)$")

TOTALS = (
    "SELECT status, count(*), sum(coalesce(moved_in_on, secured_on) - search_started_on) AS days,"
    " min(search_started_on), max(ended_on) FROM placement GROUP BY status ORDER BY status",
    "SELECT count(*), count(DISTINCT client_id), count(DISTINCT placement_id) FROM placement_member",
    "SELECT count(*), count(DISTINCT client_id), count(DISTINCT household_id) FROM household_member",
    "SELECT reason_id, final, count(*) FROM placement_attempt GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT housing_type_id, reason_left_id, count(*), count(DISTINCT client_id), count(DISTINCT stay),"
    " sum(ended_on - started_on) AS days FROM housing_record GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT sum(amount) FROM housing_rent",
    "SELECT subject, state, months_since, count(*) FROM followup GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "SELECT still_in_housing, reason_left_id, count(*), count(DISTINCT client_id) FROM followup_outcome"
    " GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT status, outcome, risk_source, reason_id, count(*), count(DISTINCT client_id)"
    " FROM housing_loss_prevention GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "SELECT creditor_kind_id, count(*), sum(amount) FROM housing_debt GROUP BY 1 ORDER BY 1",
    "SELECT program_id, kind, reason_id, count(*), count(DISTINCT client_id) FROM subsidy"
    " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "SELECT outcome, count(*), sum(amount), max(due_on) FROM subsidy_payment GROUP BY 1 ORDER BY 1",
    "SELECT frequency, sum(amount) FROM subsidy_rate GROUP BY 1 ORDER BY 1",
    "SELECT * FROM program_budget_use ORDER BY 1",
    "SELECT purpose, type, recipient, count(*), count(withdrawn_at) FROM consent"
    " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "SELECT count(*), max(position), count(basis), count(published_at),"
    " string_agg(id::text, ' ' ORDER BY position) FROM outbox",
)
"""What reports count, and the chain of what was said to whom, when and on which basis."""


async def totals(world):
    """Everything that is counted."""
    return [await every_row(world, sql) for sql in TOTALS]


async def personal_values(world):
    """Every text, birth date and id of people that is recorded anywhere, from the columns that don't stay."""
    found = {}
    async with world.runtime.transaction(WORKER) as tx:
        for part in parts_of(tx):
            stays = set() if part.deleted else {one.key for one in part.stays}
            for column in part.table.columns:
                if f"{part.table.name}.{column.name}" in WORDS:
                    continue
                plain = isinstance(column.type, sa.String | sa.Date) and not isinstance(column.type, sa.Enum)
                if (
                    not plain
                    or column.name in stays
                    or (STAFF.search(column.name) and column.name not in NAMES)
                ):
                    continue
                if isinstance(column.type, sa.Date) and column.name != "date_of_birth":
                    continue
                for row in await tx.execute(sa.select(sa.cast(column, sa.Text)).where(column.is_not(None))):
                    found.setdefault(row[0], f"{part.table.name}.{column.name}")
        for row in await tx.execute(sa.text("SELECT id::text FROM client WHERE erased_on IS NULL")):
            found[row[0]] = "client.id"
    return {value: where for value, where in found.items() if len(value) > 3 and value not in PUBLIC | {NAME}}


NAMES = frozenset({"given_name", "family_name", "preferred_name", "landlord_name", "other_name"})
WORDS = frozenset(
    {
        "client_source.source",
        "former_referral.referred_to",
        "consent_source.source",
        "consent_source.purpose",
        "home_proposal.reason",
    }
    | {
        f"securing.{column}"
        for column in ("inventory", "manager", "ended_why", "decline_reason", "housing_type")
    }
    | {f"home_proposal.{column}" for column in ("inventory", "housing_type")}
)
"""Columns of text that hold words of a vocabulary or name an organisation."""
PUBLIC = frozenset(
    {"Toronto", "Ottawa", "apartment", "declined", "failed", "secured", "restricted", "property"}
)
"""What others have too: a city, a surname that is a word, and the landlord of the play."""


async def every_row(world, sql, *args):
    """Rows of the database as the system sees them, those about restricted people too."""
    async with world.runtime.transaction(WORKER) as tx:
        return [tuple(row) for row in await tx.execute(sa.text(sql), *args)]


async def everything_stored(world):
    """Every row of every table as text, and every file."""
    tables = await every_row(
        world, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    async with world.runtime.transaction(WORKER) as tx:
        return {name: await whole(tx, name) for (name,) in tables}


async def whole(tx, name):
    """A table as text."""
    rows = sa.select(sa.cast(sa.literal_column(name), sa.Text)).select_from(sa.table(name))
    return "\n".join((await tx.execute(rows)).scalars())


def left_of(values, stored, *, but=frozenset({"erasure", "home", "inventory_place"})):
    """Where values are still found, as words of their own: a surname can be a part of a code."""
    return sorted(
        f"{where} {value!r} in {table}"
        for value, where in values.items()
        for table, text in stored.items()
        if table not in but and value in text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)
    )


async def sent(world):
    """Let the relay have sent everything."""
    await world.rows("UPDATE outbox SET status = 'published', published_at = now() WHERE status = 'pending'")


@pytest.mark.timeout(900)
@pytest.mark.row("X7")
async def test_nothing_is_left_of_people_of_whom_everything_was_recorded(world, every_stage):
    """Placements in every state, and every action that can be recorded of a person."""
    scenes = {scene.name: scene.ids for scene in await every_stage()}
    await world.do(discard_import, ImportCommand(scenes["imported"]["import_id"]), SUPERVISOR)
    await sent(world)
    before = await totals(world)
    values = await personal_values(world)
    assert len(values) > 100
    people = [
        one
        for (one,) in await every_row(
            world, "SELECT id FROM client WHERE num_nonnulls(erased_on, merged_into) = 0"
        )
    ]
    for one in people:
        assert await perform(world.runtime, WORKER, erase_again, ErasedBefore(one))
    assert left_of(values, await everything_stored(world)) == []
    assert await totals(world) == before
    for one in people:
        assert not await perform(world.runtime, WORKER, erase_again, ErasedBefore(one))
