"""Who owns what the stack starts: PostgreSQL refuses to run as root, so root lends it a user of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POSTGRES_USER = "embedded_postgres"
USERS = Path("/etc/passwd")
"""The list of users, which is locked while the user is looked up and created."""


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
    with USERS.open() as users:
        # One stack after the other: of two `useradd` at the same moment the second takes the place of the
        # first one's user, and gives it another number, while the first PostgreSQL begins under the old one.
        fcntl.flock(users, fcntl.LOCK_EX)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(POSTGRES_USER)
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", "") or str(error)
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
