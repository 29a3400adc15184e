"""Templates: one Jinja environment for each language, autoescaped, with translations and formats built in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from fastapi.routing import iter_route_contexts
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.routing import NoMatchFound

from chassis.clock import today
from chassis.errors import DomainError, fill
from chassis.feature import words_of
from chassis.parties import name_of
from chassis.runtime import Runtime
from deskkit.addresses import door
from deskkit.assets import Assets
from deskkit.desk import Desk
from deskkit.forms.messages import words_for
from deskkit.i18n.catalogue import LANGUAGES, SHARED, Catalogue, load_catalogue
from deskkit.i18n.formats import ONE_STOP, TWO_STOPS, Formats
from deskkit.labels import groups_of, label_of, options_of

# What no page may contain. A form that is refused shows what was typed again, whatever that was.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Shown(Protocol):
    """The part of a request that rendering a page needs; `PageCall` is the only one."""

    @property
    def request(self) -> Request:
        """The request."""

    @property
    def locale(self) -> str:
        """The reader's language."""

    def url(self, route: str, **params: Any) -> str:
        """The address of a page."""

    def csrf_token(self) -> str:
        """The token of a form."""


_current: ContextVar[Shown] = ContextVar("deskkit_call")
_OWN_TEMPLATES = Path(__file__).parent / "templates"
_TRANSLATED_PARAMS = frozenset({"rule", "sentence", "what"})
"""Parameters of a refusal that are texts of their own, to be translated before they are filled in."""


class Refusal(Protocol):
    """What a refusal, or what may become one, says: a message id with `{params}`, and what fills them in."""

    @property
    def message(self) -> str:
        """The message id."""

    @property
    def params(self) -> Mapping[str, Any]:
        """What fills it in."""


@dataclass(frozen=True)
class Speech:
    """Texts and formats of one language."""

    language: str
    catalogue: Catalogue
    formats: Formats
    environment: Environment

    def refusal(self, error: Refusal) -> str:
        """A domain error's message, translated, its dates and enumerations in words."""
        params = {name: self._param(name, value) for name, value in error.params.items()}
        return fill(self.catalogue.gettext(error.message), params)

    def say(self, message: str, values: Mapping[str, Any]) -> str:
        """A message translated and filled in (`%(name)s`), its dates, money, counts and codes in words."""
        text = self.catalogue.gettext(message)
        if not values:
            return text
        filled = text % {
            name: self.formats.number(value) if type(value) is int else self._param(name, value)
            for name, value in values.items()
        }
        return filled.replace(TWO_STOPS, ONE_STOP)

    def _param(self, name: str, value: Any) -> Any:
        if isinstance(value, datetime):
            written = self.formats.deadline if name == "deadline" else self.formats.moment
            return written(value)
        if isinstance(value, date):
            return self.formats.date(value)
        if hasattr(value, "amount") and hasattr(value, "currency"):
            return self.formats.money(value)
        if hasattr(value, "value") or name in _TRANSLATED_PARAMS:
            return self.catalogue.gettext(
                value if isinstance(value, str) and not hasattr(value, "value") else label_of(value)
            )
        return value


class _EscapedTranslations:
    """`_()` and `ngettext()` of templates: text and parameters are always escaped."""

    def __init__(self, catalogue: Catalogue, formats: Formats | None = None) -> None:
        self.catalogue = catalogue
        self._number: Callable[[int], str] = formats.number if formats else str
        # Most of a page's variable words are whole texts, such as the names of states in every row of a list.
        self._alone = lru_cache(maxsize=2048)(lambda text: _filled(catalogue.gettext(text), {}))

    def gettext(self, message: object, /, **params: Any) -> Markup:
        if not params:
            return self._alone(_plain(message))
        return _filled(self.catalogue.gettext(_plain(message)), params)

    def ngettext(self, one: str, many: str, n: int, /, **params: Any) -> Markup:
        return _filled(self.catalogue.ngettext(one, many, n), {"num": self._number(n), **params})


def _plain(message: object) -> str:
    return message.unescape() if isinstance(message, Markup) else str(message)


def _filled(text: str, params: dict[str, Any]) -> Markup:
    escaped = escape(text)
    if not params:
        return escaped.replace("%%", "%")
    try:
        filled = escaped % params
    except (ValueError, TypeError, KeyError):  # a per cent sign in a text that isn't a pattern
        return escaped
    return filled.replace(TWO_STOPS, ONE_STOP) if TWO_STOPS in filled else filled


class Rendering:
    """Renders one desk's templates."""

    def __init__(self, desk: Desk, runtime: Runtime, assets: Assets, languages: tuple[str, ...]) -> None:
        self.desk = desk
        self.runtime = runtime
        self.assets = assets
        self._speech = {language: self._speak(language) for language in languages}

    def speech(self, language: str) -> Speech:
        """Words and formats of one language."""
        return self._speech[language]

    def translate(self, msgid: str, locale: str) -> str:
        """A message in a reader's language, for the API's problem documents."""
        known = self._speech.get(locale[:2])
        return known.catalogue.gettext(msgid) if known else msgid

    def say(self, error: DomainError, locale: str) -> str:
        """A refusal in a reader's language and forms, for the API's problem documents."""
        known = self._speech.get(locale[:2])
        return known.refusal(error) if known else str(error)

    def explain(self, problem: Mapping[str, Any], locale: str) -> str:
        """A value that Pydantic refused, in the words that forms use; fields have their names of the API."""
        known = self._speech.get(locale[:2])
        if known is None:
            return str(problem["msg"])
        context = dict(problem.get("ctx", {}))
        own = str(context.pop("error", "")) or str(problem["msg"])
        named = [str(part) for part in problem["loc"][1:]] + [str(at) for at in [context.pop("at", "")] if at]
        field = ".".join(named) or str(problem["loc"][-1])
        return words_for(problem["type"], context, field, "text", known.catalogue, known.formats, message=own)

    def render(self, call: Shown, template: str, context: dict[str, Any]) -> str:
        """The page's HTML."""
        token = _current.set(call)
        try:
            found = self._speech[call.locale].environment.get_template(template)
            return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", found.render(call=call, **context))
        finally:
            _current.reset(token)

    def url_for(self, request: Request, route: str, params: dict[str, Any]) -> str:
        """A route's path; what isn't in the path goes into the query. Raises NoMatchFound."""
        path = _path_of(request, route, params)
        query = {
            key: value for key, value in params.items() if key not in path.names and value not in (None, "")
        }
        return path.filled(params) + (f"?{urlencode(query, doseq=True)}" if query else "")

    def _speak(self, language: str) -> Speech:
        catalogue = load_catalogue(language, (*SHARED, self.desk.package))
        formats = Formats(language, self.runtime.time_zone, catalogue)
        folders = [FileSystemLoader(str(folder)) for folder in self.desk.template_folders]
        environment = Environment(
            loader=ChoiceLoader([*folders, FileSystemLoader(str(_OWN_TEMPLATES))]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        translations = _EscapedTranslations(catalogue, formats)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            catalogue.gettext, catalogue.ngettext, newstyle=True
        )
        # Jinja's own `_()` trusts its text as HTML, also when that is a variable with something a person
        # typed.
        environment.globals.update(
            _=translations.gettext, gettext=translations.gettext, ngettext=translations.ngettext
        )
        environment.globals.update(words_of(self.runtime.features))
        environment.globals.update(self._globals(language, catalogue, formats))
        environment.filters.update(
            date=formats.date,
            short_date=formats.short_date,
            month=formats.month,
            weekday=formats.weekday,
            clock_time=formats.time,
            moment=formats.moment,
            deadline=formats.deadline,
            last_day=formats.last_day,
            money=formats.money,
            number=formats.number,
            percent=formats.percent,
            phone=formats.phone,
            postal_code=formats.postal_code,
            listing=formats.listing,
            label=lambda value: catalogue.gettext(label_of(value)),
        )
        return Speech(language, catalogue, formats, environment)

    def _globals(self, language: str, catalogue: Catalogue, formats: Formats) -> dict[str, Any]:
        def day() -> date:
            return today(self.runtime.clock, self.runtime.time_zone)

        return {
            "desk": self.desk,
            "door": door,
            "language": language,
            "languages": LANGUAGES,
            "colon": formats.colon,
            "asset": self.assets.url,
            "url": lambda route, **params: _current.get().url(route, **params),
            "csrf_token": lambda: _current.get().csrf_token(),
            "fresh_token": lambda: secrets.token_urlsafe(16),
            "the_call": _current.get,
            "party_name": lambda id: name_of(self.runtime.parties, id, language),
            "today": day,
            "now": self.runtime.clock.now,
            "in_days": lambda value: formats.in_days(value, day()),
            "since": lambda value: formats.since(value, self.runtime.clock.now()),
            "groups_of": lambda source: groups_of(source, catalogue.gettext),
            "options_of": lambda source: options_of(source, catalogue.gettext),
            "with_query": with_query,
            "attributes": attributes,
        }


@dataclass(frozen=True, slots=True)
class RoutePath:
    """The path of a route, parsed once: a list has a link in each row."""

    pattern: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: str) -> RoutePath:
        """A path as a route has it: '/homes/{home_id}/photos'."""
        pieces = re.split(r"\{(\w+)(?::\w+)?\}", path)
        return cls("%s".join(piece.replace("%", "%%") for piece in pieces[::2]), tuple(pieces[1::2]))

    def filled(self, params: dict[str, Any]) -> str:
        """Return the path with these values, each in its position. Raises KeyError."""
        return self.pattern % tuple(quote(str(params[name]), safe="") for name in self.names)


def _path_of(request: Request, route: str, params: dict[str, Any]) -> RoutePath:
    index: dict[str, RoutePath] | None = getattr(request.app.state, "desk_route_paths", None)
    if index is None or route not in index:
        index = {
            str(found.name): RoutePath.of(str(found.path))
            for found in iter_route_contexts(request.app.routes)
            if getattr(found, "name", None) and getattr(found, "path", None)
        }
        request.app.state.desk_route_paths = index
    if route not in index:
        raise NoMatchFound(route, params)
    return index[route]


def with_query(call: Shown, **changes: Any) -> str:
    """Return this page's address with some filters changed; None removes one."""
    pairs = [(name, text) for name, text in call.request.query_params.multi_items() if name not in changes]
    for name, value in changes.items():
        if value is not None and value != "":
            pairs += [(name, str(item)) for item in (value if isinstance(value, list | tuple) else [value])]
    return call.request.url.path + (f"?{urlencode(pairs)}" if pairs else "")


def attributes(values: dict[str, Any]) -> Markup:
    """HTML attributes from a mapping; None and False are left out, True is written without a value."""
    parts = [
        Markup(' {}="{}"').format(name, value) if value is not True else Markup(" {}").format(name)
        for name, value in values.items()
        if value is not None and value is not False
    ]
    return Markup("").join(parts)
