"""Reading the lists."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.feature import LookupList
from chassis.lookups import Labelled, declared
from chassis.register import Colleague
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.lookups.feature import VIEW_LOOKUPS
from support_svc.lookups.model import (
    CASEWORKER_ROLES,
    Caseworker,
    CaseworkerState,
    LookupValue,
)


@dataclass(frozen=True, slots=True)
class ValueView(Labelled):
    """A value of a list."""

    id: UUID
    list: str
    code: str
    label_en: str
    label_fr: str
    sort_order: int
    active: bool
    published_as: str | None
    version: int


@dataclass(frozen=True, slots=True)
class CaseworkerView:
    """A member of staff who can be named as caseworker."""

    subject: str
    name: str
    state: CaseworkerState


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


@query(VIEW_LOOKUPS)
async def values_of(tx: ReadTx, *lists: str, retired: bool = False) -> dict[LookupList, list[ValueView]]:
    """Return the values of the lists, by list and in their order. Raises NotFound for an unknown list.

    With `retired` also those that can't be chosen any more.
    """
    found: dict[LookupList, list[ValueView]] = {declared(tx.runtime, code): [] for code in lists}
    statement = (
        select(LookupValue)
        .where(LookupValue.list.in_(found))
        .order_by(LookupValue.sort_order, LookupValue.label_en)
    )
    if not retired:
        statement = statement.where(LookupValue.active)
    by_code: dict[str, list[ValueView]] = dict(found.items())
    for value in (await tx.execute(statement)).scalars():
        by_code[value.list].append(_view(value))
    return found


@query(VIEW_LOOKUPS)
async def lookup_value(tx: ReadTx, value_id: UUID) -> ValueView:
    """One value. Raises NotFound."""
    value = await tx.session.get(LookupValue, value_id)
    if value is None:
        raise NotFound(what="value")
    return _view(value)


@query(VIEW_LOOKUPS)
async def caseworkers(tx: ReadTx, *, everybody: bool = False, including: str = "") -> list[CaseworkerView]:
    """Who can be named as caseworker, by name: those whom the gateway's register has with a role for it.

    With `everybody` also those who can't any more; `including` one of them, whose work it is. While the
    gateway can't be reached, the list is what it was.
    """
    listed = {one.subject: one for one in (await tx.execute(select(Caseworker))).scalars()}
    register = tx.runtime.register.colleagues(*CASEWORKER_ROLES)
    names = {subject: one.name for subject, one in listed.items()}
    names |= {subject: one.name for subject, one in _people(register).items()}
    if tx.actor.kind == "staff" and tx.actor.roles.intersection(CASEWORKER_ROLES):
        # The actor was let in a moment ago, whatever the register contained when it was last read.
        names.setdefault(tx.actor.subject, tx.actor.name)
        register = None if register is None else {tx.actor.subject: _oneself(tx.actor), **register}
    found = [
        CaseworkerView(subject, name, _state(listed.get(subject), subject, register))
        for subject, name in names.items()
    ]
    return sorted(
        (
            one
            for one in found
            if everybody or one.state is CaseworkerState.AVAILABLE or one.subject == including
        ),
        key=lambda one: (one.name.casefold(), one.subject),
    )


def _oneself(actor: Actor) -> Colleague:
    return Colleague(actor.subject, actor.name, actor.roles, active=True)


def _people(register: dict[str, Colleague] | None) -> dict[str, Colleague]:
    """The people of the register: nobody's caseworker is a program."""
    return {subject: one for subject, one in (register or {}).items() if not subject.startswith("client:")}


def _state(listed: Caseworker | None, subject: str, register: dict[str, Colleague] | None) -> CaseworkerState:
    if listed is not None and not listed.active:
        return CaseworkerState.RETIRED
    if register is not None and subject not in register:
        return CaseworkerState.LEFT
    return CaseworkerState.AVAILABLE
