"""What a feature publishes, what it acts on, and the moments it waits for: its `events.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from chassis.bus.listening import HM, H, Listening
from chassis.bus.timers import Timers
from chassis.feature import Feature
from chassis.publisher import Publishable

if TYPE_CHECKING:
    from chassis.bus.timers import T

Fact = TypeVar("Fact")
Form = Callable[[Fact], tuple[Publishable, int]]
"""From a fact to its event and the event's number in the order of its aggregate, from 1."""


class Terms(Protocol):
    """What the terms of an event say to who acts on it."""

    @property
    def subject(self) -> str:
        """Subject on the broker."""


class EventModel(Protocol):
    """A model of the published language, as far as a handler is registered for it."""

    @property
    def terms(self) -> Terms:
        """The terms it crosses on."""


class Events:
    """The events of one feature in both directions, and its timers; each has one function.

    A handler runs inside the transaction that also records the event as received, or takes the timer away, so
    its effect happens once, however often the event arrives. It must not commit, and must not talk to
    anything but the database.
    """

    def __init__(self) -> None:
        self.forms: dict[type, Form[Any]] = {}
        self.listening = Listening()
        self.timers = Timers()

    def publishes(self, fact: type[Fact]) -> Callable[[Form[Fact]], Form[Fact]]:
        """Register the published form of a fact; a fact without one can't leave the service."""

        def register(form: Form[Fact]) -> Form[Fact]:
            if fact in self.forms:
                raise TypeError(f"{fact.__name__} has a published form already")
            self.forms[fact] = form
            return form

        return register

    def on(self, event: EventModel, *, concludes: bool = False) -> Callable[[H], H]:
        """Register the handler of an event; see `Listening.on` for `concludes`."""
        return self.listening.on(event.terms.subject, concludes=concludes)

    def on_many(self, event: EventModel) -> Callable[[HM], HM]:
        """Register a handler that takes runs of one event at once; see `Listening.on_many`."""
        return self.listening.on_many(event.terms.subject)

    def at(self, kind: str, *, long: bool = False) -> Callable[[T], T]:
        """Register the handler of a kind of timer; see `Timers.on` for `long`."""
        return self.timers.on(kind, long=long)

    def include(self, other: Events) -> None:
        """Take in what another feature registered. Raises TypeError for what both claim."""
        for fact, form in other.forms.items():
            self.publishes(fact)(form)
        self.listening.include(other.listening)
        self.timers.include(other.timers)


def events_of(features: Sequence[Feature]) -> Events:
    """Return what all features publish and act on. Raises TypeError for what two of them claim."""
    together = Events()
    for feature in features:
        if (module := feature.part("events")) is not None:
            together.include(module.EVENTS)
    return together
