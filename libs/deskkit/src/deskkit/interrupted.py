"""What happens when a page needs sign-in, or a form isn't one of ours: nothing typed is ever lost."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from deskkit.csrf import SAFE_METHODS


class SignInNeeded(Exception):
    """Nobody is signed in, or the token has run out."""


class ForgedForm(Exception):
    """A form that didn't come from one of our pages, or from one too old to tell."""


async def interrupted(request: Request, _reason: SignInNeeded) -> Response:
    """Send the browser to renew its session.

    307 carries a posted form there and, once renewed, back again.
    """
    from deskkit.desk import desk_of  # noqa: PLC0415

    desk = desk_of(request).desk
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"{desk.sign_in_path}?{urlencode({'next': where})}"
    if request.headers.get("hx-request") == "true":
        # A poll must not swap a sign-in page into a corner of the page.
        return Response(
            status_code=200,
            headers={"HX-Redirect": f"{desk.sign_in_path}?{urlencode({'next': _page_of(request)})}"},
        )
    return RedirectResponse(target, status_code=303 if request.method in SAFE_METHODS else 307)


def _page_of(request: Request) -> str:
    current = request.headers.get("hx-current-url", "")
    marker = f"//{request.headers.get('host', '')}"
    return current.split(marker, 1)[1] or "/" if marker in current else "/"
