"""`python -m units_svc serve | work | migrate | border | check`, and `import FILE --mapping NAME`."""

import sys

from chassis.service import run
from units_svc.worker import DEFINITION

if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        from units_svc.imports.command_line import import_file

        sys.exit(import_file(sys.argv[2:]))
    run(DEFINITION)
