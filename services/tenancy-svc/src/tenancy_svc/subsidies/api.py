"""What others pay of a household's rent, through the API (S1)."""

from __future__ import annotations

import uuid

from chassis.http import ApiRouter, Call
from tenancy_svc.subsidies.queries import PaidByOthers, paid_by_others

router = ApiRouter(tags=["subsidies"])


@router.get("/applications/{application_id}/subsidies")
async def get_subsidies(call: Call, application_id: uuid.UUID) -> list[PaidByOthers]:
    """What is paid for the household of an application by others."""
    return await call.ask(paid_by_others, application_id)
