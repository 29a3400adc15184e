"""Ports, addresses, secrets and routes of a stack."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import psutil
import pytest

from partywall import traefik
from partywall.layout import PARTS, PORTS_USED, BadPortBase, Layout, state_folder
from partywall.memory import Done, StateUnusable, Vault, layout_of, remember_layout
from partywall.processes import PidFile, alive, end, spawn
from partywall.seeding import sign_in, sign_ins
from partywall.stack import Stack
from partywall.status import version_of


def test_no_two_parts_share_a_port(tmp_path):
    layout = Layout(tmp_path, 8400)
    ports = [port for part in PARTS for port in layout.ports(part)]
    assert sorted(ports) == list(range(8400, 8400 + PORTS_USED))


@pytest.mark.parametrize("base", ["80", "65530", "many"])
def test_a_base_that_leaves_no_room_is_refused(base, tmp_path):
    with pytest.raises(BadPortBase, match="PARTYWALL_PORT_BASE"):
        layout_of(tmp_path, {"PARTYWALL_PORT_BASE": base})


def test_the_base_is_remembered_and_can_be_changed(tmp_path):
    assert layout_of(tmp_path, {}).base == 8400
    remember_layout(layout_of(tmp_path, {"PARTYWALL_PORT_BASE": "9100"}))
    assert layout_of(tmp_path, {}).base == 9100
    assert layout_of(tmp_path, {"PARTYWALL_PORT_BASE": "9300"}).base == 9300


def test_the_state_folder_can_be_chosen(tmp_path):
    assert state_folder({"PARTYWALL_STATE": str(tmp_path / "here")}) == tmp_path / "here"
    assert state_folder({}).name == ".partywall"


def test_secrets_are_random_stored_and_private(tmp_path):
    vault = Vault.open(tmp_path)
    first = vault.secret("csrf-units")
    assert len(first) >= 43
    assert Vault.open(tmp_path).secret("csrf-units") == first
    assert vault.secret("csrf-support") != first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_commands_that_began_together_agree_on_every_secret(tmp_path):
    starting, watching = Vault.open(tmp_path), Vault.open(tmp_path)
    first = starting.secret("database-units")
    second = watching.secret("database-support")
    assert watching.secret("database-units") == first
    assert starting.secret("database-support") == second
    assert Vault.open(tmp_path).secret("database-units") == first


def test_broken_memory_says_which_file(tmp_path):
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(StateUnusable, match=r"secrets\.json"):
        Vault.open(tmp_path)


def test_set_up_work_is_done_again_when_its_input_changed(tmp_path):
    done = Done(tmp_path / "set-up.json")
    assert not done.is_done("migrate units", "a")
    done.mark("migrate units", "a")
    assert done.is_done("migrate units", "a")
    assert not done.is_done("migrate units", "b")
    done.forget("migrate units")
    assert not done.is_done("migrate units", "a")


@pytest.mark.row("W10")
def test_demo_accounts_hold_roles_of_one_entity_and_random_passwords(tmp_path):
    stack = Stack.open(tmp_path, environment={})
    accounts = sign_ins(stack)
    assert len({account.password for account in accounts}) == len(accounts)
    assert [account.password for account in sign_ins(stack)] == [account.password for account in accounts]
    assert stat.S_IMODE(stack.sign_ins.stat().st_mode) == 0o600
    assert sign_in(stack, "support", "caseworker").entity == "support"
    with pytest.raises(LookupError):
        sign_in(stack, "support", "property_manager")


@pytest.mark.row("W1", "W10")
def test_a_host_has_no_route_to_the_other_entitys_services(tmp_path):
    routers = traefik.routes(Layout(tmp_path, 8400))["http"]["routers"]
    reached = {"property": set(), "support": set()}
    for router in routers.values():
        for entity, services in reached.items():
            if f"Host(`{entity}.localhost`)" in router["rule"]:
                services.add(router["service"])
    assert reached == {
        "property": {"gateway-property", "units", "tenancy"},
        "support": {"gateway-support", "support"},
    }
    assert all(
        "!PathPrefix(`/metrics`)" in router["rule"]
        for router in routers.values()
        if router["rule"].count("Path") == 3 and router["priority"] == 1
    )


@pytest.mark.row("W1")
def test_a_service_is_given_its_own_secrets_only(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPPORT_DATABASE_URL", "postgresql://elsewhere")
    stack = Stack.open(
        tmp_path, environment={}, extra={"UNITS_DATABASE_POOL": "3", "SUPPORT_DATABASE_POOL": "4"}
    )
    by_name = {part.name: stack.programs.environment(part) for part in PARTS}
    for name, environment in by_name.items():
        prefix = {"postgres-property": "", "postgres-support": "", "nats": "", "traefik": ""}.get(name)
        own = f"{name.removesuffix('-worker').split('-')[0].upper()}_" if prefix is None else "-"
        foreign = [
            key for key in environment if key.split("_")[0] in ("UNITS", "SUPPORT", "TENANCY", "GATEWAY")
        ]
        assert all(key.startswith(own) for key in foreign), name
    assert by_name["units"]["UNITS_DATABASE_POOL"] == "3"
    assert "elsewhere" not in by_name["support"]["SUPPORT_DATABASE_URL"]
    assert by_name["support"]["SUPPORT_CSRF_SECRET"] != by_name["units"]["UNITS_CSRF_SECRET"]
    assert (
        by_name["gateway-property"]["GATEWAY_CSRF_SECRET"]
        != by_name["gateway-support"]["GATEWAY_CSRF_SECRET"]
    )


def test_every_part_has_a_version():
    assert all(version_of(part) != "?" for part in PARTS)


def test_a_process_outlives_nothing_and_is_recognised_by_its_start(tmp_path):
    file = PidFile(tmp_path / "run" / "sleeper.json")
    pid = spawn([sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "log", environment={})
    file.write(pid)
    assert file.running().pid == pid
    assert os.getsid(pid) == pid
    assert end(pid)
    assert not alive(pid)
    assert file.running() is None


def test_a_number_that_belongs_to_another_program_by_now_is_not_ours(tmp_path):
    file = PidFile(tmp_path / "run" / "stale.json")
    file.write(os.getpid())
    assert file.running().pid == os.getpid()
    file.path.write_text(f'{{"pid": {os.getpid()}, "started": {psutil.Process().create_time() - 100}}}')
    assert file.running() is None


def test_a_process_that_does_not_listen_is_killed(tmp_path):
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); "
        "time.sleep(60)"
    )
    pid = spawn([sys.executable, "-c", code], log=tmp_path / "log", environment={})
    while not (tmp_path / "log").read_text():
        pass
    assert end(pid, 0.2) is False
    assert not alive(pid)


def test_commands_explain_themselves():
    result = subprocess.run(
        [sys.executable, "-m", "partywall.cli", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("up", "down", "status", "doctor", "demo", "tail", "parked", "replay"):
        assert f"\n    {command}" in result.stdout
