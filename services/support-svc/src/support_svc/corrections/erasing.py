"""What becomes of corrections when somebody is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import EVERYTHING, ErasedRows
from support_svc.corrections.model import Correction

_PARTS: Sequence[ErasedRows] = (ErasedRows(Correction.record_id, names=EVERYTHING),)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
