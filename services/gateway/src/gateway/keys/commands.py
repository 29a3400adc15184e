"""Creates and replaces signing keys."""

from __future__ import annotations

import json

from pydantic import BaseModel
from sqlalchemy import Select, func, or_, select, update

from chassis.tx import Tx
from chassis.usecase import use_case
from gateway.keys.feature import MANAGE_KEYS
from gateway.keys.model import ANNOUNCED, STILL_PUBLISHED, SigningKeyRow, generate, sealer
from gateway.settings import GatewaySettings


class HaveKeys(BaseModel):
    """Create the first key if there is none."""


class RotateKeys(BaseModel):
    """Create a new key.

    With `at_once`, because others may know the old one, nothing that the old one signed is accepted any more.
    """

    at_once: bool = False


class KeyMade(BaseModel):
    """The new key's id; None when there is a key already."""

    kid: str | None


@use_case(MANAGE_KEYS)
async def have_keys(tx: Tx, _command: HaveKeys) -> KeyMade:
    """Create the first key; two gateways that start at the same time create one."""
    await tx.execute(_turn())
    if await tx.scalar(select(SigningKeyRow.kid).where(SigningKeyRow.retired_at.is_(None)).limit(1)):
        return KeyMade(kid=None)
    return KeyMade(kid=_add(tx, signs_now=True))


@use_case(MANAGE_KEYS)
async def rotate_keys(tx: Tx, command: RotateKeys) -> KeyMade:
    """Publish a second key, which begins to sign later; the first is retired after that."""
    await tx.execute(_turn())
    usable = SigningKeyRow.retired_at.is_(None) & (SigningKeyRow.signs_from <= tx.now)
    signs_now = command.at_once or not await tx.scalar(select(SigningKeyRow.kid).where(usable).limit(1))
    not_replaced = SigningKeyRow.retired_at.is_(None)
    # This includes a key that an earlier rotation replaced and that is still published.
    in_use = or_(not_replaced, SigningKeyRow.retired_at > tx.now) if command.at_once else not_replaced
    retired_at = tx.now if command.at_once else tx.now + ANNOUNCED + STILL_PUBLISHED
    await tx.execute(update(SigningKeyRow).where(in_use).values(retired_at=retired_at))
    return KeyMade(kid=_add(tx, signs_now=signs_now))


def _add(tx: Tx, *, signs_now: bool) -> str:
    settings = tx.runtime.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("keys belong to a gateway")
    key = generate()
    kid = str(key.kid)
    tx.session.add(
        SigningKeyRow(
            kid=kid,
            public=dict(key.as_dict(private=False)),
            sealed=sealer(settings).encrypt(json.dumps(key.as_dict(private=True)).encode()),
            made_at=tx.now,
            signs_from=tx.now if signs_now else tx.now + ANNOUNCED,
        )
    )
    tx.touched("signing_key", kid, "made")
    return kid


def _turn() -> Select[tuple[None]]:
    """Return the statement that lets one transaction at a time create keys."""
    return select(func.pg_advisory_xact_lock(0x6B657973))
