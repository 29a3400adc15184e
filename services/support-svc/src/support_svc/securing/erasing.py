"""What becomes of requests for homes and referrals when everybody of a placement is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import ErasedRows
from support_svc.securing.model import FormerReferral, Securing

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(Securing.placement_id, references=(Securing.request, Securing.referral)),
    ErasedRows(FormerReferral.request, references=(FormerReferral.referral,)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
