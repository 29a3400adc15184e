"""What makes a model an event: who publishes it, who may receive it, on what basis, in what order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from contracts.envelope import Enveloped
from contracts.words import Basis, Marked, PersonContact, PersonName, Purpose, Service

_CLASS_NAME = re.compile(r"(?P<words>[A-Z][A-Za-z]*?)V(?P<major>[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which an event is published; one for each event model."""

    name: str
    """Snake-case name, such as "unit_secured"."""
    major: int
    """Version; a change that isn't one more optional field makes a new one beside the old."""
    publisher: Service
    listeners: tuple[Service, ...]
    aggregate: str
    """The field whose value orders events: of one aggregate they arrive in the order of their versions."""
    basis: Basis
    purpose: Purpose | None
    """The consent the basis refers to; where it may name a person, the one that name and contact need."""
    without_person: Purpose | None
    """The consent it always needs, which is sufficient while it has neither name nor contact."""
    carries: frozenset[Marked]
    """What it is marked to contain beyond references, dates, codes, counts and money."""
    addressed: bool
    """Whether each message goes to one party alone; otherwise every party that listens may have it (N2)."""
    row: str
    """Rows of the specification it serves."""
    awaited: bool
    """Whether its publisher doesn't send it yet: its listeners are ready for it."""

    @property
    def key(self) -> str:
        """`type` of the envelope, and name of the generated files: <service>.<event>.v<major>."""
        return f"{self.publisher}.{self.name}.v{self.major}"

    def subject(self, party: str, addressee: str | None = None) -> str:
        """Return the subject on the broker: evt.<party>.<service>.<event>.v<major>[.<addressee>].

        Raises ValueError for an addressee that it can't have, or the lack of one that it needs.
        """
        if self.addressed != (addressee is not None):
            raise ValueError(f"{self.key} {'needs an addressee' if self.addressed else 'has no addressee'}")
        return f"evt.{party}.{self.key}{'' if addressee is None else f'.{addressee}'}"


class Event(Enveloped):
    """Base of every event: frozen, and closed for writing."""

    terms: ClassVar[Terms]

    @property
    def needs(self) -> frozenset[str]:
        """Return the purposes to which the person concerned must have agreed before it is published."""
        terms = self.terms
        if terms.purpose is None:
            return frozenset()
        if terms.without_person is None:
            return frozenset({terms.purpose.value})
        named = any(isinstance(value, PersonName | PersonContact) for _, value in self)
        return frozenset({terms.without_person.value, *([terms.purpose.value] if named else [])})


E = TypeVar("E", bound=Event)


def published(
    by: Service,
    to: tuple[Service, ...],
    *,
    aggregate: str,
    row: str,
    basis: Basis,
    purpose: Purpose | None = None,
    without_person: Purpose | None = None,
    carries: tuple[Marked, ...] = (),
    addressed: bool = True,
    awaited: bool = False,
) -> Callable[[type[E]], type[E]]:
    """Declare the terms of an event model named like `UnitSecuredV1`.

    Raises TypeError when the name, the aggregate or the listeners make no sense: a wrong contract must not
    import.
    """

    def declare(model: type[E]) -> type[E]:
        named = _CLASS_NAME.fullmatch(model.__name__)
        if named is None:
            raise TypeError(
                f"{model.__name__}: name it in the past tense with its version, like UnitSecuredV1"
            )
        field = model.model_fields.get(aggregate)
        if field is None or not field.is_required():
            raise TypeError(f"{model.__name__}: the aggregate {aggregate!r} must be a required field")
        if by in to or not to:
            raise TypeError(f"{model.__name__}: needs listeners, and its own publisher is none of them")
        if (purpose is None) != (basis in (Basis.NO_PERSON, Basis.CONTRACT)):
            raise TypeError(f"{model.__name__}: a consent needs its purpose, and nothing else has one")
        if without_person is not None and (purpose is None or Marked.PERSON not in carries):
            raise TypeError(f"{model.__name__}: only an event that may carry a person can go without one")
        if not addressed and basis is not Basis.NO_PERSON:
            raise TypeError(f"{model.__name__}: what concerns a person is addressed to one party")
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", named["words"]).lower()
        model.terms = Terms(
            name,
            int(named["major"]),
            by,
            to,
            aggregate,
            basis,
            purpose,
            without_person,
            frozenset(carries),
            addressed,
            row,
            awaited,
        )
        return model

    return declare
