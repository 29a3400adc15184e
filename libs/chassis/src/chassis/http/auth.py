"""Verifies access tokens against the issuer's published keys (Ed25519) and its register of staff."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeGuard
from urllib.parse import urljoin

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.actor import Actor
from chassis.errors import DomainError, NotSignedIn, Unavailable
from chassis.register import Edition, Register
from chassis.telemetry import failure

ALGORITHMS = ["Ed25519"]
LEEWAY = 5
LONGEST_LIFE = 3600
"""No token is accepted that is valid for longer than this from now, whoever signed it."""
REGISTER = "staff-register"
"""The register's address, relative to that of the keys."""
REGISTER_TYPE = "register+jwt"
_KINDS = {"staff", "client", "system"}
_LONGEST_HEADER = 1000
_log = structlog.get_logger(__name__)


class TokenVerifier:
    """Turns an access token into an `Actor`, or refuses with `NotSignedIn`.

    Keys come from `jwks_url`; they're used for `refresh` seconds, fetched again for an unknown key id (at
    most every `pause` seconds), and used further while the issuer can't be reached. Verified tokens are
    remembered until they expire, so that a signature is checked once for each token.

    The register is published at the same address and read every `follow` seconds (`following`). It withdraws
    keys, ends sessions, and takes roles from those who no longer hold them. While the issuer can't be
    reached, its last edition applies, and a token is accepted until it expires.
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
        follow: float = 3,
        remembered: int = 4096,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.entity = entity
        self.jwks_url = jwks_url
        self.register_url = urljoin(jwks_url, REGISTER)
        self.register = Register()
        self._follow = follow
        self._tried = False
        self._trying = asyncio.Lock()
        self._register_unread = False
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
        """Return the actor that `token` names. Raises NotSignedIn, or Unavailable without any keys."""
        digest = sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known[0] > self._now():
                return known[1]
            del self._verified[digest]
            raise NotSignedIn
        kid, claims = await self._signed(token, {"jwt", "at+jwt"})
        await self._require_first_reading()
        # From here on nothing is awaited, so that the register can't change before the result is remembered.
        expires, actor = self._actor(claims)
        actor = self._as_registered(actor, kid)
        self._verified[digest] = (expires, actor)
        if len(self._verified) > self._remembered:
            self._verified.popitem(last=False)
        return actor

    async def check(self) -> None:
        """Check that keys are available; raises what is wrong otherwise."""
        if self._keys is None:
            await self._fetch()

    async def close(self) -> None:
        """Close the connection to the issuer."""
        await self._client.aclose()

    async def learn(self) -> None:
        """Read the register and apply it from now on. Raises Unavailable when it can't be read."""
        try:
            answer = await self._client.get(self.register_url)
            answer.raise_for_status()
            kid, claims = await self._signed(answer.text.strip(), {REGISTER_TYPE})
            edition = Edition.of(claims)
        except (httpx.HTTPError, NotSignedIn, KeyError, TypeError, ValueError, OverflowError) as failed:
            raise Unavailable from failed
        present = self.register.edition
        if claims.get("iss") != self.issuer or claims.get("entity") != self.entity:
            raise Unavailable
        if present is not None and (kid in present.withdrawn or edition.at < present.at):
            raise Unavailable
        self.register.edition = edition
        if present is None or not edition.same_content(present):
            self._verified.clear()

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Keep the register up to date for the length of the block."""

        async def for_ever() -> None:
            while True:
                await self._try_to_learn()
                await asyncio.sleep(self._follow)

        follower = asyncio.create_task(for_ever())
        try:
            yield
        finally:
            follower.cancel()
            await asyncio.wait([follower])

    async def _try_to_learn(self) -> None:
        try:
            await self.learn()
        except Exception as failed:  # noqa: BLE001 - the last resort of a duty of the process
            # An issuer that's away comes back; logged once, and again when it's back.
            if not self._register_unread:
                _log.warning("register_not_read", **failure(failed))
            self._register_unread = True
        else:
            if self._register_unread:
                _log.info("register_read_again")
            self._register_unread = False

    async def _require_first_reading(self) -> None:
        """Accept nobody before the first attempt to read the register."""
        if self._tried:
            return
        async with self._trying:
            if not self._tried and self.register.edition is None:
                await self._try_to_learn()
            self._tried = True

    def _as_registered(self, actor: Actor, kid: str) -> Actor:
        """Return the actor without roles taken away meanwhile; refuse what the register has ended."""
        edition = self.register.edition
        if edition is None:
            return actor
        if kid in edition.withdrawn or (actor.session is not None and actor.session in edition.ended):
            raise NotSignedIn
        colleague = edition.colleagues.get(actor.subject)
        if colleague is None:
            return actor
        if not colleague.active:
            raise NotSignedIn
        return replace(actor, roles=actor.roles & colleague.roles)

    async def _signed(self, token: str, types: set[str]) -> tuple[str, dict[str, Any]]:
        """Return the key's id and the claims of a signed text of one of `types`. Raises NotSignedIn."""
        try:
            header = _header(token)
            algorithm, kind, kid = header.get("alg"), header.get("typ", "JWT"), header.get("kid", "")
        except (ValueError, KeyError, TypeError, RecursionError):
            raise NotSignedIn from None
        if algorithm not in ALGORITHMS or not isinstance(kind, str) or not isinstance(kid, str):
            raise NotSignedIn
        if kind.lower() not in types:
            raise NotSignedIn
        keys = await self._keys_for(kid)
        try:
            return kid, dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
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
            or not _is_moment(expires)
            or not self._now() < expires <= self._now() + LONGEST_LIFE + LEEWAY
            or not _is_moment(begins)
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


def _is_moment(value: object) -> TypeGuard[int | float]:
    """Return whether a claim is a number of seconds; true, NaN, infinity and 1e400 aren't."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 10**11 if isinstance(value, int) else math.isfinite(value)


def _header(token: str) -> dict[str, Any]:
    first = token.split(".", 1)[0]
    if len(first) > _LONGEST_HEADER:
        raise ValueError
    found = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    if not isinstance(found, dict):
        raise TypeError
    return found
