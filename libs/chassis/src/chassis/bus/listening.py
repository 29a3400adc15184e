"""What a service listens to: the events it has handlers for, and the form in which handlers get them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from chassis.tx import Tx


class MessageModel(Protocol):
    """A model of the published language, as far as delivery needs to know it: it reads a message."""

    @classmethod
    def from_message(cls, message: bytes) -> Self:
        """Return the content of a message. Raises ValueError naming fields and rules, never values."""


M = TypeVar("M", bound=MessageModel)


class Unreadable(Exception):
    """A message that can't be read; `reason` names fields and rules, never values (X4)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """A grant as plain values."""

    stream: str
    consumer: str
    source: str
    listener: str
    api_prefix: str = "$JS.API"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it arrived: the attributes of its envelope, and the whole message in `data`.

    `sender` is the party that published it, `addressee` the one it is for (None: everybody that listens), and
    `source` the stream that it was pulled from.
    """

    id: UUID
    subject: str
    type: str
    aggregate: str
    version: int
    time: datetime
    data: bytes
    source: str
    sequence: int
    sender: str
    addressee: str | None = None
    traceparent: str | None = None

    def parse(self, model: builtins.type[M]) -> M:
        """Return the content of the event, read by `model`.

        Raises Unreadable when the message breaks the model's contract; such an event is parked at once,
        because trying again can't help.
        """
        try:
            return model.from_message(self.data)
        except ValidationError as error:
            raise Unreadable(_broken_rules(error)) from error
        except ValueError as error:
            raise Unreadable(str(error)) from error


_LATEST_VERSION = 2**31 - 1
_PRINTABLE = r"^[\x21-\x7e]{1,200}$"
_SOURCE = r"^/[\x21-\x2e\x30-\x7e]{1,100}/[\x21-\x2e\x30-\x7e]{1,90}$"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def _usable_trace(value: object) -> str | None:
    """Return a valid trace context, or None: an event is never refused for how it's traced."""
    return value if isinstance(value, str) and _TRACEPARENT.fullmatch(value) else None


class _Head(BaseModel):
    """The attributes of a CloudEvents 1.0 envelope by which a message is delivered.

    The content is read by the contract's model. Each attribute is bounded by the column it's written to.
    """

    model_config = ConfigDict(extra="ignore")

    id: UUID
    source: str = Field(pattern=_SOURCE)
    type: str = Field(pattern=_PRINTABLE)
    addressee: str | None = Field(None, pattern=_PRINTABLE)
    subject: str = Field(pattern=_PRINTABLE)
    time: AwareDatetime
    aggregateversion: int = Field(ge=0, le=_LATEST_VERSION)
    traceparent: Annotated[str | None, BeforeValidator(_usable_trace)] = None


def _broken_rules(error: ValidationError) -> str:
    """Name the wrong fields and the rule each breaks; values are left out, as they may be a person's."""
    return "; ".join(
        f"{'.'.join(str(step) for step in item['loc']) or 'message'}: {item['type']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    )


def read_incoming(subject: str, data: bytes, source: str, sequence: int) -> Incoming:
    """Return the message as an event, as its envelope describes it; `source` is the stream it is from.

    Raises Unreadable when the envelope is no CloudEvent of ours.
    """
    try:
        head = _Head.model_validate_json(data)
    except ValidationError as error:
        raise Unreadable(_broken_rules(error)) from error
    _, sender, service = head.source.split("/")
    if not head.type.startswith(f"{service}."):
        raise Unreadable("source: another service than the type's")
    return Incoming(
        id=head.id,
        subject=subject,
        type=head.type,
        aggregate=head.subject,
        version=head.aggregateversion,
        time=head.time,
        data=data,
        source=source,
        sequence=sequence,
        sender=sender,
        addressee=head.addressee,
        traceparent=head.traceparent,
    )


Handler = Callable[["Tx", Incoming], Awaitable[None]]
ManyHandler = Callable[["Tx", Sequence[Incoming]], Awaitable[None]]
H = TypeVar("H", bound=Handler)
HM = TypeVar("HM", bound=ManyHandler)


@dataclass(frozen=True, slots=True)
class OneByOne:
    """A handler that is called for each event; with `concludes`, all it does is one `tx.conclude`."""

    handler: Handler
    concludes: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A handler that is called for a run of events of one type."""

    handler: ManyHandler


class Listening:
    """The types of events that a service acts on, each with its one handler, whichever party sends them.

    A handler runs inside the transaction that also records the event as received, so its effect happens once,
    however often the event arrives. It must not commit, and must use nothing but the database.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, OneByOne | Many] = {}

    def on(self, type: str, *, concludes: bool = False) -> Callable[[H], H]:
        """Register the one handler of an event: `async def unit_secured(tx, event)`.

        With `concludes` the handler promises that its only statement, and the last thing it does, is one
        `tx.conclude`. A single event is then acted on in one statement: inbox row, effect and all that was
        recorded. A `conclude` that matches no row means that there was nothing to do.
        """

        def register(handler: H) -> H:
            self._add(type, OneByOne(handler, concludes))
            return handler

        return register

    def on_many(self, type: str) -> Callable[[HM], HM]:
        """Register a handler for runs of one type of event: `async def units_published(tx, events)`.

        For events that arrive by the thousand and can be written in one statement. `events` is in order, has
        at least one, and may have several of one aggregate.
        """

        def register(handler: HM) -> HM:
            self._add(type, Many(handler))
            return handler

        return register

    def _add(self, type: str, handler: OneByOne | Many) -> None:
        if type in self._handlers:
            raise TypeError(f"{type} has a handler already")
        self._handlers[type] = handler

    def include(self, other: Listening) -> None:
        """Add the handlers of another. Raises TypeError for an event that both handle."""
        for type, handler in other._handlers.items():
            self._add(type, handler)

    def handler(self, type: str) -> OneByOne | Many | None:
        """Return the handler of a type of event, or None when this service has none."""
        return self._handlers.get(type)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._handlers))

    def __len__(self) -> int:
        return len(self._handlers)
