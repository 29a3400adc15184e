"""The register of parties is relied on only as it was signed, and only ever replaced by what follows it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from contracts.border import Grants, OwnBorder, Seat
from contracts.parties import (
    Names,
    Party,
    Register,
    RegisterFile,
    RegisterRefused,
    private_key,
    private_text,
    public_text,
    signed,
    successor,
    verified,
)
from contracts.words import PartyKind, Service

pytestmark = pytest.mark.row("N1")

FIRST, SECOND, FOREIGN = (Ed25519PrivateKey.from_private_bytes(bytes([n] * 32)) for n in (1, 2, 3))
KEY, OTHER_KEY, FOREIGN_KEY = (public_text(key) for key in (FIRST, SECOND, FOREIGN))
SINCE = dt.date(2026, 3, 1)


def party(id: str, *kinds: PartyKind, **more: Any) -> Party:
    """Return a party that takes part since March."""
    names = Names(en=id.title(), fr=f"Organisme {id}")
    return Party(id=id, names=names, kinds=kinds, key=KEY, since=SINCE, **more)


ELM = party("elm", PartyKind.PROPERTY, PartyKind.INVENTORY)
HARBOUR = party("harbour", PartyKind.SUPPORT)
ONE = Register(version=1, parties=(ELM, HARBOUR))
TWO = ONE.followed_by([HARBOUR, party("birch", PartyKind.PROPERTY), ELM])


def text(register: Register, *keys: Ed25519PrivateKey) -> str:
    """Return the file of a register, signed with the first key unless others are named."""
    return signed(register, *(keys or (FIRST,))).text()


def test_what_was_signed_is_read_back() -> None:
    assert verified(text(TWO), [KEY]) == TWO
    assert verified(text(TWO).encode(), [KEY]).digest == TWO.digest
    assert [one.id for one in TWO.parties] == ["birch", "elm", "harbour"]
    assert (TWO.version, TWO.previous) == (2, ONE.digest)


def test_every_key_that_is_asked_for_must_have_signed() -> None:
    both = text(ONE, FIRST, SECOND)
    assert verified(both, [KEY, OTHER_KEY]) == verified(both, [OTHER_KEY]) == ONE
    for lacking in (text(ONE, FIRST), text(ONE, FIRST, FOREIGN)):
        with pytest.raises(RegisterRefused, match=f"lacks the signature of the key {OTHER_KEY}"):
            verified(lacking, [KEY, OTHER_KEY])
    with pytest.raises(RegisterRefused, match="no key is named"):
        verified(both, [])
    with pytest.raises(RegisterRefused, match="lacks the signature of the key nonsense"):
        verified(both, ["nonsense"])


def _with(register: dict[str, Any], **changes: Any) -> str:
    """Return the signed file of ONE with another register in it."""
    document = json.loads(text(ONE))
    return json.dumps(document | {"register": register | changes})


PLAIN = json.loads(text(ONE))["register"]
CHANGES: dict[str, str] = {
    "another version": _with(PLAIN, version=2, previous="0" * 64),
    "a party fewer": _with(PLAIN, parties=PLAIN["parties"][:1]),
    "another name": _with(PLAIN, parties=[PLAIN["parties"][0] | {"names": {"en": "Elm", "fr": "Orme"}}]),
    "another kind": _with(PLAIN, parties=[PLAIN["parties"][0] | {"kinds": ["support"]}]),
    "another key": _with(PLAIN, parties=[PLAIN["parties"][0] | {"key": FOREIGN_KEY}]),
    "no longer suspended": _with(PLAIN, parties=[PLAIN["parties"][0] | {"suspended": True}]),
    "a longer time": _with(PLAIN, parties=[PLAIN["parties"][0] | {"until": "2099-01-01"}]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_can_be_changed_after_it_was_signed(what: str) -> None:
    with pytest.raises(RegisterRefused, match="doesn't fit the register"):
        verified(CHANGES[what], [KEY])


@pytest.mark.parametrize("value", ["", "AAAA", "!", "A" * 86, "é", "A" * 100_000])
def test_a_signature_that_is_none_is_refused(value: str) -> None:
    document = json.loads(text(ONE))
    document["signatures"][0]["value"] = value
    with pytest.raises(RegisterRefused, match="doesn't fit the register"):
        verified(json.dumps(document), [KEY])


HOSTILE: dict[str, str | bytes] = {
    "nothing": b"",
    "no JSON": b"register",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "null": b"null",
    "half of it": text(ONE)[:200],
    "deep": "[" * 100_000,
    "a number without end": text(ONE).replace('"version": 1', f'"version": 1{"0" * 5000}'),
    "a version of text": text(ONE).replace('"version": 1', '"version": "1"'),
    "a version below one": text(ONE).replace('"version": 1', '"version": 0'),
    "a second version without the first": text(ONE).replace('"version": 1', '"version": 2'),
    "a first version with one before it": _with(PLAIN, previous="0" * 64),
    "one more field": _with(PLAIN, note="x"),
    "one more field of a party": _with(PLAIN, parties=[PLAIN["parties"][0] | {"note": "x"}]),
    "the same party twice": _with(PLAIN, parties=[PLAIN["parties"][0]] * 2),
    "parties in another order": _with(PLAIN, parties=PLAIN["parties"][::-1]),
    "half a character": text(ONE).replace("Elm", "\\ud800"),
    "markup in a name": text(ONE).replace("Elm", "<b>Elm"),
    "a line break in a name": text(ONE).replace("Elm", "El\\nm"),
    "an empty name": text(ONE).replace("Elm", " "),
    "no kind": _with(PLAIN, parties=[PLAIN["parties"][0] | {"kinds": []}]),
    "an unknown kind": _with(PLAIN, parties=[PLAIN["parties"][0] | {"kinds": ["bank"]}]),
    "a kind twice": _with(PLAIN, parties=[PLAIN["parties"][0] | {"kinds": ["support", "support"]}]),
    "both sides": _with(PLAIN, parties=[PLAIN["parties"][0] | {"kinds": ["property", "support"]}]),
    "no such day": _with(PLAIN, parties=[PLAIN["parties"][0] | {"since": "2026-02-30"}]),
    "an end before the start": _with(PLAIN, parties=[PLAIN["parties"][0] | {"until": "2026-02-28"}]),
    "a short key": _with(PLAIN, parties=[PLAIN["parties"][0] | {"key": KEY[:-2]}]),
    "a key under a second name": _with(PLAIN, parties=[PLAIN["parties"][0] | {"key": KEY[:-1] + "d"}]),
    "a key with padding": _with(PLAIN, parties=[PLAIN["parties"][0] | {"key": KEY + "="}]),
    "no signatures": json.dumps({"register": PLAIN}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_register_is_refused_with_a_short_reason(what: str) -> None:
    with pytest.raises(RegisterRefused, match="isn't one") as refused:
        verified(HOSTILE[what], [KEY])
    assert len(str(refused.value)) < 300
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "id",
    ["", "a", "Elm", "elm_grove", "elm.grove", "elm grove", "élm", "1elm", "-elm", "e" * 32, "elm\n", "elm*"],
)
def test_an_id_fits_into_a_subject(id: str) -> None:
    with pytest.raises(ValidationError):
        party(id, PartyKind.SUPPORT)
    assert party("e" * 31, PartyKind.SUPPORT).id == "e" * 31


@pytest.mark.row("W10")
def test_nobody_is_on_both_sides() -> None:
    with pytest.raises(ValidationError, match="W10"):
        party("both", PartyKind.PROPERTY, PartyKind.SUPPORT)
    for kinds in ((PartyKind.PROPERTY, PartyKind.INVENTORY), (PartyKind.SUPPORT, PartyKind.INVENTORY)):
        assert party("either", *kinds).kinds == kinds


def test_a_party_runs_one_service_of_each_kind_that_it_is() -> None:
    assert ELM.seats == (Seat("elm", Service.UNITS), Seat("elm", Service.TENANCY))
    assert HARBOUR.seats == (Seat("harbour", Service.SUPPORT),)
    assert (ELM.name("en"), ELM.name("fr"), ELM.name("fr_CA")) == ("Elm", "Organisme elm", "Organisme elm")
    seat = Seat("elm", Service.UNITS)
    assert (str(seat), seat.source, seat.account, seat.admin, seat.stream) == (
        "elm/units",
        "/elm/units",
        "elm_units",
        "elm_units_admin",
        "EVT_elm_units",
    )
    assert Seat.named(str(seat)) == seat
    for wrong in ("elm", "elm/", "elm/bank", "elm/units/more", ""):
        with pytest.raises(ValueError, match="not a valid Service"):
            Seat.named(wrong)


def test_who_takes_part_depends_on_the_day() -> None:
    register = Register(
        version=1,
        parties=(
            party("here", PartyKind.SUPPORT),
            party("left", PartyKind.SUPPORT, until=dt.date(2026, 5, 31)),
            party("resting", PartyKind.SUPPORT, suspended=True),
        ),
    )

    def ids(on: dt.date) -> list[str]:
        found = [one.id for one in register.of_kind("support", on)]
        assert [seat.party for seat in register.seats(on)] == found
        return found

    assert ids(dt.date(2026, 2, 28)) == []
    assert ids(dt.date(2026, 3, 1)) == ids(dt.date(2026, 5, 31)) == ["here", "left", "resting"]
    assert ids(dt.date(2026, 6, 1)) == ["here", "resting"]
    assert register.of_kind("property", SINCE) == ()
    assert register.suspended() == {"resting"}
    assert register.party("left") is not None
    assert register.party("nobody") is None


def test_the_signed_bytes_are_the_same_everywhere() -> None:
    """Other implementations verify them: they must not change by accident."""
    assert ONE.content.startswith(b'{"parties":[{"id":"elm","key":"')
    assert ONE.content.endswith(b'"suspended":false}],"version":1}')
    assert ONE.digest == Register.model_validate_json(ONE.content).digest


def test_a_later_version_follows() -> None:
    three = TWO.followed_by([*TWO.parties, party("cedar", PartyKind.SUPPORT)])
    assert successor(ONE, text(TWO), [KEY]) == TWO
    assert successor(ONE, text(ONE), [KEY]) is ONE
    # Whoever was away for two versions takes the newest: the signature vouches for it.
    assert successor(ONE, text(three), [KEY]) == three


REFUSED: dict[str, tuple[Register, str]] = {
    "an older version": (ONE, "version 1 .* can't follow version 2"),
    "another one of the same version": (
        ONE.followed_by([HARBOUR, ELM, party("spruce", PartyKind.PROPERTY)]),
        "version 2 .* can't follow version 2",
    ),
    "a next one that was made from another": (
        ONE.followed_by(ONE.parties).followed_by(TWO.parties),
        "version 3 .* was made from another one",
    ),
    "one that has forgotten a party": (TWO.followed_by([ELM, HARBOUR]), "version 3 .* lacks birch"),
    "a much later one that has forgotten a party": (
        TWO.followed_by(TWO.parties).followed_by([ELM]),
        "version 4 .* lacks birch",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_t_follow_is_refused(what: str) -> None:
    register, reason = REFUSED[what]
    with pytest.raises(RegisterRefused, match=reason):
        successor(TWO, text(register), [KEY])


def test_a_later_version_needs_the_signatures_as_well() -> None:
    with pytest.raises(RegisterRefused, match="lacks the signature"):
        successor(ONE, text(TWO, FOREIGN), [KEY])


def _replace(path: Path, content: str | bytes) -> None:
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
    fresh.replace(path)


def test_a_file_is_taken_in_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "parties.json"
    _replace(path, text(ONE))
    file = RegisterFile(path, [KEY])
    assert file.register == ONE
    assert file.party("birch") is None

    _replace(path, text(TWO))
    assert file.party("birch") is not None
    assert [one.id for one in file.of_kind("property", SINCE)] == ["birch", "elm"]
    assert file.problem is None

    # What can't be relied on changes nothing, and is named until it's gone.
    for refused, reason in (
        (text(ONE), "can't follow"),
        (text(TWO.followed_by(TWO.parties), FOREIGN), "lacks the signature"),
        ("half a fi", "isn't one"),
    ):
        _replace(path, refused)
        assert file.register == TWO
        assert reason in (file.problem or "")
    path.unlink()
    assert file.register == TWO
    assert file.problem == "the register of parties can't be read: No such file or directory"

    _replace(path, text(TWO))
    assert file.register == TWO
    assert file.problem is None
    _replace(path, text(TWO.followed_by([party("alder", PartyKind.SUPPORT), *TWO.parties])))
    assert file.register.version == 3


def test_without_a_register_that_can_be_relied_on_there_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "parties.json"
    with pytest.raises(RegisterRefused, match="can't be read: No such file"):
        RegisterFile(path, [KEY])
    path.write_text(text(ONE, FOREIGN))
    with pytest.raises(RegisterRefused, match="lacks the signature"):
        RegisterFile(path, [KEY])
    with pytest.raises(RegisterRefused, match="no key is named"):
        RegisterFile(path, [])
    with pytest.raises(RegisterRefused, match="can't be read"):
        RegisterFile(tmp_path, [KEY])


def test_a_seat_follows_the_register_and_the_day(tmp_path: Path) -> None:
    path = tmp_path / "parties.json"
    _replace(path, text(ONE))
    file = RegisterFile(path, [KEY])
    today = SINCE
    border = OwnBorder.of("harbour", Service.SUPPORT, file)
    border.today = lambda: today

    def sources() -> list[str]:
        return [source.source for source in border.sources]

    assert sources() == ["/elm/units", "/elm/tenancy"]
    assert border.grants is border.grants, "they are made again for every message"
    _replace(path, text(TWO))
    assert sources() == ["/birch/tenancy", "/elm/units", "/elm/tenancy"]
    resting = [ELM.model_copy(update={"suspended": True}), *(one for one in TWO.parties if one.id != "elm")]
    _replace(path, text(TWO.followed_by(resting)))
    assert sources() == ["/birch/tenancy"]
    today = SINCE - dt.timedelta(days=1)
    assert sources() == []
    for unknown, service in (("nobody", Service.SUPPORT), ("harbour", Service.UNITS)):
        with pytest.raises(RegisterRefused, match=f"has no {unknown}/{service}"):
            OwnBorder.of(unknown, service, file)


def test_a_suspended_party_has_consumers_and_no_grant_in_force() -> None:
    grants = Grants(TWO.seats(SINCE), frozenset({"birch"}))
    birch, harbour, units = Seat("birch", Service.TENANCY), HARBOUR.seats[0], ELM.seats[0]
    assert grants.given_to(birch) == grants.given_by(birch) == ()
    assert {grant.listener for grant in grants.promised_by(birch)} == {harbour, units}
    assert birch in {grant.listener for grant in grants.promised_by(units)}
    assert birch not in {grant.listener for grant in grants.given_by(units)}
    assert [grant.publisher for grant in grants.given_to(harbour)] == list(ELM.seats)
    assert set(grants.effective) == {
        grant for grant in grants.all if "birch" not in (grant.publisher.party, grant.listener.party)
    }


def test_a_private_key_is_read_back() -> None:
    assert public_text(private_key(private_text(FIRST))) == KEY
