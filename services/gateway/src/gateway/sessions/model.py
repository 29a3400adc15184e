"""Sessions of people, and the count of failed sign-ins."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from gateway.tables import Base

GRACE = timedelta(seconds=60)
"""A replaced secret is accepted this long: two tabs may renew at the same moment."""
FREE_FAILURES = {"account": 5, "address": 30}
"""Failures before each further one must wait."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class Session(Base):
    """One sign-in on one device.

    Only digests of its secrets are kept; the secret changes with every renewal.
    """

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_staff_id", "staff_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    secret_digest: Mapped[bytes] = mapped_column(unique=True)
    former_digest: Mapped[bytes | None] = mapped_column(unique=True)
    renewed_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    device: Mapped[str]
    address: Mapped[str]


class FailedSignIns(Base):
    """Failures counted for one account or one address (`kind`).

    `key` is a keyed digest, so the table names nobody.
    """

    __tablename__ = "failed_sign_ins"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    waits_until: Mapped[datetime]


class SignInRefused(DomainError):
    """Wrong address, wrong password, or access ended: which, is never told."""

    kind = Kind.unauthenticated
    code = "sign_in_refused"
    message: ClassVar[str] = "The e-mail address or the password isn't right."


class TooManyAttempts(DomainError):
    """Too many failures for this account or from this address; the same for accounts that don't exist."""

    kind = Kind.too_many
    code = "too_many_attempts"
    message: ClassVar[str] = "Too many attempts. Try again in {minutes} min."


class SessionOver(DomainError):
    """The session has ended, was ended elsewhere, or its secret was used twice."""

    kind = Kind.unauthenticated
    code = "session_over"
    message: ClassVar[str] = "Your session has ended. Sign in again."


def wait_after(kind: str, failures: int) -> timedelta:
    """How long the next attempt must wait: nothing at first, then doubling from 15 seconds to 15 minutes."""
    beyond = failures - FREE_FAILURES[kind]
    if beyond < 0:
        return timedelta(0)
    return min(FIRST_WAIT * float(2 ** min(beyond, 12)), LONGEST_WAIT)


def new_secret() -> str:
    """A secret that can't be guessed, safe in a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a secret: it can be compared, and not read back."""
    return hashlib.sha256(secret.encode()).digest()


def counted_as(kind: str, text: str, key: str) -> bytes:
    """The keyed digest under which failures are counted."""
    return hmac.new(key.encode(), f"{kind}\x00{text}".encode(), hashlib.sha256).digest()
