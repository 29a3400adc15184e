"""Ports, addresses, secrets and routes of a stack."""

from __future__ import annotations

import csv
import datetime as dt
import os
import stat
import subprocess
import sys

import psutil
import pytest

from contracts.parties import successor, verified
from partywall import cli, traefik
from partywall.layout import BadPortBase, NoSuchPart, state_folder
from partywall.memory import (
    Done,
    StateUnusable,
    Vault,
    layout_of,
    remember_layout,
    require_this_version,
)
from partywall.parties import BadParties, Neighbourhood, plan_in, usual_plan
from partywall.processes import PidFile, alive, end, spawn
from partywall.seeding import listings, sign_in, sign_ins, write_unit_list
from partywall.stack import Stack
from partywall.status import version_of
from testkit.local import SMALL_REGISTER
from testkit.parties import plan

PAIR = usual_plan().parties
FIVE = plan("two-of-each").parties


def layout_in(state, parties=PAIR, **environment):
    return layout_of(state, tuple(sorted(parties, key=lambda party: party.id)), environment)


@pytest.mark.row("N6")
@pytest.mark.parametrize(("parties", "number"), [(PAIR, 13), (FIVE, 25)])
def test_no_two_parts_share_a_port(tmp_path, parties, number):
    layout = layout_in(tmp_path, parties)
    ports = [port for part in layout.parts for port in layout.ports(part)]
    assert sorted(ports) == list(range(8400, 8400 + number))
    assert layout.span == number


@pytest.mark.row("N6")
def test_the_usual_two_have_the_ports_that_the_documentation_names(tmp_path):
    layout = layout_in(tmp_path)
    found = {part.name: part.offset for part in layout.parts}
    assert found == {
        "property/postgres": 1,
        "support/postgres": 2,
        "nats": 3,
        "traefik": 0,
        "property/units": 5,
        "property/units-worker": 6,
        "support/support": 7,
        "support/support-worker": 8,
        "property/tenancy": 9,
        "property/tenancy-worker": 10,
        "property/gateway": 11,
        "support/gateway": 12,
    }
    assert layout.public_url("property") == "http://property.localhost:8400"


@pytest.mark.row("N5")
def test_who_joins_takes_free_ports_and_nobody_else_moves(tmp_path):
    remember_layout(layout_in(tmp_path))
    before = {part.name: part.offset for part in layout_in(tmp_path).parts}
    remember_layout(layout_in(tmp_path, FIVE))
    after = {part.name: part.offset for part in layout_in(tmp_path, FIVE).parts}
    assert after.items() >= before.items()
    without = [party for party in FIVE if party.id != "city-inventory"]
    assert {part.name: part.offset for part in layout_in(tmp_path, without).parts}.items() <= after.items()


def test_a_part_is_found_by_its_name_or_by_what_one_party_alone_runs(tmp_path):
    layout = layout_in(tmp_path)
    assert layout.part("units-worker").name == "property/units-worker"
    assert str(layout.seat("support")) == "support/support"
    with pytest.raises(NoSuchPart, match="ambiguous: property/gateway, support/gateway"):
        layout.part("gateway")
    with pytest.raises(NoSuchPart, match="no account at the border"):
        layout.seat("property/gateway")
    five = layout_in(tmp_path / "five", FIVE)
    assert five.part("lakeside-homes/tenancy").party == "lakeside-homes"
    with pytest.raises(NoSuchPart):
        five.part("tenancy")
    with pytest.raises(NoSuchPart):
        five.part("city-inventory/tenancy")


@pytest.mark.parametrize("base", ["80", "65530", "many"])
def test_a_base_that_leaves_no_room_is_refused(base, tmp_path):
    with pytest.raises(BadPortBase, match="PARTYWALL_PORT_BASE"):
        layout_in(tmp_path, PARTYWALL_PORT_BASE=base)


def test_the_base_is_remembered_and_can_be_changed(tmp_path):
    assert layout_in(tmp_path).base == 8400
    remember_layout(layout_in(tmp_path, PARTYWALL_PORT_BASE="9100"))
    assert layout_in(tmp_path).base == 9100
    assert layout_in(tmp_path, PARTYWALL_PORT_BASE="9300").base == 9300


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


def test_a_folder_from_before_there_were_parties_is_refused_with_the_way_out(tmp_path, monkeypatch, capsys):
    require_this_version(tmp_path)
    (tmp_path / "stack.json").write_text('{"port_base": 8400}')
    monkeypatch.setenv("PARTYWALL_STATE", str(tmp_path))
    for command in ("up", "status", "doctor"):
        assert cli.main([command]) == 1
        words = capsys.readouterr().out
        assert "made before parties had a register" in words
        assert f"partywall down && rm -r {tmp_path} && make up" in words
    assert cli.main(["down"]) == 0
    remember_layout(layout_in(tmp_path))
    require_this_version(tmp_path)


@pytest.mark.row("N1", "N5")
def test_the_register_is_signed_and_follows_who_joins_pauses_and_leaves(tmp_path):
    around = Neighbourhood(tmp_path)
    assert around.parties == PAIR
    assert around.stored() is None
    settings = around.settings()
    first = around.stored()
    assert (first.version, {party.id for party in first.parties}) == (1, {"property", "support"})
    assert verified(around.file.read_bytes(), settings["PARTIES_KEYS"].split()) == first
    around.write(plan("two-of-each"))
    second = successor(first, around.file.read_bytes(), settings["PARTIES_KEYS"].split())
    assert second.party("lakeside-homes").takes_part(dt.datetime.now(dt.UTC).date())
    assert second.party("lakeside-homes").takes_part(
        (dt.datetime.now(dt.UTC) - dt.timedelta(hours=12)).date()
    )
    # Who came today may leave today.
    around.write(usual_plan())
    third = successor(second, around.file.read_bytes(), settings["PARTIES_KEYS"].split())
    assert not third.party("lakeside-homes").takes_part(
        (dt.datetime.now(dt.UTC) - dt.timedelta(hours=12)).date()
    )
    assert around.parties == PAIR
    with pytest.raises(BadParties, match="its id is never used again"):
        around.write(plan("two-of-each"))
    for key in around.keys.folder.glob("*.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "JSON"),
        ('{"parties": []}', "parties"),
        ('{"parties": [{"id": "A", "names": {"en": "A", "fr": "A"}, "kinds": ["property"]}]}', "id"),
        (
            '{"parties": [%s, %s]}'
            % (('{"id": "aa", "names": {"en": "A", "fr": "A"}, "kinds": ["support"]}',) * 2),
            "planned twice",
        ),
    ],
)
def test_a_file_of_parties_that_cannot_be_used_is_explained(tmp_path, content, words):
    file = tmp_path / "plan.json"
    file.write_text(content)
    with pytest.raises(BadParties, match=words):
        plan_in(file)
    with pytest.raises(BadParties, match="can't be read"):
        plan_in(tmp_path / "missing.json")


@pytest.mark.row("N3", "N6")
def test_every_inventory_lists_homes_and_every_landlords_homes_are_listed():
    assert listings(PAIR) == [("property", "property")]
    assert listings(FIVE) == [("property", "property"), ("city-inventory", "lakeside-homes")]
    by_id = {party.id: party for party in FIVE}
    assert listings([by_id["property"], by_id["lakeside-homes"]]) == [
        ("property", "property"),
        ("property", "lakeside-homes"),
    ]
    assert listings([by_id["city-inventory"], by_id["support"]]) == []


@pytest.mark.row("N6")
def test_a_list_of_homes_fits_the_template_of_the_inventory_desk(tmp_path):
    made = tmp_path / "homes.csv"
    write_unit_list(made, SMALL_REGISTER, "lakeside-homes", 7)
    with made.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({(row["address"], row["unit_number"]) for row in rows}) == len(rows) == 24
    assert {(row["property_entity"], row["landlord_relation"]) for row in rows} == {
        ("lakeside-homes", "property_entity")
    }


@pytest.mark.row("W10")
def test_demo_accounts_hold_roles_of_one_entity_and_random_passwords(tmp_path):
    stack = Stack.open(tmp_path, environment={})
    accounts = sign_ins(stack)
    assert len({account.password for account in accounts}) == len(accounts)
    assert [account.password for account in sign_ins(stack)] == [account.password for account in accounts]
    assert stat.S_IMODE(stack.sign_ins.stat().st_mode) == 0o600
    assert sign_in(stack, "support", "caseworker").party == "support"
    assert [account.email.partition("@")[0] for account in accounts if account.party == "property"] == [
        *("manager", "keeper", "administrator", "approver", "second.approver")
    ]
    with pytest.raises(LookupError):
        sign_in(stack, "support", "property_manager")


@pytest.mark.row("W1", "W10")
def test_a_host_has_no_route_to_the_other_entitys_services(tmp_path):
    routers = traefik.routes(layout_in(tmp_path, FIVE))["http"]["routers"]
    reached = {party.id: set() for party in FIVE}
    for router in routers.values():
        for party, services in reached.items():
            if f"Host(`{party}.localhost`)" in router["rule"]:
                services.add(router["service"])
    assert reached == {
        "property": {"property-gateway", "property-units", "property-tenancy"},
        "lakeside-homes": {"lakeside-homes-gateway", "lakeside-homes-tenancy"},
        "city-inventory": {"city-inventory-gateway", "city-inventory-units"},
        "support": {"support-gateway", "support-support"},
        "harbour-support": {"harbour-support-gateway", "harbour-support-support"},
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
    by_name = {part.name: stack.programs.environment(part) for part in stack.layout.parts}
    for name, environment in by_name.items():
        service = stack.layout.part(name).service
        own = f"{service.upper()}_" if service else "-"
        foreign = [
            key for key in environment if key.split("_")[0] in ("UNITS", "SUPPORT", "TENANCY", "GATEWAY")
        ]
        assert all(key.startswith(own) for key in foreign), name
    assert by_name["property/units"]["UNITS_DATABASE_POOL"] == "3"
    assert "elsewhere" not in by_name["support/support"]["SUPPORT_DATABASE_URL"]
    assert by_name["support/support"]["SUPPORT_CSRF_SECRET"] != by_name["property/units"]["UNITS_CSRF_SECRET"]
    assert (
        by_name["property/gateway"]["GATEWAY_CSRF_SECRET"]
        != by_name["support/gateway"]["GATEWAY_CSRF_SECRET"]
    )


@pytest.mark.row("N1", "W1")
def test_two_parties_of_a_kind_share_no_secret(tmp_path):
    stack = Stack.open(tmp_path, environment={}, plan=plan("two-of-each"))
    one, other = (
        stack.programs.environment(stack.layout.part(name))
        for name in ("property/tenancy", "lakeside-homes/tenancy")
    )
    shared = {name for name in one if name.startswith("TENANCY_") and one[name] == other[name]}
    assert shared == {"TENANCY_AUDIENCE", "TENANCY_HTTP_HOST", "TENANCY_NATS_URL"} | {
        "TENANCY_UNDO_SECONDS",
        "TENANCY_PARTIES_FILE",
        "TENANCY_PARTIES_KEYS",
    }
    assert other["TENANCY_NATS_USER"] == "lakeside-homes_tenancy"
    config = stack.programs.write_nats_config()
    for user in stack.neighbourhood.grants.users:
        assert stack.vault.secret(f"nats-{user}") in config


def test_every_part_has_a_version(tmp_path):
    assert all(version_of(part) != "?" for part in layout_in(tmp_path).parts)


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
    for command in ("up", "down", "status", "doctor", "demo", "tail", "parked", "replay", "party"):
        assert f"\n    {command}" in result.stdout
