"""Between machines clients use TLS, and the servers prove to each other who they are."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import nats
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts.border import Certificates, Grants, Seat, jetstream
from contracts.examples import message, subject
from contracts.words import Service

pytestmark = pytest.mark.row("W1")

Border = Any
Start = Callable[..., Border]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make_certificates(folder: Path) -> Certificates:
    """Make an authority and a certificate for 127.0.0.1 that is good for serving and for calling."""
    folder.mkdir()
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = dt.datetime.now(dt.UTC)

    def begun(subject: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            _name("authority"),
            _name(subject),
            public,
            x509.random_serial_number(),
            now,
            now + dt.timedelta(days=1),
        )

    authority = (
        begun("authority", authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server = (
        begun("server", key.public_key())
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    kept = {
        "ca.crt": authority.public_bytes(serialization.Encoding.PEM),
        "tls.crt": server.public_bytes(serialization.Encoding.PEM),
        "tls.key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    return Certificates(*(str(folder / name) for name in ("tls.crt", "tls.key", "ca.crt")))


async def test_two_organisations_speak_over_tls(own_servers: Start, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path / "tls")
    border = own_servers(certificates=certificates)
    with pytest.raises((nats.errors.Error, OSError, ssl.SSLError)):
        await border.connect("property_units")  # without trusting the authority
    border.authority = ssl.create_default_context(cafile=certificates.ca_file)
    await border.establish()
    speaker = jetstream((await border.connect("property_units")).client)
    await speaker.publish(subject("unit_secured"), message("unit_secured", id=uuid4()))
    units, support = Seat("property", Service.UNITS), Seat("support", Service.SUPPORT)
    (grant,) = Grants((units, support)).given_to(support)
    listener = jetstream((await border.connect("support_support")).client, prefix=grant.api_prefix)
    waiting = await listener.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
    (received,) = await waiting.fetch(1, timeout=20)
    assert received.subject == subject("unit_secured")
    await received.ack_sync(timeout=20)
    await border.close()
