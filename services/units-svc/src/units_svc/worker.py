"""What units-svc is made of, and its worker: relay, listeners, timers."""

from __future__ import annotations

from pathlib import Path

from chassis.service import ServiceDefinition
from units_svc.main import create_app
from units_svc.messaging.border import SOURCES, set_up_border
from units_svc.messaging.listening import listening, timers
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="units",
    settings_class=UnitsSettings,
    build_runtime=build_runtime,
    create_app=create_app,
    migrations=str(Path(__file__).parent / "migrations"),
    listeners=listening,
    sources=SOURCES,
    timers=timers,
    border=set_up_border,
)
