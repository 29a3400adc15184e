"""A plan that a person writes leads to the next version of the register, and never to a wrong one."""

from __future__ import annotations

import datetime as dt
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from contracts.__main__ import main
from contracts.enrolment import KeyFiles, Plan, began_everywhere, enrol, read_plan, revised
from contracts.parties import Register, RegisterRefused, verified

pytestmark = pytest.mark.row("N1", "N5")

MARCH, APRIL, MAY = (dt.date(2026, month, 1) for month in (3, 4, 5))
SIGNERS = ["neighbourhood"]


def planned(id: str, *kinds: str, **more: Any) -> dict[str, Any]:
    """Return a party of a plan."""
    return {"id": id, "names": {"en": id.title(), "fr": id.title()}, "kinds": kinds or ["support"], **more}


def plan(*parties: dict[str, Any]) -> Plan:
    """Return a plan of these parties."""
    return Plan.model_validate({"parties": parties})


ELM, HARBOUR, BIRCH = (
    planned("elm", "property", "inventory"),
    planned("harbour"),
    planned("birch", "property"),
)


@pytest.fixture
def keys(tmp_path: Path) -> KeyFiles:
    """An empty folder of keys."""
    return KeyFiles(tmp_path / "keys")


def first(keys: KeyFiles) -> Register:
    """Return the register that begins with two parties in March."""
    return revised(None, plan(HARBOUR, ELM), MARCH, keys.public)


def test_a_plan_in_any_order_makes_the_first_register(keys: KeyFiles) -> None:
    register = first(keys)
    assert (register.version, register.previous) == (1, None)
    assert [(one.id, one.since, one.until, one.suspended) for one in register.parties] == [
        ("elm", MARCH, None, False),
        ("harbour", MARCH, None, False),
    ]
    assert [one.key for one in register.parties] == [keys.public("elm"), keys.public("harbour")]
    assert len({one.key for one in register.parties}) == 2


def test_the_same_plan_changes_nothing(keys: KeyFiles) -> None:
    register = first(keys)
    assert revised(register, plan(ELM, HARBOUR), APRIL, keys.public) is register


def test_who_joins_begins_on_that_day_and_the_others_stay_as_they_are(keys: KeyFiles) -> None:
    register = first(keys)
    later = revised(register, plan(ELM, HARBOUR, BIRCH), APRIL, keys.public)
    assert (later.version, later.previous) == (2, register.digest)
    assert later.parties[1:] == register.parties
    assert (later.parties[0].id, later.parties[0].since) == ("birch", APRIL)


def test_who_leaves_stays_listed_with_a_last_day(keys: KeyFiles) -> None:
    later = revised(first(keys), plan(ELM), APRIL, keys.public)
    harbour = later.party("harbour")
    assert harbour is not None
    assert harbour.until == dt.date(2026, 3, 31)
    assert [one.id for one in later.of_kind("support", APRIL)] == []
    assert revised(later, plan(ELM), MAY, keys.public) is later


def test_who_leaves_on_the_first_day_took_part_for_that_day(keys: KeyFiles) -> None:
    later = revised(first(keys), plan(ELM), MARCH, keys.public)
    harbour = later.party("harbour")
    assert harbour is not None
    assert (harbour.since, harbour.until) == (MARCH, MARCH)


@pytest.mark.parametrize("on", [MARCH, APRIL, MAY])
def test_an_id_is_never_used_again(keys: KeyFiles, on: dt.date) -> None:
    later = revised(first(keys), plan(ELM), MARCH, keys.public)
    with pytest.raises(ValueError, match=r"harbour left on 2026-03-01: its id is never used again"):
        revised(later, plan(ELM, HARBOUR), on, keys.public)


def test_a_party_is_suspended_and_resumes(keys: KeyFiles) -> None:
    register = first(keys)
    suspended = revised(register, plan(ELM, HARBOUR | {"suspended": True}), APRIL, keys.public)
    assert suspended.suspended() == {"harbour"}
    resumed = revised(suspended, plan(ELM, HARBOUR), MAY, keys.public)
    assert resumed.parties == register.parties
    assert resumed.version == 3


def test_a_party_may_change_its_names_and_kinds(keys: KeyFiles) -> None:
    renamed = planned("harbour", names={"en": "Harbour", "fr": "Havre"})
    grown = planned("elm", "property")
    later = revised(first(keys), plan(renamed, grown), APRIL, keys.public)
    assert [(one.since, one.key) for one in later.parties] == [
        (MARCH, keys.public("elm")),
        (MARCH, keys.public("harbour")),
    ]
    assert [len(one.seats) for one in later.parties] == [1, 1]
    with pytest.raises(ValueError, match="W10"):
        revised(later, plan(planned("elm", "property", "support"), renamed), APRIL, keys.public)


def test_a_party_is_planned_once(keys: KeyFiles) -> None:
    with pytest.raises(ValueError, match="planned twice"):
        plan(ELM, HARBOUR, ELM)


def test_private_keys_are_their_owner_s_alone(keys: KeyFiles, tmp_path: Path) -> None:
    public = keys.public("elm")
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert public not in file.read_text()
    assert KeyFiles(tmp_path / "keys").public("elm") == public


def test_enrolling_replaces_the_file_only_when_something_differs(keys: KeyFiles, tmp_path: Path) -> None:
    file = tmp_path / "parties.json"
    register = enrol(plan(ELM, HARBOUR), file, keys, SIGNERS, MARCH)
    written = file.read_text()
    assert verified(written, [keys.public("neighbourhood")]) == register
    assert enrol(plan(HARBOUR, ELM), file, keys, SIGNERS, APRIL) == register
    assert file.read_text() == written
    later = enrol(plan(HARBOUR, ELM, BIRCH), file, keys, SIGNERS, APRIL)
    assert later.previous == register.digest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys", "parties.json"]


def test_enrolling_stops_at_a_register_that_others_signed(keys: KeyFiles, tmp_path: Path) -> None:
    file = tmp_path / "parties.json"
    enrol(plan(ELM), file, keys, SIGNERS, MARCH)
    written = file.read_text()
    with pytest.raises(RegisterRefused, match="lacks the signature"):
        enrol(plan(ELM, HARBOUR), file, keys, ["neighbourhood", "council"], APRIL)
    assert file.read_text() == written


def test_a_party_s_key_can_t_sign_for_the_neighbourhood(keys: KeyFiles, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="elm is a party's id"):
        enrol(plan(ELM), tmp_path / "parties.json", keys, ["elm"], MARCH)


def test_a_party_takes_part_at_once_wherever_it_is() -> None:
    """From Kiribati, 14 hours ahead of UTC, to Baker Island, 12 hours behind."""
    for hour in range(24):
        now = dt.datetime(2026, 4, 2, hour, 30, tzinfo=dt.UTC)
        local = [now.astimezone(dt.timezone(dt.timedelta(hours=offset))).date() for offset in range(-12, 15)]
        assert began_everywhere(now) == min(local)


def test_the_command_signs_and_says_how_to_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, file, keys = tmp_path / "plan.json", tmp_path / "parties.json", tmp_path / "keys"
    given.write_text(json.dumps({"parties": [ELM, HARBOUR]}))
    assert read_plan(given) == plan(ELM, HARBOUR)
    command = ["sign-parties", "--parties", str(given), "--register", str(file), "--keys", str(keys)]
    two = [*command, "--signer", "council", "--signer", "tenants"]
    assert main(two) == 0
    said = capsys.readouterr().out.strip()
    verifying = said.partition("keys that verify it: ")[2].split()
    assert len(verifying) == 2
    register = verified(file.read_text(), verifying)
    assert said.startswith("version 1, with 2 parties;")
    assert {one.since for one in register.parties} == {began_everywhere(dt.datetime.now(dt.UTC))}

    # Refusals are a line and a status, and leave the file as it is.
    written = file.read_text()
    for arguments, problem in (
        (command, "not signed: the register of parties lacks the signature"),
        ([*two, "--parties", str(tmp_path / "nothing.json")], "not signed: [Errno 2]"),
        ([*two, "--signer", "elm"], "not signed: elm is a party's id"),
    ):
        assert main(arguments) == 1
        assert capsys.readouterr().out.startswith(problem)
        assert file.read_text() == written
    given.write_text(json.dumps({"parties": [ELM]}))
    assert main(two) == 0
    given.write_text(json.dumps({"parties": [ELM, HARBOUR]}))
    assert main(two) == 1
    assert "its id is never used again" in capsys.readouterr().out


def test_the_plans_that_are_delivered_make_registers(keys: KeyFiles) -> None:
    folder = Path(__file__).parents[4] / "deploy" / "parties"
    counts = {}
    for path in sorted(folder.glob("*.json")):
        register = revised(None, read_plan(path), MARCH, keys.public)
        counts[path.stem] = {
            str(kind): len(register.of_kind(kind, MARCH)) for kind in ("property", "support", "inventory")
        }
    assert counts == {
        "pair": {"property": 1, "support": 1, "inventory": 1},
        "two-of-each": {"property": 2, "support": 2, "inventory": 2},
    }
