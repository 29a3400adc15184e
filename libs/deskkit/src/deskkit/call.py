"""What a page handler works with: who asks, in which language, the use cases, forms, pages and redirects."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from chassis.actor import Actor
from chassis.clock import today
from chassis.http.routes import guard as lets_nobody_unknown_pass
from chassis.parties import name_of
from chassis.perform import ask, is_key, perform, rehearse
from chassis.undo import UNDO_CHANGES, DelayedChange, own_delayed_changes
from chassis.usecase import UseCase
from deskkit.csrf import SAFE_METHODS, ForgedForm, attested_same_origin, came_from_elsewhere
from deskkit.desk import DeskLink
from deskkit.forms import Done, Form
from deskkit.forms.binding import unbind
from deskkit.i18n import Formats
from deskkit.i18n.formats import ONE_STOP, TWO_STOPS
from deskkit.language import language_for
from deskkit.mounted import MountedDesk, desk_of
from deskkit.notices import NOTICE_COOKIE, Notice, read_notice, write_notice
from deskkit.rendering import Refusal
from deskkit.signin import SignInNeeded, actor_from_cookie, actor_if_known

CommandT = TypeVar("CommandT", bound=BaseModel)
OrderT = TypeVar("OrderT")
ResultT = TypeVar("ResultT")
MAX_FIELDS = 2000
VISIT_COOKIE = "partywall_visit"
UNDO_COOKIE = "partywall_undo"
"""Says that the person may have changes that can be undone, so that other pages needn't ask."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


class PageCall:
    """One request to a desk page by a signed-in person (or by nobody, on the gateway's public pages)."""

    def __init__(
        self, request: Request, mounted: MountedDesk, actor: Actor | None, *, public: bool = False
    ) -> None:
        self.request = request
        self.mounted = mounted
        self.desk = mounted.desk
        self.runtime = mounted.runtime
        self._actor = actor
        self.locale = language_for(request, actor)
        self.speech = mounted.rendering.speech(self.locale)
        self._notice: Notice | None = None
        self._public = public
        self._visit = request.cookies.get(VISIT_COOKIE, "")
        self._did_undoable = False
        self.delayed: Sequence[DelayedChange] = ()
        """The person's changes that aren't sent yet, which the page shows with a button to take them back."""

    # who, when, in which words

    @property
    def actor(self) -> Actor:
        """The signed-in person. Raises SignInNeeded when nobody is."""
        if self._actor is None:
            raise SignInNeeded
        return self._actor

    @property
    def signed_in(self) -> bool:
        """Whether the person is known."""
        return self._actor is not None

    @property
    def organisation(self) -> str:
        """Name of the organisation that runs the desk, in the person's language."""
        return self.party_name(self.runtime.entity)

    def party_name(self, id: str) -> str:
        """Return the name of an organisation in the person's language."""
        return name_of(self.runtime.parties, id, self.locale)

    def party_names(self, ids: Sequence[str]) -> str:
        """Return the names of organisations in the person's language, as a list in a sentence."""
        return self.formats.listing([self.party_name(id) for id in ids])

    @property
    def neighbours(self) -> Sequence[DeskLink]:
        """The other desks that the organisation has."""
        party = self.runtime.parties.party(self.runtime.entity)
        kinds = () if party is None else party.kinds
        return [other for other in self.desk.neighbours if other.kind is None or other.kind in kinds]

    @property
    def formats(self) -> Formats:
        """Dates, money and numbers in the person's language."""
        return self.speech.formats

    @property
    def now(self) -> datetime:
        """This moment, in UTC."""
        return self.runtime.clock.now()

    @property
    def today(self) -> date:
        """Today's date in the organisation's time zone."""
        return today(self.runtime.clock, self.runtime.time_zone)

    def _(self, msgid: str, **params: Any) -> str:
        """A text in the person's language, with %(params)s filled in."""
        text = self.speech.catalogue.gettext(msgid)
        return (text % params).replace(TWO_STOPS, ONE_STOP) if params else text

    def ngettext(self, one: str, many: str, n: int, **params: Any) -> str:
        """A text that depends on a number, with %(n)s and %(params)s filled in."""
        return self.speech.catalogue.ngettext(one, many, n) % {"n": self.formats.number(n), **params}

    def words(self, error: Refusal) -> str:
        """A refusal in the person's language."""
        return self.speech.refusal(error)

    def may(self, permission: str) -> bool:
        """Whether this person's roles hold a permission; to show only actions that would be accepted."""
        return self._actor is not None and self.runtime.access.permits(self._actor, permission)

    # use cases

    async def perform(self, use_case: UseCase[OrderT, ResultT], command: OrderT) -> ResultT:
        """Run a use case that changes something; a form sent twice gives the first answer again (X5).

        For a button whose refusal can only be shown as an error page; `carry_out` is for forms.
        """
        key = _token_of(await self.posted()) if self._unsafe else None
        result = await perform(self.runtime, self.actor, use_case, command, idempotency_key=key)
        self._did_undoable = self._did_undoable or use_case.undoable
        return result

    async def ask(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a use case that only reads."""
        return await ask(self.runtime, self.actor, query, *args, **kwargs)

    async def find_delayed(self) -> None:
        """Find the person's changes that aren't sent yet (X8)."""
        if self.may(UNDO_CHANGES):
            self.delayed = await self.ask(own_delayed_changes)

    def seconds_until(self, moment: datetime) -> int:
        """Return in how many seconds a moment comes, rounded up; at least 1."""
        return max(1, math.ceil((moment - self.now).total_seconds()))

    # forms

    async def carry_out(
        self, form: Form[CommandT], use_case: UseCase[CommandT, ResultT]
    ) -> Done[ResultT] | None:
        """Perform what a form asks for, and return its result.

        Return None when its page must be shown again: something in it is wrong, or the domain refuses it,
        and the form shows why (`Form.attempt`).
        """

        async def performed(command: CommandT) -> ResultT:
            return await self.perform(use_case, command)

        return await form.attempt(performed)

    async def accepts(self, form: Form[CommandT], use_case: UseCase[CommandT, ResultT]) -> bool:
        """Whether a form would be carried out at this moment; the form shows what is wrong with it.

        Nothing is changed: for the page before a confirmation, so that nobody confirms what is then refused.
        """

        async def rehearsed(command: CommandT) -> None:
            await rehearse(self.runtime, self.actor, use_case, command)

        return await form.attempt(rehearsed) is not None

    async def form(
        self,
        model: type[CommandT],
        *,
        initial: Any = None,
        fixed: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Form[CommandT]:
        """A form for a command: bound to what was posted, or beginning with `initial`.

        `initial` is a mapping, a view or a model with the fields' names.

        `fixed` holds values that don't come from the form, such as an id of the address; they always win.
        `labels` names fields (already translated) where the model's `title` isn't the name to show.
        """
        posted = await self.posted() if self._unsafe else None
        return self._form(model, posted, initial, fixed, labels)

    def sought(
        self,
        model: type[CommandT],
        *,
        initial: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Form[CommandT]:
        """The form of a filter, bound to the page's address, so that a search can be shared (X6).

        Its `command` always holds what could be read; anything else is reported at its field and left out.
        `initial`, and else the model's defaults, stand for fields that the address doesn't name; `names` maps
        other names in the address to fields, such as the `q` of the search in the banner.
        """
        asked: dict[str, list[str]] = {}
        for name, text in self.request.query_params.multi_items():
            asked.setdefault((names or {}).get(name, name), []).append(text)
        usual = {name: info.get_default() for name, info in model.model_fields.items()} | dict(initial or {})
        for name, texts in unbind(usual, model, self.runtime.time_zone).items():
            field = name.split("-")[0]
            if not any(key == field or key.startswith(f"{field}-") for key in asked):
                asked[name] = texts
        return self._form(model, asked, None, None, None, forgiving=True)

    def blank_form(self, model: type[CommandT], *, initial: Any = None) -> Form[CommandT]:
        """A form as it begins, even in the answer to a POST that was meant for something else."""
        return self._form(model, None, initial, None, None)

    def _form(
        self,
        model: type[CommandT],
        posted: dict[str, list[str]] | None,
        initial: Any,
        fixed: Mapping[str, Any] | None,
        labels: Mapping[str, str] | None,
        *,
        forgiving: bool = False,
    ) -> Form[CommandT]:
        return Form(
            model,
            posted=posted,
            initial=initial,
            fixed=fixed,
            labels=labels,
            today=self.today,
            zone=self.runtime.time_zone,
            catalogue=self.speech.catalogue,
            formats=self.formats,
            translate_error=self.words,
            csrf_token=self.csrf_token(),
            form_token=_token_of(posted or {}) or secrets.token_urlsafe(16),
            forgiving=forgiving,
        )

    async def posted(self) -> dict[str, list[str]]:
        """The submission as text fields: every value of each name, in order. Files are in `uploads()`."""
        data = await self.request.form(max_fields=MAX_FIELDS)
        fields: dict[str, list[str]] = {}
        for name, value in data.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
        return fields

    async def uploads(self, name: str) -> list[UploadFile]:
        """Files sent under one name; empty when none was chosen."""
        data = await self.request.form(max_fields=MAX_FIELDS)
        return [item for item in data.getlist(name) if isinstance(item, UploadFile) and item.filename]

    def csrf_token(self) -> str:
        """The hidden token of a form on this page."""
        return self.mounted.csrf.issue(*self._binding())

    def holds_csrf(self, token: str) -> bool:
        """Whether a posted token is one of ours, for this session (or this visit, before sign-in)."""
        same_origin = attested_same_origin(self.request.headers, self.mounted.public_url)
        return self.mounted.csrf.holds(token, *self._binding(), same_origin=same_origin)

    def _binding(self) -> tuple[str, str]:
        if self._actor is not None and not self._public:
            return self._actor.session or self._actor.subject, f"{self._actor.entity}:{self._actor.subject}"
        if not self._visit:
            self._visit = secrets.token_urlsafe(16)
        return f"visit:{self._visit}", "visit"

    # answers

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> Response:
        """A page from a template. The context has `call`, `desk`, and what is given.

        A form that is shown again because another line was requested isn't wrong, whatever its `status`.
        """
        form = context.get("form")
        if isinstance(form, Form) and form.asks_for_a_line:
            status = 200
        html = self.mounted.rendering.render(self, template, context)
        response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        if self._visit and self.request.cookies.get(VISIT_COOKIE) != self._visit:
            response.set_cookie(
                VISIT_COOKIE, self._visit, path="/", secure=self.secure, httponly=True, samesite="lax"
            )
        if self._notice is not None or NOTICE_COOKIE in self.request.cookies:
            response.delete_cookie(NOTICE_COOKIE, path="/")
        return response

    def fragment(self, template: str, **context: Any) -> Response:
        """A part of a page for htmx; answers 286 when `stop=True`, which ends polling."""
        stop = bool(context.pop("stop", False))
        return self.page(template, status=286 if stop else 200, headers={"Vary": "HX-Request"}, **context)

    def redirect(
        self, route: str, /, *, notice: str | None = None, tone: str = "success", **params: Any
    ) -> Response:
        """Go to a named route (or a path that begins with '/') after a POST; `notice` is shown there once."""
        target = route if route.startswith("/") else self.url(route, **params)
        response = RedirectResponse(target, status_code=303)
        if notice:
            write_notice(response, Notice(notice, tone), self.mounted.csrf.secret, secure=self.secure)
        if self._did_undoable and self.runtime.undo_for:
            response.set_cookie(
                UNDO_COOKIE,
                "1",
                max_age=int(self.runtime.undo_for.total_seconds()) + 1,
                path=self.desk.prefix or "/",
                secure=self.secure,
                httponly=True,
                samesite="lax",
            )
        return response

    @property
    def back(self) -> str | None:
        """The page of this desk that somebody left to do this on the way (`?back=`), or None."""
        asked = self.request.query_params.get("back", "")
        prefix = self.desk.prefix
        within = asked == prefix or asked.startswith((f"{prefix}/", f"{prefix}?"))
        # A browser takes a backslash for a slash, and two slashes for another host.
        return asked if within and "//" not in asked and asked.isprintable() and "\\" not in asked else None

    def onward(
        self, route: str, *, notice: str, known: Mapping[str, Any] | None = None, **params: Any
    ) -> Response:
        """Continue after a POST: at the page that led here, with what is `known` now, else at a route."""
        if (left := self.back) is None:
            return self.redirect(route, notice=notice, **params)
        path, _, query = left.partition("?")
        asked = [pair for pair in parse_qsl(query) if pair[0] not in (known or {})]
        found = urlencode([*asked, *((name, str(value)) for name, value in (known or {}).items())])
        return self.redirect(f"{path}?{found}" if found else path, notice=notice)

    def url(self, route: str, **params: Any) -> str:
        """The path of a named route; parameters that aren't part of the path become the query."""
        return self.mounted.rendering.url_for(self.request, route, params)

    def csv(self, filename: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
        """A CSV file; cells that a spreadsheet would run as a formula are made harmless."""
        from deskkit.csv_files import csv_response  # noqa: PLC0415 (only lists need it)

        return csv_response(filename, header, rows)

    @property
    def notice(self) -> Notice | None:
        """The notice that the previous page left, shown once."""
        if self._notice is None:
            self._notice = read_notice(self.request, self.mounted.csrf.secret)
        return self._notice

    @property
    def is_htmx(self) -> bool:
        """Whether a part of a page is asked for, by htmx."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def secure(self) -> bool:
        """Whether cookies are for https only."""
        return self.mounted.public_url.startswith("https")

    @property
    def here(self) -> str:
        """This page's path and query."""
        query = self.request.url.query
        return quote(self.request.url.path) + (f"?{query}" if query else "")

    @property
    def help_here(self) -> str:
        """Where the desk's help speaks of this page; empty where the desk has no help."""
        own = self.desk.help
        if own is None:
            return ""
        part = own.part_of(self.request)
        return f"{self.desk.prefix}/help" + (f"#{part}" if part else "")

    @property
    def _unsafe(self) -> bool:
        return self.request.method not in SAFE_METHODS


@lets_nobody_unknown_pass("session")
async def guard(request: Request) -> PageCall:
    """Let only signed-in people of this entity pass, and only forms of our own pages.

    Raises SignInNeeded (the answer renews the session or shows the sign-in page, with what was typed)
    and ForgedForm.
    """
    mounted = desk_of(request)
    if request.method not in SAFE_METHODS and came_from_elsewhere(request.headers, mounted.public_url):
        raise ForgedForm
    actor = await actor_from_cookie(request)
    if actor is None:
        raise SignInNeeded
    call = PageCall(request, mounted, actor)
    await check_form(call)
    if UNDO_COOKIE in request.cookies and request.method == "GET":
        await call.find_delayed()
    request.state.desk_call = call
    return call


async def check_form(call: PageCall) -> None:
    """Refuse an unsafe request whose token isn't one of ours. Raises ForgedForm."""
    request = call.request
    if request.method in SAFE_METHODS:
        return
    fields = await call.posted()
    token = next(iter(fields.get("_csrf", ())), "") or request.headers.get("x-csrf-token", "")
    if not call.holds_csrf(token):
        raise ForgedForm


async def _desk_call(request: Request) -> PageCall:
    call = getattr(request.state, "desk_call", None)
    return call if isinstance(call, PageCall) else await guard(request)


DeskCall = Annotated[PageCall, Depends(_desk_call)]
"""The parameter type of a page handler: `async def page(call: DeskCall) -> Response`."""


async def public_guard(request: Request) -> PageCall:
    """Let everybody pass (the sign-in page), but only forms of our own pages. Raises ForgedForm."""
    mounted = desk_of(request)
    if request.method not in SAFE_METHODS and came_from_elsewhere(request.headers, mounted.public_url):
        raise ForgedForm
    call = PageCall(request, mounted, await actor_if_known(request), public=True)
    await check_form(call)
    return call


async def public_call_of(request: Request) -> PageCall:
    """A call for a page that checks by itself where a form came from (the renewal of a session)."""
    return PageCall(request, desk_of(request), await actor_if_known(request), public=True)


PublicCall = Annotated[PageCall, Depends(public_guard)]
"""Like DeskCall for the few pages that need no sign-in; `call.signed_in` shows whether there is one."""


def _token_of(posted: Mapping[str, Sequence[str]]) -> str | None:
    """The token by which a form that is sent twice is known; None for one that can't be ours."""
    token = next(iter(posted.get("form_token", ())), "")
    return token if is_key(token) else None
