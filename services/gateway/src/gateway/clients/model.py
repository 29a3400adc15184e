"""Programs with roles of their own; each has a secret, of which only a digest is stored."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class ApiClient(Base):
    """One program.

    Its secret is random and long, so a plain digest can't be reversed.
    """

    __tablename__ = "api_client"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    secret_digest: Mapped[bytes]
    active: Mapped[bool] = mapped_column(server_default="true")
    added_at: Mapped[datetime]


def subject_of(client_id: str) -> str:
    """Return the subject of a program in tokens and in the register."""
    return f"client:{client_id}"


def digest(secret: str) -> bytes:
    """Return what is stored of a secret: it can be compared, but not read."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(secret: str, stored: bytes | None) -> bool:
    """Return whether a secret is the client's; takes as long for a client that doesn't exist."""
    return hmac.compare_digest(digest(secret), stored or digest("")) and stored is not None
