"""Reading settings: the value on a day, and what was chosen when and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from chassis.errors import NotFound
from chassis.feature import Setting, settings_of
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.configuration.feature import VIEW_SETTINGS
from support_svc.configuration.model import SettingValue, Value


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A value of a setting, from which day on, and who chose it."""

    from_day: date
    value: Value
    recorded_at: datetime
    recorded_by_name: str


@dataclass(frozen=True, slots=True)
class SettingView:
    """A setting with its value today, and all that was chosen for it, the latest first."""

    code: str
    value: Value
    history: Sequence[SettingLine]

    @property
    def last(self) -> SettingLine | None:
        """What was chosen last."""
        return max(self.history, key=lambda line: line.recorded_at, default=None)

    def coming(self, today: date) -> list[SettingLine]:
        """Return what is chosen for later days, the next one first."""
        return [line for line in reversed(self.history) if line.from_day > today]


def declared_setting(tx: Tx | ReadTx, code: str) -> Setting:
    """Return the setting of this code. Raises NotFound when no feature declares it."""
    found = settings_of(tx.runtime.features).get(code)
    if found is None:
        raise NotFound(what="setting")
    return found


async def value_of(tx: Tx | ReadTx, setting: Setting, day: date | None = None) -> Value:
    """Return what a setting is on a day, today by default."""
    chosen = (
        select(SettingValue)
        .where(SettingValue.setting == setting.code, SettingValue.from_day <= (day or tx.today))
        .order_by(SettingValue.from_day.desc(), SettingValue.id.desc())
        .limit(1)
    )
    found = (await tx.execute(chosen)).scalar_one_or_none()
    return setting.default if found is None else found.value


async def number_of(tx: Tx | ReadTx, setting: Setting, day: date | None = None) -> int:
    """Return what a setting that is a number is on a day, today by default."""
    value = await value_of(tx, setting, day)
    if not isinstance(value, int):
        raise TypeError(f"the setting {setting.code} is no number")
    return value


async def words_of(tx: Tx | ReadTx, setting: Setting, day: date | None = None) -> tuple[str, ...]:
    """Return the words that a setting has on a day, today by default."""
    value = await value_of(tx, setting, day)
    if isinstance(value, int):
        raise TypeError(f"the setting {setting.code} is a number")
    return value


def number_on(setting: Setting, day: ColumnElement[date] | InstrumentedAttribute[date]) -> ColumnElement[int]:
    """What a setting that is a number was on the day in the row, for a query over what began on many days."""
    chosen = (
        select(SettingValue.number)
        .where(SettingValue.setting == setting.code, SettingValue.from_day <= day)
        .order_by(SettingValue.from_day.desc(), SettingValue.id.desc())
        .limit(1)
    )
    return func.coalesce(chosen.scalar_subquery(), setting.default)


@query(VIEW_SETTINGS)
async def settings(tx: ReadTx) -> list[SettingView]:
    """Every setting, in the order in which features declare them."""
    rows = await tx.execute(
        select(SettingValue).order_by(SettingValue.from_day.desc(), SettingValue.id.desc())
    )
    chosen: dict[str, list[SettingLine]] = {}
    for one in rows.scalars():
        line = SettingLine(one.from_day, one.value, one.recorded_at, one.recorded_by_name)
        chosen.setdefault(one.setting, []).append(line)
    return [
        _view(setting, chosen.get(code, ()), tx.today)
        for code, setting in settings_of(tx.runtime.features).items()
    ]


def _view(setting: Setting, history: Sequence[SettingLine], today: date) -> SettingView:
    now = next((line.value for line in history if line.from_day <= today), setting.default)
    return SettingView(setting.code, now, history)
