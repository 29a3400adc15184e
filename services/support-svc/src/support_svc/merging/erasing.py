"""What becomes of merges and of notes about different people when somebody is erased (X7)."""

from collections.abc import Sequence

from chassis.erasing import ErasedRows, Found
from chassis.tx import ReadTx, Tx
from support_svc.merging.model import DifferentPeople, Merge
from support_svc.merging.moving import others


class Differences(ErasedRows):
    """Notes that two people are two: they go, also from the other's history."""

    async def collect(self, tx: Tx | ReadTx, found: Found) -> None:
        """Find those who were compared with the person."""
        for one in found.people:
            found.shared.update(await others(tx, one))


_PARTS: Sequence[ErasedRows] = (
    Differences(DifferentPeople.low_id, also=(DifferentPeople.high_id,)),
    ErasedRows(Merge.survivor_id, also=(Merge.merged_id, Merge.stays_with_id)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
