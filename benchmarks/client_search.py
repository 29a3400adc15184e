"""Finding a client among 300,000, compared with 10,000: any kind of search, any spelling (C3).

    python benchmarks/client_search.py [--rows 300000] [--rounds 7] [--searches 300]

Starts a PostgreSQL of its own, fills one register with each number of clients, and asks both the same random
searches in turn, through the use case as the page does. Names are more uneven than in most registers: every
twentieth has the commonest first name, every thirtieth the commonest family name, and most names are rare.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import search_ground as ground
from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import ask
from chassis.positions import position_text
from chassis.runtime import Runtime
from support_svc.clients.model import ClientState
from support_svc.clients.names import plain_digits, searchable_name
from support_svc.clients.queries import search_clients
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.databases import PostgresForTests

ACTOR = Actor("bench", "support", frozenset({"caseworker"}))
CLIENT = [
    "id", "number", "given_name", "family_name", "other_names", "date_of_birth", "estimated_age",
    "disability", "state", "name_search", "created_at", "version",
]  # fmt: skip
RESTRICTED = 200
"""Clients whose records are restricted, all of them to others than who searches (C8)."""
CONTACT = ["id", "client_id", "kind", "value", "plain", "position"]
GIVEN = [
    "Maria", "Mohamed", "David", "Michael", "Anna", "John", "Sarah", "Ali", "Daniel", "Fatima", "James",
    "Jennifer", "Robert", "Elizabeth", "Ahmed", "Marie", "Wei", "Jean", "Amanda", "Kevin", "Thi", "Joseph",
    "Anne-Marie", "José", "Priya", "Nicole", "Élise", "Samuel", "Ming", "Olga", "Zahra", "Peter", "Hannah",
    "Kwame", "Grace", "Noor",
]  # fmt: skip
FAMILY = [
    "Smith", "Nguyen", "Singh", "Li", "Brown", "Khan", "Wang", "Williams", "Patel", "Chen", "Lee", "Johnson",
    "Ali", "Campbell", "Tremblay", "MacDonald", "Wilson", "Martin", "Kim", "Roy", "Garcia", "Hernández",
    "Santos", "Thompson", "Clarke", "Stewart", "Côté", "Hussain", "Wong", "O'Brien", "Jean-Baptiste",
    "Anderson", "Mensah", "Ahmed",
]  # fmt: skip
SYLLABLES = [
    "ka", "mo", "ri", "ten", "sha", "lu", "dor", "ven", "ba", "chi", "nor", "wel", "zi", "fro", "gan", "pe",
]  # fmt: skip
ENDINGS = ["son", "ska", "ez", "ian", "ova", "man", "ton", "ier", "wala", "ko", "berg", "ly"]


def _name(dice: random.Random, common: list[str], share: float) -> str:
    """Return one of the common names in this share of cases, the first most often; else a rare one."""
    if dice.random() < share:
        return dice.choices(common, [1 / (rank + 5) for rank in range(len(common))])[0]
    rare = "".join(dice.choice(SYLLABLES) for _ in range(dice.randrange(1, 4)))
    return (rare + dice.choice(ENDINGS)).capitalize()


def given(dice: random.Random) -> str:
    """Return a first name."""
    return _name(dice, GIVEN, 0.5)


def family(dice: random.Random) -> str:
    """Return a family name."""
    return _name(dice, FAMILY, 0.3)


def _born(dice: random.Random) -> dt.date:
    return dt.date(1935, 1, 1) + dt.timedelta(days=dice.randrange(90 * 365))


def _phone(dice: random.Random) -> str:
    return f"({dice.choice(['416', '647', '437'])}) {dice.randrange(200, 999)}-{dice.randrange(10_000):04}"


def clients(number: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the register."""
    began = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for at in range(number):
        names = given(dice), family(dice), family(dice) if dice.random() < 0.1 else None
        born = _born(dice) if dice.random() < 0.9 else None
        yield (
            uuid.UUID(int=at + 1), 1001 + at, *names, born, None if born else dice.randrange(18, 80),
            "unknown", dice.choice(["active"] * 7 + ["inactive", "archived"]), searchable_name(names),
            began + dt.timedelta(seconds=at), 1,
        )  # fmt: skip


def contacts(number: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield a telephone number for most of them and an e-mail address for half."""
    for at in range(number):
        client = uuid.UUID(int=at + 1)
        if dice.random() < 0.7:
            phone = _phone(dice)
            yield uuid.uuid4(), client, "phone", phone, plain_digits(phone), 0
        if dice.random() < 0.5:
            email = f"{dice.choice(SYLLABLES)}{dice.randrange(100_000)}@mail.example"
            yield uuid.uuid4(), client, "email", email, email, 1


def _misspelt(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, max(2, len(word) - 1))
    return dice.choice([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[: max(3, at)]])


def typed(dice: random.Random) -> str:
    """Return what somebody types to find a person: a name whole, in part or misspelt, a number, a day."""
    first, last = given(dice), family(dice)
    return dice.choice(
        [
            f"{first} {last}",
            f"{last}, {first}",
            last,
            first,
            _misspelt(last, dice),
            f"{_misspelt(first, dice)} {_misspelt(last, dice)}",
            f"{first} {last[:2]}",
            last[:3],
            _phone(dice),
            str(dice.randrange(1_000_000, 9_999_999)),
            str(dice.randrange(1001, 300_000)),
            str(_born(dice)),
            f"{last} {_born(dice)}",
            f"{dice.choice(SYLLABLES)}{dice.randrange(100_000)}@mail",
        ]
    )


def search(dice: random.Random) -> ground.Ask:
    """Return a search, or in one of eight cases a page of the whole list, from any position on."""
    state = ClientState.ACTIVE if dice.random() < 0.3 else None
    if dice.random() < 0.125:
        place = family(dice), given(dice), uuid.UUID(int=dice.randrange(1, ground.SMALL))
        after = position_text(place) if dice.random() < 0.8 else None
        return lambda runtime: ask(runtime, ACTOR, search_clients, "", after, state)
    words = typed(dice)
    return lambda runtime: ask(runtime, ACTOR, search_clients, words, None, state)


@asynccontextmanager
async def copying_into(connection: asyncpg.Connection[Any], *tables: str) -> AsyncIterator[None]:
    """Let the owner of tables copy rows into them: PostgreSQL does so only where no policy holds for it."""
    for table in tables:
        await connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        await connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


async def filled(server: PostgresForTests, number: int) -> Runtime:
    """Make a register of `number` clients; return the service's runtime on it."""
    database = await server.fresh("support", None)
    connection = await database.connect()
    dice = random.Random(number)
    async with copying_into(connection, "client", "client_contact_point", "client_name"):
        await connection.copy_records_to_table("client", records=clients(number, dice), columns=CLIENT)
        await connection.copy_records_to_table(
            "client_contact_point", records=contacts(number, dice), columns=CONTACT
        )
    await connection.execute(
        "INSERT INTO restriction (id, client_id, reason, granted_at, granted_by_name, version)"
        " SELECT gen_random_uuid(), id, 'publicity', now(), 'Bench', 1 FROM client"
        " WHERE number % $1 = 0",
        number // RESTRICTED,
    )
    await connection.execute(
        "VACUUM ANALYZE client, client_contact_point, client_contact_text, client_name, client_name_word,"
        " restriction"
    )
    await connection.close()
    return runtime_on(database, build_runtime, Settings, "support")


if __name__ == "__main__":
    ground.run(__doc__, "Search of clients in support-svc", filled, search, rows=("clients", 300_000))
