"""A sentence carried from a form to the next page.

In a signed, short-lived cookie, so that a GET stores nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

NOTICE_COOKIE = "partywall_notice"


@dataclass(frozen=True, slots=True)
class Notice:
    """`tone` is one of success, information, warning."""

    text: str
    tone: str = "success"


def write_notice(response: Response, notice: Notice, secret: str, *, secure: bool) -> None:
    """Send a notice along with a redirect."""
    body = base64.urlsafe_b64encode(json.dumps([notice.tone, notice.text[:400]]).encode()).decode()
    response.set_cookie(
        NOTICE_COOKIE,
        f"{body}.{_proof(body, secret)}",
        max_age=60,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def read_notice(request: Request, secret: str) -> Notice | None:
    """The notice that came with this request, None when there is none or it isn't ours."""
    body, _, proof = request.cookies.get(NOTICE_COOKIE, "").partition(".")
    if not body or not hmac.compare_digest(proof, _proof(body, secret)):
        return None
    tone, text = json.loads(base64.urlsafe_b64decode(body))
    return Notice(str(text), str(tone))


def _proof(body: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"notice\x00" + body.encode(), hashlib.sha256).hexdigest()[:32]
