"""`python -m support_svc serve | work | migrate | border | check | heal | redeliver`."""

from pathlib import Path

from chassis.service import ServiceDefinition, run
from support_svc.settings import Settings
from support_svc.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="support",
    settings_class=Settings,
    build_runtime=build_runtime,
    web="support_svc.main:create_app",
    migrations=str(Path(__file__).parent / "migrations"),
    duties="support_svc.worker:DUTIES",
)

if __name__ == "__main__":
    run(DEFINITION)
