"""A service on a database alone, for benchmarks that take the way through its use cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from testkit.databases import FreshDatabase
from testkit.parties import neighbourhood

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
_UNUSED = ("issuer", "jwks_url", "public_url", "nats_url", "nats_user", "nats_password")


def runtime_on(
    database: FreshDatabase, build: Callable[[SettingsT], Runtime], settings: type[SettingsT], entity: str
) -> Runtime:
    """Return the runtime of a service of `entity`; nothing but its database is there."""
    values = {"database_url": database.url, "audience": "benchmark", "csrf_secret": "x" * 40}
    values |= neighbourhood("two-of-each").settings()
    return build(settings.model_validate({**dict.fromkeys(_UNUSED, "x"), **values, "entity": entity}))
