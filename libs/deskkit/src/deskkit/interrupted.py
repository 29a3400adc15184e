"""What happens when a page needs sign-in, or a form isn't one of ours: nothing typed is ever lost."""

from __future__ import annotations

from urllib.parse import urlencode

import structlog
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from deskkit.call import MAX_FIELDS, PageCall
from deskkit.csrf import SAFE_METHODS
from deskkit.i18n import N_
from deskkit.mounted import desk_of
from deskkit.signin import RENEWED_COOKIE, TOKEN_COOKIE, SignInNeeded

_log = structlog.get_logger(__name__)
REFUSED = N_("This page doesn't accept your sign-in")


async def interrupted(request: Request, _reason: SignInNeeded) -> Response:
    """Send the browser to renew its session.

    307 carries a posted form there and, once renewed, back again. A token that was renewed a moment before
    and isn't valid here would be refused again after another renewal: a page explains that, so that the
    redirects between desk and gateway end.
    """

    desk = desk_of(request).desk
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"{desk.sign_in_path}?{urlencode({'next': where})}"
    if request.headers.get("hx-request") == "true":
        # A poll must not swap a sign-in page into a corner of the page.
        return Response(
            status_code=200,
            headers={"HX-Redirect": f"{desk.sign_in_path}?{urlencode({'next': _page_of(request)})}"},
        )
    if request.cookies.get(RENEWED_COOKIE):
        return await _refused(request, f"{target}&sign_in_again=true")
    return RedirectResponse(target, status_code=303 if request.method in SAFE_METHODS else 307)


async def _refused(request: Request, sign_in_again: str) -> Response:

    call = PageCall(request, desk_of(request), None, public=True)
    arrived = TOKEN_COOKIE in request.cookies
    _log.warning("new_token_refused", path=request.url.path, token="refused" if arrived else "missing")
    typed: list[tuple[str, str]] = []
    if request.method not in SAFE_METHODS:
        data = await request.form(max_fields=MAX_FIELDS)
        typed = [(name, text) for name, text in data.multi_items() if isinstance(text, str)]
    return call.page(
        "deskkit/refused.html",
        status=401,
        heading=call._(REFUSED),
        arrived=arrived,
        typed=typed,
        posted=request.method not in SAFE_METHODS,
        sign_in_again=sign_in_again,
    )


def _page_of(request: Request) -> str:
    current = request.headers.get("hx-current-url", "")
    marker = f"//{request.headers.get('host', '')}"
    return current.split(marker, 1)[1] or "/" if marker in current else "/"
