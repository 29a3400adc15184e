"""What was chosen for each setting, from which day on: rows that are added, never changed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned
from support_svc.tables import Base

Value = int | tuple[str, ...]


class SettingValue(Versioned, Base):
    """A value of a setting; of several from one day on the one recorded last counts."""

    __tablename__ = "setting_value"
    __table_args__ = (
        CheckConstraint("(number is null) <> (words is null)", name="one_value"),
        Index("ix_setting_value_setting", "setting", "from_day", "id"),
    )

    setting: Mapped[str] = mapped_column(String(60))
    from_day: Mapped[date]
    number: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[list[str] | None] = mapped_column(ARRAY(String(60)))
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))

    @property
    def value(self) -> Value:
        """The number, or the words."""
        return self.number if self.number is not None else tuple(self.words or ())
