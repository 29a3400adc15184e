"""Settings through the API."""

from chassis.http import ApiRouter, Call, Created
from support_svc.configuration.commands import ChangeSetting, NewSettingValue, change_setting
from support_svc.configuration.queries import SettingView, settings

router = ApiRouter(tags=["settings"])


@router.get("/settings")
async def get_settings(call: Call) -> list[SettingView]:
    """Every setting with its value today, and what was chosen for it."""
    return await call.ask(settings)


@router.post("/settings/{code}/values", status_code=201)
async def post_setting_value(call: Call, code: str, body: NewSettingValue) -> Created:
    """Choose what a setting is from a day on."""
    return Created(id=await call.perform(change_setting, ChangeSetting(setting=code, **dict(body))))
