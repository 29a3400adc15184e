"""What a new stack is given at its first start: demo staff with random passwords, and real homes."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from partywall.accounts import SignIn
from partywall.layout import ENTITIES, project_root
from partywall.memory import read_json, write_json
from partywall.setting_up import add_staff
from partywall.stack import Stack
from partywall.staff_api import StaffApi

REGISTER = Path("../shared/data/toronto-rentsafe/registrations.csv")
"""The City of Toronto's register of apartment buildings, looked for beside the project."""
BUILDINGS_LOADED = 80
"""Rows of the register that a first start reads; the Inventory Desk reads all of it."""

IMPORT_SECONDS = 300.0
"""The worker has so long to write the homes."""


_STAFF = {
    "property": (
        ("manager", "Demo Property Manager", ("property_manager",)),
        ("keeper", "Demo Inventory Keeper", ("inventory_keeper",)),
        ("administrator", "Demo Property Administrator", ("property_administrator",)),
        # A clause is written by one person and approved by two others.
        ("approver", "Demo Approver", ("property_administrator",)),
        ("second.approver", "Demo Second Approver", ("property_administrator",)),
    ),
    "support": (
        ("caseworker", "Demo Caseworker", ("caseworker",)),
        ("supervisor", "Demo Supervisor", ("supervisor",)),
        ("administrator", "Demo Support Administrator", ("support_administrator",)),
    ),
}


def demo_staff(passwords: Mapping[str, str] | None = None) -> list[SignIn]:
    """Return the demo accounts with the given passwords, by e-mail, and random ones for the others."""
    known = passwords or {}
    return [
        SignIn(
            entity,
            f"{mailbox}@{entity}.example",
            name,
            roles,
            known.get(f"{mailbox}@{entity}.example") or secrets.token_urlsafe(12),
        )
        for entity in ENTITIES
        for mailbox, name, roles in _STAFF[entity]
    ]


def sign_ins(stack: Stack) -> list[SignIn]:
    """Return the demo accounts of `stack`; their passwords are made at random at the first call."""
    known = read_json(stack.sign_ins)
    found = demo_staff(known)
    passwords = {account.email: account.password for account in found}
    if passwords != known:
        write_json(stack.sign_ins, passwords, private=True)
    return found


def sign_in(stack: Stack, entity: str, role: str) -> SignIn:
    """Return the demo account of `entity` that holds `role`; raise `LookupError` when there is none."""
    for account in sign_ins(stack):
        if account.entity == entity and role in account.roles:
            return account
    raise LookupError(f"no demo account of {entity} holds {role}")


def seed(stack: Stack, *, load_homes: bool = True) -> None:
    """Give a new stack its staff and homes; what was given once is not given again."""
    for entity in ENTITIES:
        if not stack.set_up.is_done(f"staff {entity}", "1"):
            accounts = [account for account in sign_ins(stack) if account.entity == entity]
            asyncio.run(add_staff(stack.programs, stack.report, entity, accounts))
            stack.set_up.mark(f"staff {entity}", "1")
    if load_homes and not stack.set_up.is_done("homes", "1"):
        began = time.monotonic()
        file = register_file()
        count = asyncio.run(load_register(stack, file, BUILDINGS_LOADED))
        stack.set_up.mark("homes", "1")
        stack.report(f"{count} homes of {file.name} are published", time.monotonic() - began)


def register_file() -> Path:
    """Return the register to load: the city's when it lies beside the project, else our own small one."""
    beside = (project_root() / REGISTER).resolve()
    return beside if beside.exists() else Path(__file__).parent / "registers" / "registrations.csv"


async def load_register(stack: Stack, file: Path, rows: int | None) -> int:
    """Import `rows` buildings as the inventory keeper, through the API; return the homes that are new.

    Dirty rows don't hinder the others: the Inventory Desk lists them by line and column.
    """
    account = sign_in(stack, "property", "inventory_keeper")
    async with StaffApi(stack.layout.door("property"), account.email, account.password) as keeper:
        return await import_register(keeper, file, rows)


async def import_register(keeper: StaffApi, file: Path, rows: int | None) -> int:
    """Import `rows` buildings of a register as `keeper`; return the homes that are new once the worker has
    written them."""
    fields = {"mapping": "toronto-rentsafe", "at_once": "true", **({"row_limit": str(rows)} if rows else {})}
    found = await keeper.upload("/api/units/v1/imports", file, fields)
    until = time.monotonic() + IMPORT_SECONDS
    while found["state"] != "done":
        if found["state"] == "failed" or time.monotonic() > until:
            raise RuntimeError(f"the import of {file.name} is {found['state']}: {found['failure']}")
        await asyncio.sleep(0.5)
        found = await keeper.get(f"/api/units/v1/imports/{found['id']}")
    return int(found["new"])


def show_sign_ins(stack: Stack, console: Console) -> None:
    """Print the demo accounts with their passwords."""
    console.print(f"Demo sign-ins, made at random for this folder and kept in {stack.sign_ins}:")
    for entity in ENTITIES:
        console.print(f"  [bold]{stack.layout.public_url(entity)}[/bold]")
        for account in sign_ins(stack):
            if account.entity == entity:
                console.print(f"    {account.email:32} {account.password:18} {account.name}", highlight=False)
