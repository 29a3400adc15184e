"""`python -m tenancy_svc serve | work | migrate | border | check`."""

from chassis.service import run
from tenancy_svc.worker import DEFINITION

if __name__ == "__main__":
    run(DEFINITION)
