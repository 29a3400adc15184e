"""`python -m tenancy_svc serve | work | migrate | border | check | heal | redeliver`."""

from pathlib import Path

from chassis.service import ServiceDefinition, run
from tenancy_svc.settings import TenancySettings
from tenancy_svc.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="tenancy",
    settings_class=TenancySettings,
    build_runtime=build_runtime,
    web="tenancy_svc.main:create_app",
    migrations=str(Path(__file__).parent / "migrations"),
    duties="tenancy_svc.worker:DUTIES",
)

if __name__ == "__main__":
    run(DEFINITION)
