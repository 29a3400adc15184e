"""Values of the look-up lists (✎ in the specification): housing types, statuses, regions and the rest.

Homes refer to a value by its code. A value in use is retired, never deleted, and no code here deletes one.
"""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.lookups import LookupColumns
from units_svc.tables import Base


class LookupValue(LookupColumns, Base):
    """One value of a list, labelled in both languages.

    A housing type without a published word is published as "other", a feature or region without one not at
    all. `grouping` orders long lists under headings (features: accessibility, building, included).
    """

    __tablename__ = "lookup_value"

    grouping: Mapped[str | None] = mapped_column(String(40))
