"""What becomes of signings when everybody of a placement is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import ErasedRows
from support_svc.signings.model import Signing

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(Signing.placement_id, references=(Signing.signing, Signing.referral)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
