"""What becomes of consents when somebody is erased (X7): they still prove why something was disclosed."""

from collections.abc import Sequence

from sqlalchemy import func

from chassis.erasing import ErasedRows
from support_svc.clients.feature import RETAIN_CASE_FILE
from support_svc.consents.model import Consent

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        Consent.client_id,
        stays=(
            Consent.id,
            Consent.purpose,
            Consent.recipient,
            Consent.categories,
            Consent.type,
            Consent.given_on,
            Consent.expires_on,
            Consent.given_how,
            Consent.taken_by,
            Consent.taken_by_name,
            Consent.withdrawn_at,
            Consent.withdrawn_by_name,
            Consent.superseded_by,
            Consent.recorded_at,
            Consent.version,
        ),
        blanked={Consent.document_reference: None},
        proof=True,
        period=RETAIN_CASE_FILE,
        last=func.greatest(func.date(Consent.recorded_at), func.date(Consent.withdrawn_at)),
    ),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
