"""Reading the look-up lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.errors import Faults
from chassis.feature import LookupList
from chassis.lookups import Labelled, NotOnTheList, declared_lists
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from units_svc.lookups.feature import VIEW_LOOKUPS
from units_svc.lookups.model import LookupValue
from units_svc.tables import views


@dataclass(frozen=True, slots=True)
class ValueView(Labelled):
    """One value of a list as it is shown."""

    id: UUID
    code: str
    label_en: str
    label_fr: str
    grouping: str | None
    sort_order: int
    active: bool
    published_as: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Lists:
    """All look-up lists, in their order, retired values included."""

    values: dict[LookupList, tuple[ValueView, ...]]

    def label(self, kind: LookupList, code: str | None, locale: str) -> str | None:
        """What a code is called; the code itself when it isn't on the list, None for None."""
        if code is None:
            return None
        return next((v.label(locale) for v in self.values[kind] if v.code == code), code)

    def options(self, kind: LookupList, locale: str, *, keep: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Codes and labels to choose from: the active ones, and those a record has already."""
        current = set(keep)
        return [(v.code, v.label(locale)) for v in self.values[kind] if v.active or v.code in current]

    def active(self, kind: LookupList) -> set[str]:
        """Codes that can be chosen."""
        return {v.code for v in self.values[kind] if v.active}


async def read_lists(tx: Tx | ReadTx) -> Lists:
    """Return all lists; one small statement."""
    lists = declared_lists(tx.runtime)
    found: dict[str, list[ValueView]] = {code: [] for code in lists}
    rows = await tx.execute(
        select(
            LookupValue.list, LookupValue.id, LookupValue.code, LookupValue.label_en, LookupValue.label_fr,
            LookupValue.grouping, LookupValue.sort_order, LookupValue.active, LookupValue.published_as,
            LookupValue.version,
        )
        .where(LookupValue.list.in_(found))
        .order_by(LookupValue.list, LookupValue.sort_order, LookupValue.code)
    )  # fmt: skip
    for row in rows:
        found[row.list] += views(ValueView, [row[1:]])
    return Lists({kind: tuple(found[code]) for code, kind in lists.items()})


@query(VIEW_LOOKUPS)
async def lookup_lists(tx: ReadTx) -> Lists:
    """All look-up lists."""
    return await read_lists(tx)


async def require_listed(
    tx: Tx, chosen: Iterable[tuple[LookupList, str | None, str]], *, keep: Iterable[str | None] = ()
) -> None:
    """Refuse codes that aren't on their list or were retired, unless the record has them already.

    `chosen` holds (list, code, field). Raises NotOnTheList naming the field, or SeveralFaults.
    """
    lists, current = await read_lists(tx), set(keep)
    wrong = {
        field: None
        for kind, code, field in chosen
        if code is not None and code not in current and code not in lists.active(kind)
    }
    faults = Faults()
    for field in wrong:
        faults.add(NotOnTheList(field=field))
    faults.refuse()
