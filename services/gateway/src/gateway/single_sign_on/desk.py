"""Sign-in through the organisation's provider: to it and back."""

from __future__ import annotations

import json
import secrets

from cryptography.fernet import InvalidToken
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from chassis.errors import DomainError, NotFound, Unavailable
from chassis.perform import perform
from deskkit.call import PublicCall
from deskkit.language import inside_path
from gateway.keys.model import sealer
from gateway.sessions.commands import FindByProvider, OpenSession, find_by_provider, open_session
from gateway.sessions.desk import settings_of, signed_in
from gateway.sessions.signing_in import address_of, itself
from gateway.single_sign_on.provider import Provider, ProviderRefused, Started

router = APIRouter(include_in_schema=False)
STATE_COOKIE = "partywall_provider"
STATE_SECONDS = 600


@router.get("/sign-in/organisation", name="provider")
async def begin(call: PublicCall, next: str = "/") -> Response:
    """Send the browser to the provider.

    State, nonce and PKCE verifier are in an encrypted cookie of this browser.
    """
    provider = _provider(call)
    try:
        started = await provider.begin(*(secrets.token_urlsafe(32) for _ in range(3)))
    except (ProviderRefused, Unavailable) as error:  # the sign-in page still offers the password
        return call.redirect("sign_in", notice=call.words(error), tone="warning")
    settings = settings_of(call)
    state_text = json.dumps([started.state, started.nonce, started.verifier, inside_path(next, "/")])
    response = RedirectResponse(started.url, status_code=303)
    response.set_cookie(
        STATE_COOKIE,
        sealer(settings).encrypt(state_text.encode()).decode(),
        max_age=STATE_SECONDS,
        path="/sign-in",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/sign-in/callback", name="provider.back")
async def back(call: PublicCall, state: str = "", code: str = "", iss: str | None = None) -> Response:
    """Check the provider's answer, and open a session for the person it authenticated."""
    provider = _provider(call)
    settings = settings_of(call)
    try:
        started, target = _started(call)
        identified = await provider.finish(started, state=state, code=code, issuer=iss)
        wanted = FindByProvider(provider_subject=identified.subject, email=identified.email)
        found = await perform(call.runtime, itself(call.runtime), find_by_provider, wanted)
        if found.staff_id is None:
            raise ProviderRefused
        command = OpenSession(
            staff_id=found.staff_id,
            device=call.request.headers.get("user-agent", ""),
            address=address_of(call.request, settings),
        )
        opened = await perform(call.runtime, itself(call.runtime), open_session, command)
        # A person who signs in through the provider needn't replace a first password.
        response = await signed_in(call, opened.model_copy(update={"password_temporary": False}), target, [])
    except DomainError as error:
        response = call.redirect("sign_in", notice=call.words(error), tone="warning")
    response.delete_cookie(STATE_COOKIE, path="/sign-in")
    return response


def _provider(call: PublicCall) -> Provider:
    provider = call.request.app.state.provider
    if not isinstance(provider, Provider):
        raise NotFound
    return provider


def _started(call: PublicCall) -> tuple[Started, str]:
    sealed = call.request.cookies.get(STATE_COOKIE, "")
    try:
        state_text = json.loads(sealer(settings_of(call)).decrypt(sealed.encode(), ttl=STATE_SECONDS))
    except InvalidToken as failed:
        raise ProviderRefused from failed
    state, nonce, verifier, target = state_text
    return Started("", state, nonce, verifier), inside_path(target, "/")
