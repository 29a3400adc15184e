"""What a stack stores between commands: its port base, its secrets, and what was already set up."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.enrolment import PlannedParty
from partywall.layout import DEFAULT_PORT_BASE, Layout, port_base


class StateUnusable(RuntimeError):
    """The state folder can't be used as it is; the message says why and what to do."""


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in `path`, empty when there is none; raise `StateUnusable` when it is broken."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (NotADirectoryError, PermissionError) as error:
        raise StateUnusable(
            f"{path} can't be read ({error.strerror}). "
            "Remove its folder as the user who owns it, or set PARTYWALL_STATE to a folder of your own."
        ) from error
    except ValueError as error:
        raise StateUnusable(
            f"{path} can't be read ({error}). Remove {path.parent} to start again."
        ) from error
    if not isinstance(content, dict):
        raise StateUnusable(f"{path} can't be read. Remove {path.parent} to start again.")
    return content


def write_json(path: Path, content: Mapping[str, Any], *, private: bool = False) -> None:
    """Replace `path` atomically, so that a crash leaves the old or the new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def layout_of(
    state: Path, parties: tuple[PlannedParty, ...], environment: Mapping[str, str] | None = None
) -> Layout:
    """Return the layout of the stack in `state`: with `PARTYWALL_PORT_BASE`, the last base, or 8400."""
    chosen = (os.environ if environment is None else environment).get("PARTYWALL_PORT_BASE")
    known = read_json(state / "stack.json")
    base = port_base(chosen) if chosen else int(known.get("port_base", DEFAULT_PORT_BASE))
    return Layout(state, base, parties, known.get("ports", {}))


def remember_layout(layout: Layout) -> None:
    """Store the ports, so that later commands find the stack."""
    ports = {part.name: part.offset for part in layout.parts if part.party is not None}
    write_json(layout.state / "stack.json", {"port_base": layout.base, "ports": ports})


def require_this_version(state: Path) -> None:
    """Refuse the folder of a stack from before there was a register of parties. Raises StateUnusable."""
    known = read_json(state / "stack.json")
    if known and "ports" not in known:
        raise StateUnusable(
            f"{state} was made before parties had a register, and this version can't use it. "
            f"To start without what is in it: partywall down && rm -r {state} && make up"
        )


@dataclass(slots=True)
class Vault:
    """Secrets of one state folder, each generated when it is first used; the file has mode 0600.

    Several commands may use it at the same time: a secret is generated once for all of them.
    """

    path: Path
    _known: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, state: Path) -> Vault:
        """Open the vault of `state`; nothing is written before a secret is used."""
        path = state / "secrets.json"
        return cls(path, read_json(path))

    def secret(self, name: str) -> str:
        """Return the secret `name`: 43 characters that are safe in an address."""
        with self._lock:
            if name not in self._known:
                self._generate(name)
            return str(self._known[name])

    def _generate(self, name: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(".secrets.lock").open("a") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            # Another command may have generated it since this one read the file.
            self._known = read_json(self.path)
            if name not in self._known:
                self._known[name] = secrets.token_urlsafe(32)
                write_json(self.path, self._known, private=True)


_marking = threading.Lock()


@dataclass(slots=True)
class Done:
    """Set-up work that need not be repeated while its input is unchanged."""

    path: Path

    def is_done(self, what: str, fingerprint: str) -> bool:
        """Return whether `what` was done with exactly this input."""
        return bool(read_json(self.path).get(what) == fingerprint)

    def mark(self, what: str, fingerprint: str) -> None:
        """Record that `what` was done with this input."""
        with _marking:
            write_json(self.path, {**read_json(self.path), what: fingerprint})

    def forget(self, *whats: str) -> None:
        """Delete the record that these were done."""
        with _marking:
            remaining = {key: value for key, value in read_json(self.path).items() if key not in whats}
            write_json(self.path, remaining)
