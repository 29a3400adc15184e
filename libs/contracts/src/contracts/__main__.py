"""`python -m contracts`: the contract's documents, the register of parties, the broker's configuration."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from contracts.border import Address, Certificates, Grants, Host, Seat, leaf_config, leaf_users, nats_config
from contracts.border.config import password_variable
from contracts.border.leaf import url_variable
from contracts.documents import generate, outdated, release, release_breaks
from contracts.enrolment import KeyFiles, began_everywhere, enrol, read_plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 1 when a check finds something, 2 for a wrong use."""
    options = _parser().parse_args(arguments)
    match options.command:
        case "generate":
            return _check() if options.check else _generate()
        case "release":
            return _release()
        case "sign-parties":
            return _sign(options)
        case "nats-users":
            _say("\n".join(_variables(options)))
        case _:
            _write(_config(options), options.output)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


_DEPLOY = Path(__file__).resolve().parents[4] / "deploy"
_BROKER = _DEPLOY / "nats" / "nats.conf"
"""The configuration that the containers' broker gets, where the project is checked out."""
_PAIR = _DEPLOY / "parties" / "pair.json"
"""The usual two parties."""


def _planned(path: Path) -> Grants:
    plan = read_plan(path)
    return Grants(plan.seats, plan.suspended)


def _brokers_config() -> str:
    listen = Address("0.0.0.0", 4222)  # noqa: S104 - inside a container
    return nats_config(_planned(_PAIR), listen=listen, monitor=Address("127.0.0.1", 8222), store_dir="/data")


def _broker_outdated() -> bool:
    return _BROKER.is_file() and _BROKER.read_text(encoding="utf-8") != _brokers_config()


def _generate() -> int:
    written = generate()
    if _broker_outdated():
        _BROKER.write_text(_brokers_config(), encoding="utf-8")
        written.append(str(_BROKER))
    for path in written:
        _say(f"written {path}")
    return 0


def _check() -> int:
    stale = [*outdated(), *([str(_BROKER)] if _broker_outdated() else [])]
    problems = [f"not up to date, run `python -m contracts generate`: {path}" for path in stale]
    problems += [f"breaks the last release: {broken}" for broken in release_breaks()]
    for problem in problems:
        _say(problem)
    return 1 if problems else 0


def _release() -> int:
    try:
        paths = release()
    except ValueError as error:
        _say(f"not released: {error}")
        return 1
    _say(f"released {len(paths)} events")
    return 0


def _sign(options: argparse.Namespace) -> int:
    """Write the register that a plan leads to, signed with the neighbourhood's keys."""
    keys, signers = KeyFiles(options.keys), options.signer or ["neighbourhood"]
    on = began_everywhere(dt.datetime.now(dt.UTC))
    try:
        register = enrol(read_plan(options.parties), options.register, keys, signers, on)
    except (ValueError, OSError) as error:
        _say(f"not signed: {error}")
        return 1
    verify = " ".join(map(keys.public, signers))
    _say(f"version {register.version}, with {len(register.parties)} parties; keys that verify it: {verify}")
    return 0


def _variables(options: argparse.Namespace) -> list[str]:
    """Return the environment variables nats-server needs for the configuration that the same options give."""
    grants = _planned(options.parties)
    if options.host is None:
        return [password_variable(user) for user in grants.users]
    own, others = _hosts(options)
    local = [password_variable(user) for seat in own.seats for user in (seat.admin, seat.account)]
    bound = {seat.account for seat in own.seats}
    return local + [
        url_variable(user) if user.split("_at_")[0] in bound else password_variable(user)
        for user in leaf_users(own, others, grants)
    ]


def _config(options: argparse.Namespace) -> str:
    certificates = None
    if options.tls:
        folder = options.tls.rstrip("/")
        certificates = Certificates(f"{folder}/tls.crt", f"{folder}/tls.key", f"{folder}/ca.crt")
    grants = _planned(options.parties)
    if options.host is None:
        return nats_config(
            grants,
            listen=options.listen,
            monitor=options.monitor,
            store_dir=options.store,
            certificates=certificates,
        )
    own, others = _hosts(options)
    return leaf_config(
        own,
        others,
        grants,
        listen=options.listen,
        monitor=options.monitor,
        leaf_listen=options.leaf_listen,
        store_dir=options.store,
        certificates=certificates,
    )


def _hosts(options: argparse.Namespace) -> tuple[Host, list[Host]]:
    """Return the server whose configuration it is, and the others; their URLs are in the environment."""
    known = {
        name: Host(name, tuple(Seat.named(seat) for seat in seats.split(",")), "", 0)
        for name, _, seats in (entry.partition("=") for entry in options.member)
    }
    own = known.pop(options.host, None)
    if own is None:
        raise SystemExit(f"--member must name {options.host}")
    return own, list(known.values())


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(host, int(port))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contracts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generated = commands.add_parser(
        "generate", help="write schemas, AsyncAPI, examples, deploy/nats/nats.conf"
    )
    generated.add_argument(
        "--check", action="store_true", help="only say what is out of date or breaks a release"
    )
    commands.add_parser("release", help="make today's schemas the released ones")
    sign = commands.add_parser("sign-parties", help="write and sign the register that a plan leads to")
    sign.add_argument("--parties", type=Path, default=_PAIR, help="the plan of who takes part")
    sign.add_argument("--register", type=Path, required=True, help="the register's file; made if missing")
    sign.add_argument("--keys", type=Path, required=True, help="folder of private keys; made if missing")
    sign.add_argument(
        "--signer",
        action="append",
        metavar="NAME",
        help="a key that signs, once for each; if none is named it is 'neighbourhood'",
    )
    for name, text in (
        ("nats-config", "print the nats-server configuration"),
        ("nats-users", "print the environment variables that configuration needs"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--listen", type=_address, default=Address("127.0.0.1", 4222))
        command.add_argument("--monitor", type=_address, default=Address("127.0.0.1", 8222))
        command.add_argument("--store", default="/data")
        command.add_argument("--parties", type=Path, default=_PAIR, help="the plan of who takes part")
        command.add_argument("--host", help="the server whose configuration it is, if there are several")
        command.add_argument(
            "--member",
            action="append",
            default=[],
            metavar="NAME=PARTY/SERVICE,…",
            help="a server and the seats that it is for, once for each",
        )
        command.add_argument("--leaf-listen", type=_address, default=Address("127.0.0.1", 7422))
        command.add_argument("--tls", metavar="FOLDER", help="folder with tls.crt, tls.key and ca.crt")
        command.add_argument("--output", type=Path, help="file to write instead of standard output")
    return parser


if __name__ == "__main__":
    sys.exit(main())
