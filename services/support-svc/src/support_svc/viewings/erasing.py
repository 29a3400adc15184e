"""What becomes of viewings when everybody of a placement is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import ErasedRows
from support_svc.viewings.model import Viewing

_PARTS: Sequence[ErasedRows] = (ErasedRows(Viewing.placement_id),)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
