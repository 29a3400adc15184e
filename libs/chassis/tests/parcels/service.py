"""The parcels service: put together as every service is."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from chassis.access import Access
from chassis.clock import SystemClock
from chassis.db import Database
from chassis.http import ApiRouter, Call, direct, service_app
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition
from chassis.settings import WebSettings
from parcels import trade

MIGRATIONS = str(Path(__file__).parent / "migrations")
FRENCH = {"Somebody else claimed {label} first.": "Quelqu’un d’autre a réclamé {label} en premier."}


class ParcelSettings(WebSettings):
    """Settings with the prefix PARCELS_."""

    model_config = SettingsConfigDict(env_prefix="PARCELS_", extra="ignore", hide_input_in_errors=True)


def build_runtime(settings: WebSettings) -> Runtime:
    """Put the parts together."""
    return Runtime(
        name="parcels",
        entity=settings.entity,
        settings=settings,
        database=Database(settings.database_url.get_secret_value()),
        clock=SystemClock(),
        access=Access(trade.ROLES, entity=settings.entity),
        publisher=trade.ParcelPublisher(),
        time_zone=ZoneInfo(settings.time_zone),
        translate=lambda message, locale: FRENCH.get(message, message) if locale == "fr" else message,
    )


class NewParcel(BaseModel):
    """What one sends to shelve a parcel."""

    label: str = Field(min_length=1, max_length=40)


class Holder(BaseModel):
    """What one sends to claim a parcel."""

    holder: str


class NewLabel(BaseModel):
    """What one sends to relabel a parcel."""

    label: str
    version: int


api = ApiRouter(prefix="/api/parcels/v1", tags=["parcels"])


@api.post("/parcels", status_code=201)
async def shelve(call: Call, body: NewParcel) -> dict[str, UUID]:
    """Shelve a parcel."""
    return {"id": await call.perform(trade.shelve_parcel, trade.ShelveParcel(body.label))}


@api.post("/parcels/{parcel}/claim")
@direct
async def claim(call: Call, parcel: UUID, body: Holder) -> dict[str, object]:
    """Claim a parcel."""
    return asdict(await call.perform(trade.claim_parcel, trade.ClaimParcel(parcel, body.holder)))


@api.put("/parcels/{parcel}/label")
async def relabel(call: Call, parcel: UUID, body: NewLabel) -> dict[str, int]:
    """Relabel a parcel."""
    command = trade.RelabelParcel(parcel, body.label, body.version)
    return {"version": await call.perform(trade.relabel_parcel, command)}


@api.get("/parcels/{parcel}")
async def show(call: Call, parcel: UUID) -> dict[str, object]:
    """Show a parcel."""
    return asdict(await call.ask(trade.parcel, parcel))


@api.get("/meddle")
async def meddle(call: Call) -> int:
    """Read in a way that writes."""
    return await call.ask(trade.count_and_meddle)


@api.get("/slow")
async def slow() -> dict[str, bool]:
    """Take a second."""
    await asyncio.sleep(1)
    return {"finished": True}


@api.get("/broken")
async def broken() -> None:
    """Fail in a way nobody foresaw."""
    raise RuntimeError("the secret of parcel 7")


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application."""
    return service_app(runtime, title="Parcels", api_routers=[api], body_limit=20_000)


DEFINITION = ServiceDefinition(
    name="parcels",
    settings_class=ParcelSettings,
    build_runtime=build_runtime,
    web="parcels.service:create_app",
    migrations=MIGRATIONS,
)
