"""What becomes of this feature's own rows when somebody is erased, and what hinders it (X7)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from chassis.erasing import ErasedRows
from chassis.errors import DomainError
from chassis.tx import ReadTx, Tx
from support_svc.retention.model import ErasureRequest, LegalHold, LegallyHeld, RetentionDue

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(LegalHold.client_id),
    ErasedRows(ErasureRequest.client_id),
    ErasedRows(RetentionDue.client_id, names="client"),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS


def holds(tx: Tx | ReadTx) -> ColumnElement[bool]:
    """Whether the legal hold in the row holds today."""
    return and_(LegalHold.ended_at.is_(None), or_(LegalHold.until.is_(None), LegalHold.until >= tx.today))


async def legal_holds(tx: Tx | ReadTx, people: Sequence[UUID]) -> Sequence[DomainError]:
    """Return the legal holds of a person."""
    found = select(LegalHold.set_by_name).where(LegalHold.client_id.in_(people), holds(tx))
    return [LegallyHeld(name=name) for name in (await tx.execute(found.order_by(LegalHold.id))).scalars()]
