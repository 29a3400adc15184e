"""`python -m support_svc COMMAND`; `--help` lists the commands."""

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
    erase_again="support_svc.retention.carrying_out:erase_again",
)

if __name__ == "__main__":
    run(DEFINITION)
