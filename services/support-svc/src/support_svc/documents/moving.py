"""Moving documents when two records of one person are merged: files go with their document (C3, C9)."""

from collections.abc import Sequence

from support_svc.clients.one_person import MovesRows, MovesToClient, MovesWith
from support_svc.documents.model import ClientDocument, DocumentFile

_PARTS = (
    MovesRows(ClientDocument.client_id),
    MovesWith(DocumentFile.client_id, DocumentFile.document_id, ClientDocument.client_id),
)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
