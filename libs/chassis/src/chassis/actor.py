"""The person or program on whose behalf a use case runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["staff", "client", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A verified person or program. `subject` is an opaque reference, `entity` the legal entity behind it."""

    subject: str
    entity: str
    roles: frozenset[str]
    name: str = ""
    locale: str = "en"
    kind: Kind = "staff"
    session: str | None = None

    @staticmethod
    def system(name: str, entity: str) -> Actor:
        """Return the actor of a listener, timer or operator's tool: a program of `entity`, called `name`."""
        return Actor(subject=f"system:{name}", entity=entity, roles=frozenset(), name=name, kind="system")
