"""The parts of delivery that are arithmetic: splitting, waves, versions, back-off, reading an envelope."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from delivery.world import Word
from hypothesis import given
from hypothesis import strategies as st

from chassis.bus.arrivals import Arrival, arrived
from chassis.bus.listening import Listening, Source, Unreadable, read_incoming
from chassis.bus.outbox import Row, by_version
from chassis.bus.parking import pause
from chassis.bus.publishing import waves
from chassis.bus.pulling import Delivery
from chassis.bus.splitting import Hindered, split


@pytest.mark.row("W1")
@given(st.lists(st.booleans(), max_size=60))
def test_splitting_isolates_exactly_the_culprits_and_keeps_the_order(culprits: list[bool]) -> None:
    acted: list[int] = []
    aside: list[int] = []
    attempts = 0

    async def act(items: Sequence[int]) -> None:
        nonlocal attempts
        attempts += 1
        if any(culprits[item] for item in items):
            raise Hindered from ValueError()
        acted.extend(items)

    async def set_aside(item: int, error: BaseException) -> None:
        assert isinstance(error, ValueError)
        aside.append(item)

    asyncio.run(split(range(len(culprits)), act, set_aside))
    assert acted == [at for at, culprit in enumerate(culprits) if not culprit]
    assert aside == [at for at, culprit in enumerate(culprits) if culprit]
    if culprits.count(True) == 1:
        assert attempts <= 2 * len(culprits).bit_length() + 1


def test_splitting_passes_on_errors_that_are_nobodys_fault() -> None:
    async def act(_: Sequence[int]) -> None:
        raise KeyboardInterrupt

    async def set_aside(_: int, __: BaseException) -> None:
        raise AssertionError("nobody is to blame")

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(split([1, 2], act, set_aside))


def row(position: int, aggregate: int, version: int = 1) -> Row:
    return Row(UUID(int=position), position, str(aggregate), version, "evt.acme.a.b.v1", b"{}", None)


@given(st.lists(st.integers(0, 5), max_size=150), st.integers(1, 70))
def test_waves_hold_no_aggregate_twice_and_never_overtake(aggregates: list[int], width: int) -> None:
    rows = [row(at, aggregate) for at, aggregate in enumerate(aggregates)]
    seen: dict[str, list[int]] = defaultdict(list)
    for wave in waves(rows, width):
        assert 0 < len(wave) <= width
        assert len({one.aggregate for one in wave}) == len(wave)
        for one in wave:
            seen[one.aggregate].append(one.position)
    assert sorted(position for positions in seen.values() for position in positions) == list(range(len(rows)))
    assert all(positions == sorted(positions) for positions in seen.values())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=60))
def test_within_an_aggregate_rows_leave_by_version(pairs: list[tuple[int, int]]) -> None:
    rows = [row(at, aggregate, version) for at, (aggregate, version) in enumerate(pairs)]
    sorted_rows = by_version(list(rows))
    assert sorted(one.position for one in sorted_rows) == list(range(len(rows)))
    assert [one.aggregate for one in sorted_rows] == [one.aggregate for one in rows]
    for aggregate in {one.aggregate for one in rows}:
        versions = [(one.version, one.position) for one in sorted_rows if one.aggregate == aggregate]
        assert versions == sorted(versions)


def test_pauses_double_and_end_at_five_minutes() -> None:
    assert [pause(attempts).total_seconds() for attempts in (1, 2, 3, 8, 20)] == [1, 2, 4, 128, 300]


def message(**changes: object) -> bytes:
    full = {
        "specversion": "1.0",
        "id": str(UUID(int=1)),
        "source": "/acme/a",
        "type": "a.b.v1",
        "subject": "thing-1",
        "time": datetime.now(UTC).isoformat(),
        "aggregateversion": 3,
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "data": {"word": "hello", "added_later": 1},
    } | changes
    return json.dumps({name: value for name, value in full.items() if value is not None}).encode()


def test_an_event_is_read_tolerantly() -> None:
    event = read_incoming("evt.acme.a.b.v1", message(added_later="x"), "EVT_acme_a", 7)
    assert (event.aggregate, event.version, event.sequence, event.source) == ("thing-1", 3, 7, "EVT_acme_a")
    assert event.parse(Word) == Word(word="hello")


@pytest.mark.parametrize(
    "changes", [{"id": "x"}, {"subject": None}, {"aggregateversion": "many"}, {"time": "soon"}]
)
def test_an_envelope_that_breaks_its_rules_is_unreadable(changes: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        read_incoming("evt.acme.a.b.v1", message(**changes), "EVT_acme_a", 7)


def test_the_reason_of_an_unreadable_event_holds_no_value() -> None:
    event = read_incoming("evt.acme.a.b.v1", message(data={"word": ["Ada Lovelace"]}), "EVT_acme_a", 7)
    with pytest.raises(Unreadable) as refused:
        event.parse(Word)
    assert refused.value.reason == "data.word: string_type"


def test_a_reader_of_another_language_says_itself_what_it_cannot_read() -> None:
    class Sealed:
        @classmethod
        def from_message(cls, message: bytes) -> Sealed:
            raise ValueError("the seal is broken")

    event = read_incoming("evt.acme.a.b.v1", message(), "EVT_acme_a", 7)
    with pytest.raises(Unreadable) as refused:
        event.parse(Sealed)
    assert refused.value.reason == "the seal is broken"


GRANTED = Source("EVT_acme_a", "own_b", source="/acme/a", listener="own/b")
OWN = "own"


def arrival(data: bytes, subject: str = "evt.acme.a.b.v1") -> Arrival:
    return arrived(Delivery(subject, data, "", sequence=12, turn=1, times=1), GRANTED, OWN)


def test_an_unreadable_message_is_known_by_its_position() -> None:
    once, again = arrival(b"not json"), arrival(b"not json")
    assert once == again
    assert once.event is None
    assert once.problem == "unreadable: message: json_invalid"


@pytest.mark.row("N2")
def test_what_is_for_us_or_for_everybody_arrives_with_its_sender() -> None:
    openly, addressed = arrival(message()), arrival(message(addressee=OWN), f"evt.acme.a.b.v1.{OWN}")
    assert openly.event is not None
    assert (openly.event.sender, openly.event.addressee) == ("acme", None)
    assert addressed.event is not None
    assert (addressed.event.sender, addressed.event.addressee) == ("acme", OWN)


NOT_THE_OWNER = "source: not the owner of the stream"
NO_SOURCE = "source: string_pattern_mismatch"
NOT_THE_SUBJECTS = "type or addressee: not those of the subject"
MISATTRIBUTED: dict[str, tuple[dict[str, object], str, str]] = {
    "another party's event": (
        {"source": "/other/a"},
        "evt.other.a.b.v1",
        NOT_THE_OWNER,
    ),
    "another party's event on the owner's subject": (
        {"source": "/other/a"},
        "evt.acme.a.b.v1",
        NOT_THE_OWNER,
    ),
    "an event of the owner's other service": (
        {"source": "/acme/c", "type": "c.b.v1"},
        "evt.acme.c.b.v1",
        NOT_THE_OWNER,
    ),
    "another service than the type's": (
        {"source": "/acme/c"},
        "evt.acme.a.b.v1",
        "source: another service than the type's",
    ),
    "no source": ({"source": None}, "evt.acme.a.b.v1", "source: missing"),
    "a source of one part": ({"source": "/acme"}, "evt.acme.a.b.v1", NO_SOURCE),
    "a source of three parts": (
        {"source": "/acme/a/b"},
        "evt.acme.a.b.v1",
        NO_SOURCE,
    ),
    "what is for another party": (
        {"addressee": "other"},
        "evt.acme.a.b.v1.other",
        "addressee: another party",
    ),
    "what is for another party, on our subject": (
        {"addressee": "other"},
        f"evt.acme.a.b.v1.{OWN}",
        "addressee: another party",
    ),
    "what is for us, on a subject that is everybody's": (
        {"addressee": OWN},
        "evt.acme.a.b.v1",
        NOT_THE_SUBJECTS,
    ),
    "what is for everybody, on our subject": (
        {},
        f"evt.acme.a.b.v1.{OWN}",
        NOT_THE_SUBJECTS,
    ),
    "another type than the subject's": (
        {"type": "a.c.v1"},
        "evt.acme.a.b.v1",
        NOT_THE_SUBJECTS,
    ),
    "another version than the subject's": (
        {"type": "a.b.v2"},
        "evt.acme.a.b.v1",
        NOT_THE_SUBJECTS,
    ),
    "a type with the addressee in it": (
        {"type": f"a.b.v1.{OWN}"},
        "evt.acme.a.b.v1",
        NOT_THE_SUBJECTS,
    ),
}


@pytest.mark.row("N2")
@pytest.mark.parametrize("what", MISATTRIBUTED)
def test_what_an_envelope_says_of_its_sender_and_addressee_is_not_believed(what: str) -> None:
    changes, subject, reason = MISATTRIBUTED[what]
    found = arrival(message(**changes), subject)
    assert (found.event, found.problem) == (None, f"unreadable: {reason}")


def test_an_event_has_one_handler() -> None:
    listening = Listening()

    @listening.on("a.b.v1")
    async def first(tx: object, event: object) -> None:
        """Do nothing."""

    with pytest.raises(TypeError):
        listening.on_many("a.b.v1")(first)
    assert list(listening) == ["a.b.v1"]
