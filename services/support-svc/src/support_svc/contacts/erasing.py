"""What becomes of a client's contacts when the client is erased (X7)."""

from collections.abc import Sequence

from sqlalchemy import func

from chassis.erasing import ErasedRows
from support_svc.clients.feature import RETAIN_CASE_FILE
from support_svc.contacts.model import Contact

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(Contact.client_id, period=RETAIN_CASE_FILE, last=func.date(Contact.recorded_at)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
