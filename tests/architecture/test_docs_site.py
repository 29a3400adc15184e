"""`make site` builds all texts into one site that can be read without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOADED = re.compile(r'<(?:script|img|link)\b[^>]*\b(?:src|href)="((?:https?:)?//[^"]+)"')


def test_the_site_has_every_text_api_and_event_and_loads_nothing_from_elsewhere(tmp_path):
    built = subprocess.run(
        [sys.executable, "tools/docs_site.py", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr, built.stderr
    pages = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*.html")}
    for path in ROOT.glob("docs/*/*.md"):
        assert str(path.relative_to(ROOT).with_suffix(".html")).replace("README", "index") in pages
    for service in ("support", "tenancy", "units"):
        assert f"/api/{service}/v1/" in pages[f"apis/{service}.html"]
        assert f"evt.{{party}}.{service}." in pages[f"events/{service}.html"]
    assert {name: LOADED.findall(text) for name, text in pages.items() if LOADED.search(text)} == {}


def test_what_would_be_loaded_from_elsewhere_is_seen():
    assert LOADED.findall('<link rel="stylesheet" href="https://cdn.example/a.css">')
