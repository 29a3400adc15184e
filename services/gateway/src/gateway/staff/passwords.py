"""Passwords: Argon2id hashes, and rules for new passwords."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chassis.errors import DomainError, Kind

LEAST_LENGTH = 12
_HASHER = PasswordHasher()  # Argon2id with the library's parameters (RFC 9106, low memory)
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


class PasswordTooShort(DomainError):
    """A new password has fewer than 12 characters."""

    kind = Kind.invalid
    code = "password_too_short"
    message = "A password must have at least {least} characters."


class PasswordTooPlain(DomainError):
    """A new password is a few characters repeated, a well-known one, or the person's own address."""

    kind = Kind.invalid
    code = "password_too_plain"
    message = "This password is too easy to guess. Put a few unrelated words together."


async def hash_password(password: str) -> str:
    """Return the Argon2id hash; takes tens of milliseconds, in a thread."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def is_password(password: str, hashed: str | None) -> bool:
    """Return whether the password is right; takes as long when there is no hash to compare with."""
    return await asyncio.to_thread(_verify, password, hashed)


def check_new(password: str, email: str, field: str = "password") -> None:
    """Refuse a new password. Raises PasswordTooShort, PasswordTooPlain."""
    if len(password) < LEAST_LENGTH:
        raise PasswordTooShort(field=field, least=LEAST_LENGTH)
    lowered = password.lower()
    if (
        len(set(lowered)) < 5
        or lowered == email
        or lowered in {"partywall" * 2, "password1234", "123456789012"}
    ):
        raise PasswordTooPlain(field=field)


def make_password() -> str:
    """Return a random password that can be read out over the phone: four groups of five."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def _verify(password: str, hashed: str | None) -> bool:
    try:
        return _HASHER.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False
