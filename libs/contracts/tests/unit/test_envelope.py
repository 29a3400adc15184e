"""What is written can be read, strictly on one side and tolerantly on the other."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.catalogue import CATALOGUE
from contracts.envelope import UnreadableEvent, UnwritableEvent, read, write
from contracts.event import Event
from contracts.examples import EXAMPLES, example, message
from contracts.units import UnitRefusedV1, UnitSecuredV1

pytestmark = pytest.mark.row("W1")

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NOW = dt.datetime(2026, 3, 16, 14, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("model", CATALOGUE.models, ids=lambda model: model.terms.key)
def test_every_event_arrives_as_it_was_written(model: type[Event]) -> None:
    event, number = EXAMPLES[model.terms.key], uuid4()
    aggregate = getattr(event, model.terms.aggregate)
    sent = write(
        event,
        id=number,
        time=NOW,
        aggregate=aggregate,
        aggregate_version=7,
        source=f"/maple-homes/{model.terms.publisher}",
        addressee="harbour" if model.terms.addressed else None,
        traceparent=TRACE,
    )
    envelope = read(model, sent)
    assert envelope.data == event
    assert (envelope.id, envelope.subject, envelope.aggregateversion) == (number, aggregate, 7)
    assert (envelope.type, envelope.time, envelope.traceparent) == (model.terms.key, NOW, TRACE)
    assert envelope.source == f"/maple-homes/{model.terms.publisher}"
    assert envelope.addressee == ("harbour" if model.terms.addressed else None)
    assert model.from_message(sent) == event


def test_it_is_a_cloudevent_and_absent_means_unknown() -> None:
    document = json.loads(message("unit_published", id=uuid4(), bedrooms=None, rent=None))
    assert document["specversion"] == "1.0"
    assert set(document) == {
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
        "aggregateversion", "data",
    }  # fmt: skip
    assert document["dataschema"] == "urn:partywall:contracts:units.unit_published.v1"
    assert "bedrooms" not in document["data"]
    assert "rent" not in document["data"]


def test_a_reader_ignores_what_it_does_not_know_at_any_depth() -> None:
    document = json.loads(message("unit_published", id=uuid4()))
    document["newextension"] = "x"
    document["data"]["colour"] = "red"
    document["data"]["address"]["entrance"] = "north"
    document["data"]["rent"]["per"] = "month"
    assert read(CATALOGUE.by_name("unit_published"), json.dumps(document)).data == example("unit_published")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"type": "units.unit_refused.v1"},
            "expected units.unit_secured.v1, this is units.unit_refused.v1",
        ),
        (
            {"type": "units.unit_secured.v2"},
            "expected units.unit_secured.v1, this is units.unit_secured.v2",
        ),
        ({"type": "something.else"}, "type: string_pattern_mismatch"),
        ({"specversion": "0.3"}, "specversion: literal_error"),
        ({"id": "1"}, "id: uuid_parsing"),
        ({"subject": None}, "subject: uuid_type"),
        ({"aggregateversion": 0}, "aggregateversion: greater_than_equal"),
        ({"time": "2026-03-16T14:30:00"}, "time: timezone_aware"),
        (
            {"data": {"request": "secret words"}},
            "breaks its contract: data.request: uuid_parsing; data.unit: missing",
        ),
        ({"addressee": None}, "units.unit_secured.v1 breaks its contract: addressee: missing"),
        ({"addressee": "Harbour"}, "addressee: string_pattern_mismatch"),
        ({"addressee": "harbour.more"}, "addressee: string_pattern_mismatch"),
        (
            {"source": "/property/support"},
            "v1 breaks its contract: source: another service",
        ),
        ({"source": "/units"}, "source: string_pattern_mismatch"),
        ({"source": "/Maple Homes/units"}, "source: string_pattern_mismatch"),
        ({"source": "/property/units/more"}, "source: string_pattern_mismatch"),
        ({"datacontenttype": "text/plain"}, "datacontenttype: literal_error"),
    ],
)
def test_what_is_not_the_expected_event_is_refused_with_a_reason_and_no_data(
    change: dict[str, Any], says: str
) -> None:
    document = json.loads(message("unit_secured", id=uuid4())) | change
    with pytest.raises(UnreadableEvent) as refused:
        read(UnitSecuredV1, json.dumps(document))
    assert says in refused.value.reason
    assert "secret" not in refused.value.reason


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"'])
def test_rubbish_is_unreadable_and_never_anything_else(rubbish: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        read(UnitSecuredV1, rubbish)
    with pytest.raises(UnreadableEvent):
        UnitSecuredV1.from_message(rubbish)


@pytest.mark.parametrize(
    "wrong",
    [
        {"time": dt.datetime(2026, 3, 16)},  # noqa: DTZ001 - what is refused
        {"aggregate": UUID(int=1)},
        {"aggregate_version": 0},
        {"source": 'units","admin":"'},
        {"source": ""},
        {"source": "/units"},
        {"source": "/property/support"},
        {"source": '/x","y":"/units'},
        {"source": "/property/units\n"},
        {"addressee": None},
        {"addressee": 'x","y":"'},
        {"addressee": "x"},
        {"addressee": "harbour\n"},
        {"addressee": "h" * 32},
        {"traceparent": "now"},
    ],
)
def test_a_publisher_cannot_write_a_wrong_envelope(wrong: dict[str, Any]) -> None:
    event = example("unit_secured")
    right = {"id": uuid4(), "time": NOW, "aggregate": event.unit, "aggregate_version": 1}  # type: ignore[attr-defined]
    right |= {"source": "/property/units", "addressee": "harbour"}
    assert write(event, **right)
    with pytest.raises(UnwritableEvent):
        write(event, **(right | wrong))


def test_a_model_made_without_validation_cannot_be_written() -> None:
    unit = uuid4()
    smuggled = UnitRefusedV1.model_construct(request=unit, unit=unit, reason="missed two")  # type: ignore[arg-type]
    with pytest.raises(UnwritableEvent, match=r"units\.unit_refused\.v1"):
        write(
            smuggled,
            id=uuid4(),
            time=NOW,
            aggregate=unit,
            aggregate_version=1,
            source="/property/units",
            addressee="harbour",
        )


@pytest.mark.row("N2")
def test_what_is_for_everybody_has_no_addressee() -> None:
    event = example("unit_withdrawn")
    with pytest.raises(UnwritableEvent, match="has no addressee"):
        write(
            event,
            id=uuid4(),
            time=NOW,
            aggregate=event.unit,  # type: ignore[attr-defined]
            aggregate_version=1,
            source="/property/units",
            addressee="harbour",
        )
    document = json.loads(message("unit_withdrawn", id=uuid4())) | {"addressee": "harbour"}
    with pytest.raises(UnreadableEvent, match="addressee: unexpected"):
        read(type(event), json.dumps(document))
