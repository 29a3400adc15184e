"""Keys, tokens and a key set endpoint that look like an entity's gateway to the services under test."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

AUDIENCES = {"property": ("tenancy", "units", "gateway"), "support": ("support", "gateway")}


@dataclass(slots=True)
class SigningKey:
    """The key of one entity's issuer, as its gateway would hold it."""

    entity: str
    issuer: str
    key: OKPKey = field(
        default_factory=lambda: OKPKey.generate_key("Ed25519", {"kid": uuid.uuid4().hex, "use": "sig"})
    )

    @property
    def kid(self) -> str:
        """Identifier of the key in the key set."""
        return str(self.key.kid)

    def public_keys(self) -> dict[str, Any]:
        """Return the JSON Web Key Set that the issuer publishes: public halves only."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(
        self,
        *,
        roles: Iterable[str] = (),
        audience: str | Iterable[str] | None = None,
        kind: Literal["staff", "client", "system"] = "staff",
        subject: str | None = None,
        name: str = "Test Person",
        locale: str = "en",
        session: str | None = None,
        lifetime: int = 600,
        **claims: Any,
    ) -> str:
        """Return a signed access token of this entity, valid for `lifetime` seconds (negative: expired).

        `audience` defaults to every service of the entity; further `claims` replace or add to the usual ones.
        """
        now = int(time.time())
        wanted = AUDIENCES.get(self.entity, ()) if audience is None else audience
        content = {
            "iss": self.issuer,
            "aud": [wanted] if isinstance(wanted, str) else list(wanted),
            "sub": subject or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.entity}/{name}")),
            "entity": self.entity,
            "roles": sorted(roles),
            "name": name,
            "locale": locale,
            "sid": session or uuid.uuid4().hex,
            "kind": kind,
            "iat": now,
            "exp": now + lifetime,
            "jti": uuid.uuid4().hex,
            **claims,
        }
        return jwt.encode(
            {"alg": "Ed25519", "kid": self.kid, "typ": "at+jwt"}, content, self.key, algorithms=["Ed25519"]
        )


class KeySetServer:
    """Serves the key sets of the given issuers at `/<entity>/.well-known/jwks.json` from a thread.

    Next to it is the register of staff that a test has written (`write_register`).
    """

    def __init__(self) -> None:
        self.keys: dict[str, SigningKey] = {}
        self.registers: dict[str, str] = {}
        keys, registers = self.keys, self.registers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                entity = self.path.strip("/").split("/", 1)[0]
                if self.path.endswith("/staff-register"):
                    body = registers.get(entity, "").encode()
                else:
                    body = json.dumps(keys[entity].public_keys()).encode() if entity in keys else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing: the output belongs to the tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> KeySetServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def issuer(self, entity: str) -> str:
        """Return the issuer of `entity`: the address its key set is found under."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{entity}"

    def url(self, entity: str) -> str:
        """Return the address of the key set of `entity`."""
        return f"{self.issuer(entity)}/.well-known/jwks.json"

    def key(self, entity: str) -> SigningKey:
        """Return the key of `entity`, made at the first call."""
        if entity not in self.keys:
            self.keys[entity] = SigningKey(entity, self.issuer(entity))
        return self.keys[entity]

    def write_register(
        self,
        entity: str,
        *colleagues: dict[str, Any],
        withdrawn: Iterable[str] = (),
        ended: Iterable[str] = (),
    ) -> None:
        """Give the services of `entity` a register with these people: sub, name, roles, active."""
        key = self.key(entity)
        claims = {
            "iss": key.issuer,
            "entity": entity,
            "iat": time.time(),
            "colleagues": list(colleagues),
            "withdrawn": list(withdrawn),
            "ended": list(ended),
        }
        self.registers[entity] = jwt.encode(
            {"alg": "Ed25519", "kid": key.kid, "typ": "register+jwt"}, claims, key.key, algorithms=["Ed25519"]
        )

    def rotate(self, entity: str) -> SigningKey:
        """Replace the key of `entity`; tokens of the former one are no longer verifiable."""
        self.keys[entity] = SigningKey(entity, self.issuer(entity))
        return self.keys[entity]
