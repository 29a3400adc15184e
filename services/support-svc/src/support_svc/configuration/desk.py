"""The organisation's own rules on the Front Desk, for an administrator."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response

from chassis.errors import NotFound
from chassis.feature import Setting, navigation, settings_of
from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from support_svc.configuration.commands import ChangeSetting, change_setting
from support_svc.configuration.model import Value
from support_svc.configuration.queries import SettingView, settings

router = DeskRouter(prefix="/front-desk/settings")


def in_words(call: PageCall, setting: Setting, value: Value) -> str:
    """Return a value as a person says it."""
    if isinstance(value, int):
        return f"{call.formats.number(value)} {call._(setting.unit)}".strip()
    return ", ".join(call._(setting.words[word]) for word in value if word in setting.words) or call._("none")


@router.get("", name="settings")
async def page(call: DeskCall) -> Response:
    """Every setting with its value today and what is coming, and all else that is set up."""
    declared = settings_of(call.runtime.features)
    lines = [
        {
            "code": one.code,
            "setting": declared[one.code],
            "last": one.last,
            "now": in_words(call, declared[one.code], one.value),
            "coming": [
                (in_words(call, declared[one.code], line.value), line.from_day)
                for line in one.coming(call.today)
            ],
        }
        for one in await call.ask(settings)
    ]
    areas = [item for item in navigation(call.runtime.features) if item.set_up and call.may(item.permission)]
    return call.page("configuration/settings.html", lines=lines, areas=areas)


@router.get("/{code}", name="setting_change")
async def edit(call: DeskCall, code: str) -> Response:
    """The form for another value of a setting, and what was chosen before."""
    setting, one = await _found(call, code)
    initial: dict[str, Any] = {"from_day": call.today}
    initial["number" if isinstance(one.value, int) else "words"] = one.value
    return _form(call, setting, one, await call.form(ChangeSetting, initial=initial))


@router.post("/{code}")
async def post(call: DeskCall, code: str) -> Response:
    """Choose another value of a setting from a day on."""
    setting, one = await _found(call, code)
    form = await call.form(ChangeSetting, fixed={"setting": code})
    if await call.carry_out(form, change_setting):
        return call.redirect("settings", notice=call._("The setting is changed."))
    return _form(call, setting, one, form, status=422)


async def _found(call: PageCall, code: str) -> tuple[Setting, SettingView]:
    setting = settings_of(call.runtime.features).get(code)
    found: Sequence[SettingView] = await call.ask(settings)
    if setting is None:
        raise NotFound(what="setting")
    return setting, next(one for one in found if one.code == code)


def _form(
    call: PageCall, setting: Setting, one: SettingView, form: Form[ChangeSetting], status: int = 200
) -> Response:
    history = [(in_words(call, setting, line.value), line) for line in one.history]
    words = [(word, call._(name)) for word, name in setting.words.items()]
    return call.page(
        "configuration/change.html", status=status, form=form, setting=setting, words=words, history=history
    )
