"""Who owns what the stack starts: PostgreSQL refuses to run as root, so root lends it a user of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POSTGRES_USER = "embedded_postgres"
PATIENCE = 5.0
"""Seconds that another command may take to create the user."""


class NoSystemUser(RuntimeError):
    """Root could not create the unprivileged user that PostgreSQL must run as."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group a child process runs as; `None` keeps the caller's own."""

    uid: int | None
    gid: int | None

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess.Popen` and `subprocess.run` that change to this identity."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` (a file or folder, not its content) to this identity."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


OWN_IDENTITY = Identity(None, None)


def postgres_identity() -> Identity:
    """Return who PostgreSQL runs as: the caller, or for root the system user, created when it is missing.

    Raises `NoSystemUser` when root is not allowed to create users here.
    """
    if os.geteuid() != 0:
        return OWN_IDENTITY
    try:
        entry = pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        entry = _created()
    return Identity(entry.pw_uid, entry.pw_gid)


def _created() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", POSTGRES_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", "") or str(error)
        # Another stack may be creating it at this very moment, which locks the list of users.
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(POSTGRES_USER)
            time.sleep(0.05)
        raise NoSystemUser(
            f"PostgreSQL does not run as root and the user {POSTGRES_USER} could not be created "
            f"({detail.strip()}). Create it (`{' '.join(command)}`) or start as an ordinary user."
        ) from error
    return pwd.getpwnam(POSTGRES_USER)


def make_passable(identity: Identity, paths: Iterable[Path]) -> list[Path]:
    """Let `identity` walk through the folders above `paths`; return the folders that had to be changed.

    Only the right to pass (o+x) is granted, never to list or read. Nothing happens for an ordinary user.
    """
    if identity.uid is None:
        return []
    changed: list[Path] = []
    for path in paths:
        for folder in reversed(path.resolve().parents):
            status = folder.stat()
            if status.st_uid == identity.uid or status.st_mode & stat.S_IXOTH:
                continue
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
            changed.append(folder)
    return changed
