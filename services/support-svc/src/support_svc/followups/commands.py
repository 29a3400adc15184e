"""Dating follow-ups (F1). What a follow-up means for its record is the record's own affair."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.ids import new_id
from chassis.tx import Tx
from support_svc.followups.model import FollowUp, FollowUpState, FollowUpSubject, NoFollowUpDue


def set_follow_up(
    tx: Tx, *, subject: FollowUpSubject, subject_id: UUID, client_id: UUID, caseworker: str, due_on: date
) -> FollowUp:
    """Date the next follow-up of a record; it must have none that is due."""
    follow_up = FollowUp(
        id=new_id(),
        subject=subject,
        subject_id=subject_id,
        client_id=client_id,
        caseworker=caseworker,
        due_on=due_on,
        state=FollowUpState.DUE,
    )
    tx.session.add(follow_up)
    tx.touched("followup", follow_up.id, "dated", {"due_on": (None, due_on)})
    return follow_up


async def hand_over(tx: Tx, subject_id: UUID, caseworker: str) -> None:
    """Give the follow-up that is due on a record, if any, to another caseworker."""
    due = await tx.execute(
        select(FollowUp)
        .where(FollowUp.subject_id == subject_id, FollowUp.state == FollowUpState.DUE)
        .with_for_update()
    )
    for follow_up in due.scalars():
        tx.touched(
            "followup", follow_up.id, "handed_over", {"caseworker": (follow_up.caseworker, caseworker)}
        )
        follow_up.caseworker = caseworker


async def due_follow_up(tx: Tx, subject_id: UUID) -> FollowUp:
    """The follow-up that is due on a record, locked. Raises NoFollowUpDue."""
    found = (
        await tx.execute(
            select(FollowUp)
            .where(FollowUp.subject_id == subject_id, FollowUp.state == FollowUpState.DUE)
            .with_for_update()
        )
    ).scalar_one_or_none()
    if found is None:
        raise NoFollowUpDue
    return found


async def done_days(tx: Tx, subject_id: UUID) -> list[date]:
    """The days of the follow-ups recorded on a record."""
    found = await tx.execute(
        select(FollowUp.done_on).where(
            FollowUp.subject_id == subject_id, FollowUp.state == FollowUpState.DONE
        )
    )
    return [day for day in found.scalars() if day is not None]
