"""Verification of access tokens: Ed25519 signatures against the issuer's published keys."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.actor import Actor
from chassis.errors import DomainError, NotSignedIn, Unavailable

ALGORITHMS = ["Ed25519"]
LEEWAY = 5
_KINDS = {"staff", "client", "system"}


class TokenVerifier:
    """Turns an access token into an `Actor`, or refuses with `NotSignedIn`.

    Keys come from `jwks_url`; they're kept for `refresh` seconds, fetched again for an unknown key id (at
    most every `pause` seconds), and used on while the issuer can't be reached. Verified tokens are
    remembered until they expire, so a signature is computed once for each token.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        entity: str,
        jwks_url: str,
        *,
        client: httpx.AsyncClient | None = None,
        now: Callable[[], float] = time.time,
        refresh: float = 300,
        pause: float = 5,
        remembered: int = 4096,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.entity = entity
        self.jwks_url = jwks_url
        self._client = client or httpx.AsyncClient(timeout=3)
        self._now = now
        self._refresh = refresh
        self._pause = pause
        self._keys: KeySet | None = None
        self._ids: set[str] = set()
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._remembered = remembered
        self._verified: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()

    async def verify(self, token: str) -> Actor:
        """Return the actor whom `token` names; refuse with `NotSignedIn`, or `Unavailable` without any
        keys."""
        mark = sha256(token.encode()).digest()
        known = self._verified.get(mark)
        if known is not None:
            if known[0] > self._now():
                return known[1]
            del self._verified[mark]
            raise NotSignedIn
        claims = await self._signed(token)
        expires, actor = self._actor(claims)
        self._verified[mark] = (expires, actor)
        if len(self._verified) > self._remembered:
            self._verified.popitem(last=False)
        return actor

    async def check(self) -> None:
        """Return when keys are at hand; raise what hinders it otherwise."""
        if self._keys is None:
            await self._fetch()

    async def close(self) -> None:
        """Close the connection to the issuer."""
        await self._client.aclose()

    async def _signed(self, token: str) -> dict[str, Any]:
        try:
            header = _header(token)
        except (ValueError, KeyError, TypeError):
            raise NotSignedIn from None
        if header.get("alg") not in ALGORITHMS or header.get("typ", "JWT").lower() not in {"jwt", "at+jwt"}:
            raise NotSignedIn
        keys = await self._keys_for(str(header.get("kid", "")))
        try:
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn from None

    def _actor(self, claims: dict[str, Any]) -> tuple[float, Actor]:
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        subject, kind, roles = claims.get("sub"), claims.get("kind", "staff"), claims.get("roles", [])
        if (
            claims.get("iss") != self.issuer
            or self.audience not in audiences
            or claims.get("entity") != self.entity
            or not isinstance(expires, (int, float))
            or expires <= self._now()
            or not isinstance(begins, (int, float))
            or begins > self._now() + LEEWAY
            or not isinstance(subject, str)
            or not subject
            or kind not in _KINDS
            or kind == "system"
            or not isinstance(roles, list)
        ):
            raise NotSignedIn
        return float(expires), Actor(
            subject=subject,
            entity=self.entity,
            roles=frozenset(str(role) for role in roles),
            name=str(claims.get("name", "")),
            locale=str(claims.get("locale", "en")),
            kind=kind,
            session=str(claims["sid"]) if claims.get("sid") else None,
        )

    async def _keys_for(self, kid: str) -> KeySet:
        age = self._now() - self._fetched_at
        if self._keys is None or kid not in self._ids or age > self._refresh:
            try:
                await self._fetch()
            except DomainError:
                if self._keys is None:
                    raise
        if self._keys is None:
            raise Unavailable
        return self._keys

    async def _fetch(self) -> None:
        async with self._fetching:
            if self._now() - self._tried_at < self._pause:
                if self._keys is None:
                    raise Unavailable
                return
            self._tried_at = self._now()
            try:
                answer = await self._client.get(self.jwks_url)
                answer.raise_for_status()
                keys = KeySet.import_key_set(answer.json())
            except (httpx.HTTPError, ValueError, KeyError, TypeError, JoseError) as failed:
                raise Unavailable from failed
            self._keys = keys
            self._ids = {str(key.kid) for key in keys.keys}
            self._fetched_at = self._now()


def _header(token: str) -> dict[str, Any]:
    first = token.split(".", 1)[0]
    found = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    if not isinstance(found, dict):
        raise TypeError
    return found
