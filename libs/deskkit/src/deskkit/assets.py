"""Static files of a desk: our stylesheet and script, and htmx from its package.

Served under names with a fingerprint.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter, Response
from starlette.requests import Request

_SOURCES = {
    "desk.css": ("deskkit", "static/desk.css", "text/css; charset=utf-8"),
    "desk.js": ("deskkit", "static/desk.js", "text/javascript; charset=utf-8"),
    "mark.svg": ("deskkit", "static/mark.svg", "image/svg+xml"),
    "htmx.js": ("js_lib_htmx", "static/htmx/htmx.min.js", "text/javascript; charset=utf-8"),
}
_FOREVER = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[bytes, bytes, str, str]]:
    """(body, the same compressed, type, fingerprint) by name."""
    loaded: dict[str, tuple[bytes, bytes, str, str]] = {}
    for name, (package, path, media_type) in _SOURCES.items():
        body = (files(package) / path).read_bytes()
        loaded[name] = (body, gzip.compress(body, 9), media_type, hashlib.sha256(body).hexdigest()[:12])
    return loaded


class Assets:
    """Addresses and answers for static files under one prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def url(self, name: str) -> str:
        """The address of a file; it changes when the file changes."""
        return f"{self.prefix}/{_files()[name][3]}/{name}"

    def router(self) -> APIRouter:
        """Public routes: these files hold nothing about anybody."""
        router = APIRouter(include_in_schema=False)

        @router.get(self.prefix + "/{fingerprint}/{name}", name=f"static:{self.prefix}")
        async def static_file(request: Request, fingerprint: str, name: str) -> Response:
            found = _files().get(name)
            if found is None:
                return Response(status_code=404)
            body, compressed, media_type, current = found
            caching = _FOREVER if fingerprint == current else "no-cache"
            headers = {
                "Cache-Control": caching,
                "Vary": "Accept-Encoding",
                "X-Content-Type-Options": "nosniff",
            }
            if "gzip" in request.headers.get("accept-encoding", ""):
                return Response(
                    compressed, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"}
                )
            return Response(body, media_type=media_type, headers=headers)

        return router
