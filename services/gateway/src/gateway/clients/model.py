"""Programs with roles of their own; each has a secret, of which only a digest is kept."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class ApiClient(Base):
    """One program.

    Its secret is random and long, so a plain digest of it is as hard to turn back as it gets.
    """

    __tablename__ = "api_client"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    secret_digest: Mapped[bytes]
    active: Mapped[bool] = mapped_column(server_default="true")
    added_at: Mapped[datetime]


def subject_of(client_id: str) -> str:
    """Who a program is in tokens and in the register."""
    return f"client:{client_id}"


def digest(secret: str) -> bytes:
    """What is kept of a secret: it can be compared, and not read back."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(secret: str, kept: bytes | None) -> bool:
    """Whether a secret is the client's; takes as long for a client that doesn't exist."""
    return hmac.compare_digest(digest(secret), kept or digest("")) and kept is not None
