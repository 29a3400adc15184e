"""A worker loads only what it needs: no web framework and no templates. It starts in half the time and
memory."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

SEEN = """
import json, sys
from importlib import import_module
from sqlalchemy.orm import configure_mappers
package = sys.argv[1]
definition = import_module(package + ".__main__").DEFINITION
import_module("chassis.commands.working")
assert len(definition.worker_duties().listening) > 0
configure_mappers()
if sys.argv[2:] == ["web"]:
    import_module(definition.web.partition(":")[0])
tables = import_module(package + ".tables").Base.metadata.tables
if sys.argv[2:3] == ["without"]:
    tables = {name: table for name, table in tables.items() if name != sys.argv[3]}
keys = [key for table in tables.values() for key in table.foreign_keys]
lost = [key for key in keys if key.target_fullname.split(".")[0] not in tables]
lost = {f"{key.parent} -> {key.target_fullname}" for key in lost}
print(json.dumps({"web": sorted({"fastapi", "jinja2", "uvicorn"} & set(sys.modules)), "lost": sorted(lost)}))
"""


def _seen(*words: str) -> Any:
    ran = subprocess.run([sys.executable, "-c", SEEN, *words], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


@pytest.mark.parametrize("package", ["units_svc", "support_svc", "tenancy_svc"])
def test_a_worker_loads_every_table_that_its_own_refer_to_and_no_web_framework(package: str) -> None:
    assert _seen(package) == {"web": [], "lost": []}


def test_a_web_framework_would_be_seen() -> None:
    assert _seen("support_svc", "web") == {"web": ["fastapi", "jinja2"], "lost": []}


def test_a_table_that_is_missing_would_be_seen() -> None:
    assert "household_member.client_id -> client.id" in _seen("support_svc", "without", "client")["lost"]
