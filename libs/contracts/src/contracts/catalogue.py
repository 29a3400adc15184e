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
    """Immutable mapping from type ("units.unit_secured.v1") to event model, with look-ups by service."""

    def __init__(self, models: Iterable[type[Event]]) -> None:
        by_type: dict[str, type[Event]] = {}
        for model in models:
            if model.terms.key in by_type:
                raise ValueError(f"{model.terms.key} is declared twice")
            by_type[model.terms.key] = model
        self._by_type = MappingProxyType(dict(sorted(by_type.items())))

    def __getitem__(self, key: str) -> type[Event]:
        return self._by_type[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_type)

    def __len__(self) -> int:
        return len(self._by_type)

    @property
    def models(self) -> tuple[type[Event], ...]:
        """Every event model, in the order of their types."""
        return tuple(self._by_type.values())

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

    def crossing(self, publisher: str, listener: str) -> tuple[type[Event], ...]:
        """Return exactly the events that one service may receive from another; empty when none."""
        return tuple(m for m in self.published_by(publisher) if listener in m.terms.listeners)

    def publishers_for(self, listener: str) -> tuple[Service, ...]:
        """Return the services from which a listener receives events."""
        return tuple(s for s in Service if self.crossing(s, listener))

    def listeners_of(self, publisher: str) -> tuple[Service, ...]:
        """Return the services that receive events of a publisher."""
        return tuple(s for s in Service if self.crossing(publisher, s))

    def terms(self, key: str) -> Terms:
        """Return the terms on which an event is published. Raises KeyError for one not in the catalogue."""
        return self._by_type[key].terms


def events_in(module: object) -> tuple[type[Event], ...]:
    """Return the events that a publisher's module declares."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Event) and "terms" in vars(value)
    )


CATALOGUE = Catalogue(model for module in (units, support, tenancy) for model in events_in(module))
"""All events that may cross."""
