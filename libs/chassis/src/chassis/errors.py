"""Errors of the domain; nothing here knows HTTP.

A message is an English msgid with `{params}`. It is translated first and filled in afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import TracebackType
from typing import Any, ClassVar


class Kind(StrEnum):
    """The sort of an error, by which API, desk and listener decide what to do."""

    invalid = "invalid"
    not_found = "not_found"
    conflict = "conflict"
    forbidden = "forbidden"
    unauthenticated = "unauthenticated"
    gone = "gone"
    unavailable = "unavailable"
    too_many = "too_many"


class DomainError(Exception):
    """A refusal that the person asking can understand and perhaps correct.

    Subclasses set `kind`, `code` (stable, snake case) and `message` (English msgid with `{params}`).
    """

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "refused"
    message: ClassVar[str] = "This can't be done."

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params: dict[str, Any] = params
        super().__init__(self.code)

    def __str__(self) -> str:
        """Return the English message, filled in."""
        return fill(self.message, self.params)


def fill(message: str, params: Mapping[str, Any]) -> str:
    """Return `message` with its `{params}` filled in; unchanged when some are missing."""
    try:
        return message.format_map(params)
    except (KeyError, IndexError, ValueError):
        return message


class Hindrance(Exception):
    """Why a process can't do its work, for operators; the message names no person, user or password."""


class NotFound(DomainError):
    """There is no such record, or the actor may not know of it."""

    kind = Kind.not_found
    code = "not_found"
    message = "There's no such {what}."

    def __init__(self, *, what: str = "record", field: str | None = None, **params: Any) -> None:
        super().__init__(field=field, what=what, **params)


class EditedMeanwhile(DomainError):
    """Somebody else changed the record since the actor read it (X4).

    `current` is the present version; `difference` maps each field to (present value, value that was sent).
    """

    kind = Kind.conflict
    code = "edited_meanwhile"
    message = "Somebody else changed this record while you were editing it. Nothing was overwritten."

    def __init__(
        self,
        *,
        current: Any = None,
        difference: Mapping[str, tuple[Any, Any]] | None = None,
        field: str | None = None,
        **params: Any,
    ) -> None:
        super().__init__(field=field, **params)
        self.current = current
        self.difference: dict[str, tuple[Any, Any]] = dict(difference or {})


class NotPermitted(DomainError):
    """The actor holds no role that permits this, or belongs to another entity (W10)."""

    kind = Kind.forbidden
    code = "not_permitted"
    message = "Your role doesn't permit this."


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token isn't valid."""

    kind = Kind.unauthenticated
    code = "not_signed_in"
    message = "Sign in to continue."


class InvalidInput(DomainError):
    """A value breaks a rule; `field` names the value, and `rule` is the rule in words."""

    kind = Kind.invalid
    code = "invalid_input"
    message = "{rule}"

    def __init__(self, *, field: str | None = None, rule: str, **params: Any) -> None:
        super().__init__(field=field, rule=rule, **params)
        self.rule = rule


class SeveralFaults(DomainError):
    """More than one value of a command breaks a rule; `errors` has a refusal for each, with its field."""

    kind = Kind.invalid
    code = "several_faults"
    message = "Some values can't be accepted."

    def __init__(self, errors: Sequence[DomainError]) -> None:
        super().__init__()
        self.errors = tuple(errors)


class Faults:
    """Collects what is wrong with a command, so that all of it is reported at once.

    `with faults: check(…)` notes a refusal that names a field and goes on; `faults.refuse()` raises what was
    found. A refusal without a field, which no other value can correct, is raised at once.
    """

    def __init__(self) -> None:
        self._found: list[DomainError] = []

    def __enter__(self) -> Faults:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, SeveralFaults):
            self._found += error.errors
            return True
        if isinstance(error, DomainError) and error.field:
            self._found.append(error)
            return True
        return False

    def add(self, error: DomainError) -> None:
        """Add a refusal that names a field."""
        self._found.append(error)

    def refuse(self) -> None:
        """Raise the one refusal that was noted, or SeveralFaults for several."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise SeveralFaults(self._found)


class ValueNotAccepted(DomainError):
    """The database refused a value that no check of the service had refused."""

    kind = Kind.invalid
    code = "value_not_accepted"
    message = (
        "A value can't be stored as it is, or names something that doesn't exist. Check what you entered."
    )


class KeyReused(DomainError):
    """The idempotency key was used before for another command."""

    kind = Kind.invalid
    code = "idempotency_key_reused"
    message = "This key was already used for another request."


class Conflict(DomainError):
    """The change contradicts what is already recorded."""

    kind = Kind.conflict
    code = "conflict"
    message = "This contradicts what's already recorded. Reload the page and try again."


class OutcomeUnknown(DomainError):
    """The connection to the database broke during the commit: whether it happened isn't known."""

    kind = Kind.unavailable
    code = "outcome_unknown"
    message = "The connection broke while this was being saved. Check whether it was, before you try again."


class Unavailable(DomainError):
    """Something that is needed can't be reached at present; nothing was changed."""

    kind = Kind.unavailable
    code = "unavailable"
    message = "The service can't do this at the moment. Nothing was changed. Try again in a minute."
