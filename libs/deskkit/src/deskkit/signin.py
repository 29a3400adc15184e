"""Who is signed in, by the short-lived token in the cookie."""

from __future__ import annotations

from starlette.requests import Request

from chassis.actor import Actor
from chassis.errors import DomainError

TOKEN_COOKIE = "partywall_token"  # noqa: S105 (a cookie's name)


async def actor_from_cookie(request: Request) -> Actor | None:
    """The person whose token holds for this entity and service; None without one or with a stale one."""
    token = request.cookies.get(TOKEN_COOKIE)
    if not token:
        return None
    try:
        actor: Actor = await request.app.state.verifier.verify(token)
    except DomainError:
        return None
    return actor if actor.kind == "staff" else None
