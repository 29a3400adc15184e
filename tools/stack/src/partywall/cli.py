"""`partywall`: the local stack and operators' tools, on the command line."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import sys
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg
import httpx
import nats.errors
import structlog
from rich.console import Console

from chassis.errors import DomainError
from partywall import demo, doctor, seeding, status, watching
from partywall.journey import StillWaiting
from partywall.layout import BY_NAME, SERVICES, BadPortBase, state_folder
from partywall.memory import StateUnusable
from partywall.postgres import PostgresFailed
from partywall.stack import Busy, PartFailed, PortTaken, Stack
from partywall.staff_api import ApiRefused
from partywall.system_user import NoSystemUser

EXPECTED = (
    BadPortBase,
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 all is well, 1 something to do, 2 wrong usage."""
    # These commands report to people; the log lines of services would be in the way.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chosen = _parser().parse_args(arguments)
    command: Callable[[Stack, argparse.Namespace], int] = chosen.command
    try:
        stack = Stack.open(state_folder(), report=_progress)
        return command(stack, chosen)
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
    add("down", _down, "stop everything; all state remains")
    add("status", _status, "show every process and queue")
    add("doctor", _doctor, "check the installation; one line for each check, with what to do")
    add("demo", _demo, "go through the main journey, using the public API")
    tail = add("tail", _tail, "print events as they are published and acted on")
    tail.add_argument("--minutes", type=float, default=0.0, help="start so many minutes ago")
    tail.add_argument("--once", action="store_true", help="print the present events and stop")
    parked = add("parked", _parked, "list events that couldn't be acted on")
    parked.add_argument("service", nargs="*", choices=[*SERVICES, []], help="only those of these services")
    replay = add("replay", _replay, "have parked events tried again")
    replay.add_argument("service", choices=SERVICES)
    replay.add_argument("event", nargs="*", type=UUID)
    replay.add_argument("--all", action="store_true", help="all parked events")
    replay.add_argument("--drop", action="store_true", help="give them up for good instead")
    add("heal", _heal, "repair streams and databases after a lost broker or a restored database")
    return parser


def _progress(step: str, seconds: float) -> None:
    console.print(f"  [green]✓[/green] {step} [dim]{seconds:.1f} s[/dim]", highlight=False)


def _up(stack: Stack, chosen: argparse.Namespace) -> int:
    began = time.monotonic()
    missing = stack.missing() if stack.layout.run.exists() else list(BY_NAME.values())
    if missing and len(missing) < len(BY_NAME):
        names = ", ".join(name for name, part in BY_NAME.items() if part not in missing)
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
    return asyncio.run(demo.perform_journey(stack, console))


def _tail(stack: Stack, chosen: argparse.Namespace) -> int:
    asyncio.run(watching.tail(stack, console, minutes=chosen.minutes, forever=not chosen.once))
    return 0


def _heal(stack: Stack, chosen: argparse.Namespace) -> int:
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    return 0 if asyncio.run(operating.heal(stack, console)) else 1


def _parked(stack: Stack, chosen: argparse.Namespace) -> int:
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    asyncio.run(operating.show_parked(stack, console, tuple(chosen.service) or SERVICES))
    return 0


def _replay(stack: Stack, chosen: argparse.Namespace) -> int:
    if bool(chosen.event) == chosen.all:
        console.print("Name the events (partywall parked lists them), or use --all.")
        return 2
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    count = asyncio.run(operating.decide(stack, chosen.service, chosen.event, drop=chosen.drop))
    console.print(f"{count} {'dropped' if chosen.drop else 'will be tried again'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
