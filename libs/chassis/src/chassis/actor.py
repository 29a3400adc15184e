"""Who asks: the person or program on whose behalf a use case runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["staff", "client", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A verified asker. `subject` is an opaque reference, `entity` the legal entity that vouches for it."""

    subject: str
    entity: str
    roles: frozenset[str]
    name: str = ""
    locale: str = "en"
    kind: Kind = "staff"
    session: str | None = None

    @staticmethod
    def system(name: str, entity: str) -> Actor:
        """The actor of listeners, timers and hand tools: a program of `entity`, told apart by `name`."""
        return Actor(subject=f"system:{name}", entity=entity, roles=frozenset(), name=name, kind="system")
