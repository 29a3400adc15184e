"""Signing keys: Ed25519, the private half encrypted with a secret from the environment."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Mapped, mapped_column

from gateway.settings import GatewaySettings
from gateway.tables import Base

ANNOUNCED = timedelta(minutes=10)
"""Time between publishing a new key and signing with it: every service has fetched it by then."""
STILL_PUBLISHED = timedelta(hours=1)
"""Time for which a replaced key remains published: much longer than its last token is valid."""


class SigningKeyRow(Base):
    """One key: it signs from `signs_from` until a newer one does, and is published until `retired_at`."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[dict[str, Any]]
    sealed: Mapped[bytes]
    made_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]


def sealer(settings: GatewaySettings) -> Fernet:
    """Return the cipher for private keys and short-lived states of this gateway."""
    secret = (settings.key_secret or settings.csrf_secret).get_secret_value().encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=b"partywall", info=b"gateway signing keys").derive(
        secret
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def generate() -> OKPKey:
    """Return a new Ed25519 key; its id is a digest of its public half."""
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"})
    kid = base64.urlsafe_b64encode(
        hashlib.sha256(str(key.as_dict(private=False)["x"]).encode()).digest()[:12]
    )
    return OKPKey.import_key({**key.as_dict(private=True), "kid": kid.decode()})
