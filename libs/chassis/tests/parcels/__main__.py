"""The command line of the parcels service."""

from chassis.service import run
from parcels.service import DEFINITION

run(DEFINITION)
