"""`python -m support_svc serve | work | migrate | border | check`."""

from pathlib import Path

from chassis.service import ServiceDefinition, run
from support_svc import worker
from support_svc.main import create_app
from support_svc.settings import Settings
from support_svc.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="support",
    settings_class=Settings,
    build_runtime=build_runtime,
    create_app=create_app,
    migrations=str(Path(__file__).parent / "migrations"),
    listeners=worker.listening,
    sources=worker.sources,
    timers=worker.timers,
    border=worker.set_up_border,
)

if __name__ == "__main__":
    run(DEFINITION)
