"""`python -m gateway serve | migrate | check | invite | seed | client | rotate-keys`."""

from __future__ import annotations

import sys

from chassis.service import ServiceDefinition, run
from gateway import command_line
from gateway.settings import GatewaySettings
from gateway.wiring import build_runtime

DEFINITION = ServiceDefinition(
    name="gateway",
    settings_class=GatewaySettings,
    build_runtime=build_runtime,
    web="gateway.main:create_app",
    migrations="gateway:migrations",
)

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in command_line.COMMANDS:
        sys.exit(command_line.main(sys.argv[1:]))
    run(DEFINITION)
