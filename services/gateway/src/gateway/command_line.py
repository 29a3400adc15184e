"""The operator's commands: add the first administrator, demonstration staff and programs; rotate keys."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy import select

from chassis.actor import Actor
from chassis.errors import DomainError
from chassis.perform import perform
from chassis.runtime import Runtime
from chassis.settings import SettingsIncomplete, read
from deskkit.i18n import N_
from gateway.clients.commands import PutClient, put_client
from gateway.clients.model import digest
from gateway.keys.commands import RotateKeys, rotate_keys
from gateway.sessions.model import new_secret
from gateway.settings import GatewaySettings
from gateway.staff.commands import (
    AddStaff,
    Locale,
    SetPassword,
    SignInAddress,
    add_staff,
    reset_password,
)
from gateway.staff.model import StaffMember
from gateway.staff.passwords import check_new, hash_password, make_password
from gateway.wiring import build_runtime

OPERATOR = N_("operator")
"""Name of the person who confirmed those whom a command added, as the staff pages show it."""
COMMANDS = ("invite", "seed", "client", "rotate-keys")


class Person(BaseModel):
    """One line of `seed`: a person with a given password."""

    email: SignInAddress
    name: str
    roles: list[str]
    password: SecretStr
    locale: Locale = "en"
    works_for_no_other: bool = False


def main(arguments: Sequence[str]) -> int:
    """Run one command; secrets come from standard input and are never arguments."""
    parser = argparse.ArgumentParser(prog="gateway")
    commands = parser.add_subparsers(dest="command", required=True)
    invite = commands.add_parser("invite", help="add a person; prints a first password, which works once")
    invite.add_argument("--email", required=True)
    invite.add_argument("--name", required=True)
    invite.add_argument("--role", action="append", required=True)
    invite.add_argument("--locale", default="en", choices=["en", "fr"])
    invite.add_argument(
        "--works-for-no-other",
        action="store_true",
        help="confirm that the person works for no organisation on the other side; required",
    )
    commands.add_parser(
        "seed",
        help="add people from JSON lines: email, name, roles, password, locale, works_for_no_other",
    )
    client = commands.add_parser("client", help="add a program or replace its secret; prints the secret")
    client.add_argument("--id", required=True)
    client.add_argument("--name", required=True)
    client.add_argument("--role", action="append", default=[])
    client.add_argument("--secret-from-stdin", action="store_true")
    rotate = commands.add_parser(
        "rotate-keys", help="publish a new signing key, which soon replaces the present one"
    )
    rotate.add_argument(
        "--at-once", action="store_true", help="replace it now, because others may know the present key"
    )
    chosen = parser.parse_args(arguments)
    try:
        settings = read(GatewaySettings)
    except SettingsIncomplete as incomplete:
        sys.stderr.writelines(f"gateway: {line}\n" for line in incomplete.problems)
        return 2
    return asyncio.run(_run(chosen, settings))


async def _run(chosen: argparse.Namespace, settings: GatewaySettings) -> int:
    runtime = build_runtime(settings)
    try:
        match chosen.command:
            case "invite":
                person = (chosen.email, chosen.name, chosen.role, chosen.locale)
                print_line(await invite(runtime, *person, works_for_no_other=chosen.works_for_no_other))
            case "seed":
                people = [Person.model_validate_json(line) for line in sys.stdin if line.strip()]
                print_line(f"{await seed(runtime, people)} of {len(people)} people added")
            case "client":
                secret = sys.stdin.readline().strip() if chosen.secret_from_stdin else new_secret()
                command = PutClient(
                    id=chosen.id, name=chosen.name, roles=chosen.role, secret_digest=digest(secret)
                )
                await perform(runtime, _operator(runtime), put_client, command)
                print_line(
                    json.dumps(
                        {"client_id": chosen.id} | ({} if chosen.secret_from_stdin else {"secret": secret})
                    )
                )
            case "rotate-keys":
                made = await perform(
                    runtime, _operator(runtime), rotate_keys, RotateKeys(at_once=chosen.at_once)
                )
                print_line(f"new key {made.kid}")
    except (DomainError, ValidationError) as refused:
        sys.stderr.write(f"gateway: {refused}\n")
        return 1
    finally:
        await runtime.close()
    return 0


async def invite(
    runtime: Runtime,
    email: str,
    name: str,
    roles: list[str],
    locale: str = "en",
    *,
    works_for_no_other: bool = False,
) -> str:
    """Add a person and return their first password."""
    password = make_password()
    command = AddStaff.model_validate(
        {
            "email": email,
            "name": name,
            "roles": roles,
            "locale": locale,
            "works_for_no_other": works_for_no_other,
            "password_hash": await hash_password(password),
        }
    )
    await perform(runtime, _operator(runtime), add_staff, command)
    return password


async def seed(runtime: Runtime, people: Sequence[Person]) -> int:
    """Add people with the given passwords; for those who exist, only the password is changed.

    Returns the number of people added.
    """
    added = 0
    for person in people:
        password = person.password.get_secret_value()
        check_new(password, person.email)
        hashed = await hash_password(password)
        async with runtime.reading(_operator(runtime)) as tx:
            known = await tx.scalar(select(StaffMember.id).where(StaffMember.email == person.email))
        if known is None:
            command = AddStaff(
                **person.model_dump(exclude={"password"}), password_hash=hashed, password_temporary=False
            )
            await perform(runtime, _operator(runtime), add_staff, command)
            added += 1
        else:
            again = SetPassword(staff_id=known, password_hash=hashed, temporary=False)
            await perform(runtime, _operator(runtime), reset_password, again)
    return added


def print_line(text: str) -> None:
    """Print one line for the operator."""
    sys.stdout.write(f"{text}\n")


def _operator(runtime: Runtime) -> Actor:
    return Actor.system(OPERATOR, runtime.entity)
