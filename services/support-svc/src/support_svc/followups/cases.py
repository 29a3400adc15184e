"""The cases that have follow-ups: what the one mechanism asks of each kind, and what each does then (F1).

Another kind is a class here, a word of `FollowUpSubject` and one of `Cases`.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import ClassVar, Protocol
from uuid import UUID

from chassis.errors import DomainError
from chassis.feature import offers_of
from chassis.tx import Changes, Tx
from support_svc.clients.commands import change_head, require_head
from support_svc.clients.queries import household_on, names_of
from support_svc.corrections.commands import correct
from support_svc.corrections.model import Corrected, NothingCorrected
from support_svc.followups.model import (
    BeforeMoveIn,
    Cases,
    FollowUpSubject,
    HeadNeeded,
    HouseholdMovedOut,
    OutcomeNeeded,
    OutcomeNotAsked,
    moved_out_on,
)
from support_svc.housing_history.commands import (
    end_stay,
    locked_stay,
    move_end,
    move_last_day,
    open_again,
    open_stay_of,
    reopen_stay,
)
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.commands import close_on, locked_prevention
from support_svc.housing_loss_prevention.model import (
    BeforePrevention,
    HousingLossPrevention,
    Outcome,
    PreventionClosed,
    PreventionStatus,
)
from support_svc.placements.commands import end_placement, locked_placement, record_correction
from support_svc.placements.model import (
    NobodyMovedIn,
    Placement,
    PlacementEnded,
    PlacementMember,
    PlacementStatus,
    TimelineKind,
    active_members,
)
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.consequences import current_request, publish_move


class Found(Protocol):
    """What of a follow-up matters for its case."""

    @property
    def done_on(self) -> date:
        """When it took place."""

    @property
    def final(self) -> bool:
        """Whether it's the last one."""

    @property
    def new_head_id(self) -> UUID | None:
        """Who heads the household from then on, if the head has left."""

    @property
    def child_as_head(self) -> bool:
        """Whether a child may head the household."""

    @property
    def outcome(self) -> Outcome | None:
        """How a housing loss prevention ended, if this ended one."""


class FollowedCase(ABC):
    """A case that has follow-ups, locked until the transaction ends."""

    subject: ClassVar[FollowUpSubject]
    undated_too: ClassVar[bool] = False
    """Whether a follow-up can be recorded that had no date before."""

    def __init__(self, tx: Tx, case_id: UUID) -> None:
        self.tx = tx
        self.id = case_id

    @property
    @abstractmethod
    def client_id(self) -> UUID:
        """The client whom the next follow-up is with."""

    @property
    @abstractmethod
    def caseworker(self) -> str:
        """Who does the next follow-up."""

    @property
    @abstractmethod
    def begun_on(self) -> date:
        """The day on which follow-ups begin; months of the first are counted from it."""

    @abstractmethod
    def too_early(self, field: str) -> DomainError:
        """The error for a day before `begun_on`."""

    @abstractmethod
    def require_open(self) -> None:
        """Refuse a follow-up of a case that has none any more."""

    @abstractmethod
    def included(self) -> Collection[UUID]:
        """The people of whom a follow-up asks whether they are still in housing."""

    @abstractmethod
    def require_end(self, found: Found, *, over: bool) -> None:
        """Refuse a follow-up that doesn't say what has to be recorded when it ends the case."""

    @abstractmethod
    def note(self, found: Found) -> None:
        """Record in the history of the case that there was a follow-up."""

    @abstractmethod
    async def let_leave(self, leaving: Mapping[UUID, UUID | None], day: date) -> None:
        """Record that people have left their housing on a day; `leaving` has the reason of each."""

    @abstractmethod
    async def go_on(self, found: Found, staying: Collection[UUID]) -> None:
        """Do what follows for those who stay, or from nobody having stayed."""

    @abstractmethod
    async def end(self, found: Found) -> None:
        """End the case: the follow-up was final, or everybody has left."""

    @abstractmethod
    def record_correction(
        self, kind: Corrected, changes: Changes, *, reason: str, record_id: UUID | None = None
    ) -> None:
        """Record a correction of one of its follow-ups. Raises NothingCorrected."""

    @abstractmethod
    async def include_again(self, person: UUID) -> None:
        """Correct that somebody has left: they never did. Raises an error when the case has ended."""

    @abstractmethod
    async def left_on(self, day: date) -> AbstractSet[UUID]:
        """The people who are recorded to have left on a day."""

    @abstractmethod
    async def leave_on(self, people: AbstractSet[UUID], day: date) -> None:
        """Correct the day on which people have left."""


class PlacementFollowed(FollowedCase):
    """A placement whose household has moved in (P8)."""

    subject = FollowUpSubject.PLACEMENT

    def __init__(self, tx: Tx, placement: Placement) -> None:
        super().__init__(tx, placement.id)
        self.placement = placement

    @property
    def client_id(self) -> UUID:
        """The client of the placement, who heads the household."""
        return self.placement.client_id

    @property
    def caseworker(self) -> str:
        """Caseworker of the placement."""
        return self.placement.caseworker

    @property
    def begun_on(self) -> date:
        """The move-in. Raises NobodyMovedIn."""
        if self.placement.moved_in_on is None:
            raise NobodyMovedIn
        return self.placement.moved_in_on

    def too_early(self, field: str) -> DomainError:
        """A follow-up is never before the move-in."""
        return BeforeMoveIn(field=field)

    def require_open(self) -> None:
        """Refuse unless the household lives in its home. Raises PlacementEnded."""
        if self.placement.status is not PlacementStatus.MOVED_IN or self.placement.moved_in_on is None:
            raise PlacementEnded

    def included(self) -> list[UUID]:
        """Those who moved in and haven't left."""
        return [member.client_id for member in active_members(self.placement)]

    def require_end(self, found: Found, *, over: bool) -> None:
        """A placement ends with its follow-ups completed, whatever they found. Raises OutcomeNotAsked."""
        if found.outcome is not None:
            raise OutcomeNotAsked(field="outcome")

    def note(self, found: Found) -> None:
        """Write the line of the timeline."""
        details = {"on": found.done_on, "final": found.final}
        add_to_timeline(self.tx, self.id, TimelineKind.FOLLOW_UP, details)
        self.tx.touched("placement", self.id, "follow_up_recorded", {"final": (None, found.final)})

    async def let_leave(self, leaving: Mapping[UUID, UUID | None], day: date) -> None:
        """End the stays that the move-in wrote."""
        for member in self.placement.members:
            if member.client_id not in leaving:
                continue
            member.active = False
            member.left_on = day
            stay = await open_stay_of(self.tx, self.id, member.client_id)
            if stay is not None:
                end_stay(self.tx, stay, day, leaving[member.client_id])

    async def go_on(self, found: Found, staying: Collection[UUID]) -> None:
        """Choose another head when the head has left; once nobody stays, inform the inventory of it."""
        if staying:
            await self._choose_head(found, staying)
        else:
            await self._publish_move_out(found.done_on)

    async def _choose_head(self, found: Found, staying: Collection[UUID]) -> None:
        """Make one of those who stay the head when the head of the household left (P8)."""
        tx, placement = self.tx, self.placement
        if placement.client_id in staying:
            return
        if found.new_head_id not in staying or found.new_head_id is None:
            names = await names_of(tx, [placement.client_id])
            raise HeadNeeded(name=names[placement.client_id], field="new_head_id")
        await require_head(tx, found.new_head_id, child_too=found.child_as_head)
        for member in placement.members:
            member.is_head = False
        await tx.session.flush()  # one head at a time
        for member in placement.members:
            member.is_head = member.client_id == found.new_head_id
        household = await household_on(tx, found.new_head_id, tx.today)
        if household.id is not None:
            await change_head(tx, found.new_head_id, found.new_head_id, child_too=found.child_as_head)
        _let_head(placement, found.new_head_id)
        for act in offers_of(tx.runtime.features, "placement_has_new_head"):
            await act(tx, placement)
        add_to_timeline(tx, placement.id, TimelineKind.NEW_HEAD, {"client": found.new_head_id})

    async def _publish_move_out(self, day: date) -> None:
        """Inform the inventory that nobody lives in a third-party landlord's home since a day (U4)."""
        request = await current_request(self.tx, self.placement)
        if request is not None:
            await publish_move(self.tx, self.placement, request, day, HouseholdMovedOut)

    async def end(self, found: Found) -> None:
        """End the placement with its follow-ups completed."""
        status = PlacementStatus.FOLLOW_UPS_COMPLETED
        await end_placement(self.tx, self.placement, status, TimelineKind.COMPLETED)

    def record_correction(
        self, kind: Corrected, changes: Changes, *, reason: str, record_id: UUID | None = None
    ) -> None:
        """Record a correction and its line on the timeline. Raises NothingCorrected."""
        record_correction(self.tx, self.placement, kind, changes, reason=reason, record_id=record_id)

    async def include_again(self, person: UUID) -> None:
        """Include somebody again and open their stay. Raises PlacementEnded, HousingOverlap."""
        if self.placement.status is not PlacementStatus.MOVED_IN:
            raise PlacementEnded
        for member in self.placement.members:
            if member.client_id == person:
                member.active, member.left_on = True, None
        await reopen_stay(self.tx, self.id, person)

    async def left_on(self, day: date) -> AbstractSet[UUID]:
        """The members whose last day it was."""
        return {
            member.client_id
            for member in self.placement.members
            if not member.active and member.left_on == day
        }

    async def leave_on(self, people: AbstractSet[UUID], day: date) -> None:
        """Move last days; once nobody lives there, that may move the move-out."""
        before = moved_out_on(self.placement)
        for member in self.placement.members:
            if member.client_id in people and member.left_on is not None:
                await move_end(self.tx, self.id, member.client_id, before=member.left_on, after=day)
                member.left_on = day
        after = moved_out_on(self.placement)
        if after is not None and after != before:
            await self._publish_move_out(after)

    def member(self, client_id: UUID) -> PlacementMember | None:
        """Somebody who was included, also when they have left."""
        return next((one for one in self.placement.members if one.client_id == client_id), None)


def _let_head(placement: Placement, client_id: UUID) -> None:
    placement.client_id = client_id


class PreventionFollowed(FollowedCase):
    """A housing loss prevention (H2): about one client, in the home of one stay."""

    subject = FollowUpSubject.HOUSING_LOSS_PREVENTION
    undated_too = True

    def __init__(self, tx: Tx, prevention: HousingLossPrevention) -> None:
        super().__init__(tx, prevention.id)
        self.prevention = prevention

    @property
    def client_id(self) -> UUID:
        """Its client."""
        return self.prevention.client_id

    @property
    def caseworker(self) -> str:
        """Its caseworker."""
        return self.prevention.caseworker

    @property
    def begun_on(self) -> date:
        """The start date."""
        return self.prevention.started_on

    def too_early(self, field: str) -> DomainError:
        """A follow-up is never before the start."""
        return BeforePrevention(field=field)

    def require_open(self) -> None:
        """Refuse once it's closed. Raises PreventionClosed."""
        if self.prevention.status is not PreventionStatus.OPEN:
            raise PreventionClosed

    def included(self) -> list[UUID]:
        """The client."""
        return [self.prevention.client_id]

    def require_end(self, found: Found, *, over: bool) -> None:
        """The follow-up that ends it says how it ended. Raises OutcomeNeeded, OutcomeNotAsked."""
        if over and found.outcome is None:
            raise OutcomeNeeded(field="outcome")
        if not over and found.outcome is not None:
            raise OutcomeNotAsked(field="outcome")

    def note(self, found: Found) -> None:
        """Write it into the history."""
        changes: Changes = {"done_on": (None, found.done_on), "final": (None, found.final)}
        self.tx.touched("housing_loss_prevention", self.id, "follow_up_recorded", changes)

    async def let_leave(self, leaving: Mapping[UUID, UUID | None], day: date) -> None:
        """End the client's stay, unless a placement wrote it: its own follow-ups do that."""
        stay = await self._stay()
        if leaving and stay is not None and stay.ended_on is None:
            end_stay(self.tx, stay, day, leaving[self.client_id])

    async def _stay(self) -> HousingRecord | None:
        """The stay whose days are this one's to change."""
        stay = await locked_stay(self.tx, self.prevention.stay_id)
        return stay if stay.placement_id is None else None

    async def go_on(self, found: Found, staying: Collection[UUID]) -> None:
        """Nothing follows beyond the end."""

    async def end(self, found: Found) -> None:
        """Close it with its outcome, which `require_end` has asked for."""
        if found.outcome is None:
            raise OutcomeNeeded(field="outcome")
        await close_on(self.tx, self.prevention, found.done_on, found.outcome)

    def record_correction(
        self, kind: Corrected, changes: Changes, *, reason: str, record_id: UUID | None = None
    ) -> None:
        """Record a correction. Raises NothingCorrected."""
        if not correct(self.tx, kind, record_id or self.id, reason, changes):
            raise NothingCorrected
        touched: Changes = {**changes, "reason": (None, reason)}
        self.tx.touched("housing_loss_prevention", self.id, "follow_up_corrected", touched)

    async def include_again(self, person: UUID) -> None:
        """Open the stay that the follow-up ended. Raises PreventionClosed, HousingOverlap."""
        self.require_open()
        stay = await self._stay()
        if stay is not None and stay.ended_on is not None:
            await open_again(self.tx, stay)

    async def left_on(self, day: date) -> AbstractSet[UUID]:
        """The client, if the stay ended on that day."""
        stay = await self._stay()
        return {self.client_id} if stay is not None and stay.ended_on == day else set()

    async def leave_on(self, people: AbstractSet[UUID], day: date) -> None:
        """Move the last day of the stay. Raises HousingOverlap, EndBeforeStart."""
        stay = await self._stay() if people else None
        if stay is not None:
            await move_last_day(self.tx, stay, day)


async def locked_case(tx: Tx, cases: Cases, case_id: UUID) -> FollowedCase:
    """The case with this id, locked. Raises NotFound, also for one of a client that the actor may not see."""
    match cases:
        case Cases.PLACEMENTS:
            return PlacementFollowed(tx, await locked_placement(tx, case_id))
        case Cases.HOUSING_LOSS_PREVENTIONS:
            return PreventionFollowed(tx, await locked_prevention(tx, case_id))
