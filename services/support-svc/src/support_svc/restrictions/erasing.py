"""What becomes of restrictions when somebody is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import ErasedRows
from support_svc.restrictions.model import Restriction, RestrictionPerson

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(Restriction.client_id),
    ErasedRows(RestrictionPerson.restriction_id),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
