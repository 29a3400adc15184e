"""The envelope of every event: CloudEvents 1.0, structured JSON.

`write` is strict (a model that isn't exactly its contract raises), `read` is tolerant (an optional field or
an extension this reader doesn't know is ignored). Each costs one call into pydantic-core.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Annotated, ClassVar, Generic, Literal, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticSerializationError

from contracts.words import PARTY, Closed, PartyId

CONTENT_TYPE = "application/cloudevents+json"
"""Media type of an event on the bus (header Content-Type)."""

LAST_VERSION = 2**31 - 1
"""The highest number in the order of an aggregate."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_SOURCE = re.compile(rf"/{PARTY}/(?P<service>[a-z]+)")
_ADDRESSEE = re.compile(PARTY)


class UnreadableEvent(ValueError):
    """A message that isn't the event its reader expects; `reason` tells an operator why, without data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnwritableEvent(Exception):
    """A publisher tried to send something that its contract doesn't allow."""


class EnvelopeTerms(Protocol):
    """What the envelope says of an event's terms."""

    @property
    def key(self) -> str:
        """Name of the event with its version: the type in the envelope."""

    @property
    def addressed(self) -> bool:
        """Whether each message goes to one party alone."""

    @property
    def aggregate(self) -> str:
        """Name of the field whose value orders events."""


class Enveloped(Closed):
    """A model that is sent in an envelope."""

    terms: ClassVar[EnvelopeTerms]

    @classmethod
    def from_message(cls, message: bytes) -> Self:
        """Return the event in a message from the broker, read tolerantly.

        Raises UnreadableEvent, a ValueError.
        """
        return read(cls, message).data


E = TypeVar("E", bound=Enveloped)


class Head(BaseModel):
    """The attributes of an envelope without its data; unknown extensions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    """Version of CloudEvents."""
    id: UUID
    """Unique for the source; part of the key of the listener's inbox."""
    source: Annotated[str, Field(pattern=rf"^{_SOURCE.pattern}$")]
    """The publishing party and its service, for example "/maple-homes/units"."""
    type: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+\.v[1-9][0-9]*$")]
    """The service, the event and its version."""
    addressee: PartyId | None = None
    """The one party that the message is for; absent when every party that listens may have it."""
    subject: UUID
    """The aggregate: events of one arrive in the order of `aggregateversion`."""
    time: AwareDatetime
    """When it became true, in UTC."""
    aggregateversion: Annotated[int, Field(ge=1, le=LAST_VERSION)]
    """Number in the order of its aggregate."""
    datacontenttype: Literal["application/json"] = "application/json"
    """Media type of `data`."""
    dataschema: Annotated[str, Field(max_length=200)] | None = None
    """Names the JSON Schema of `data`."""
    traceparent: Annotated[str, Field(max_length=200)] | None = None
    """W3C trace context of the transaction that published it."""


class Envelope(Head, Generic[E]):
    """An event with the attributes of its envelope."""

    data: E
    """The event itself."""


def schema_urn(model: type[Enveloped]) -> str:
    """Return the name of a model's JSON Schema, as the envelope's `dataschema` gives it."""
    return f"urn:partywall:contracts:{model.terms.key}"


def write(
    event: Enveloped,
    *,
    id: UUID,  # CloudEvents' own name for it
    time: dt.datetime,
    aggregate: UUID,
    aggregate_version: int,
    source: str,
    addressee: str | None = None,
    traceparent: str | None = None,
) -> bytes:
    """Return the event as CloudEvents JSON.

    `source` is "/<party>/<service>" of the publisher, `addressee` the party that the message is for, which an
    addressed event needs and no other has. `time` must be aware; `aggregate` must be what the catalogue says
    orders this event; `aggregate_version` goes from 1 to LAST_VERSION. Raises UnwritableEvent when any of it
    isn't so, or when the model was made without validation.
    """
    terms = event.terms
    if time.tzinfo is None:
        raise UnwritableEvent(f"{terms.key}: the time of an event must be aware")
    if getattr(event, terms.aggregate, None) != aggregate:
        raise UnwritableEvent(f"{terms.key}: is ordered by its {terms.aggregate}, and that is another one")
    if not 1 <= aggregate_version <= LAST_VERSION:
        raise UnwritableEvent(f"{terms.key}: versions of an aggregate go from 1 to {LAST_VERSION}")
    publisher = _SOURCE.fullmatch(source)
    if publisher is None or publisher["service"] != _service(terms):
        raise UnwritableEvent(f"{terms.key}: {source!r} can't be its source")
    if terms.addressed != (addressee is not None):
        raise UnwritableEvent(
            f"{terms.key}: {'needs an addressee' if terms.addressed else 'has no addressee'}"
        )
    if addressee is not None and _ADDRESSEE.fullmatch(addressee) is None:
        raise UnwritableEvent(f"{terms.key}: {addressee!r} can't be an addressee")
    if traceparent is not None and _TRACEPARENT.fullmatch(traceparent) is None:
        raise UnwritableEvent(f"{terms.key}: the traceparent isn't one")
    try:
        data = event.__pydantic_serializer__.to_json(event, warnings="error", exclude_none=True)
    except PydanticSerializationError as error:
        raise UnwritableEvent(f"{terms.key}: is not what its contract says: {error}") from error
    head = (
        f'{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{terms.key}","subject":"{aggregate}",'
        f'"time":"{time.astimezone(dt.UTC).isoformat()}","datacontenttype":"application/json",'
        f'"dataschema":"{schema_urn(type(event))}","aggregateversion":{aggregate_version},'
    )
    to = f'"addressee":"{addressee}",' if addressee else ""
    trace = f'"traceparent":"{traceparent}",' if traceparent else ""
    return b"".join(((head + to + trace + '"data":').encode(), data, b"}"))


def _service(terms: EnvelopeTerms) -> str:
    return terms.key.partition(".")[0]


@cache
def _around(model: type[E]) -> type[Envelope[E]]:
    return Envelope[model]  # type: ignore[valid-type]


def read(model: type[E], message: bytes | bytearray | str) -> Envelope[E]:
    """Return the envelope and event of a message, read by the given model; unknown fields are ignored.

    Raises UnreadableEvent for another event, another version, or anything that breaks the contract.
    """
    try:
        envelope = _around(model).model_validate_json(message, extra="ignore")
    except ValidationError as error:
        raise _explain(model, message, error) from error
    terms = model.terms
    if envelope.type != terms.key:
        raise UnreadableEvent(f"expected {terms.key}, this is {envelope.type}")
    if not envelope.source.endswith(f"/{_service(terms)}"):
        raise UnreadableEvent(f"{terms.key} breaks its contract: source: another service")
    if terms.addressed != (envelope.addressee is not None):
        raise UnreadableEvent(
            f"{terms.key} breaks its contract: addressee: {'missing' if terms.addressed else 'unexpected'}"
        )
    return envelope


def _explain(
    model: type[Enveloped], message: bytes | bytearray | str, error: ValidationError
) -> UnreadableEvent:
    try:
        found = Head.model_validate_json(message).type
    except ValidationError:
        return UnreadableEvent(_places(error))
    if found != model.terms.key:
        return UnreadableEvent(f"expected {model.terms.key}, this is {found}")
    return UnreadableEvent(f"{found} breaks its contract: {_places(error)}")


def _places(error: ValidationError) -> str:
    """Name the wrong fields and the rule each breaks, never values: those may be a person's."""
    return "; ".join(
        f"{'.'.join(str(step) for step in item['loc']) or 'message'}: {item['type']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    )
