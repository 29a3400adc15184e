"""The organisation's OpenID Connect provider: discovery, authorization code with PKCE, verified ID tokens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.errors import DomainError, Kind, Unavailable
from gateway.settings import GatewaySettings

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
LEEWAY_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
"""What has to be in a provider's description of itself, besides its issuer."""


class ProviderRefused(DomainError):
    """The provider's answer isn't valid, or belongs to another sign-in."""

    kind = Kind.unauthenticated
    code = "provider_refused"
    message = "Sign-in with your organisation's account didn't work. Try again, or ask an administrator."


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in sent to the provider: the address for the browser, and what the answer must match."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identified:
    """A person authenticated by the provider. `email` only when the provider has verified it."""

    subject: str
    email: str | None


class Provider:
    """One provider, identified by its issuer address."""

    def __init__(self, settings: GatewaySettings, client: httpx.AsyncClient | None = None) -> None:
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            raise ValueError("no provider is configured")
        self.issuer = settings.oidc_issuer.rstrip("/")
        self.client_id = settings.oidc_client_id
        secret = settings.oidc_client_secret
        self.client_secret = secret.get_secret_value() if secret else None
        self.redirect_uri = f"{settings.public_url.rstrip('/')}/sign-in/callback"
        self._http = client or httpx.AsyncClient(timeout=5)
        self._metadata: dict[str, str] | None = None

    async def begin(self, state: str, nonce: str, verifier: str) -> Started:
        """Return where to send the browser (code flow, PKCE S256)."""
        metadata = await self._discover()
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=self.client_id,
            response_type="code",
            redirect_uri=self.redirect_uri,
            scope="openid email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Started(str(url), state, nonce, verifier)

    async def finish(self, started: Started, *, state: str, code: str, issuer: str | None) -> Identified:
        """Exchange the code and check the ID token. Raises ProviderRefused, Unavailable."""
        if state != started.state or (issuer is not None and issuer.rstrip("/") != self.issuer):
            raise ProviderRefused
        metadata = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": started.verifier,
            "client_id": self.client_id,
        }
        credentials = (
            httpx.BasicAuth(self.client_id, self.client_secret) if self.client_secret else httpx.Auth()
        )
        try:
            answer = await self._http.post(metadata["token_endpoint"], data=form, auth=credentials)
        except httpx.HTTPError as failed:
            raise Unavailable from failed
        if answer.status_code != httpx.codes.OK:
            raise ProviderRefused
        try:
            id_token = str(answer.json()["id_token"])
        except (ValueError, KeyError, TypeError) as failed:
            raise ProviderRefused from failed
        return self._identified(await self._claims(id_token, metadata), started.nonce)

    async def _claims(self, id_token: str, metadata: dict[str, str]) -> dict[str, Any]:
        try:
            keys = KeySet.import_key_set((await self._http.get(metadata["jwks_uri"])).json())
            return dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
        except httpx.HTTPError as failed:
            raise Unavailable from failed
        except (JoseError, ValueError, KeyError, TypeError) as failed:
            raise ProviderRefused from failed

    def _identified(self, claims: dict[str, Any], nonce: str) -> Identified:
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now, expires, issued = time.time(), claims.get("exp"), claims.get("iat")
        valid = (
            str(claims.get("iss", "")).rstrip("/") == self.issuer
            and self.client_id in audiences
            and (len(audiences) == 1 or claims.get("azp") == self.client_id)
            and claims.get("nonce") == nonce
            and isinstance(expires, int | float)
            and expires > now - LEEWAY_SECONDS
            and isinstance(issued, int | float)
            and issued < now + LEEWAY_SECONDS
            and isinstance(claims.get("sub"), str)
        )
        if not valid:
            raise ProviderRefused
        verified = claims.get("email_verified") is True and bool(claims.get("email"))
        return Identified(str(claims["sub"]), str(claims["email"]) if verified else None)

    async def _discover(self) -> dict[str, str]:
        if self._metadata is None:
            try:
                answer = await self._http.get(f"{self.issuer}/.well-known/openid-configuration")
                found = answer.raise_for_status().json()
                named = {name: str(found[name]) for name in ("issuer", *ENDPOINTS)}
            except (httpx.HTTPError, ValueError, KeyError, TypeError) as failed:
                raise Unavailable from failed
            if named["issuer"].rstrip("/") != self.issuer:
                raise ProviderRefused
            self._metadata = named
        return self._metadata
