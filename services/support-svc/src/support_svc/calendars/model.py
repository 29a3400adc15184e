"""The secret addresses of calendars, of which only hashes are stored (F3)."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from support_svc.tables import Base

SECRET_BYTES = 32


class CalendarAddress(Base):
    """The one address of a person's calendar; without a row the person has none."""

    __tablename__ = "calendar_address"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    locale: Mapped[str] = mapped_column(String(2))
    renewed_at: Mapped[datetime]


class RenewCalendar(BaseModel):
    """A new address for one's own calendar; the former one, if there was one, is gone at once."""

    model_config = ConfigDict(frozen=True)

    secret_hash: str = Field(min_length=64, max_length=64)


class EndCalendar(BaseModel):
    """No address any more for the calendar of a caseworker, who is the one who asks."""

    model_config = ConfigDict(frozen=True)

    caseworker: str = Field(max_length=120)


def hash_of(secret: str) -> str:
    """Return what is stored of a secret: it has 256 bits of chance, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret(key: str | None, subject: str, pepper: str) -> str:
    """Return the secret part of a new address.

    With a `key`, that of a form or request that may be sent twice, it is the same secret both times, though
    nothing of it is stored: it follows from the key and from `pepper`, which only the service knows.
    """
    if key is None:
        return secrets.token_urlsafe(SECRET_BYTES)
    made = hmac.digest(pepper.encode(), f"calendar\n{subject}\n{key}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
