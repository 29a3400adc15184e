"""`partywall`: the local stack and the operator's hand tools, for people at a terminal."""

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
"""What can go wrong without a fault in this program: told in words, without a traceback."""

console = Console(soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 well, 1 something to mend, 2 a wrong command line."""
    # These commands report to people; what services log on a short visit to the broker would be in the way.
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
        console.print(f"[bold red]The stack doesn't answer[/bold red] ({error}). Is it up? partywall status")
    except KeyboardInterrupt:
        console.print("Interrupted. What runs goes on running: partywall status")
        return 130
    except Exception as error:
        if _behind(error, lambda cause: isinstance(cause, asyncpg.UndefinedTableError)):
            console.print("[bold red]This stack isn't set up yet:[/bold red] make up")
        elif _behind(error, _is_full_disk):
            console.print(
                "[bold red]The disk is full.[/bold red] Make room and run the command again; nothing is lost."
            )
        else:
            raise
    return 1


def _is_full_disk(error: BaseException) -> bool:
    """Say whether a disk was full, met here or by a database."""
    here = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return here or isinstance(error, asyncpg.DiskFullError)


def _behind(error: BaseException | None, asked: Callable[[BaseException], bool]) -> bool:
    """Say whether it holds for a failure or for one that led to it."""
    while error is not None and not asked(error):
        error = error.__cause__ or error.__context__
    return error is not None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="partywall", description="The local stack, and hand tools for operators."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[Stack, argparse.Namespace], int], words: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(command=command)
        return added

    up = add("up", _up, "start what doesn't run; set up and load homes at the first start")
    up.add_argument(
        "--no-import", action="store_true", help="don't load the building register at the first start"
    )
    add("down", _down, "stop everything; all state stays")
    add("status", _status, "show every process and queue")
    add("doctor", _doctor, "check the installation, one line for each thing, with its mend")
    add("demo", _demo, "perform the main journey through the public API")
    tail = add("tail", _tail, "print events as they cross")
    tail.add_argument("--minutes", type=float, default=0.0, help="begin that long ago")
    tail.add_argument("--once", action="store_true", help="print what there is and stop")
    parked = add("parked", _parked, "list events that could not be acted on")
    parked.add_argument("service", nargs="*", choices=[*SERVICES, []], help="only of these services")
    replay = add("replay", _replay, "have parked events tried again")
    replay.add_argument("service", choices=SERVICES)
    replay.add_argument("event", nargs="*", type=UUID)
    replay.add_argument("--all", action="store_true", help="all that are parked")
    replay.add_argument("--drop", action="store_true", help="give them up for good instead")
    add("heal", _heal, "after a lost broker or a restored database: let both continue each other")
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
        # Also when everything ran: what a first start could not give is given by the next.
        seeding.seed(stack, load_homes=not chosen.no_import)
    if started:
        console.print(f"Ready in {time.monotonic() - began:.1f} s.")
    else:
        console.print("Everything runs already (partywall status shows how it does).")
    seeding.show_sign_ins(stack, console)
    return 0


def _down(stack: Stack, chosen: argparse.Namespace) -> int:
    stopped = stack.down()
    console.print("Stopped. The state stays for the next start." if stopped else "Nothing ran.")
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
        console.print("Name the events (partywall parked lists them), or say --all.")
        return 2
    from partywall import operating  # noqa: PLC0415 - only these commands load the services

    count = asyncio.run(operating.decide(stack, chosen.service, chosen.event, drop=chosen.drop))
    console.print(f"{count} {'dropped' if chosen.drop else 'will be tried again'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
