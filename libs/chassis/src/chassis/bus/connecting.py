"""The connection to the broker: reconnects for ever, and never ends the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic import BaseModel, SecretStr, ValidationError

from chassis.errors import Hindrance
from chassis.settings import ServiceSettings

_log = structlog.get_logger(__name__)

SERVER_STATE = "broker.state"
"""Subject on which an account asks how durably the broker stores what it acknowledges."""


async def connect(url: str, user: str, password: str | None, *, name: str) -> Client:
    """Return a connection to the broker as `user`; tries until it answers, and reconnects for ever.

    Its inboxes lie under `_INBOX.<user>`, the only subjects this user may subscribe to.
    """

    async def failed(error: Exception) -> None:
        # The server's refusals arrive here too; their text has the subject, never a person's data.
        _log.warning("broker_error", error=type(error).__name__, reason=str(error))

    async def left() -> None:
        _log.warning("broker_left")

    async def back() -> None:
        _log.info("broker_back")

    pause = 0.1
    while True:
        try:
            return await nats.connect(
                url,
                user=user or None,
                password=password,
                name=name,
                inbox_prefix=f"_INBOX.{user}" if user else "_INBOX",
                error_cb=failed,
                disconnected_cb=left,
                reconnected_cb=back,
                allow_reconnect=True,
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                connect_timeout=3,
                ping_interval=5,
                max_outstanding_pings=2,
                flush_timeout=5,
                pending_size=8 * 1024 * 1024,
            )
        except (OSError, NatsError, TimeoutError) as error:
            _log.warning("broker_unreachable", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)


class AdminMissing(Exception):
    """The settings lack the name or password of the account's admin user, who sets up streams."""


@asynccontextmanager
async def admin_connection(settings: ServiceSettings, name: str) -> AsyncIterator[Client]:
    """Hold a connection as the admin user of the service's account. Raises AdminMissing."""
    user, password = settings.nats_admin_user, settings.nats_admin_password
    if user is None or password is None:
        prefix = settings.model_config.get("env_prefix", "")
        raise AdminMissing(f"{prefix}NATS_ADMIN_USER and {prefix}NATS_ADMIN_PASSWORD")
    async with _connected(settings.nats_url, user, password, name) as connection:
        yield connection


@asynccontextmanager
async def service_connection(settings: ServiceSettings, name: str) -> AsyncIterator[Client]:
    """Hold a connection as the service's own user; see `connect`."""
    async with _connected(settings.nats_url, settings.nats_user, settings.nats_password, name) as connection:
        yield connection


@asynccontextmanager
async def _connected(url: str, user: str, password: SecretStr, name: str) -> AsyncIterator[Client]:
    connection = await connect(url, user, password.get_secret_value(), name=name)
    try:
        yield connection
    finally:
        await connection.close()


class NotDurable(Hindrance):
    """The broker doesn't sync to disk before it acknowledges, or doesn't say whether it does."""


class _Config(BaseModel):
    sync_always: bool = False


class _JetStream(BaseModel):
    config: _Config = _Config()


class _State(BaseModel):
    jetstream: _JetStream = _JetStream()


class _StateAnswer(BaseModel):
    data: _State


async def require_durable(broker: Client) -> None:
    """Check that the broker syncs every message to disk before it acknowledges. Raises NotDurable."""
    try:
        answer = await broker.request(SERVER_STATE, b"", timeout=2)
        state = _StateAnswer.model_validate_json(answer.data).data
    except (NatsError, TimeoutError, OSError, ValidationError) as error:
        raise NotDurable(
            f"the broker doesn't say whether it syncs before it acknowledges: {type(error).__name__}"
        ) from error
    if not state.jetstream.config.sync_always:
        raise NotDurable("the broker acknowledges before it has synced: set sync_interval to always")
