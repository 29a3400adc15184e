"""How far a placement has come and whose turn it is (P3, P10): derived from the record, stored nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from support_svc.homes.model import ManagedBy
from support_svc.placements.model import ApplicationState, PlacementStatus, SecuringState, is_declined


class Step(StrEnum):
    """The steps of a household from the search to the last follow-up, in their order."""

    SEARCHING = "searching"
    SECURED = "secured"
    APPLICATION = "application"
    SIGNING = "signing"
    MOVE_IN = "move_in"
    FOLLOW_UPS = "follow_ups"


class Reached(StrEnum):
    """Whether a step is done, under way or still to come."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


class Turn(StrEnum):
    """Whose turn it is."""

    CASEWORKER = "caseworker"
    PROPERTY_MANAGER = "property_manager"
    INVENTORY = "inventory"
    TENANT = "tenant"
    NOBODY = "nobody"


class Next(StrEnum):
    """What happens next; each is one person's turn."""

    FIND_HOME = "find_home"
    FIND_ANOTHER_HOME = "find_another_home"
    ANSWER_REQUEST = "answer_request"
    CONFIRM_HOLD = "say_whether_held"
    REFER_HOUSEHOLD = "refer_household"
    BRING_DETAILS = "bring_details"
    OPEN_APPLICATION = "open_application"
    DECIDE = "decide"
    ANSWER_SIGNING = "answer_signing"
    SIGN = "sign"
    ARRANGE_SIGNING = "arrange_signing"
    RECORD_MOVE_IN = "record_move_in"
    RECORD_FOLLOW_UP = "record_follow_up"
    NOTHING = "nothing"

    @property
    def turn(self) -> Turn:
        """Whose turn it is then."""
        return _TURNS[self]


_TURNS = {
    Next.FIND_HOME: Turn.CASEWORKER,
    Next.FIND_ANOTHER_HOME: Turn.CASEWORKER,
    Next.ANSWER_REQUEST: Turn.INVENTORY,
    Next.CONFIRM_HOLD: Turn.INVENTORY,
    Next.REFER_HOUSEHOLD: Turn.CASEWORKER,
    Next.BRING_DETAILS: Turn.TENANT,
    Next.OPEN_APPLICATION: Turn.PROPERTY_MANAGER,
    Next.DECIDE: Turn.PROPERTY_MANAGER,
    Next.ANSWER_SIGNING: Turn.CASEWORKER,
    Next.SIGN: Turn.TENANT,
    Next.ARRANGE_SIGNING: Turn.PROPERTY_MANAGER,
    Next.RECORD_MOVE_IN: Turn.CASEWORKER,
    Next.RECORD_FOLLOW_UP: Turn.CASEWORKER,
    Next.NOTHING: Turn.NOBODY,
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """What matters of a signing: whether it is upcoming, was answered, and ended with a lease."""

    ahead: bool
    answered: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What the progress of a placement follows from."""

    status: PlacementStatus
    request: SecuringState | None = None
    managed_by: ManagedBy = ManagedBy.PROPERTY_ENTITY
    overdue: bool = False
    referred: bool = False
    named: bool = False
    application: ApplicationState | None = None
    asks_for_another: bool = False
    meeting: Meeting | None = None
    """The signing that counts: one ahead, or else the last one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Each step with how far it is, what happens next, and whose turn that is."""

    steps: tuple[tuple[Step, Reached], ...]
    next: Next
    turn: Turn


def progress(record: Record) -> Progress:
    """Return how far a placement has come; without the property entity there is no application or signing."""
    steps = list(Step)
    if record.managed_by is not ManagedBy.PROPERTY_ENTITY and record.request in _AT_A_HOME:
        steps = [step for step in steps if step not in (Step.APPLICATION, Step.SIGNING)]
    current, following = _stand(record)
    return Progress(_reached(steps, current, record.status), following, following.turn)


_AT_A_HOME = (SecuringState.ASKED, SecuringState.HELD, SecuringState.LET, SecuringState.USED)


def _reached(
    steps: Sequence[Step], current: Step | None, status: PlacementStatus
) -> tuple[tuple[Step, Reached], ...]:
    if current is None:
        over = Reached.DONE if status is PlacementStatus.FOLLOW_UPS_COMPLETED else Reached.AHEAD
        return tuple((step, over) for step in steps)
    at = steps.index(current)
    return tuple(
        (step, Reached.DONE if index < at else Reached.CURRENT if index == at else Reached.AHEAD)
        for index, step in enumerate(steps)
    )


def _stand(record: Record) -> tuple[Step | None, Next]:
    """The step that is under way, and what happens next."""
    match record.status:
        case PlacementStatus.FOLLOW_UPS_COMPLETED | PlacementStatus.FAILED:
            return None, Next.NOTHING
        case PlacementStatus.MOVED_IN:
            return Step.FOLLOW_UPS, Next.RECORD_FOLLOW_UP
    match record.request:
        case SecuringState.ASKED:
            return Step.SECURED, Next.ANSWER_REQUEST
        case SecuringState.LET:
            return Step.MOVE_IN, Next.RECORD_MOVE_IN
        case SecuringState.HELD:
            return _held(record)
    return Step.SEARCHING, Next.FIND_HOME


def _held(record: Record) -> tuple[Step, Next]:
    if is_declined(SecuringState.HELD, record.application):
        if record.asks_for_another:
            return Step.SECURED, Next.ANSWER_REQUEST
        return Step.SEARCHING, Next.FIND_ANOTHER_HOME
    if record.overdue:
        return Step.SECURED, Next.CONFIRM_HOLD
    if record.managed_by is not ManagedBy.PROPERTY_ENTITY:
        return Step.MOVE_IN, Next.RECORD_MOVE_IN
    return _applying(record)


def _applying(record: Record) -> tuple[Step, Next]:
    """What the property entity, the tenant and the caseworker do until there is a lease."""
    if not record.referred:
        return Step.APPLICATION, Next.REFER_HOUSEHOLD
    if record.meeting is not None:
        return _meeting(record.meeting)
    if record.application is ApplicationState.OPENED:
        return Step.APPLICATION, Next.DECIDE
    return Step.APPLICATION, Next.OPEN_APPLICATION if record.named else Next.BRING_DETAILS


def _meeting(meeting: Meeting) -> tuple[Step, Next]:
    if meeting.ahead:
        return Step.SIGNING, Next.SIGN if meeting.answered else Next.ANSWER_SIGNING
    if meeting.signed:
        return Step.MOVE_IN, Next.RECORD_MOVE_IN
    return Step.SIGNING, Next.ARRANGE_SIGNING
