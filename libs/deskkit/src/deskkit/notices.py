"""A sentence carried from a form to the next page.

In a signed, short-lived cookie, so that a GET stores nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

NOTICE_COOKIE = "partywall_notice"
LIFETIME_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Notice:
    """`tone` is one of success, information, warning."""

    text: str
    tone: str = "success"


def write_notice(response: Response, notice: Notice, secret: str, *, secure: bool) -> None:
    """Send a notice along with a redirect."""
    response.set_cookie(
        NOTICE_COOKIE,
        _signed(secret).dumps([notice.tone, notice.text[:400]]),
        max_age=LIFETIME_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def read_notice(request: Request, secret: str) -> Notice | None:
    """The notice that came with this request, None when there is none or it isn't ours."""
    try:
        tone, text = _signed(secret).loads(request.cookies.get(NOTICE_COOKIE, ""), max_age=LIFETIME_SECONDS)
    except BadSignature:
        return None
    return Notice(str(text), str(tone))


def _signed(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret, salt="partywall.notice", signer_kwargs={"digest_method": hashlib.sha256}
    )
