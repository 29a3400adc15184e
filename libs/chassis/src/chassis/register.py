"""The entity's register of staff as last read from its gateway: people, withdrawn keys, ended sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person or a program with roles in this entity; one that isn't `active` may do nothing."""

    subject: str
    name: str
    roles: frozenset[str]
    active: bool


@dataclass(frozen=True, slots=True)
class Edition:
    """The register at one moment: `at`, in seconds since 1970 by the gateway's clock."""

    at: float
    withdrawn: frozenset[str] = frozenset()
    """Ids of keys whose signatures are no longer accepted."""
    ended: frozenset[str] = frozenset()
    """Ended sessions, for as long as one of their tokens could be valid."""
    colleagues: Mapping[str, Colleague] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Edition:
        """Read what the gateway signed. Raises KeyError, TypeError, ValueError for anything else."""
        colleagues = {
            str(one["sub"]): Colleague(
                subject=str(one["sub"]),
                name=str(one["name"]),
                roles=frozenset(str(role) for role in one["roles"]),
                active=one["active"] is True,
            )
            for one in claims["colleagues"]
        }
        return cls(
            at=float(claims["iat"]),
            withdrawn=frozenset(str(kid) for kid in claims["withdrawn"]),
            ended=frozenset(str(session) for session in claims["ended"]),
            colleagues=MappingProxyType(colleagues),
        )

    def same_content(self, other: Edition) -> bool:
        """Whether two editions differ in nothing but their time."""
        return (self.withdrawn, self.ended, self.colleagues) == (
            other.withdrawn,
            other.ended,
            other.colleagues,
        )


class Register:
    """Holds the latest edition; None until the gateway has been reached for the first time."""

    def __init__(self) -> None:
        self.edition: Edition | None = None

    def colleagues(self, *roles: str) -> dict[str, Colleague] | None:
        """Return the active colleagues with one of `roles`, by subject; None while nothing is known."""
        if self.edition is None:
            return None
        return {
            subject: one
            for subject, one in self.edition.colleagues.items()
            if one.active and one.roles.intersection(roles)
        }
