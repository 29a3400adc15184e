"""Securing a home through the API (P6)."""

from datetime import date
from uuid import UUID

from chassis.http import ApiRouter, Call, direct
from support_svc.securing.commands import (
    GiveUpUnit,
    ReferHousehold,
    Referral,
    SecureUnit,
    SecuringStarted,
    UnitToGiveUp,
    UnitToSecure,
    give_up_unit,
    refer_household,
    secure_unit,
)
from support_svc.securing.queries import ReferralPreview, SecuringPreview, preview_referral, preview_securing

router = ApiRouter(tags=["securing"])


@router.get("/placements/{placement_id}/homes/{unit}/preview")
async def get_securing_preview(
    call: Call, placement_id: UUID, unit: UUID, expected_move_in: date
) -> SecuringPreview:
    """What Secure Unit would disclose to the inventory and the landlord, word for word."""
    return await call.ask(preview_securing, placement_id, unit, expected_move_in)


@router.post("/placements/{placement_id}/secure-unit", status_code=202)
@direct
async def post_secure_unit(call: Call, placement_id: UUID, body: UnitToSecure) -> SecuringStarted:
    """Ask the inventory for a home; the answer arrives by itself."""
    return await call.perform(secure_unit, SecureUnit(placement_id=placement_id, **dict(body)))


@router.post("/placements/{placement_id}/give-up-unit", status_code=204)
async def post_give_up(call: Call, placement_id: UUID, body: UnitToGiveUp | None = None) -> None:
    """Give up the home that is asked for or held."""
    await call.perform(give_up_unit, GiveUpUnit(placement_id=placement_id, **dict(body or {})))


@router.get("/placements/{placement_id}/referral/preview")
async def get_referral_preview(call: Call, placement_id: UUID) -> ReferralPreview:
    """What a referral for the home that is held would disclose to the landlord, word for word."""
    return await call.ask(preview_referral, placement_id)


@router.post("/placements/{placement_id}/referral")
async def post_referral(call: Call, placement_id: UUID) -> Referral:
    """Refer the household for the home that is held, for the first time or again."""
    return await call.perform(refer_household, ReferHousehold(placement_id=placement_id))
