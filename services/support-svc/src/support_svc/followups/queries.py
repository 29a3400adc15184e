"""Reading follow-ups: those of a case, and when its next one is due (P8, H2, F1)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import aliased

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client, display_name
from support_svc.corrections.model import Corrected
from support_svc.corrections.queries import CorrectionView, corrections_of
from support_svc.followups.feature import VIEW_FOLLOW_UPS
from support_svc.followups.model import Cases, FollowUp, FollowUpOutcome, FollowUpState, StillInHousing
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.lookups.model import LookupValue, english, french
from support_svc.placements.model import Placement


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What a follow-up found for one person."""

    client_id: UUID
    name: str
    still_in_housing: StillInHousing
    reason_left_en: str | None
    reason_left_fr: str | None
    housed_elsewhere: bool | None

    def reason_left(self, locale: str) -> str | None:
        """The reason for leaving in the person's language."""
        return self.reason_left_fr if locale == "fr" else self.reason_left_en


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A follow-up of a case."""

    id: UUID
    due_on: date
    state: FollowUpState
    done_on: date | None
    months_since: int | None
    final: bool
    comments: str | None
    recorded_by_name: str | None
    recorded_at: datetime | None
    outcomes: tuple[OutcomeView, ...]
    version: int
    corrections: tuple[CorrectionView, ...]


@query(VIEW_FOLLOW_UPS)
async def follow_ups_of(tx: ReadTx, cases: Cases, case_id: UUID) -> list[FollowUpView]:
    """Every follow-up of a case, the next one first."""
    follow_ups = list(
        (
            await tx.execute(
                select(FollowUp)
                .join(Client, Client.id == FollowUp.client_id)
                .where(FollowUp.subject_id == case_id, FollowUp.subject == cases.subject, may_see(tx))
                .order_by(FollowUp.due_on.desc(), FollowUp.id.desc())
            )
        ).scalars()
    )
    reason = aliased(LookupValue)
    rows = await tx.execute(
        select(FollowUpOutcome, Client, reason)
        .join(Client, Client.id == FollowUpOutcome.client_id)
        .outerjoin(reason, reason.id == FollowUpOutcome.reason_left_id)
        .where(FollowUpOutcome.followup_id.in_([follow_up.id for follow_up in follow_ups]))
        .order_by(Client.given_name)
    )
    outcomes: dict[UUID, list[OutcomeView]] = {}
    for outcome, person, left in rows:
        outcomes.setdefault(outcome.followup_id, []).append(
            OutcomeView(
                client_id=person.id,
                name=display_name(person.given_name, person.family_name, person.preferred_name),
                still_in_housing=outcome.still_in_housing,
                reason_left_en=english(left),
                reason_left_fr=french(left),
                housed_elsewhere=outcome.housed_elsewhere,
            )
        )
    corrected = await corrections_of(tx, Corrected.FOLLOW_UP, [one.id for one in follow_ups])
    return [
        FollowUpView(
            id=one.id,
            due_on=one.due_on,
            state=one.state,
            done_on=one.done_on,
            months_since=one.months_since,
            final=one.final,
            comments=one.comments,
            recorded_by_name=one.recorded_by_name,
            recorded_at=one.recorded_at,
            outcomes=tuple(outcomes.get(one.id, ())),
            version=one.version,
            corrections=corrected.get(one.id, ()),
        )
        for one in follow_ups
    ]


def next_follow_up() -> ScalarSelect[date]:
    """Select the day of the earliest follow-up that is due, of the placement in the row."""
    return _next_of(Placement)


def next_follow_up_of_prevention() -> ScalarSelect[date]:
    """Select the day of the earliest follow-up that is due, of the housing loss prevention in the row."""
    return _next_of(HousingLossPrevention)


def follow_up_due_by(day: date) -> ColumnElement[bool]:
    """Whether a follow-up of the placement in the row is due on a day or earlier."""
    return exists().where(*_due(Placement), FollowUp.due_on <= day).correlate(Placement)


Followed = type[Placement] | type[HousingLossPrevention]


def _next_of(case: Followed) -> ScalarSelect[date]:
    return select(func.min(FollowUp.due_on)).where(*_due(case)).correlate(case).scalar_subquery()


def _due(case: Followed) -> tuple[ColumnElement[bool], ...]:
    return FollowUp.subject_id == case.id, FollowUp.state == FollowUpState.DUE
