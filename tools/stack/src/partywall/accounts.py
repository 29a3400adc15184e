"""The accounts of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignIn:
    """A demo account of one party."""

    party: str
    email: str
    name: str
    roles: tuple[str, ...]
    password: str
