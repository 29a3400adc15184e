"""`partywall`: the local stack and operators' tools, on the command line."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import nats.errors
import structlog
from rich.console import Console

from chassis.errors import DomainError
from contracts.enrolment import Plan
from contracts.parties import RegisterRefused
from partywall import demo, doctor, membership, seeding, status, watching
from partywall.journey import StillWaiting
from partywall.layout import BadPortBase, NoSuchPart, state_folder
from partywall.memory import StateUnusable, require_this_version
from partywall.parties import BadParties, plan_in
from partywall.postgres import PostgresFailed
from partywall.stack import Busy, PartFailed, PortTaken, Stack
from partywall.staff_api import ApiRefused
from partywall.system_user import NoSystemUser

EXPECTED = (
    BadPortBase,
    BadParties,
    NoSuchPart,
    RegisterRefused,
    StateUnusable,
    PortTaken,
    PartFailed,
    Busy,
    PostgresFailed,
    NoSystemUser,
    DomainError,
    ApiRefused,
    StillWaiting,
)
"""Failures that aren't bugs of this program: reported as a message, without a traceback."""

console = Console(soft_wrap=True)
_AS_SEAT = "such as maple-homes/tenancy; the party may be left out where only one runs the service"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 all is well, 1 something to do, 2 wrong usage."""
    # These commands report to people; the log lines of services would be in the way.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chosen = _parser().parse_args(arguments)
    command: Callable[[Stack, argparse.Namespace], int] = chosen.command
    try:
        state = state_folder()
        if command is not _down:
            require_this_version(state)
        return command(Stack.open(state, report=_progress, plan=_first_plan(chosen)), chosen)
    except EXPECTED as error:
        console.print(f"[bold red]{type(error).__name__}[/bold red]", end=" ")
        console.print(str(error), markup=False, highlight=False)
    except (ConnectionError, asyncpg.CannotConnectNowError, nats.errors.Error, httpx.TransportError) as error:
        console.print(
            f"[bold red]The stack doesn't answer[/bold red] ({error}). Is it running? partywall status"
        )
    except KeyboardInterrupt:
        console.print("Interrupted. Running processes keep running: partywall status")
        return 130
    except Exception as error:
        if _caused_by(error, lambda cause: isinstance(cause, asyncpg.UndefinedTableError)):
            console.print("[bold red]This stack isn't set up yet:[/bold red] make up")
        elif _caused_by(error, _is_full_disk):
            console.print(
                "[bold red]The disk is full.[/bold red] Make room and run the command again; nothing is lost."
            )
        else:
            raise
    return 1


def _is_full_disk(error: BaseException) -> bool:
    """Return whether a disk was full, here or at a database."""
    here = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return here or isinstance(error, asyncpg.DiskFullError)


def _caused_by(error: BaseException | None, condition: Callable[[BaseException], bool]) -> bool:
    """Return whether a condition is true of a failure or of one that led to it."""
    while error is not None and not condition(error):
        error = error.__cause__ or error.__context__
    return error is not None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="partywall", description="The local stack, and tools for operators."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[Stack, argparse.Namespace], int], words: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(command=command)
        return added

    up = add("up", _up, "start what isn't running; the first start also sets everything up and loads homes")
    up.add_argument(
        "--no-import", action="store_true", help="don't load the building register at the first start"
    )
    up.add_argument(
        "--parties", type=Path, metavar="FILE", help="who takes part, at the first start (deploy/parties)"
    )
    add("down", _down, "stop everything; all state remains")
    add("status", _status, "show every process and queue")
    add("doctor", _doctor, "check the installation; one line for each check, with what to do")
    journey = add("demo", _demo, "go through the main journey, using the public API")
    journey.add_argument("--support", metavar="ID", help="the support organisation, if not the first")
    journey.add_argument("--property", metavar="ID", help="the property entity, if not the first")
    tail = add("tail", _tail, "print events as they are published and acted on")
    tail.add_argument("--minutes", type=float, default=0.0, help="start so many minutes ago")
    tail.add_argument("--once", action="store_true", help="print the present events and stop")
    parked = add("parked", _parked, "list events that couldn't be acted on")
    parked.add_argument("seat", nargs="*", help=f"only those at these seats, {_AS_SEAT}")
    replay = add("replay", _replay, "have parked events tried again")
    replay.add_argument("seat", help=f"where they are parked, {_AS_SEAT}")
    replay.add_argument("event", nargs="*", type=UUID)
    replay.add_argument("--all", action="store_true", help="all parked events")
    replay.add_argument("--drop", action="store_true", help="give them up for good instead")
    add("heal", _heal, "repair streams and databases after a lost broker or a restored database")
    party = commands.add_parser("party", help="add, suspend and remove parties while others go on working")
    _party_commands(party.add_subparsers(required=True, metavar="COMMAND"))
    return parser


def _party_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands about who takes part."""
    words = "let the parties of a file join: register, broker, databases, processes, sign-ins"
    joining = commands.add_parser("add", help=words, description=words)
    joining.add_argument("file", type=Path, help="a plan, such as deploy/parties/two-of-each.json")
    joining.add_argument("--no-import", action="store_true", help="don't load homes into new inventories")
    joining.set_defaults(command=_join)
    for name, command, words in (
        ("remove", _leave, "let a party leave, with an export of all it owns here"),
        ("suspend", _suspend, "let a party take no part for now; what is for it waits"),
        ("resume", _resume, "let a suspended party take part again"),
    ):
        added = commands.add_parser(name, help=words, description=words)
        added.add_argument("party", metavar="ID")
        added.set_defaults(command=command)
        if name == "remove":
            goes = "where the export goes, a new or empty folder"
            added.add_argument("--export", type=Path, metavar="FOLDER", help=goes)


def _first_plan(chosen: argparse.Namespace) -> Plan | None:
    """Return the plan that `up` was given, or None."""
    file: Path | None = getattr(chosen, "parties", None)
    return None if file is None else plan_in(file)


def _progress(step: str, seconds: float) -> None:
    console.print(f"  [green]✓[/green] {step} [dim]{seconds:.1f} s[/dim]", highlight=False)


def _up(stack: Stack, chosen: argparse.Namespace) -> int:
    began = time.monotonic()
    planned = _first_plan(chosen)
    if planned is not None and sorted(planned.parties, key=lambda party: party.id) != [*stack.layout.parties]:
        raise BadParties(
            f"Other parties take part in {stack.layout.state} already. "
            f"To let more join: partywall party add {chosen.parties}. "
            "To try others beside them, set PARTYWALL_STATE and PARTYWALL_PORT_BASE."
        )
    parts = stack.layout.parts
    missing = stack.missing()
    if missing and len(missing) < len(parts):
        names = ", ".join(part.name for part in parts if part not in missing)
        console.print(f"Already running: {names}. Starting the rest.")
    with console.status("Starting …"):
        started = stack.up()
        # Also when everything was running: what a failed first start didn't add is added by the next.
        seeding.seed(stack, load_homes=not chosen.no_import)
    if started:
        console.print(f"Ready in {time.monotonic() - began:.1f} s.")
    else:
        console.print("Everything is running already (details: partywall status).")
    seeding.show_sign_ins(stack, console)
    return 0


def _down(stack: Stack, chosen: argparse.Namespace) -> int:
    stopped = stack.down()
    console.print("Stopped. The state remains for the next start." if stopped else "Nothing was running.")
    return 0


def _status(stack: Stack, chosen: argparse.Namespace) -> int:
    return 0 if status.show(stack, console) else 1


def _doctor(stack: Stack, chosen: argparse.Namespace) -> int:
    return 0 if doctor.show(stack, console) else 1


def _demo(stack: Stack, chosen: argparse.Namespace) -> int:
    parties = demo.between(stack, chosen.support, chosen.property)
    return asyncio.run(demo.perform_journey(stack, console, parties))


def _tail(stack: Stack, chosen: argparse.Namespace) -> int:
    asyncio.run(watching.tail(stack, console, minutes=chosen.minutes, forever=not chosen.once))
    return 0


def _heal(stack: Stack, chosen: argparse.Namespace) -> int:
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    return 0 if asyncio.run(operating.heal(stack, console)) else 1


def _parked(stack: Stack, chosen: argparse.Namespace) -> int:
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    asyncio.run(operating.show_parked(stack, console, [stack.layout.seat(name) for name in chosen.seat]))
    return 0


def _replay(stack: Stack, chosen: argparse.Namespace) -> int:
    if bool(chosen.event) == chosen.all:
        console.print("Name the events (partywall parked lists them), or use --all.")
        return 2
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    seat = stack.layout.seat(chosen.seat)
    count = asyncio.run(operating.decide(stack, seat, chosen.event, drop=chosen.drop))
    console.print(f"{count} {'dropped' if chosen.drop else 'will be tried again'}.")
    return 0


def _join(stack: Stack, chosen: argparse.Namespace) -> int:
    began = time.monotonic()
    joined = membership.join(stack, plan_in(chosen.file))
    if stack.anything_runs():
        seeding.seed(stack, load_homes=not chosen.no_import)
    elif joined:
        console.print(f"Enrolled: {', '.join(joined)}. They start with the next make up.")
        return 0
    if not joined:
        console.print("They take part already.")
        return 0
    took = time.monotonic() - began
    console.print(f"{', '.join(joined)} joined in {took:.1f} s; nobody else was restarted.")
    seeding.show_sign_ins(stack, console)
    return 0


def _leave(stack: Stack, chosen: argparse.Namespace) -> int:
    day = time.strftime("%Y-%m-%d")
    folder = chosen.export or stack.layout.state / "left" / f"{chosen.party}-{day}"
    left = membership.leave(stack, chosen.party, folder)
    for lag in left.undelivered:
        lacks = f"{lag.waiting + lag.unacknowledged} events of {lag.publisher}"
        console.print(f"[yellow]{lag.listener} hadn't received {lacks}[/yellow]")
    if left.unsent:
        console.print(f"[yellow]{left.unsent} events weren't sent; they are in the export[/yellow]")
    console.print(f"{chosen.party} left. All it owned here is in {left.files[-1].parent}:", highlight=False)
    for file in left.files:
        console.print(f"  {file.name}", highlight=False)
    return 0


def _suspend(stack: Stack, chosen: argparse.Namespace) -> int:
    changed = membership.suspend(stack, chosen.party, suspended=True)
    console.print(f"{chosen.party} is suspended{'' if changed else ' already'}; what is for it waits.")
    return 0


def _resume(stack: Stack, chosen: argparse.Namespace) -> int:
    changed = membership.suspend(stack, chosen.party, suspended=False)
    console.print(f"{chosen.party} takes part{' again' if changed else ' already'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
