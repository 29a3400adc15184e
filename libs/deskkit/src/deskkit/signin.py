"""Who is signed in, by the short-lived token in the cookie."""

from __future__ import annotations

from starlette.requests import Request

from chassis.actor import Actor
from chassis.errors import DomainError, NotSignedIn

TOKEN_COOKIE = "partywall_token"  # noqa: S105 (a cookie's name)
RENEWED_COOKIE = "partywall_renewed"
"""Set by the gateway for some seconds with every new token: a desk that refuses the token meanwhile doesn't
redirect for another.
"""


class SignInNeeded(Exception):
    """Nobody is signed in, or the token has run out."""


async def actor_from_cookie(request: Request) -> Actor | None:
    """The person whose token holds for this entity and service; None without one or with a stale one.

    Raises Unavailable when the keys of the issuer can't be had, which is no reason to send anybody to
    sign in.
    """
    token = request.cookies.get(TOKEN_COOKIE)
    if not token:
        return None
    try:
        actor: Actor = await request.app.state.verifier.verify(token)
    except NotSignedIn:
        return None
    return actor if actor.kind == "staff" else None


async def actor_if_known(request: Request) -> Actor | None:
    """The signed-in person for an error page: never fails itself."""
    try:
        return await actor_from_cookie(request)
    except DomainError:
        return None
