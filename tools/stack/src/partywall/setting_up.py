"""Sets up a new stack in this process, which loads the services' code once: migrations, border, staff."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from pydantic import SecretStr

from chassis.commands.upkeep import set_up_border
from chassis.db import migrate
from partywall.accounts import SignIn
from partywall.layout import GATEWAY, Part
from partywall.programs import Programs
from partywall.runtimes import definition_of, runtime_of, settings_of

Report = Callable[[str, float], None]
"""Called after each step with its description and the seconds it took."""


async def migrate_database(programs: Programs, report: Report, part: Part) -> None:
    """Upgrade the database of the part's service to its newest migration, as its own role."""
    began = time.monotonic()
    await migrate.upgrade(programs.dsn(part), definition_of(part).migrations)
    report(f"the database of {part.name} is migrated", time.monotonic() - began)


async def establish_border(programs: Programs, report: Report, part: Part) -> None:
    """Set up the streams of the part's service and the consumers it grants, as the admin of its account."""
    began = time.monotonic()
    await set_up_border(definition_of(part), settings_of(programs, part))
    report(f"streams and consumers of {part.name} are set up", time.monotonic() - began)


async def add_staff(programs: Programs, report: Report, party: str, accounts: Sequence[SignIn]) -> None:
    """Add `accounts` to the gateway of a party, as its own command line does."""
    from gateway.command_line import Person, seed  # noqa: PLC0415 - tools load a service only to set it up

    began = time.monotonic()
    people = [
        Person(
            email=who.email,
            name=who.name,
            roles=list(who.roles),
            password=SecretStr(who.password),
            works_for_no_other=True,  # none of the demonstration accounts is a real person
        )
        for who in accounts
    ]
    gateway = programs.layout.part(f"{party}/{GATEWAY}")
    async with runtime_of(programs, gateway, "local-stack") as (runtime, _):
        await seed(runtime, people)
    report(f"demo staff of {party} can sign in", time.monotonic() - began)
