"""Tokens that prove a form came from one of our own pages, and the same-origin check before them.

A token is bound to the person's session and to the person: a page that was open while the session ended can
still be sent after signing in again, provided the browser attests that the request comes from our own origin.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner

LIFETIME_SECONDS = 16 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedForm(Exception):
    """A form that isn't from one of our pages, or from one that is too old to verify."""


class CsrfTokens:
    """Makes and checks tokens with one service's secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._signer = TimestampSigner(secret, salt="partywall.csrf", digest_method=hashlib.sha256)

    def issue(self, session: str, subject: str) -> str:
        """A token for this session and person."""
        nonce = secrets.token_urlsafe(9)
        bound = ".".join((nonce, _digest(nonce, session), _digest(nonce, subject)))
        return self._signer.sign(bound).decode()

    def holds(self, token: str, session: str, subject: str, *, same_origin: bool) -> bool:
        """Whether a posted token is one of ours, not older than 16 hours, and of this session.

        A token of this person's earlier session holds only when the browser itself attests the same origin.
        """
        try:
            bound = self._signer.unsign(token, max_age=LIFETIME_SECONDS).decode()
        except (BadSignature, ValueError):
            return False
        nonce, by_session, by_person = bound.split(".")
        if hmac.compare_digest(by_session, _digest(nonce, session)):
            return True
        return same_origin and hmac.compare_digest(by_person, _digest(nonce, subject))


def _digest(nonce: str, bound_to: str) -> str:
    return hashlib.sha256(f"{nonce}\x00{bound_to}".encode()).hexdigest()[:40]


def came_from_elsewhere(headers: Mapping[str, str], public_url: str) -> bool:
    """Whether the browser reports that another site (or a neighbouring host) sent this request."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and not _same(origin, headers, public_url)


def attested_same_origin(headers: Mapping[str, str], public_url: str) -> bool:
    """Whether the browser itself reports that the request comes from our own origin."""
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
