"""Settings of a service: from the environment only, with no default for anything secret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsIncomplete(Exception):
    """Environment variables are missing or unusable; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        raise ValueError("isn't the name of a time zone") from None
    return name


def _words(text: object) -> object:
    return tuple(text.split()) if isinstance(text, str) else text


def _at_least_32(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        raise ValueError("needs at least 32 characters")
    return secret


class WebSettings(BaseSettings):
    """The settings that every service needs to answer requests. Subclasses set their prefix:

    `model_config = SettingsConfigDict(env_prefix="UNITS_")`.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: SecretStr
    issuer: str
    jwks_url: str
    audience: str
    entity: str
    """The party that runs the service, by its id in the register of parties."""
    parties_file: Path
    """The signed register of parties (N1)."""
    parties_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words), Field(min_length=1)]
    """The public keys that must have signed it, separated by spaces."""
    public_url: str
    csrf_secret: Annotated[SecretStr, AfterValidator(_at_least_32)]
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "America/Toronto"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    worker_port: int = 8001
    # Proxies whose X-Forwarded headers are believed: the entity's own router.
    trusted_proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    otlp_endpoint: str | None = None
    embed_worker: bool = False
    database_pool: Annotated[int, Field(ge=1, le=64)] = 8

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings. Raises SettingsIncomplete with every variable that is missing or unusable."""
        return read(cls)


class ServiceSettings(WebSettings):
    """Further settings of a service that publishes or listens: its account at the broker."""

    nats_url: str
    nats_user: str
    nats_password: SecretStr
    nats_admin_user: str | None = None
    nats_admin_password: SecretStr | None = None
    undo_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """How long what a person has done waits to be sent, and can be undone (X8); 0 sends it at once."""


Settings = TypeVar("Settings", bound=WebSettings)


def read(settings_class: type[Settings]) -> Settings:
    """Return the settings of `settings_class`. Raises SettingsIncomplete, which has no values."""
    try:
        return settings_class()
    except ValidationError as refused:
        prefix = settings_class.model_config.get("env_prefix", "")
        problems = []
        for error in refused.errors(include_input=False, include_url=False):
            name = f"{prefix}{'_'.join(str(part) for part in error['loc'])}".upper()
            problems.append(f"{name} is missing" if error["type"] == "missing" else f"{name}: {error['msg']}")
        raise SettingsIncomplete(problems) from None
