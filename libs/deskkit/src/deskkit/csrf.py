"""Tokens that prove a form came from one of our own pages, and the same-origin check before them.

A token is bound to the person's session. It also carries a second proof bound to the person alone: a page
that was open
while the session ended can still be sent after signing in again, provided the browser says that the
request comes from
our own origin.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LIFETIME_SECONDS = 16 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class CsrfTokens:
    """Makes and checks tokens with one service's secret."""

    secret: str

    def issue(self, session: str, subject: str, *, at: float | None = None) -> str:
        """A token for this session and person."""
        issued = str(int(time.time() if at is None else at))
        nonce = secrets.token_urlsafe(9)
        return ".".join(
            (
                issued,
                nonce,
                self._proof("s", session, issued, nonce),
                self._proof("p", subject, issued, nonce),
            )
        )

    def holds(
        self, token: str, session: str, subject: str, *, same_origin: bool, at: float | None = None
    ) -> bool:
        """Whether a posted token is one of ours, not older than 16 hours, and of this session.

        A token of this person's earlier session holds only when the browser itself attests the same origin.
        """
        parts = token.split(".")
        if len(parts) != 4 or not parts[0].isdecimal():
            return False
        issued, nonce, by_session, by_person = parts
        age = (time.time() if at is None else at) - int(issued)
        if not -60 <= age <= LIFETIME_SECONDS:
            return False
        if hmac.compare_digest(by_session, self._proof("s", session, issued, nonce)):
            return True
        return same_origin and hmac.compare_digest(by_person, self._proof("p", subject, issued, nonce))

    def _proof(self, purpose: str, bound_to: str, issued: str, nonce: str) -> str:
        message = "\x00".join((purpose, bound_to, issued, nonce)).encode()
        return hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()[:40]


def came_from_elsewhere(headers: Mapping[str, str], public_url: str) -> bool:
    """True when the browser says that another site (or a neighbouring host) sent this request."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and not _same(origin, headers, public_url)


def attested_same_origin(headers: Mapping[str, str], public_url: str) -> bool:
    """True when the browser itself says that the request comes from our own origin."""
    if came_from_elsewhere(headers, public_url):
        return False
    return headers.get("sec-fetch-site") == "same-origin" or "origin" in headers


def _same(origin: str, headers: Mapping[str, str], public_url: str) -> bool:
    if origin == "null":
        return False
    theirs = urlsplit(origin)
    if public_url and theirs[:2] == urlsplit(public_url)[:2]:
        return True
    return theirs.netloc == headers.get("host", "")
