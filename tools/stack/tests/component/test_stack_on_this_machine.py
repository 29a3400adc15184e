"""The servers of a stack, and what `up` says when the machine is in the way."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import tempfile
import time
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import asyncpg
import httpx
import pytest
from rich.console import Console

from partywall import cli, status
from partywall.doctor import examine
from partywall.nursery import Child
from partywall.postgres import CONNECTIONS_OF_A_ROLE
from partywall.processes import PidFile, alive, end, spawn, spawn_together
from partywall.stack import Busy, PartFailed, PortTaken, Stack, StateUnusable
from testkit.ports import free_ports

PORTS = 13
"""As many as the usual stack has."""


@pytest.fixture
def stack():
    """A stack of which nothing runs yet, in a folder that no other session closes to PostgreSQL's user."""
    state = Path(tempfile.mkdtemp(prefix="partywall-stack-"))
    opened = Stack.open(state, environment={"PARTYWALL_PORT_BASE": str(free_ports(PORTS))})
    yield opened
    opened.down()
    shutil.rmtree(state)


@pytest.mark.row("W1")
async def test_a_killed_postgres_recovers_with_all_it_had_committed(stack):
    await asyncio.to_thread(stack.start, "property/postgres")
    part = stack.layout.part("units")
    connection = await asyncpg.connect(stack.programs.dsn(part))
    await connection.execute("CREATE TABLE stored (n int); INSERT INTO stored VALUES (1)")
    stack.kill("property/postgres")
    await connection.close()
    assert stack.running(stack.layout.part("property/postgres")) is None
    # The number in the lock file may belong to anybody when the machine comes back.
    lock = stack.layout.postgres_data("property") / "postmaster.pid"
    lock.write_text(lock.read_text().replace(lock.read_text().split("\n")[0], str(os.getpid()), 1))
    await asyncio.to_thread(stack.start, "property/postgres")
    connection = await asyncpg.connect(stack.programs.dsn(part))
    assert await connection.fetchval("SELECT n FROM stored") == 1
    assert await connection.fetchval("SHOW fsync") == "on"
    await connection.close()
    # Each role sees its own database and no other, and nobody gets in without a password.
    foreign = stack.programs.dsn(part).removesuffix("/units") + "/tenancy"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(foreign)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            stack.programs.dsn(part).replace(stack.vault.secret("database-property-units"), "guess")
        )


async def test_the_databases_log_holds_nothing_that_people_entered_and_is_private(stack):
    await asyncio.to_thread(stack.start, "support/postgres")
    connection = await asyncpg.connect(stack.programs.dsn(stack.layout.part("support")))
    await connection.execute("CREATE TABLE person (email text PRIMARY KEY)")
    await connection.execute("INSERT INTO person VALUES ($1)", "amina@example.org")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO person VALUES ('amina@example.org')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO person VALUES ($1)", "amina@example.org")
    await connection.close()
    log = stack.layout.log("support/postgres")
    written = log.read_text()
    assert "duplicate key value violates unique constraint" in written
    assert "amina" not in written
    assert log.stat().st_mode & 0o077 == 0


async def test_one_service_leaves_connections_to_the_others(stack):
    await asyncio.to_thread(stack.start, "property/postgres")
    units = stack.programs.dsn(stack.layout.part("units"))
    held = [await asyncpg.connect(units) for _ in range(CONNECTIONS_OF_A_ROLE)]
    with pytest.raises(asyncpg.TooManyConnectionsError):
        await asyncpg.connect(units)
    other = await asyncpg.connect(stack.programs.dsn(stack.layout.part("tenancy")))
    for connection in (*held, other):
        await connection.close()


async def test_an_initialisation_that_was_cut_off_is_begun_again(stack):
    data = stack.layout.postgres_data("support")
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    (data.parent / f".{data.name}.unfinished").touch()
    await asyncio.to_thread(stack.start, "support/postgres")
    connection = await asyncpg.connect(stack.programs.dsn(stack.layout.part("support")))
    assert await connection.fetchval("SELECT current_user") == "support"
    await connection.close()


def test_a_killed_broker_comes_back_and_its_config_is_private(stack):
    stack.start("nats")
    assert (stack.layout.nats_folder / "nats.conf").stat().st_mode & 0o077 == 0
    found = httpx.get(f"http://127.0.0.1:{stack.layout.nats_monitor_port}/jsz").json()
    assert found["config"]["sync_always"] is True
    stack.kill("nats")
    assert stack.running(stack.layout.part("nats")) is None
    assert stack.start("nats")


@pytest.mark.row("W1", "W10")
def test_traefik_reaches_an_entitys_services_from_its_own_host_only(stack):
    seen = []

    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.server.server_address[1], self.headers["Host"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format, *args):
            pass

    servers = [
        ThreadingHTTPServer(("127.0.0.1", stack.layout.port(name)), Service)
        for name in ("units", "tenancy", "support", "property/gateway", "support/gateway")
    ]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    try:
        stack.start("traefik")
        with httpx.Client(base_url=f"http://127.0.0.1:{stack.layout.base}") as client:

            def reached(host: str, path: str) -> str | int:
                seen.clear()
                answer = client.get(path, headers={"Host": f"{host}.localhost:{stack.layout.base}"})
                if not seen:
                    return answer.status_code
                port = seen[0][0]
                return next(part.name for part in stack.layout.parts if stack.layout.port(part.name) == port)

            assert reached("property", "/api/units/v1/units") == "property/units"
            assert reached("property", "/inventory-desk") == "property/units"
            assert reached("property", "/property-desk/leases") == "property/tenancy"
            assert reached("support", "/front-desk/") == "support/support"
            assert reached("support", "/api/support/v1/clients") == "support/support"
            for path in ("/", "/sign-in", "/staff", "/.well-known/jwks.json", "/api/gateway/v1/staff"):
                assert reached("support", path) == "support/gateway"
            # Nothing of the neighbour is behind one's own host: these end at one's own gateway's 404.
            for path in ("/api/units/v1/units", "/property-desk/", "/inventory-desk/"):
                assert reached("support", path) == "support/gateway"
            assert reached("property", "/api/support/v1/clients") == "property/gateway"
            for path in ("/livez", "/readyz", "/metrics"):
                assert reached("property", path) == 404
            assert reached("elsewhere", "/") == 404
            assert reached("property", "/property-desk/%2e%2e%2fmetrics") in (400, 404)
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def test_a_taken_port_is_named_with_its_program_and_a_way_out(stack, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", stack.layout.port("nats"))):
        with pytest.raises(PortTaken) as refused:
            stack.up()
        words = str(refused.value)
        assert f"Port {stack.layout.port('nats')}" in words
        assert f"process {os.getpid()}" in words
        assert f"PARTYWALL_PORT_BASE={stack.layout.base + 100}" in words
        # The command line says the same, without a traceback.
        monkeypatch.setenv("PARTYWALL_STATE", str(stack.layout.state))
        monkeypatch.setenv("PARTYWALL_PORT_BASE", str(stack.layout.base))
        assert cli.main(["up"]) == 1
        assert "PortTaken" in capsys.readouterr().out
        assert any("is taken by" in finding.what for finding in examine(stack) if not finding.well)
    assert not stack.anything_runs()


def test_a_full_disk_is_reported_before_anything_starts(stack, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 99, 1024**2))
    with pytest.raises(StateUnusable, match="1 MB left"):
        stack.up()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_reported(stack):
    stack.layout.state.chmod(0o500)
    try:
        with pytest.raises(StateUnusable, match="PARTYWALL_STATE"):
            stack.up()
    finally:
        stack.layout.state.chmod(0o700)


def test_a_disk_that_fills_up_on_the_way_is_reported_wherever_it_is_met(stack, monkeypatch, capsys):
    def full(*_: object) -> None:
        # As SQLAlchemy passes on what PostgreSQL says.
        raise RuntimeError("statement failed") from asyncpg.DiskFullError("no space left on device")

    monkeypatch.setattr(Stack, "up", full)
    monkeypatch.setenv("PARTYWALL_STATE", str(stack.layout.state))
    assert cli.main(["up"]) == 1
    assert "The disk is full" in capsys.readouterr().out


def test_a_folder_of_any_name_will_do(stack):
    state = stack.layout.state / ("deep" * 40) / "it's a $HOME é"
    state.mkdir(parents=True)
    odd = Stack.open(state, environment={"PARTYWALL_PORT_BASE": str(stack.layout.base)})
    try:
        for name in ("nats", "traefik"):
            assert odd.start(name)
    finally:
        odd.down()


def test_what_runs_without_being_ready_is_reported_by_up(stack, monkeypatch):
    sleeper = spawn(
        ["sleep", "60"], log=stack.layout.log("traefik"), environment={"PATH": os.environ["PATH"]}
    )
    stack._prepare_folder()
    for part in stack.layout.parts:
        PidFile(stack.layout.run / f"{part.name}.json").write(sleeper)
    stack.ready_timeout = 0.2
    monkeypatch.setattr(Stack, "set_up_what_is_new", lambda _: None)
    monkeypatch.setattr(Stack, "follow_parties", lambda _: None)
    try:
        with pytest.raises(PartFailed, match="partywall down, then make up"):
            stack.up()
    finally:
        end(sleeper, signal_number=signal.SIGKILL)


def test_a_state_that_is_a_file_is_reported(tmp_path, monkeypatch, capsys):
    (tmp_path / "state").write_text("")
    monkeypatch.setenv("PARTYWALL_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PARTYWALL_PORT_BASE", str(free_ports(PORTS)))
    assert cli.main(["up"]) == 1
    assert "PARTYWALL_STATE" in capsys.readouterr().out


def test_two_commands_at_once_take_turns(stack):
    stack._prepare_folder()
    with stack.alone(), pytest.raises(Busy, match=str(os.getpid())):
        stack.up()


def test_the_status_of_what_was_never_started_says_so_and_leaves_nothing(stack, capsys):
    stack.layout.state.rmdir()
    assert not status.show(stack, Console())
    assert "Nothing has been started" in capsys.readouterr().out
    assert not stack.layout.state.exists()
    stack.layout.state.mkdir()


async def test_the_status_of_a_stopped_stack_does_not_wait_for_its_broker(stack):
    stack._prepare_folder()
    async with asyncio.timeout(90):
        assert await status.reachable_lags(stack) == []


def test_down_of_nothing_and_of_a_stale_record_is_quiet(stack):
    assert stack.down() == []
    file = PidFile(stack.layout.run / "nats.json")
    stack._prepare_folder()
    file.path.write_text('{"pid": 999999, "started": 1.0}')
    assert stack.running(stack.layout.part("nats")) is None
    assert stack.down() == []


def test_down_also_stops_what_runs_under_a_name_that_no_part_has_any_more(stack):
    stack._prepare_folder()
    sleeper = spawn(
        ["sleep", "60"], log=stack.layout.logs / "old.log", environment={"PATH": os.environ["PATH"]}
    )
    record = PidFile(stack.layout.run / "units-worker.json")
    record.write(sleeper)
    stack.down()
    assert not alive(sleeper)
    assert not record.path.exists()


def test_what_ends_while_starting_shows_its_own_words(stack):
    stack.programs.extra = {}
    stack._prepare_folder()
    (stack.layout.state / "nats").write_text("a file where a folder must be")
    with pytest.raises(OSError, match="nats"):
        stack.start("nats")


def test_the_processes_survive_whoever_started_them(stack):
    pid = stack.start("nats")
    assert os.getsid(pid) == pid
    assert os.getpgid(pid) != os.getpgid(os.getpid())
    assert end(pid, signal_number=signal.SIGTERM)


def test_services_that_start_together_are_processes_of_their_own(tmp_path):
    (tmp_path / "planted.py").write_text(
        "import os, sys, time\n"
        "own = os.getsid(0) == os.getpid()\n"
        "print(*sys.argv, *os.environ, own, os.getcwd(), __name__, flush=True)\n"
        "time.sleep(60)\n"
    )
    (tmp_path / "broken.py").write_text("raise SystemExit('nothing to do')\n")

    def child(module: str) -> Child:
        log = str(tmp_path / f"{module}.log")
        environment = {"PLANTED_SECRET": "1"}
        return Child(
            module=module, arguments=["serve"], environment=environment, folder=str(tmp_path), log=log
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        planted, broken = spawn_together([child("planted"), child("broken")])
    log = tmp_path / "planted.log"
    for _ in range(100):
        if log.exists() and log.read_text() and not alive(broken):
            break
        time.sleep(0.1)
    assert log.read_text().strip() == f"{tmp_path}/planted.py serve PLANTED_SECRET True {tmp_path} __main__"
    assert "nothing to do" in (tmp_path / "broken.log").read_text()
    assert alive(planted)
    assert end(planted)
