"""Pages for sign-in, renewal, sign-out and one's own account."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr
from starlette.requests import Request

from chassis.http.problems import STATUS, waiting
from chassis.perform import perform
from chassis.runtime import Runtime
from deskkit.call import DeskCall, PageCall, PublicCall, public_call_of
from deskkit.csrf import SAFE_METHODS, ForgedForm, came_from_elsewhere
from deskkit.forms import Nothing
from deskkit.language import inside_path, set_language
from deskkit.router import DeskRouter
from gateway.organisation import organisation_of
from gateway.sessions import carried, queries
from gateway.sessions.commands import EndSession, Opened, end_own_session, end_session
from gateway.sessions.model import SessionOver
from gateway.sessions.signing_in import (
    SESSION_COOKIE,
    address_of,
    delete_cookies,
    itself,
    renew,
    set_cookies,
    sign_in_by_password,
)
from gateway.settings import GatewaySettings
from gateway.staff.commands import (
    ChooseLanguage,
    SetPassword,
    change_own_password,
    choose_language,
)
from gateway.staff.passwords import check_new, hash_password
from gateway.staff.queries import StaffView, own_account

public = APIRouter(include_in_schema=False)
pages = DeskRouter(prefix="/session")
routers = (public, pages)


class SignInForm(BaseModel):
    """The fields of the sign-in form."""

    email: str = Field(min_length=1, max_length=254, title="E-mail address")
    password: SecretStr = Field(min_length=1, max_length=1000, title="Password")


class NewPassword(BaseModel):
    """The fields of the form that changes one's password."""

    present: SecretStr = Field(min_length=1, max_length=1000, title="Current password")
    password: SecretStr = Field(min_length=1, max_length=1000, title="New password")
    again: SecretStr = Field(min_length=1, max_length=1000, title="New password again")


@public.get("/sign-in", name="sign_in")
async def sign_in_page(call: PublicCall, next: str = "/") -> Response:
    """Show the sign-in page."""
    return await _sign_in_page(call, inside_path(next, "/"))


@public.post("/sign-in", name="sign_in_sent")
async def sign_in(call: PublicCall) -> Response:
    """Sign in and go to the page that was requested, with what was typed there."""
    posted = await call.posted()
    target = inside_path(next(iter(posted.get("next", ())), "/"), "/")
    typed_before = carried.unpacked(next(iter(posted.get("carried", ())), ""))
    form = await call.form(SignInForm)

    async def opened(typed: SignInForm) -> Opened:
        return await sign_in_by_password(
            call.runtime,
            typed.email,
            typed.password.get_secret_value(),
            address=address_of(call.request, settings_of(call)),
            device=call.request.headers.get("user-agent", ""),
        )

    if done := await form.attempt(opened):
        return await signed_in(call, done.result, target, typed_before)
    return await _sign_in_page(call, target, typed_before=typed_before, form=form)


async def signed_in(call: PageCall, opened: Opened, target: str, typed_before: carried.Pairs) -> Response:
    """Answer a successful sign-in: go to the page, or first choose a password."""
    response: Response
    target = _destination(call.runtime, opened, target)
    if opened.password_temporary:
        response = RedirectResponse(f"/session/password?{urlencode({'next': target})}", status_code=303)
    elif typed_before:
        response = call.page("sessions/continue.html", target=target, typed_before=typed_before)
    else:
        response = RedirectResponse(target, status_code=303)
    await set_cookies(response, call.request, opened, first=True)
    return response


def _destination(runtime: Runtime, opened: Opened, target: str) -> str:
    """Return the address to go to; somebody who requested no page goes to their own desk."""
    return organisation_of(runtime).own_desk(opened.roles) if target == "/" else target


@public.api_route("/session/renew", methods=["GET", "POST"], name="session.renew")
async def renew_session(request: Request, next: str = "/", sign_in_again: bool = False) -> Response:
    """Give a desk's visitor a new token and send them back, with their form; or have them sign in.

    With `sign_in_again` they have to sign in in any case, because a desk has just refused a new token.

    This is the one GET that writes: it replaces the session's secret.
    """
    target = inside_path(next, "/")
    settings: Any = request.app.state.runtime.settings
    if request.method not in SAFE_METHODS and came_from_elsewhere(request.headers, settings.public_url):
        raise ForgedForm
    secret = "" if sign_in_again else request.cookies.get(SESSION_COOKIE, "")
    opened = await renew(request.app.state.runtime, secret)
    if opened is not None:
        target = _destination(request.app.state.runtime, opened, target)
        # 307 sends a posted form to its desk unchanged.
        response = RedirectResponse(target, status_code=303 if request.method in SAFE_METHODS else 307)
        await set_cookies(response, request, opened, first=False)
        return response
    call = await public_call_of(request)
    typed_before = await carried.typed_fields(request) if request.method not in SAFE_METHODS else []
    had_session = SESSION_COOKIE in request.cookies and not sign_in_again
    answer = await _sign_in_page(
        call,
        target,
        typed_before=typed_before,
        over=had_session or bool(typed_before),
        status=401 if typed_before else 200,
    )
    if not sign_in_again:
        delete_cookies(answer)
    return answer


@public.get("/sign-out", name="sign_out")
async def sign_out_page(call: PublicCall) -> Response:
    """Ask before signing out: a link alone must not end anybody's session."""
    return call.page("sessions/sign_out.html", form=await call.form(Nothing))


@public.post("/session/end", name="sign_out_sent")
async def sign_out(call: PublicCall) -> Response:
    """End this session."""
    secret = call.request.cookies.get(SESSION_COOKIE)
    if secret:
        await perform(call.runtime, itself(call.runtime), end_session, EndSession(secret=secret))
    if call.signed_in and call.actor.session:
        ended = EndSession(session_id=UUID(call.actor.session))
        await perform(call.runtime, itself(call.runtime), end_session, ended)
    response = call.redirect("/", notice=call._("You are signed out."))
    delete_cookies(response)
    return response


@pages.get("/mine", name="session.mine")
async def mine(call: DeskCall) -> Response:
    """Show where one is signed in, and one's own settings."""
    account = await call.ask(own_account)
    sessions = await call.ask(queries.own_sessions)
    return call.page("sessions/mine.html", account=account, sessions=sessions)


@pages.post("/mine/{session_id}/end", name="session.end_one")
async def end_one(call: DeskCall, session_id: UUID) -> Response:
    """End one of one's own sessions."""
    await call.perform(end_own_session, EndSession(session_id=session_id))
    return call.redirect("session.mine", notice=call._("That session has ended."))


@pages.get("/profile", name="session.profile")
async def profile_page(call: DeskCall) -> Response:
    """Choose one's language."""
    form = await call.form(ChooseLanguage, initial=await call.ask(own_account))
    return call.page("sessions/profile.html", form=form)


@pages.post("/profile", name="session.profile_sent")
async def profile(call: DeskCall) -> Response:
    """Store one's language in the profile, and use it at once."""
    form = await call.form(ChooseLanguage)
    if await call.carry_out(form, choose_language):
        response = call.redirect("session.mine", notice=call._("Changes saved."))
        set_language(response, form.command.locale, secure=call.secure)
        return response
    return call.page("sessions/profile.html", form=form, status=422)


@pages.get("/password", name="session.password")
async def password_page(call: DeskCall, next: str = "/session/mine") -> Response:
    """Choose a new password."""
    account = await call.ask(own_account)
    form = await call.form(NewPassword)
    target = inside_path(next, "/session/mine")
    return call.page("sessions/password.html", form=form, first=account.password_temporary, target=target)


@pages.post("/password", name="session.password_sent")
async def password(call: DeskCall, next: str = "/session/mine") -> Response:
    """Replace one's password; every other session ends."""
    account = await call.ask(own_account)
    target = inside_path(next, "/session/mine")
    form = await call.form(NewPassword)
    if form.ok and form.command.password != form.command.again:
        form.add(call._("The two new passwords aren't the same"), "again")
    if await form.attempt(partial(_replace_password, call, account), at="present"):
        done = call._("Your password is changed. You are signed out everywhere else.")
        return call.redirect(target, notice=done)
    first = account.password_temporary
    return call.page("sessions/password.html", form=form, first=first, target=target, status=422)


async def _replace_password(call: PageCall, account: StaffView, typed: NewPassword) -> None:
    wanted = typed.password.get_secret_value()
    check_new(wanted, account.email)
    # The current one is checked like a sign-in: counted, compared, refused with the same message.
    proof = await sign_in_by_password(
        call.runtime,
        account.email,
        typed.present.get_secret_value(),
        address=address_of(call.request, settings_of(call)),
        device="",
    )
    await perform(call.runtime, itself(call.runtime), end_session, EndSession(session_id=proof.session_id))
    command = SetPassword(
        staff_id=account.id,
        password_hash=await hash_password(wanted),
        temporary=False,
        keep_session=UUID(call.actor.session) if call.actor.session else None,
    )
    await perform(call.runtime, call.actor, change_own_password, command)


def settings_of(call: PageCall) -> GatewaySettings:
    """The gateway's settings. Raises TypeError on any other service's page."""
    settings = call.runtime.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("these pages belong to a gateway")
    return settings


async def _sign_in_page(
    call: PageCall,
    target: str,
    *,
    typed_before: carried.Pairs | None = None,
    form: Any = None,
    over: bool = False,
    status: int = 200,
) -> Response:
    form = form or call.blank_form(SignInForm)
    settings = settings_of(call)
    headers = {}
    if form.refused:
        status = STATUS[form.refused.kind]
        headers = waiting(form.refused)
    elif form.errors:
        status = 422
    return call.page(
        "sessions/sign_in.html",
        status=status,
        headers=headers,
        form=form,
        target=target,
        over=call.words(SessionOver()) if over else None,
        carried=carried.packed(typed_before or []),
        typed_before=bool(typed_before),
        provider=settings.oidc_name if settings.oidc_issuer else None,
        provider_url=f"/sign-in/organisation?{urlencode({'next': target})}",
    )
