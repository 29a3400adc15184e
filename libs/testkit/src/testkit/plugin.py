"""The pytest plugin: fixtures that every package of the project may ask for by name."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import pytest_asyncio

from testkit import waiting

if TYPE_CHECKING:
    # Every pytest run loads this plugin, also one of unit tests alone: fixtures import what costs time.
    from fastapi import FastAPI

    from chassis.clock import FixedClock
    from partywall.layout import Door
    from testkit.border import BorderNats
    from testkit.broker import PlainNats
    from testkit.databases import FreshDatabase, PostgresForTests
    from testkit.pages import PageClient
    from testkit.tokens import KeySetServer, SigningKey


def pytest_configure(config: pytest.Config) -> None:
    """Give property tests no time limit, and run the same examples at every run in CI."""
    from hypothesis import settings

    settings.register_profile(
        "partywall", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI"))
    )
    settings.load_profile("partywall")


_WHOLE_STACKS = ("tests/integration", "tests/browser", "tests/deploy", "tools/stack/tests")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run each file in one process, and all tests that start whole stacks in one."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFileAndStack(LoadScopeScheduling):  # type: ignore[misc] # its types are not published
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "whole stacks" if path.startswith(_WHOLE_STACKS) else path

    return ByFileAndStack(config, log)


class DatabaseFactory(Protocol):
    """What the fixture `fresh_database` gives: call it for a database of its own."""

    async def __call__(
        self, service: str | None = None, *, migrations: Path | str | None = None
    ) -> FreshDatabase:
        """Return a new database for `service` (units, support, tenancy, gateway) or other `migrations`."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresForTests]:
    """A PostgreSQL server of the session, without waiting for disks."""
    from testkit.databases import PostgresForTests

    # Not under pytest's own folder: every session that begins closes it to other users, and PostgreSQL, which
    # runs as one, then shuts down in the middle of the tests that use it.
    folder = Path(tempfile.mkdtemp(prefix="testkit-"))
    server = PostgresForTests.start(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def fresh_database(postgres_server: PostgresForTests) -> AsyncIterator[DatabaseFactory]:
    """Make databases, each with its service's role and migrated; all are dropped after the test."""
    made: list[FreshDatabase] = []

    async def make(service: str | None = None, *, migrations: Path | str | None = None) -> FreshDatabase:
        database = await postgres_server.fresh(service, migrations)
        made.append(database)
        return database

    yield make
    for database in made:
        await postgres_server.drop(database)


@pytest.fixture(scope="session")
def plain_nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainNats]:
    """A bare NATS server with JetStream, for tests that know nothing of the trade's border."""
    from testkit.broker import PlainNats

    server = PlainNats.start(tmp_path_factory.mktemp("nats"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BorderNats]:
    """A NATS server with the border's accounts and grants; use `border` to have its streams empty."""
    from testkit.border import BorderNats
    from testkit.parties import neighbourhood

    server = BorderNats.start(tmp_path_factory.mktemp("border"), neighbourhood("pair"))
    yield server
    server.stop()


@pytest_asyncio.fixture
async def border(nats_server: BorderNats) -> BorderNats:
    """The border with empty streams and fresh consumers: publish as a service, read what was published."""
    await nats_server.start_over()
    return nats_server


@pytest.fixture(scope="session")
def key_sets() -> Iterator[KeySetServer]:
    """The issuers of all entities: keys, key sets over HTTP, tokens."""
    from testkit.tokens import KeySetServer

    with KeySetServer() as server:
        yield server


@pytest.fixture(scope="session")
def signing_key(key_sets: KeySetServer) -> Callable[[str], SigningKey]:
    """Return the signing key of an entity: `signing_key("support").token(roles=["caseworker"])`."""
    return key_sets.key


@pytest.fixture(scope="session")
def token_for(key_sets: KeySetServer) -> Callable[..., str]:
    """Return an access token: `token_for(entity="support", roles=["caseworker"], audience="support")`."""

    def token(*, entity: str, roles: Iterable[str] = (), **more: Any) -> str:
        return key_sets.key(entity).token(roles=roles, **more)

    return token


@pytest_asyncio.fixture
async def page_client() -> AsyncIterator[Callable[..., PageClient]]:
    """Make a browser without a screen: `page_client(app)`, or `page_client(door, …)` of a running stack."""
    from partywall.layout import Door
    from testkit.pages import PageClient

    async with AsyncExitStack() as opened:

        def make(first: FastAPI | Door, *doors: Door, host: str = "desk.localhost") -> PageClient:
            if isinstance(first, Door):
                made = PageClient.of_doors(first, *doors)
            else:
                made = PageClient.of_app(first, host)
            opened.push_async_exit(made)
            return made

        yield make


@pytest.fixture
def fixed_clock() -> FixedClock:
    """A `FixedClock` at 2026-03-02 15:00 UTC, a Monday morning in Toronto; `.advance(…)` moves it."""
    from chassis.clock import FixedClock

    return FixedClock(dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC))


@pytest.fixture(scope="session")
def eventually() -> Any:
    """`await eventually(check, timeout=30)`: wait until `check` no longer fails."""
    return waiting.eventually
