"""Setting a rule of the organisation's own, from a day on."""

from uuid import UUID

from pydantic import BaseModel, Field

from chassis.errors import InvalidInput
from chassis.feature import Setting
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.configuration.feature import EDIT_SETTINGS
from support_svc.configuration.model import SettingValue, Value
from support_svc.configuration.queries import declared_setting, value_of
from trade.dates import EffectDay


class NewSettingValue(BaseModel):
    """What a setting is from a day on: a number or words, as the setting has it."""

    from_day: EffectDay = Field(title="In force from")
    number: int | None = Field(default=None, ge=0, le=1_000_000, title="Value")
    words: list[str] = Field(default_factory=list, max_length=100, title="Value")


class ChangeSetting(NewSettingValue):
    """Another value of a setting from a day on."""

    setting: str


@use_case(EDIT_SETTINGS)
async def change_setting(tx: Tx, command: ChangeSetting) -> UUID:
    """Record what a setting is from a day on, which is today or later. Raises NotFound, InvalidInput.

    What began before that day follows the value that was in force when it began.
    """
    setting = declared_setting(tx, command.setting)
    value = _checked(setting, command)
    before = await value_of(tx, setting, command.from_day)
    made = SettingValue(
        id=new_id(),
        setting=setting.code,
        from_day=command.from_day,
        number=value if isinstance(value, int) else None,
        words=None if isinstance(value, int) else list(value),
        recorded_at=tx.now,
        recorded_by_name=tx.actor.name,
    )
    tx.session.add(made)
    tx.touched(
        "setting", setting.code, "changed", {"value": (before, value), "from_day": (None, command.from_day)}
    )
    return made.id


def _checked(setting: Setting, command: ChangeSetting) -> Value:
    """Return the value that a command chooses, in the order in which the setting has its words."""
    if setting.words:
        chosen = {word for word in command.words if word}
        if not chosen <= setting.words.keys() or command.number is not None:
            raise InvalidInput(field="words", rule="Choose from what is offered.")
        return tuple(word for word in setting.words if word in chosen)
    if command.number is None or not setting.low <= command.number <= setting.high:
        raise InvalidInput(
            field="number",
            rule="Enter a whole number from {low} to {high}.",
            low=setting.low,
            high=setting.high,
        )
    return command.number
