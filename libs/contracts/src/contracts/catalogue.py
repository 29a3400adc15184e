"""Which events may cross, from whom to whom and on what basis: derived from the models themselves.

The broker's grants (`contracts.border`), the generated documents and the tests all start here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from contracts import support, tenancy, units
from contracts.event import Event, Terms
from contracts.words import Service


class Catalogue(Mapping[str, type[Event]]):
    """Immutable mapping from subject to event model, with the lookups the border and the services need."""

    def __init__(self, models: Iterable[type[Event]]) -> None:
        by_subject: dict[str, type[Event]] = {}
        for model in models:
            if model.terms.subject in by_subject:
                raise ValueError(f"{model.terms.subject} is declared twice")
            by_subject[model.terms.subject] = model
        self._by_subject = MappingProxyType(dict(sorted(by_subject.items())))

    def __getitem__(self, subject: str) -> type[Event]:
        return self._by_subject[subject]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_subject)

    def __len__(self) -> int:
        return len(self._by_subject)

    @property
    def models(self) -> tuple[type[Event], ...]:
        """Every event model, in the order of their subjects."""
        return tuple(self._by_subject.values())

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service that publishes or listens."""
        named = {m.terms.publisher for m in self.models} | {s for m in self.models for s in m.terms.listeners}
        return tuple(service for service in Service if service in named)

    def by_name(self, name: str, major: int | None = None) -> type[Event]:
        """Return the model of an event such as "unit_secured", the highest version unless one is named.

        Raises KeyError when there is none.
        """
        found = [m for m in self.models if m.terms.name == name and major in (None, m.terms.major)]
        if not found:
            raise KeyError(name if major is None else f"{name}.v{major}")
        return max(found, key=lambda model: model.terms.major)

    def published_by(self, service: str) -> tuple[type[Event], ...]:
        """Return the events that a service publishes."""
        return tuple(m for m in self.models if m.terms.publisher == service)

    def received_by(self, service: str) -> tuple[type[Event], ...]:
        """Return the events that a service may receive."""
        return tuple(m for m in self.models if service in m.terms.listeners)

    def subjects(self, publisher: str, listener: str) -> tuple[str, ...]:
        """Return exactly the subjects one service may receive from another; empty when none."""
        return tuple(m.terms.subject for m in self.published_by(publisher) if listener in m.terms.listeners)

    def publishers_for(self, listener: str) -> tuple[Service, ...]:
        """Return the services from which a listener receives events."""
        return tuple(s for s in Service if self.subjects(s, listener))

    def listeners_of(self, publisher: str) -> tuple[Service, ...]:
        """Return the services that receive events of a publisher."""
        return tuple(s for s in Service if self.subjects(publisher, s))

    def terms(self, subject: str) -> Terms:
        """Return the terms on which an event is published. Raises KeyError for one not in the catalogue."""
        return self._by_subject[subject].terms


def events_in(module: object) -> tuple[type[Event], ...]:
    """Return the events that a publisher's module declares."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Event) and "terms" in vars(value)
    )


CATALOGUE = Catalogue(model for module in (units, support, tenancy) for model in events_in(module))
"""All events that may cross."""
