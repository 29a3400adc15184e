"""Which language a page is in: the person's cookie, then their profile, then what the browser asks for."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from chassis.actor import Actor
from deskkit.i18n.catalogue import LANGUAGES, SOURCE_LANGUAGE

LANGUAGE_COOKIE = "partywall_language"
_YEAR = 365 * 24 * 3600


def language_for(request: Request, actor: Actor | None = None) -> str:
    """'en' or 'fr'."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    if actor and actor.locale[:2] in LANGUAGES:
        return actor.locale[:2]
    for part in request.headers.get("accept-language", "").split(","):
        asked = part.split(";")[0].strip().lower()[:2]
        if asked in LANGUAGES:
            return asked
    return SOURCE_LANGUAGE


def inside_path(target: str | None, fallback: str) -> str:
    """A path of our own host to go on to; anything that could lead elsewhere is replaced by the fallback."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    if any(ord(c) < 32 or c == "\\" for c in target):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


def set_language(response: Response, language: str, *, secure: bool) -> None:
    """Remember a person's choice in their browser."""
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax"
    )


def language_router(prefix: str) -> APIRouter:
    """The toggle: remembers the choice in the browser and goes back to the same page."""
    router = APIRouter(include_in_schema=False)

    @router.get(prefix + "/language/{language}", name=f"language:{prefix}")
    async def choose(request: Request, language: str, back: str = "/") -> Response:
        response = RedirectResponse(inside_path(back, prefix or "/"), status_code=303)
        if language in LANGUAGES:
            set_language(response, language, secure=request.url.scheme == "https")
        return response

    return router
