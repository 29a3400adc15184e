"""What becomes of documents and their files when somebody is erased (X7)."""

from collections.abc import Sequence

from sqlalchemy import func

from chassis.erasing import ErasedRows
from support_svc.clients.feature import RETAIN_CASE_FILE
from support_svc.documents.model import ClientDocument, DocumentFile

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(ClientDocument.client_id, period=RETAIN_CASE_FILE, last=func.date(ClientDocument.recorded_at)),
    ErasedRows(DocumentFile.client_id, period=RETAIN_CASE_FILE, last=func.date(DocumentFile.added_at)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
