"""Settings of a gateway: the environment with the prefix GATEWAY_."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import WebSettings


class GatewaySettings(WebSettings):
    """The settings of one organisation's gateway. Durations are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="GATEWAY_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    key_secret: SecretStr | None = None
    """Encrypts the signing keys in the database; derived from CSRF_SECRET when it isn't set."""
    trusted_proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    """Addresses whose X-Forwarded-For is believed."""
    token_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    session_seconds: Annotated[int, Field(ge=600)] = 12 * 3600
    idle_seconds: Annotated[int, Field(ge=600)] = 2 * 3600
    oidc_issuer: str | None = None
    """Address of the organisation's OpenID Connect provider; when set, sign-in through it is offered."""
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = "your organisation's account"

    @model_validator(mode="after")
    def _complete(self) -> GatewaySettings:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("OIDC_ISSUER needs OIDC_CLIENT_ID")
        return self

    @property
    def token_life(self) -> timedelta:
        """How long a token is valid."""
        return timedelta(seconds=self.token_seconds)

    @property
    def secure(self) -> bool:
        """Whether cookies are sent over https only."""
        return self.public_url.startswith("https://")
