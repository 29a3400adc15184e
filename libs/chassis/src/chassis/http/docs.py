"""The interactive documentation of the API, served from a package: no CDN, and a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def install(app: FastAPI, prefix: str) -> None:
    """Add `{prefix}/docs` and its files; the OpenAPI document is at `app.openapi_url`."""
    folder = f"{prefix}/docs/files"
    app.mount(folder, StaticFiles(directory=str(files("fastapi_offline") / "static")), name="docs-files")
    page = get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=app.title,
        swagger_js_url=f"{folder}/swagger-ui-bundle.js",
        swagger_css_url=f"{folder}/swagger-ui.css",
        swagger_favicon_url=f"{folder}/favicon.png",
    )
    html = bytes(page.body).decode()
    # The page starts with an inline script: allow exactly that one, by its hash.
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE.findall(html)
    )
    policy = (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )

    @app.get(f"{prefix}/docs", include_in_schema=False)
    async def api_documentation() -> HTMLResponse:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})
