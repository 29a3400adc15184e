"""Error pages of a desk: not found, not permitted, forged form, unavailable.

The API has its own problem documents.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from markupsafe import escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.errors import DomainError, Kind
from chassis.http.moved import moved_to
from chassis.http.problems import waiting
from chassis.telemetry import failure
from deskkit.call import PageCall
from deskkit.csrf import ForgedForm, attested_same_origin
from deskkit.i18n import N_
from deskkit.mounted import desk_of
from deskkit.signin import actor_if_known

Handler = Callable[[Request, Exception], Awaitable[Response]]

STATUS = {
    Kind.invalid: 422,
    Kind.not_found: 404,
    Kind.conflict: 409,
    Kind.forbidden: 403,
    Kind.unauthenticated: 401,
    Kind.gone: 410,
    Kind.unavailable: 503,
    Kind.too_many: 429,
}
HEADINGS = {
    401: N_("You're not signed in"),
    403: N_("Your role doesn't allow this"),
    404: N_("Page not found"),
    405: N_("Page not found"),
    409: N_("This has changed meanwhile"),
    410: N_("This isn't here any more"),
    413: N_("That is too much to send at once"),
    422: N_("This can't be done"),
    429: N_("Too many attempts"),
    500: N_("Something went wrong on our side"),
    503: N_("The service is busy"),
}
_MOVED = N_(
    "If you followed a link, the record may have been moved, or you may not be allowed to see it. "
    "Nothing was changed."
)
ADVICE = {
    403: N_(
        "If you think you should be able to, ask an administrator of your organisation about your roles."
    ),
    404: _MOVED,
    405: _MOVED,
    413: N_("Nothing was changed. Send a smaller file or fewer lines."),
    422: N_("The address may be cut off or mistyped. Nothing was changed."),
    500: N_(
        "Check whether it was done before you try again. If it happens again, give your administrator "
        "the reference."
    ),
    503: N_("Nothing was changed. Wait a minute, then try again."),
}
_BARE = """<!doctype html>
<html lang="en-CA"><head><meta charset="utf-8"><title>Something went wrong</title></head><body>
<h1>Something went wrong</h1>
<p>Check whether it was done before you try again. Reference: {reference}</p>
<h2 lang="fr-CA">Une erreur s’est produite</h2>
<p lang="fr-CA">Vérifiez si l’opération a été faite avant de réessayer. Référence : {reference}</p>
<p><a href="/">Partywall</a></p></body></html>"""
_log = structlog.get_logger("deskkit.pages")
FORGED = N_("Please check and send this again")


class _Refusals:
    """Puts a desk's error pages before the application's own handlers, for desk addresses only."""

    def install(self, app: FastAPI) -> None:
        for kind in (DomainError, HTTPException):
            elsewhere: Any = app.exception_handlers.get(kind)
            app.add_exception_handler(kind, self._page_or(elsewhere))
        invalid: Any = app.exception_handlers.get(RequestValidationError)
        app.add_exception_handler(RequestValidationError, self._address_or(invalid))
        app.add_exception_handler(ForgedForm, self._forged)

    def _page_or(self, elsewhere: Handler | None) -> Handler:
        async def answer(request: Request, error: Exception) -> Response:
            if not _is_page(request):
                if elsewhere is None:
                    raise error
                return await elsewhere(request, error)
            if isinstance(error, DomainError):
                actor = await actor_if_known(request)
                if (address := await moved_to(request, desk_of(request).runtime, actor, error)) is not None:
                    # 307 carries a form that was typed at the old address to the new one.
                    return RedirectResponse(address, 307)
                return await error_page(request, STATUS[error.kind], error)
            status = getattr(error, "status_code", 500)
            return await error_page(request, status)

        return answer

    def _address_or(self, elsewhere: Handler) -> Handler:
        """Show a page for an address that can't be read: no such record, or a wrong filter."""

        async def answer(request: Request, error: Exception) -> Response:
            if not _is_page(request):
                return await elsewhere(request, error)
            problems = error.errors() if isinstance(error, RequestValidationError) else []
            within_path = any(problem["loc"][:1] == ("path",) for problem in problems)
            return await error_page(request, 404 if within_path else 422)

        return answer

    async def _forged(self, request: Request, _error: Exception) -> Response:
        """Show what was typed again with a fresh token when the browser vouches for the page.

        Refuse otherwise.
        """

        mounted = desk_of(request)
        call = PageCall(request, mounted, await actor_if_known(request))
        carried: list[tuple[str, str]] = []
        if attested_same_origin(request.headers, mounted.public_url):
            fields = await call.posted()
            carried = [(name, text) for name, texts in fields.items() for text in texts if name != "_csrf"]
        return call.page("deskkit/check_and_send.html", status=403, carried=carried, heading=call._(FORGED))


refuse = _Refusals()


async def page_of_failure(request: Request, status: int, reference: str) -> Response | None:
    """Return the page of a request that failed outside its handler; None for a program's request.

    If that page fails as well, a plain one in both languages is shown.
    """
    if not _is_page(request):
        return None
    try:
        return await error_page(request, status, reference=reference)
    except Exception as failed:  # noqa: BLE001 - whatever broke the request may break its error page too
        _log.error("error_page_failed", reference=reference, **failure(failed))
        return HTMLResponse(_BARE.format(reference=escape(reference)), status)


async def error_page(
    request: Request, status: int, error: DomainError | None = None, *, reference: str = ""
) -> Response:
    """Return a page that explains what is wrong and what to do next."""

    call = PageCall(request, desk_of(request), await actor_if_known(request))
    heading = call._(HEADINGS.get(status, N_("Sorry, something went wrong")))
    message = call.words(error) if error else ""
    return call.page(
        "deskkit/error.html",
        status=status,
        headers=waiting(error) if error else {},
        heading=heading,
        message=message,
        advice="" if error and status == 422 else ADVICE.get(status, ""),
        reference=reference,
    )


def _is_page(request: Request) -> bool:
    """Whether a person's browser asks for a desk page, rather than a program for the API."""

    path = request.url.path
    if path.startswith("/api/") or path in {"/livez", "/readyz", "/metrics", "/oauth/token"}:
        return False
    try:
        desk_of(request)
    except LookupError:
        return False
    return True
