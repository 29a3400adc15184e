"""Every table that a worker's tables refer to is known where nothing but the worker is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOST = """
import importlib, sys
from sqlalchemy.orm import configure_mappers
importlib.import_module(f"{sys.argv[1]}.worker")
configure_mappers()
tables = importlib.import_module(f"{sys.argv[1]}.tables").Base.metadata.tables
keys = [key for table in tables.values() for key in table.foreign_keys]
lost = [key for key in keys if key.target_fullname.split(".")[0] not in tables]
print(*{f"{key.parent} -> {key.target_fullname}" for key in lost})
"""


@pytest.mark.parametrize("package", ["units_svc", "support_svc", "tenancy_svc"])
def test_a_worker_knows_every_table_that_its_own_refer_to(package: str) -> None:
    found = subprocess.run([sys.executable, "-c", LOST, package], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == ""
