"""Sessions of people, and the count of failed sign-ins."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from gateway.tables import Base

GRACE = timedelta(seconds=60)
"""How long a replaced secret is accepted: two tabs may renew at the same time."""
FREE_FAILURES = {"pair": 5, "address": 50, "account": 100}
"""Wrong passwords allowed before the next attempt must wait: from one address for one account, from one
address for any account, and from anywhere for one account.
"""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=1)
"""Wrong passwords can lock another person out for this long at a time, at most."""
COUNT_RESET_AFTER = timedelta(hours=1)


class Session(Base):
    """One sign-in on one device.

    Only digests of its secrets are stored; the secret changes with every renewal.
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
    """Wrong passwords counted for an account from an address, for an address, or for an account (`kind`).

    `key` is a keyed digest, so the table identifies nobody.
    """

    __tablename__ = "failed_sign_ins"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    waits_until: Mapped[datetime]


class EndedSession(Base):
    """An ended session; a trigger writes it whenever the row of a session is deleted.

    The services read it in the register and refuse its tokens; it's deleted when the last one has expired.
    """

    __tablename__ = "ended_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class SignInRefused(DomainError):
    """Wrong address, wrong password or ended access; which of them is never disclosed."""

    kind = Kind.unauthenticated
    code = "sign_in_refused"
    message: ClassVar[str] = "The e-mail address or the password isn't right."


class TooManyAttempts(DomainError):
    """Too many wrong passwords, for any account. After `seconds` the right one is accepted."""

    kind = Kind.too_many
    code = "too_many_attempts"
    message: ClassVar[str] = "Too many attempts. Try again in {seconds} s."


class SessionOver(DomainError):
    """The session has ended, was ended elsewhere, or its secret was used twice."""

    kind = Kind.unauthenticated
    code = "session_over"
    message: ClassVar[str] = "Your session has ended. Sign in again."


def wait_after(kind: str, failures: int) -> timedelta:
    """Return how long the next attempt must wait: not at first, then doubling from 15 s to a minute."""
    beyond = failures - FREE_FAILURES[kind]
    if beyond < 0:
        return timedelta(0)
    return min(FIRST_WAIT * float(2 ** min(beyond, 12)), LONGEST_WAIT)


def new_secret() -> str:
    """Return a secret that can't be guessed, in characters that cookies allow."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what is stored of a secret: it can be compared, but not read."""
    return hashlib.sha256(secret.encode()).digest()


def count_keys(email: str, address: str, key: str) -> dict[str, bytes]:
    """Return the keyed digests under which a wrong password is counted, one for each kind of count."""
    texts = {"pair": f"{email}\x00{address}", "address": address, "account": email}
    return {
        kind: hmac.new(key.encode(), f"{kind}\x00{text}".encode(), hashlib.sha256).digest()
        for kind, text in texts.items()
    }
