"""Routers for pages: every route needs sign-in, every unsafe method a CSRF token."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from deskkit.call import guard


class DeskRouter(APIRouter):
    """An APIRouter of pages: guarded, not part of the API's description, answering HTML.

    Give each route a `name`; `call.redirect(name)` and `url(name)` in templates find it.
    """

    def __init__(self, *, prefix: str = "", **options: Any) -> None:
        options.setdefault("default_response_class", HTMLResponse)
        options.setdefault("include_in_schema", False)
        dependencies = [Depends(guard), *options.pop("dependencies", ())]
        super().__init__(prefix=prefix, dependencies=dependencies, **options)
