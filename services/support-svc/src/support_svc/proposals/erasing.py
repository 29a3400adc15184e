"""What becomes of proposed homes when everybody of a placement is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import ErasedRows
from support_svc.proposals.model import Proposal

_PARTS: Sequence[ErasedRows] = (ErasedRows(Proposal.placement_id, references=(Proposal.request,)),)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
