"""A worker loads what it works with: no web framework, no templates. It starts in half the time, in half the
memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

SEEN = """
import sys
from importlib import import_module
definition = import_module(sys.argv[1] + ".__main__").DEFINITION
import_module("chassis.commands.working")
assert len(definition.worker_duties().listening) > 0
if sys.argv[2:] == ["web"]:
    import_module(definition.web.partition(":")[0])
print(*sorted({"fastapi", "jinja2", "uvicorn"} & set(sys.modules)))
"""


def _loaded(*words: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", SEEN, *words], capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.parametrize("package", ["units_svc", "support_svc", "tenancy_svc"])
def test_a_worker_loads_no_web_framework(package):
    assert _loaded(package) == []


def test_a_web_framework_would_be_seen():
    assert _loaded("support_svc", "web") == ["fastapi", "jinja2"]
