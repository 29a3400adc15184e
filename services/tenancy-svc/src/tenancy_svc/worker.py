"""What tenancy-svc is made of, and its worker: relay and listeners (it has no timers)."""

from __future__ import annotations

from pathlib import Path

from chassis.service import ServiceDefinition
from tenancy_svc.main import create_app
from tenancy_svc.messaging.border import SOURCES, set_up_border
from tenancy_svc.messaging.listening import listening
from tenancy_svc.settings import TenancySettings
from tenancy_svc.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="tenancy",
    settings_class=TenancySettings,
    build_runtime=build_runtime,
    create_app=create_app,
    migrations=str(Path(__file__).parent / "migrations"),
    listeners=listening,
    sources=SOURCES,
    border=set_up_border,
)
