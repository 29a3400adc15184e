"""What becomes of the housing history of somebody who is erased (X7): how long stays, where goes."""

from collections.abc import Sequence

from sqlalchemy import func

from chassis.erasing import ErasedRows
from support_svc.housing_history.feature import RETAIN_HOUSING
from support_svc.housing_history.model import HousingRecord, HousingRent

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        HousingRecord.client_id,
        stays=(
            HousingRecord.id,
            HousingRecord.stay,
            HousingRecord.placement_id,
            HousingRecord.housing_type_id,
            HousingRecord.started_on,
            HousingRecord.ended_on,
            HousingRecord.other_people,
            HousingRecord.reason_left_id,
            HousingRecord.last_activity_on,
            HousingRecord.recorded_at,
            HousingRecord.version,
        ),
        blanked={HousingRecord.address: None, HousingRecord.safe_address: False},
        period=RETAIN_HOUSING,
        last=func.greatest(HousingRecord.last_activity_on, HousingRecord.ended_on),
    ),
    ErasedRows(
        HousingRent.record_id,
        stays=(HousingRent.from_date, HousingRent.amount, HousingRent.currency),
    ),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
