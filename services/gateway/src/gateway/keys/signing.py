"""Signs tokens and publishes keys, which are read from the database and cached briefly."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import or_, select

from chassis.actor import Actor
from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.perform import perform
from chassis.runtime import Runtime
from gateway.keys.commands import HaveKeys, have_keys
from gateway.keys.model import SigningKeyRow, sealer
from gateway.organisation import organisation_of
from gateway.settings import GatewaySettings

_CACHE_SECONDS = 2.0
"""A key withdrawn at once may sign for this much longer; such tokens are refused like the others."""


class Signing:
    """Signs access tokens with the newest key that may sign, and publishes all keys that aren't retired."""

    def __init__(self, runtime: Runtime, settings: GatewaySettings) -> None:
        self.runtime = runtime
        self.settings = settings
        self._signer: OKPKey | None = None
        self._published: list[dict[str, Any]] = []
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    def forget(self) -> None:
        """Have the keys read again at the next use (after a rotation)."""
        self._read_at = float("-inf")

    async def published(self) -> dict[str, Any]:
        """Return the JSON Web Key Set: public halves only."""
        await self._fresh()
        return {"keys": self._published}

    async def access_token(
        self, *, subject: str, name: str, roles: list[str], locale: str, kind: str, session: str | None
    ) -> str:
        """Return a signed token for this entity's services, valid for `token_seconds`."""
        now = int(self.runtime.clock.now().timestamp())
        claims: dict[str, Any] = {
            "aud": list(organisation_of(self.runtime).audiences),
            "sub": subject,
            "roles": sorted(roles),
            "name": name,
            "locale": locale,
            "kind": kind,
            "iat": now,
            "exp": now + self.settings.token_seconds,
            "jti": str(new_id()),
        }
        if session:
            claims["sid"] = session
        return await self.sign("at+jwt", claims)

    async def sign(self, kind: str, claims: dict[str, Any]) -> str:
        """Return claims of this issuer and entity, signed as a token of this `typ`."""
        await self._fresh()
        if self._signer is None:
            raise Unavailable
        header = {"alg": "Ed25519", "kid": str(self._signer.kid), "typ": kind}
        issued = {
            "iss": self.settings.issuer,
            "entity": self.settings.entity,
            "iat": self.runtime.clock.now().timestamp(),
        }
        return jwt.encode(header, {**issued, **claims}, self._signer, algorithms=["Ed25519"])

    async def _fresh(self) -> None:
        if time.monotonic() - self._read_at < _CACHE_SECONDS:
            return
        async with self._reading:
            if time.monotonic() - self._read_at < _CACHE_SECONDS:
                return
            await self._read()
            if self._signer is None:
                system = Actor.system("keys", self.settings.entity)
                await perform(self.runtime, system, have_keys, HaveKeys())
                await self._read()
            self._read_at = time.monotonic()

    async def _read(self) -> None:
        now = self.runtime.clock.now()
        good = or_(SigningKeyRow.retired_at.is_(None), SigningKeyRow.retired_at > now)
        async with self.runtime.reading(Actor.system("keys", self.settings.entity)) as tx:
            rows = (
                await tx.execute(select(SigningKeyRow).where(good).order_by(SigningKeyRow.signs_from.desc()))
            ).scalars()
            keys = list(rows)
        self._published = [{**row.public, "alg": "Ed25519", "use": "sig"} for row in keys]
        signer = next((row for row in keys if row.signs_from <= now), None)
        opened = sealer(self.settings)
        self._signer = OKPKey.import_key(json.loads(opened.decrypt(signer.sealed))) if signer else None


class OwnKeys(httpx.AsyncBaseTransport):
    """Lets the gateway's own verifier fetch the key set without the network."""

    def __init__(self, signing: Signing) -> None:
        self.signing = signing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer any request with the keys."""
        return httpx.Response(200, json=await self.signing.published(), request=request)
