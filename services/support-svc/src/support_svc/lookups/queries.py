"""Reading the lists."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.access import Permission
from support_svc.lookups.model import Caseworker, LookupList, LookupValue


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value of a list."""

    id: UUID
    list: LookupList
    code: str
    label_en: str
    label_fr: str
    sort_order: int
    active: bool
    published_as: str | None
    version: int

    def label(self, locale: str) -> str:
        """The label in the person's language."""
        return self.label_fr if locale == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class CaseworkerView:
    """A member of staff who can be named as caseworker."""

    subject: str
    name: str
    active: bool


def _view(value: LookupValue) -> ValueView:
    return ValueView(
        id=value.id,
        list=value.list,
        code=value.code,
        label_en=value.label_en,
        label_fr=value.label_fr,
        sort_order=value.sort_order,
        active=value.active,
        published_as=value.published_as,
        version=value.version,
    )


@query(Permission.VIEW_LOOKUPS)
async def values_of(
    tx: ReadTx, *lists: LookupList, retired: bool = False
) -> dict[LookupList, list[ValueView]]:
    """The values of the lists in their order; with `retired` also those that can't be chosen any more."""
    statement = (
        select(LookupValue)
        .where(LookupValue.list.in_(lists))
        .order_by(LookupValue.sort_order, LookupValue.label_en)
    )
    if not retired:
        statement = statement.where(LookupValue.active)
    found: dict[LookupList, list[ValueView]] = {name: [] for name in lists}
    for value in (await tx.execute(statement)).scalars():
        found[value.list].append(_view(value))
    return found


@query(Permission.VIEW_LOOKUPS)
async def lookup_value(tx: ReadTx, value_id: UUID) -> ValueView:
    """One value. Raises NotFound."""
    value = await tx.session.get(LookupValue, value_id)
    if value is None:
        raise NotFound(what="value")
    return _view(value)


@query(Permission.VIEW_LOOKUPS)
async def caseworkers(tx: ReadTx, *, retired: bool = False) -> list[CaseworkerView]:
    """The caseworkers by name; whoever asks is among them from the beginning."""
    statement = select(Caseworker).order_by(Caseworker.name)
    if not retired:
        statement = statement.where(Caseworker.active)
    found = [CaseworkerView(c.subject, c.name, c.active) for c in (await tx.execute(statement)).scalars()]
    if tx.actor.kind == "staff" and all(c.subject != tx.actor.subject for c in found):
        found.insert(0, CaseworkerView(tx.actor.subject, tx.actor.name, active=True))
    return found
