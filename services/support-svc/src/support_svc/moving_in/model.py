"""Moving in (P7): what is published, which days are doubtful, and what can be wrong."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from chassis.errors import DomainError, Kind

USUAL_DELAY = timedelta(days=31)
"""A move-in up to this long after the start of the tenancy isn't unusual."""


def doubt_about(day: date, tenancy_start: date | None, held_until: date | None) -> DomainError | None:
    """Return why a move-in date should be checked: the lease contradicts it or, without one, the hold."""
    if tenancy_start is not None:
        if day < tenancy_start:
            return MoveBeforeTenancy(field="days_confirmed", start=tenancy_start)
        if day > tenancy_start + USUAL_DELAY:
            return MoveLongAfterTenancy(field="days_confirmed", start=tenancy_start)
    elif held_until is not None and day > held_until:
        return MoveAfterHold(field="days_confirmed", held_until=held_until)
    return None


@dataclass(frozen=True, slots=True)
class HouseholdMovedIn:
    """A household moved into a third-party landlord's home; published again when the day is corrected.

    `number` orders the events about the request.
    """

    inventory: str
    request: UUID
    unit: UUID
    moved_in_on: date
    number: int


class NotSecured(DomainError):
    """A move-in needs a home that is held."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_secured"
    message: ClassVar[str] = "No home is secured for this household."


class ApplicationWasDeclined(DomainError):
    """The property entity declined the application for the home, so nobody moves into it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "application_was_declined"
    message: ClassVar[str] = (
        "The landlord declined the application for this home. Find another home, or give this one up."
    )


class TenancyNotStarted(DomainError):
    """Neither the property entity nor the client reported that the tenancy started."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "tenancy_not_started"
    message: ClassVar[str] = (
        "The landlord has not informed us that the tenancy started. If the client informed you, tick "
        "that; the client may choose not to share it."
    )


class MoveInInTheFuture(DomainError):
    """The move-in date is still to come."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "move_in_in_the_future"
    message: ClassVar[str] = "The move-in date must be today or earlier."


class MoveBeforeTenancy(DomainError):
    """The move-in date is before the start of the lease."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "move_before_tenancy"
    message: ClassVar[str] = (
        "The tenancy starts on {start}, after this move-in date. Correct the date, or confirm it."
    )


class MoveLongAfterTenancy(DomainError):
    """The move-in date is long after the start of the lease."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "move_long_after_tenancy"
    message: ClassVar[str] = (
        "The tenancy started on {start}, more than a month before this move-in date. "
        "Correct the date, or confirm it."
    )


class MoveAfterHold(DomainError):
    """The move-in date is after the end of the hold."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "move_after_hold"
    message: ClassVar[str] = (
        "The home was held until the end of {held_until}, before this move-in date. "
        "Correct the date, or confirm it."
    )


class MoveInAfterFollowUp(DomainError):
    """A follow-up was recorded for a day before this move-in date."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "move_in_after_follow_up"
    message: ClassVar[str] = "The move-in date must not be after a follow-up that was recorded, {done_on}."


class ActiveHousing(DomainError):
    """Somebody's housing history has an open record, which has to be ended in the same step (P7)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "active_housing"
    message: ClassVar[str] = "{name} is recorded as living somewhere else. End that record in this step."


class JoinsBeforeMoveIn(DomainError):
    """Nobody lives in the home before the household moved in."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "joins_before_move_in"
    message: ClassVar[str] = "The household moved in on {moved_in_on}. Enter that day or a later one."


class JoinsBeforeBirth(DomainError):
    """Nobody lives anywhere before being born."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "joins_before_birth"
    message: ClassVar[str] = "{name} was born on {born}. Enter that day or a later one."
