"""`python -m units_svc COMMAND` (`--help` lists them), and `import FILE --mapping NAME`."""

import sys
from pathlib import Path

from chassis.service import ServiceDefinition, run
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="units",
    settings_class=UnitsSettings,
    build_runtime=build_runtime,
    web="units_svc.main:create_app",
    migrations=str(Path(__file__).parent / "migrations"),
    duties="units_svc.worker:DUTIES",
    follow="units_svc.inventory.recovery:follow_taken_back",
)

if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        from units_svc.command_line import import_file

        sys.exit(import_file(sys.argv[2:]))
    run(DEFINITION)
