"""A form on a page: typed input, the command it makes, and what is wrong with it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any, Generic, TypeVar

from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from chassis.errors import DomainError, EditedMeanwhile, KeyReused, SeveralFaults
from chassis.values import without_echoes
from deskkit.forms.binding import (
    DATE_PARTS,
    Binder,
    Posted,
    default_label,
    fields_of,
    is_collection,
    is_filled,
    item_of,
    line_numbers,
    shape_of,
    unbind,
    widget_of,
)
from deskkit.forms.clocks import FOLDS, local_moments
from deskkit.forms.dates import build_date, parse_time
from deskkit.forms.messages import words_for
from deskkit.forms.problems import Problem
from deskkit.forms.together import broken_together
from deskkit.i18n import N_, Formats
from deskkit.i18n.catalogue import Catalogue

CommandT = TypeVar("CommandT", bound=BaseModel)
ResultT = TypeVar("ResultT")
ALREADY_SENT = N_(
    "This form was already sent. Look at the record first, and send again only if you mean a second one."
)
HIDDEN_NAMES = frozenset({"_csrf", "form_token", "_more"})


@dataclass(frozen=True, slots=True)
class FormError:
    """One broken rule. `key` is the field's name, empty for the whole form."""

    key: str
    kind: str
    context: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile: what they have, and what was typed here."""

    key: str
    theirs: list[str]
    mine: list[str]


class Nothing(BaseModel):
    """A form without fields: a confirmation, or a button alone."""


@dataclass(frozen=True, slots=True)
class Done(Generic[ResultT]):
    """The result of a form that was carried out; always true, even when `result` is nothing."""

    result: ResultT


class Form(Generic[CommandT]):
    """Typed input bound to a command model. Values stay exactly as they were typed."""

    def __init__(
        self,
        model: type[CommandT],
        *,
        posted: Posted | None,
        initial: Any = None,
        fixed: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        today: date,
        zone: tzinfo,
        catalogue: Catalogue,
        formats: Formats,
        translate_error: Callable[[DomainError], str],
        csrf_token: str,
        form_token: str,
        forgiving: bool = False,
    ) -> None:
        self.model = model
        self.submitted = posted is not None
        self.zone = zone
        self.today = today
        self.csrf_token = csrf_token
        self.form_token = form_token
        self.errors: list[FormError] = []
        self.differences: list[Difference] = []
        self.refused: DomainError | None = None
        """Why the domain refused the form, once it was tried."""
        self._demanded: frozenset[str] = frozenset()
        self._left_out: frozenset[str] = frozenset()
        self._labels = dict(labels or {})
        self._offered: dict[str, dict[str, str]] = {}
        self._widgets: dict[str, str] = {}
        self._catalogue = catalogue
        self._formats = formats
        self._translate_error = translate_error
        self._command: CommandT | None = None
        self.asks_for_a_line = next(iter((posted or {}).get("_more", ())), "")
        """The list for which "Add a line" was pressed: nothing is judged yet, the page is shown again."""
        if posted is not None:
            self.values: dict[str, list[str]] = {
                name: list(texts) for name, texts in posted.items() if name not in HIDDEN_NAMES
            }
            self._bind(dict(fixed or {}), forgiving=forgiving)
            if self.asks_for_a_line:
                self.errors.clear()
        else:
            self.values = unbind(initial if initial is not None else {}, model, zone)

    # what a handler uses

    @property
    def ok(self) -> bool:
        """True when the form was sent and makes a valid command."""
        return self._command is not None and not self.errors and not self.asks_for_a_line

    @property
    def unconfirmed(self) -> bool:
        """True when it is in order, but the page that shows what it will do wasn't seen yet."""
        return self.ok and not self.value("confirmed")

    @property
    def command(self) -> CommandT:
        """The command that was typed. Raises LookupError when there is none."""
        if self._command is None:
            raise LookupError("This form has no valid command; ask form.ok first.")
        return self._command

    async def attempt(
        self, work: Callable[[CommandT], Awaitable[ResultT]], *, at: str | None = None
    ) -> Done[ResultT] | None:
        """Do `work` with the command and return what came of it; nothing when the form isn't in order.

        A refusal is shown at the field it names, else at the field `at`, else for the whole form; `refused`
        then holds it, and nothing is returned.
        """
        if not self.ok:
            return None
        try:
            return Done(await work(self.command))
        except DomainError as refused:
            self.refused = refused
            for one in refused.errors if isinstance(refused, SeveralFaults) else (refused,):
                self.add(one, one.field.replace(".", "-") if one.field else at)
            return None

    @property
    def problem(self) -> str | None:
        """What is wrong, in a sentence, for a page without fields to show it at; None when nothing is."""
        return next((words for _, words in self.summary()), None)

    def add(self, error: DomainError | str, field: str | None = None) -> None:
        """Show what the domain refused, at the field it names or for the whole form.

        Text is a translated sentence.
        """
        if isinstance(error, str):
            self.errors.append(FormError(field or "", "stated", message=error))
            return
        if isinstance(error, KeyReused):
            # The same page was sent before, with other content: a fresh token lets it be sent knowingly.
            self.form_token = secrets.token_urlsafe(16)
            self.errors.append(FormError("", "stated", message=self._catalogue.gettext(ALREADY_SENT)))
            return
        if isinstance(error, EditedMeanwhile):
            self._show_differences(error)
        named = field or error.field or ""
        self.errors.append(FormError(named, "stated", message=self._translate_error(error)))

    def follow(self, *, demanded: Iterable[str] = (), left_out: Iterable[str] = ()) -> None:
        """Show these fields as needed, and don't show those, whatever the model says of them.

        For rules that somebody sets while the service runs; the use case refuses what breaks them. A form in
        which something else is wrong already says at once which of these fields are empty.
        """
        self._demanded, self._left_out = frozenset(demanded), frozenset(left_out)
        if self.errors:
            wrong = {error.key.split("-")[0] for error in self.errors}
            self.errors += [
                FormError(key, "missing")
                for key in sorted(self._demanded - wrong)
                if key in self.model.model_fields and not self._is_filled(key)
            ]

    def _is_filled(self, key: str) -> bool:
        return any(
            text.strip()
            for name, texts in self.values.items()
            if (name == key or name.startswith(f"{key}-")) and not name.endswith("-currency")
            for text in texts
        )

    # what templates use

    def shows(self, key: str) -> bool:
        """Whether a field is on the form. One that is left out is there if what was sent of it is refused."""
        return key not in self._left_out or self.error(key) is not None

    def value(self, key: str, default: str = "") -> str:
        """The text typed (or to begin with) in a field."""
        return next(iter(self.values.get(key, ())), default)

    def part_of_date(self, key: str, part: str) -> str:
        """What one of the three boxes of a date holds; a date that came as one text is shown in them."""
        if any(self.value(f"{key}-{name}") for name in DATE_PARTS):
            return self.value(f"{key}-{part}")
        whole = self.value(key)
        try:
            return str(getattr(date.fromisoformat(whole), part))
        except ValueError:
            return whole if part == DATE_PARTS[0] else ""

    def repeated(self, key: str) -> list[tuple[str, str]]:
        """The two moments that a typed day and time may mean when clocks go back; empty on any other day.

        Each is (value of the field `key-fold`, the moment with its distance from UTC).
        """
        if not any(problem.key == key and problem.kind == "time_twice" for problem in self.errors) and (
            not self.value(f"{key}-fold")
        ):
            return []
        try:
            day = build_date(*(self.value(f"{key}-{part}") for part in DATE_PARTS))
            clock = parse_time(self.value(f"{key}-time"))
        except Problem:
            return []
        moments = local_moments(day, clock, self.zone)
        if len(moments) < len(FOLDS):
            return []
        names = (
            self._catalogue.gettext(N_("The first time")),
            self._catalogue.gettext(N_("The second time")),
        )
        return [
            (fold, f"{name} ({self._formats.time(moment)}, UTC{moment.isoformat()[-6:]})")
            for fold, name, moment in zip(FOLDS, names, moments, strict=True)
        ]

    def chosen(self, key: str, value: str) -> bool:
        """Whether an option of a select, radios or checkboxes is chosen."""
        return value in self.values.get(key, ())

    def checked(self, key: str) -> bool:
        """Whether a lone checkbox is ticked."""
        return self.value(key).lower() in {"1", "on", "true", "yes"}

    def lines(self, key: str, extra: int = 1, least: int = 1) -> list[int]:
        """Numbers of a list's lines to show: the filled ones and `extra` empty ones."""
        known = line_numbers(self.values, key)
        following = known[-1] + 1 if known else 0
        count = max(extra + (self.asks_for_a_line == key), least - len(known))
        return known + list(range(following, following + count))

    def line_asked_for(self, key: str) -> int | None:
        """The first empty line, where "Add a line" was pressed for this list: the focus goes there."""
        if self.asks_for_a_line != key:
            return None
        known = line_numbers(self.values, key)
        filled = [number for number in known if is_filled(self.values, key, number)]
        return filled[-1] + 1 if filled else 0

    def label(self, key: str, text: str | None = None, widget: str = "") -> str:
        """The label of a field; a text given by a template also names the field in its errors.

        `widget` is how the page has it filled in, which decides the words for an empty one.
        """
        if widget:
            self._widgets[key] = widget
        if text:
            self._labels[key] = text.unescape() if isinstance(text, Markup) else text
        if key not in self._labels:
            self._labels[key] = self._catalogue.gettext(default_label(self.model, key))
        return self._labels[key]

    def offer(self, key: str, options: Iterable[tuple[str, str]]) -> None:
        """Remember the words of a field's choices, as the page offers them."""
        self._offered[key] = {value: str(words) for value, words in options}

    def in_words(self, key: str, texts: list[str]) -> str:
        """What was typed or is stored in a field, as a page shows it: never a code, dates in their one form.

        Knows the choices of the fields that the page has shown already.
        """
        offered = self._offered.get(key, {})
        return ", ".join(offered.get(text) or self._plain(text) for text in texts)

    def _plain(self, text: str) -> str:
        try:
            return self._formats.date(date.fromisoformat(text))
        except ValueError:
            return text

    def error(self, key: str) -> str | None:
        """The message to show at a field."""
        for problem in self.errors:
            if problem.key == key:
                return self._words(problem)
        return None

    def bad_part(self, key: str, part: str) -> bool:
        """Whether this part of a date is (one of) the wrong one(s)."""
        for problem in self.errors:
            if problem.key == key:
                named = problem.context.get("missing")
                if named:
                    return part in named
                exact = {
                    "date_month": "month",
                    "date_year": "year",
                    "date_day": "day",
                    "date_no_such_day": "day",
                }
                return exact.get(problem.kind, part) == part
        return False

    def summary(self) -> list[tuple[str, str]]:
        """(id to jump to or nothing, message) for the error summary, in the order of the form."""
        order = list(self._labels)  # fields get their labels in the order of the page
        ranked = sorted(self.errors, key=lambda e: order.index(e.key) if e.key in order else -1)
        seen: dict[tuple[str, str], None] = {}
        for problem in ranked:
            seen[(self._anchor(problem) if problem.key else "", self._words(problem))] = None
        return list(seen)

    def demands(self, key: str) -> bool:
        """Whether a field must be filled in though the command could be made without it."""
        return key in self._demanded

    def is_required(self, key: str) -> bool:
        """Whether the command can't be made without this field."""
        info = self.model.model_fields.get(key)
        return self.demands(key) or bool(info and info.is_required() and not shape_of(info.annotation)[1])

    # how it works

    def _bind(self, fixed: dict[str, Any], *, forgiving: bool) -> None:
        binder = Binder(self.values, self.today, self.zone)
        data = {**binder.model(self.model), **fixed}
        for key, problem in binder.problems.items():
            self.errors.append(FormError(key, problem.kind, problem.context))
        try:
            self._command = self.model.model_validate(data)
        except ValidationError as invalid:
            whole: list[FormError] = []
            for detail in without_echoes(invalid.errors(include_url=False)):
                key = self._key_of(detail["loc"])
                if key in binder.problems:
                    continue
                context = dict(detail.get("ctx", {}))
                if detail["input"] in ("", [], None):
                    context["empty"] = True
                own = str(context.pop("error", "")) or detail["msg"]
                found = self.errors if detail["loc"] else whole
                found.append(FormError(key, detail["type"], context, own))
            # Pydantic stops at the first rule about several fields, and checks none while a field is wrong.
            wrong_fields = {error.key.split("-")[0] for error in self.errors}
            self.errors += [
                FormError(str(context.pop("at", "")), kind, context, message)
                for kind, context, message in broken_together(self.model, data, wrong_fields)
            ] or whole
            if forgiving:
                wrong = {error.key.split("-")[0] for error in self.errors}
                right = {} if "" in wrong else {name: data[name] for name in data.keys() - wrong}
                self._command = self.model.model_validate(right)

    def _key_of(self, loc: tuple[int | str, ...]) -> str:
        """The field of a Pydantic location; parts that are no field (a union's branch) are left out."""
        parts: list[str] = []
        current: Any = self.model
        for part in loc:
            fields = getattr(current, "model_fields", None)
            if isinstance(part, int):
                parts.append(str(part))
            elif fields and part in fields:
                parts.append(part)
                bare = shape_of(fields[part].annotation)[0]
                current = item_of(bare) if is_collection(bare) else bare
        while parts and parts[-1].isdecimal():  # an entry of a list of choices: shown at the list
            parts.pop()
        if len(parts) > 1 and parts[-1] in {"amount", "currency"}:
            parts.pop()
        return "-".join(parts)

    def _widget(self, key: str) -> str:
        current: Any = self.model
        bare: Any = str
        for part in key.split("-"):
            fields = getattr(current, "model_fields", {})
            if part in fields:
                bare = shape_of(fields[part].annotation)[0]
                current = item_of(bare) if is_collection(bare) else bare
        return widget_of(bare)

    def _anchor(self, problem: FormError) -> str:
        if self._widget(problem.key) == "date" and f"{problem.key}-day" in self.values:
            bad = next((part for part in DATE_PARTS if self.bad_part(problem.key, part)), "day")
            return f"{problem.key}-{bad}"
        return problem.key

    def _words(self, problem: FormError) -> str:
        if problem.kind == "stated":
            return problem.message or ""
        label = self.label(problem.key) if problem.key else ""
        return words_for(
            problem.kind,
            problem.context,
            label,
            self._widgets.get(problem.key) or self._widget(problem.key),
            self._catalogue,
            self._formats,
            message=problem.message,
        )

    def _show_differences(self, error: EditedMeanwhile) -> None:
        """Show what is stored now beside what was typed; sending again then knowingly replaces it (X4)."""
        current = error.current
        if isinstance(current, int):
            self.values["version"] = [str(current)]
        if isinstance(current, int) or current is None:
            current = {name: stands for name, (stands, _sent) in error.difference.items()}
        for name, info in self.model.model_fields.items():
            if isinstance(current, Mapping) and name not in current:
                continue  # what isn't named is stored as it was typed
            value = current[name] if isinstance(current, Mapping) else getattr(current, name, None)
            if name == "version":
                if value is not None:
                    self.values["version"] = [str(value)]
                continue
            if value is None and name not in self.values:
                continue
            stored = (
                fields_of(name, value, shape_of(info.annotation)[0], self.zone) if value is not None else {}
            )
            theirs, mine = stored.get(name, []), self._typed(name)
            if theirs != mine:
                self.differences.append(Difference(name, theirs, mine))

    def _typed(self, name: str) -> list[str]:
        if f"{name}-day" in self.values:
            year, month, day = (self.value(f"{name}-{part}") for part in reversed(DATE_PARTS))
            if year.isdecimal() and month.isdecimal() and day.isdecimal():
                return [f"{int(year):04}-{int(month):02}-{int(day):02}"]
            return [" ".join(part for part in (day, month, year) if part)]
        return [text for text in self.values.get(name, []) if text]
