"""What can be wrong with a placement, in words of the trade."""

from typing import ClassVar

from chassis.errors import DomainError, Kind


class ActivePlacementExists(DomainError):
    """A person is in one active placement at a time (P2)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "active_placement_exists"
    message: ClassVar[str] = "{name} already has an active housing placement."


class PersonDeceased(DomainError):
    """Nobody who has died is housed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "person_deceased"
    message: ClassVar[str] = "{name} is recorded as deceased, so no housing placement starts."


class PersonArchived(DomainError):
    """An archived record is brought back before its person is housed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "person_archived"
    message: ClassVar[str] = "The record of {name} is archived. Make it active again before starting."


class PlacementEnded(DomainError):
    """The placement has ended; nothing can be added to it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "placement_ended"
    message: ClassVar[str] = "This placement has ended."


class NotSearching(DomainError):
    """A home can be secured only before the move-in."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_searching"
    message: ClassVar[str] = "A home can be secured only while the household is looking for one."


class AnswerPending(DomainError):
    """A request is waiting for the inventory's answer."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "answer_pending"
    message: ClassVar[str] = (
        "A request is waiting for the inventory’s answer. Wait for it, or give it up first."
    )


class AlreadyHoldingThisHome(DomainError):
    """The placement holds this very home."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_holding_this_home"
    message: ClassVar[str] = "This home is held for the household already."


class FinalOnlyWhileSearching(DomainError):
    """The final attempt ends the search, so there must be one."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "final_only_while_searching"
    message: ClassVar[str] = (
        "This can't become the final attempt: the household isn't looking for a home any more."
    )


class TenancyHasStarted(DomainError):
    """After the start of the tenancy the home can't be given up from here."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "tenancy_has_started"
    message: ClassVar[str] = "The tenancy has started; the home can no longer be given up here."


class NothingToGiveUp(DomainError):
    """No request is open."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_give_up"
    message: ClassVar[str] = "No home is asked for or held at the moment."


class NothingToRefer(DomainError):
    """Only for a home that is held and that the property entity manages is anybody referred, and once."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_refer"
    message: ClassVar[str] = (
        "The household can’t be referred: no home that the property entity manages is held for it, or it was "
        "referred already."
    )


class MoveInBeforeSecuring(DomainError):
    """The expected move-in lies before the day the home is secured."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "move_in_before_securing"
    message: ClassVar[str] = "The move-in date must not be before the day the home is secured, {secured_on}."


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
        "The property entity declined the application for this home. Find another home, or give this one up."
    )


class TenancyNotStarted(DomainError):
    """The property entity hasn't told of a start, and nobody says that the client did."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "tenancy_not_started"
    message: ClassVar[str] = (
        "The property entity has not informed us that the tenancy started. If the client "
        "told you, say so; the client may choose not to share it."
    )


class MoveInInTheFuture(DomainError):
    """A move-in is recorded when it has happened."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "move_in_in_the_future"
    message: ClassVar[str] = "The move-in date must be today or earlier."


class MoveBeforeTenancy(DomainError):
    """The household is said to have moved in before its lease begins."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "move_before_tenancy"
    message: ClassVar[str] = (
        "The tenancy starts on {start}, after this move-in date. Correct the date, or confirm it."
    )


class MoveLongAfterTenancy(DomainError):
    """The household is said to have moved in long after its lease began."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "move_long_after_tenancy"
    message: ClassVar[str] = (
        "The tenancy started on {start}, more than a month before this move-in date. "
        "Correct the date, or confirm it."
    )


class MoveAfterHold(DomainError):
    """The household is said to have moved in after the home was held for it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "move_after_hold"
    message: ClassVar[str] = (
        "The home was held until the end of {held_until}, before this move-in date. "
        "Correct the date, or confirm it."
    )


class NobodyMovedIn(DomainError):
    """Without a move-in there is nothing of it to correct."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nobody_moved_in"
    message: ClassVar[str] = "No move-in is recorded for this placement."


class MoveInAfterFollowUp(DomainError):
    """A move-in is before every follow-up that was recorded."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "move_in_after_follow_up"
    message: ClassVar[str] = "The move-in date must not be after a follow-up that was recorded, {done_on}."


class DepartureIsNew(DomainError):
    """That somebody has left is recorded with a follow-up, not by correcting one."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "departure_is_new"
    message: ClassVar[str] = "Record with a follow-up of its own that somebody has left."


class ActiveHousing(DomainError):
    """Somebody's housing history has an open record, to be ended in the same step (P7)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "active_housing"
    message: ClassVar[str] = "{name} is recorded as living somewhere else. End that record in this step."


class NotIncluded(DomainError):
    """The person isn't part of the placement."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_included"
    message: ClassVar[str] = "This person is not included in the placement."


class TargetBeforeStart(DomainError):
    """The target date lies before the search began."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "target_before_start"
    message: ClassVar[str] = "The target date must not be before the search start date."


class InTheFuture(DomainError):
    """Something is said to have happened on a day that is yet to come."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "in_the_future"
    message: ClassVar[str] = "The date must be today or earlier."


class ReasonLeftNeeded(DomainError):
    """For somebody who left, the reason is recorded (P8)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "reason_left_needed"
    message: ClassVar[str] = "Choose why {name} left."


class EverybodyAnswered(DomainError):
    """A follow-up says for each person whether he or she is still in housing."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "everybody_answered"
    message: ClassVar[str] = "Say for each person whether they are still in housing."


class AnsweredTwice(DomainError):
    """A follow-up says of each person once whether he or she is still in housing."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "answered_twice"
    message: ClassVar[str] = "This person is answered for already. Say it once for each person."


class HeadNeeded(DomainError):
    """When the head left, one of those who stay becomes the head (P8)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "head_needed"
    message: ClassVar[str] = "{name} was the head of the household. Choose a new head among those who stay."


class BeforeMoveIn(DomainError):
    """Follow-ups begin with the move-in."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "before_move_in"
    message: ClassVar[str] = "A follow-up cannot be before the move-in."


class ManagerNotKnown(DomainError):
    """The inventory doesn't know who manages the home, so the caseworker is asked before a referral."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "manager_not_known"
    message: ClassVar[str] = (
        "It isn't known who manages this home. Say whether the household is to be referred to the property "
        "entity."
    )


class HouseholdChanged(DomainError):
    """What the confirm page showed is no longer so."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "household_changed"
    message: ClassVar[str] = (
        "The household has changed: the request would now say {adults} adults and {children} "
        "children. Check and send again."
    )
