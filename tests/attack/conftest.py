"""A running stack of this folder's own, with a journey in it, and a person of each role signed in."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest

from partywall.accounts import SignIn
from partywall.journey import STEPS
from partywall.layout import Part
from testkit.live import Live
from testkit.local import LocalBack

# The gateway of one organisation is enough: they are the same program.
PARTS = ("units", "tenancy", "support", "support/gateway")
ROLES = {
    "property": ("property_manager", "inventory_keeper", "property_administrator"),
    "support": ("caseworker", "supervisor", "support_administrator"),
}
UNFINISHED = STEPS.index("until_property_sees_the_answer")

_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('uuid', 'text', 'bigint', 'integer')
    AND (column_name = 'id' OR column_name LIKE '%\\_id'
        OR column_name IN ('request', 'unit', 'referral', 'signing'))
    """


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give attacks on a whole stack enough time on a busy machine."""
    for item in items:
        if item.path.is_relative_to(__file__.rsplit("/", 1)[0]):
            item.add_marker(pytest.mark.timeout(1200))


@dataclass
class Attacked:
    """The stack under attack: where each service listens, the sign-ins, and references that exist."""

    back: LocalBack
    known: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """Return a part of the stack."""
        return self.back.stack.layout.part(name)

    def address(self, name: str) -> str:
        """Return where a service itself listens, without Traefik and its limits."""
        return f"http://127.0.0.1:{self.back.stack.layout.port(name)}"

    def entity(self, name: str) -> str:
        """Return the entity that runs the service."""
        return self.part(name).party or ""

    def roles(self, entity: str) -> tuple[str, ...]:
        """Return the roles that somebody of the organisation is signed in with."""
        return ROLES[entity]

    def host(self, entity: str) -> str:
        """Return the host of an organisation's services."""
        return self.back.stack.layout.host(entity)

    def account(self, entity: str, role: str) -> SignIn:
        """Return the sign-in of a role."""
        return self.back.account(entity, role)

    def token(self, entity: str, role: str) -> str:
        """Return an access token of a role, signed in once."""
        if (entity, role) not in self._tokens:
            who = self.account(entity, role)
            answer = httpx.post(
                f"{self.address(f'{entity}/gateway')}/api/gateway/v1/sign-in",
                json={"email": who.email, "password": who.password},
                headers={"Host": self.host(entity)},
                timeout=30,
            )
            answer.raise_for_status()
            self._tokens[entity, role] = answer.json()["access_token"]
        return self._tokens[entity, role]

    def unexpected_failures(self) -> list[str]:
        """Return the lines of the services' logs that report a failure of ours."""
        logs = [self.back.stack.layout.log(name) for name in PARTS]
        return [
            f"{log.name}: {line}"
            for log in logs
            for line in log.read_text(errors="replace").splitlines()
            if '"failed"' in line or "Traceback" in line or '"duty_failed"' in line
        ]


@pytest.fixture(scope="module")
def attacked() -> Iterator[Attacked]:
    """A stack with homes, a finished journey, and one in the middle of a signing.

    Each file has its own: requests of one may end the access of the people in another.
    """
    back = LocalBack()
    try:
        back.up()
        found = Attacked(back)
        asyncio.run(_live_in(back))
        for name in PARTS:
            found.known[name] = asyncio.run(_references(back, name))
        yield found
    finally:
        back.down()


async def _live_in(back: LocalBack) -> None:
    live = Live(back)
    async with live.journey("Whole", "Journey") as whole, live.journey("Half", "Journey") as half:
        for step in STEPS:
            await whole.take(step)
        for step in STEPS[:UNFINISHED]:
            await half.take(step)
    await live.all_acted_on()


async def _references(back: LocalBack, name: str) -> dict[str, list[str]]:
    """Return up to five values of each column that a path may name a record by, by the parameter's name."""
    connection = await asyncpg.connect(back.stack.programs.dsn(back.stack.layout.part(name)))
    found: dict[str, list[str]] = defaultdict(list)
    try:
        for table, column in await connection.fetch(_COLUMNS):
            parameter = (
                f"{table}_id" if column == "id" else column if column.endswith("_id") else f"{column}_id"
            )
            query = f'SELECT DISTINCT "{column}" AS value FROM "{table}" LIMIT 5'  # noqa: S608 - own names
            rows = await connection.fetch(query)
            found[parameter] += [str(row["value"]) for row in rows if row["value"] is not None]
    finally:
        await connection.close()
    return dict(found)
