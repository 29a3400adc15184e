"""Securing a home as a process (P6): a pure `decide(process, fact)` over states that are rows.

A caseworker asks, the inventory answers, the property entity goes on; any of them may be offline. A fact may
arrive twice, late or out of order, so each state defines what every fact means in it. Nothing here reads a
clock or a table.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from support_svc.placements.model import HOLDING, SecuringState


@dataclass(frozen=True, slots=True)
class Process:
    """The part of a request that decisions depend on."""

    state: SecuringState = SecuringState.ASKED
    deadline: datetime | None = None
    late: bool = False
    ending: bool = False
    overdue: bool = False
    referred: bool = False
    through_property_entity: bool = True


@dataclass(frozen=True, slots=True)
class Secured:
    """The inventory holds the home until the deadline."""

    deadline: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The inventory could not secure the home."""

    reason: str


@dataclass(frozen=True, slots=True)
class HoldEnding:
    """The inventory reports that the hold will lapse soon."""

    deadline: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """The inventory ended the hold without a tenancy."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The time in which an answer is expected has passed."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """By our own clock the hold's deadline has passed; the inventory hasn't reported that yet."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The caseworker gives the home up."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another home is secured for the household, so this one is released."""


@dataclass(frozen=True, slots=True)
class TenancyStarted:
    """The landlord reported that the tenancy has started."""

    landlord: str | None = None


@dataclass(frozen=True, slots=True)
class MovedIn:
    """The household moved in on a day."""

    on: date | None = None


Fact = (
    Secured
    | Refused
    | HoldEnding
    | Released
    | NoAnswer
    | DeadlinePassed
    | GivenUp
    | Replaced
    | TenancyStarted
    | MovedIn
)


class Effect(StrEnum):
    """What is to be done after a decision, besides storing the process."""

    SHOW_SECURED = "show_secured"
    """The placement becomes Housing Secured, with this home."""
    BACK_TO_SEARCH = "back_to_search"
    """The placement becomes Housing Not Secured, unless it holds another home."""
    PUBLISH_WITHDRAWAL = "publish_withdrawal"
    """The inventory is informed that the request is given up."""
    REFER = "refer"
    """The property entity gets a referral."""
    WITHDRAW_REFERRAL = "withdraw_referral"
    """The property entity is informed that the referral is withdrawn."""
    WATCH_DEADLINE = "watch_deadline"
    """A timer is set to the deadline of the hold."""
    STOP_WAITING = "stop_waiting"
    """The timer for the answer is no longer needed."""
    STOP_WATCHING = "stop_watching"
    """The timer for the deadline is no longer needed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The process afterwards, the effects, and the line for the timeline (a TimelineKind), if any."""

    process: Process
    effects: tuple[Effect, ...] = ()
    line: str | None = None


def decide(process: Process, fact: Fact) -> Decision:  # noqa: PLR0911, PLR0912 - one for each kind of fact
    """Return what a fact means in a state; the same fact a second time changes nothing."""
    match fact:
        case Secured(deadline):
            return _secured(process, deadline)
        case HoldEnding(deadline):
            return _hold_ending(process, deadline)
        case Refused():
            return _refused(process)
        case Released():
            return _released(process)
        case NoAnswer():
            if process.state is not SecuringState.ASKED or process.late:
                return Decision(process)
            return Decision(replace(process, late=True), line="no_answer")
        case DeadlinePassed():
            if process.state is not SecuringState.HELD or process.overdue:
                return Decision(process)
            return Decision(replace(process, overdue=True), line="deadline_passed")
        case GivenUp():
            return _let_go(process, SecuringState.GIVEN_UP, "given_up")
        case Replaced():
            return _let_go(process, SecuringState.REPLACED, "replaced")
        case TenancyStarted():
            return _tenancy_started(process)
        case MovedIn():
            if process.state not in HOLDING:
                return Decision(process)
            return Decision(replace(process, state=SecuringState.USED), (Effect.STOP_WATCHING,), "moved_in")


def _secured(process: Process, deadline: datetime) -> Decision:
    if process.state is SecuringState.ASKED:
        held = replace(
            process, state=SecuringState.HELD, deadline=deadline, referred=process.through_property_entity
        )
        effects = [Effect.STOP_WAITING, Effect.SHOW_SECURED, Effect.WATCH_DEADLINE]
        if process.through_property_entity:
            effects.append(Effect.REFER)
        return Decision(held, tuple(effects), "secured")
    if process.state is SecuringState.HELD:
        if process.deadline is not None and deadline <= process.deadline:
            return Decision(process)
        longer = replace(process, deadline=deadline, ending=False, overdue=False)
        return Decision(longer, (Effect.WATCH_DEADLINE,), "secured")
    if process.state in (SecuringState.LET, SecuringState.USED):
        return Decision(process)
    return Decision(process, line="overtaken")


def _hold_ending(process: Process, deadline: datetime) -> Decision:
    if process.state is SecuringState.ASKED:
        # The answer itself is still on its way; a hold that is about to end was certainly won.
        secured = _secured(process, deadline)
        return Decision(replace(secured.process, ending=True), secured.effects, "hold_ending")
    if process.state is not SecuringState.HELD:
        return Decision(process)
    if process.deadline is not None and (process.ending or deadline < process.deadline):
        return Decision(process)
    return Decision(replace(process, deadline=deadline, ending=True), (Effect.WATCH_DEADLINE,), "hold_ending")


def _refused(process: Process) -> Decision:
    if process.state is SecuringState.ASKED:
        refused = replace(process, state=SecuringState.REFUSED)
        return Decision(refused, (Effect.STOP_WAITING, Effect.BACK_TO_SEARCH), "refused")
    if process.state is SecuringState.REFUSED:
        return Decision(process)
    return Decision(process, line="overtaken")


def _released(process: Process) -> Decision:
    if process.state is SecuringState.ASKED:
        released = replace(process, state=SecuringState.RELEASED)
        return Decision(released, (Effect.STOP_WAITING, Effect.BACK_TO_SEARCH), "released")
    if process.state is SecuringState.HELD:
        effects = [Effect.STOP_WATCHING, Effect.BACK_TO_SEARCH]
        if process.referred:
            effects.append(Effect.WITHDRAW_REFERRAL)
        return Decision(replace(process, state=SecuringState.RELEASED), tuple(effects), "released")
    if process.state is SecuringState.LET:
        # The tenancy stands; what the inventory released meanwhile is a matter of those two.
        return Decision(process, line="overtaken")
    return Decision(process)


def _let_go(process: Process, state: SecuringState, line: str) -> Decision:
    if process.state is SecuringState.ASKED:
        return Decision(
            replace(process, state=state),
            (Effect.STOP_WAITING, Effect.BACK_TO_SEARCH, Effect.PUBLISH_WITHDRAWAL),
            line,
        )
    if process.state is SecuringState.HELD:
        effects = [Effect.STOP_WATCHING, Effect.BACK_TO_SEARCH, Effect.PUBLISH_WITHDRAWAL]
        if process.referred:
            effects.append(Effect.WITHDRAW_REFERRAL)
        return Decision(replace(process, state=state), tuple(effects), line)
    return Decision(process)


def _tenancy_started(process: Process) -> Decision:
    if process.state in (SecuringState.ASKED, SecuringState.HELD):
        effects = [Effect.STOP_WAITING, Effect.STOP_WATCHING]
        if process.state is SecuringState.ASKED:
            effects.append(Effect.SHOW_SECURED)
        return Decision(replace(process, state=SecuringState.LET), tuple(effects), "tenancy_started")
    if process.state in (SecuringState.LET, SecuringState.USED):
        return Decision(process)
    return Decision(process, line="overtaken")
