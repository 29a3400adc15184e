"""Keeping the lists (✎): add, rename, retire and bring back values and caseworkers."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import Insert, insert

from chassis.errors import EditedMeanwhile, NotFound
from chassis.feature import LookupList
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.lookups import CodeTaken, NotOnTheList, declared, require_word
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.lookups.feature import EDIT_LOOKUPS
from support_svc.lookups.model import (
    CASEWORKER_ROLES,
    Caseworker,
    LookupValue,
    UnknownCaseworker,
)

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=60)]
StaffReference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class NewLookupValue(BaseModel):
    """A value for a list."""

    code: Code = Field(title="Code")
    label_en: Label = Field(title="English label")
    label_fr: Label = Field(title="French label")
    sort_order: int = Field(default=100, ge=0, le=10_000, title="Position in the list")
    published_as: Code | None = Field(default=None, title="Name in the inventory")


class AddLookupValue(NewLookupValue):
    """A new value of a list."""

    list: str


class ChangedLookupValue(BaseModel):
    """Label, position and use of a value, with the version that was shown."""

    version: int
    label_en: Label = Field(title="English label")
    label_fr: Label = Field(title="French label")
    sort_order: int = Field(default=100, ge=0, le=10_000, title="Position in the list")
    published_as: Code | None = Field(default=None, title="Name in the inventory")
    active: bool = Field(default=True, title="Can be chosen")


class ChangeLookupValue(ChangedLookupValue):
    """Another label or position of a value, or its retirement. The code stays as it is."""

    value_id: UUID


class CaseworkerFields(BaseModel):
    """Whether somebody can be named as caseworker."""

    active: bool = Field(title="Can be chosen")


class ListCaseworker(CaseworkerFields):
    """Take a colleague off the list of caseworkers, or put him or her on it again."""

    subject: StaffReference


@use_case(EDIT_LOOKUPS)
async def add_lookup_value(tx: Tx, command: AddLookupValue) -> UUID:
    """Add a value to a list and return its id. Raises NotFound, CodeTaken, InvalidInput."""
    require_word(declared(tx.runtime, command.list), command.published_as)
    taken = await tx.scalar(
        select(LookupValue.id).where(LookupValue.list == command.list, LookupValue.code == command.code)
    )
    if taken is not None:
        raise CodeTaken(field="code", value=command.code)
    value = LookupValue(id=new_id(), active=True, **command.model_dump())
    tx.session.add(value)
    tx.touched("lookup_value", value.id, "added", {"label_en": (None, command.label_en)})
    return value.id


@use_case(EDIT_LOOKUPS)
async def change_lookup_value(tx: Tx, command: ChangeLookupValue) -> None:
    """Relabel, move, retire or bring back a value. Raises EditedMeanwhile when somebody else did so first
    (X4).
    """
    value = await tx.session.get(LookupValue, command.value_id)
    if value is None:
        raise NotFound(what="value")
    require_word(declared(tx.runtime, value.list), command.published_as)
    fields = command.model_dump(exclude={"value_id", "version"})
    changes = {
        name: (getattr(value, name), new) for name, new in fields.items() if getattr(value, name) != new
    }
    if value.version != command.version:
        raise EditedMeanwhile(current=value.version, difference=changes)
    for name, (_, new) in changes.items():
        setattr(value, name, new)
    tx.touched("lookup_value", value.id, "changed", changes)


@use_case(EDIT_LOOKUPS)
async def list_caseworker(tx: Tx, command: ListCaseworker) -> None:
    """Retire a caseworker or bring one back; what he or she has stays as it is. Raises NotFound."""
    name = await tx.scalar(select(Caseworker.name).where(Caseworker.subject == command.subject))
    registered = (tx.runtime.register.colleagues(*CASEWORKER_ROLES) or {}).get(command.subject)
    name = registered.name if registered is not None else name
    if name is None:
        raise NotFound(what=N_("caseworker"))
    await _write(tx, command.subject, name, active=command.active)
    tx.touched("caseworker", command.subject, "listed" if command.active else "retired")


# ------------------------------------------------- used by the commands of other features
async def list_myself(tx: Tx) -> None:
    """Keep the name of the person who acts for what he or she records (a program of ours never is one)."""
    if tx.actor.kind == "system":
        return
    await _write(tx, tx.actor.subject, tx.actor.name or tx.actor.subject)


def list_myself_at_the_end(tx: Tx) -> None:
    """Do what `list_myself` does with the statement that ends the transaction.

    For a command that records nothing for a caseworker.
    """
    if tx.actor.kind != "system":
        tx.join(_LISTED, _listed(tx, tx.actor.subject, tx.actor.name or tx.actor.subject))


async def require_caseworker(tx: Tx, subject: str, field: str = "caseworker") -> None:
    """Refuse with UnknownCaseworker unless `subject` can be named as caseworker now."""
    if subject == tx.actor.subject:
        await list_myself(tx)
    register = tx.runtime.register.colleagues(*CASEWORKER_ROLES)
    active = await tx.scalar(select(Caseworker.active).where(Caseworker.subject == subject))
    if active is False or (register is None and active is None):
        raise UnknownCaseworker(field=field)
    if register is not None:
        # The actor was let in a moment ago, whatever the register contained when it was last read.
        if subject in register:
            await _write(tx, subject, register[subject].name)
        elif subject != tx.actor.subject:
            raise UnknownCaseworker(field=field)


_COLUMNS = ("subject", "name", "active", "listed_at")


def _listing(*, active: bool) -> Insert:
    """Return the statement that lists a caseworker, with `active` also whether one can be chosen."""
    row = {name: parameter(f"listed_{name}", Caseworker.__table__.c[name].type) for name in _COLUMNS}
    changed = ("name", "active") if active else ("name",)
    return (
        insert(Caseworker.__table__)  # type: ignore[arg-type]
        .values(row)
        .on_conflict_do_update(
            index_elements=[Caseworker.subject],
            set_={name: row[name] for name in changed},
            where=or_(*(Caseworker.__table__.c[name] != row[name] for name in changed)),
        )
    )


_LISTED = _listing(active=False)
_CHANGED = _listing(active=True)


def _listed(tx: Tx, subject: str, name: str, *, active: bool = True) -> dict[str, object]:
    row = (subject, name, active, tx.now)
    return {f"listed_{column}": value for column, value in zip(_COLUMNS, row, strict=True)}


async def _write(tx: Tx, subject: str, name: str, *, active: bool | None = None) -> None:
    statement = _LISTED if active is None else _CHANGED
    await tx.execute(statement, _listed(tx, subject, name, active=active is not False))


async def require_values(tx: Tx, list_: LookupList, ids: Iterable[UUID | None], field: str) -> None:
    """Refuse with NotOnTheList unless every id given is an active value of the list; None stands for no
    choice.
    """
    wanted = {value for value in ids if value is not None}
    if not wanted:
        return
    found = await tx.scalar(
        select(func.count())
        .select_from(LookupValue)
        .where(LookupValue.list == list_, LookupValue.active, LookupValue.id.in_(wanted))
    )
    if found != len(wanted):
        raise NotOnTheList(field=field)
