"""The user of the stack's processes: PostgreSQL refuses to run as root, so root runs it as a system user."""

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
"""The list of users, locked while the system user is looked up and created."""


class NoSystemUser(RuntimeError):
    """Root could not create the unprivileged user that PostgreSQL must run as."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group as which a child process runs; None: those of the caller."""

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
    """Return the identity for PostgreSQL: the caller's, or for root the system user's, created if missing.

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
        # One stack after the other: of two simultaneous `useradd` the second replaces the first one's user
        # with one of another number, while the first PostgreSQL starts with the old number.
        fcntl.flock(users, fcntl.LOCK_EX)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(POSTGRES_USER)
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", "") or str(error)
            raise NoSystemUser(
                f"PostgreSQL can't run as root and the user {POSTGRES_USER} could not be created "
                f"({detail.strip()}). Create it (`{' '.join(command)}`) or start as an ordinary user."
            ) from error
        return pwd.getpwnam(POSTGRES_USER)


def make_passable(identity: Identity, paths: Iterable[Path]) -> list[Path]:
    """Let `identity` traverse the folders above `paths`; return the folders that had to be changed.

    Only the right to traverse (o+x) is granted, not to list or read. Nothing happens for an ordinary user.
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
