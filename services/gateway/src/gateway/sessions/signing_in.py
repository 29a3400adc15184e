"""Signs in step by step: compare the password, count wrong ones, open a session, set its cookies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response

from chassis.actor import Actor
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from deskkit.language import LANGUAGE_COOKIE, set_language
from deskkit.signin import RENEWED_COOKIE, TOKEN_COOKIE
from gateway.clients.model import subject_of
from gateway.keys.signing import Signing
from gateway.sessions.commands import (
    Opened,
    OpenSession,
    RenewSession,
    WrongPassword,
    count_wrong_password,
    open_session,
    renew_session,
)
from gateway.sessions.model import SignInRefused, TooManyAttempts
from gateway.sessions.queries import attempt as attempt_of
from gateway.settings import GatewaySettings
from gateway.staff.passwords import is_password

SESSION_COOKIE = "partywall_session"
SESSION_PATH = "/session"
JUST_RENEWED_SECONDS = 20
"""Seconds after a renewal in which a refused token counts as invalid rather than as expired."""


def itself(runtime: Runtime) -> Actor:
    """Return the gateway as the actor of sign-ins: nobody is signed in yet."""
    return Actor.system("sign-in", runtime.entity)


def address_of(request: Request, settings: GatewaySettings) -> str:
    """Return the address of a request: the one a trusted proxy reports, or else the peer's."""
    peer = request.client.host if request.client else ""
    if peer in settings.trusted_proxies:
        forwarded = [
            part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()
        ]
        for hop in reversed(forwarded):
            if hop not in settings.trusted_proxies:
                return hop
    return peer


class Turns:
    """Lets attempts take turns: one at a time for an account from an address, a few from one address.

    So many simultaneous attempts can't get past the count of wrong passwords, while all right ones succeed.
    """

    FROM_ONE_ADDRESS = 4

    def __init__(self) -> None:
        self._waiting: WeakValueDictionary[tuple[str, ...], asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, email: str, address: str) -> AsyncIterator[None]:
        """Wait for the attempt's turn, and hold it for the length of the block."""
        alone, few = self._lock(1, email, address), self._lock(self.FROM_ONE_ADDRESS, address)
        async with alone, few:
            yield

    def _lock(self, at_once: int, *key: str) -> asyncio.Semaphore:
        found = self._waiting.get(key)
        if found is None:
            found = self._waiting[key] = asyncio.Semaphore(at_once)
        return found


_turns = Turns()


async def sign_in_by_password(
    runtime: Runtime, email: str, password: str, *, address: str, device: str
) -> Opened:
    """Open a session for the right password. Raises SignInRefused, TooManyAttempts."""
    email = email.strip().lower()
    async with _turns.of(email, address):
        attempt = await ask(runtime, itself(runtime), attempt_of, email, address)
        if attempt.wait_seconds:
            raise TooManyAttempts(seconds=attempt.wait_seconds)
        if not await is_password(password, attempt.password_hash) or attempt.staff_id is None:
            wrong = WrongPassword(email=email, address=address)
            await perform(runtime, itself(runtime), count_wrong_password, wrong)
            raise SignInRefused
    command = OpenSession(staff_id=attempt.staff_id, device=device, address=address, email=email)
    return await perform(runtime, itself(runtime), open_session, command)


async def wait_after_wrong_secret(runtime: Runtime, client_id: str, address: str) -> int:
    """Count a program's wrong secret like a person's wrong password; return the seconds to wait, if any."""
    name = subject_of(client_id)
    async with _turns.of(name, address):
        attempt = await ask(runtime, itself(runtime), attempt_of, name, address)
        if not attempt.wait_seconds:
            wrong = WrongPassword(email=name, address=address)
            await perform(runtime, itself(runtime), count_wrong_password, wrong)
        return attempt.wait_seconds


async def renew(runtime: Runtime, secret: str) -> Opened | None:
    """Renew a session by its secret; None when it is over."""
    if not secret:
        return None
    return (await perform(runtime, itself(runtime), renew_session, RenewSession(secret=secret))).opened


async def token_of(signing: Signing, opened: Opened) -> str:
    """Return an access token for a session."""
    return await signing.access_token(
        subject=str(opened.staff_id),
        name=opened.name,
        roles=opened.roles,
        locale=opened.locale,
        kind="staff",
        session=str(opened.session_id),
    )


async def set_cookies(response: Response, request: Request, opened: Opened, *, first: bool) -> None:
    """Set the session's cookies: the token for the desks, the secret for this gateway only."""
    settings: GatewaySettings = request.app.state.runtime.settings
    token = await token_of(request.app.state.signing, opened)
    response.set_cookie(
        TOKEN_COOKIE,
        token,
        max_age=settings.token_seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    response.set_cookie(
        RENEWED_COOKIE,
        "1",
        max_age=JUST_RENEWED_SECONDS,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    if opened.secret is not None:
        left = opened.ends_at - request.app.state.runtime.clock.now()
        response.set_cookie(
            SESSION_COOKIE,
            opened.secret,
            max_age=max(0, int(left.total_seconds())),
            path=SESSION_PATH,
            secure=settings.secure,
            httponly=True,
            samesite="lax",
        )
    # A language chosen in this browser takes precedence; otherwise the profile's is used from now on.
    if first and LANGUAGE_COOKIE not in request.cookies:
        set_language(response, opened.locale, secure=settings.secure)
    response.headers["Cache-Control"] = "no-store"


def delete_cookies(response: Response) -> None:
    """Delete the session's cookies."""
    response.delete_cookie(TOKEN_COOKIE, path="/")
    response.delete_cookie(RENEWED_COOKIE, path="/")
    response.delete_cookie(SESSION_COOKIE, path=SESSION_PATH)
