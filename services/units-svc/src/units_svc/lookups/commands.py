"""Keeping the look-up lists (✎): values are added, corrected, retired and taken up again, never deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select

from chassis.errors import EditedMeanwhile, Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.lookups import CodeTaken, declared, require_word
from chassis.usecase import use_case
from trade.letters import folded
from units_svc.lookups.feature import EDIT_LOOKUPS
from units_svc.lookups.model import LookupValue
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

LabelText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^<>\x00-\x1f\x7f]+$"),
]


class LabelledValue(BaseModel):
    """What can be entered for a value of a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label_en: Annotated[LabelText, Field(title="Label in English")]
    label_fr: Annotated[LabelText, Field(title="Label in French")]
    sort_order: Annotated[int, Field(title="Position in the list", ge=0, le=100_000)] = 0
    published_as: Annotated[str | None, Field(title="Shared with others as", max_length=60)] = None


class AddValue(LabelledValue):
    """A new value; its code is made from the English label and never changes."""

    list: str


class EditValue(LabelledValue):
    """A correction of a value, or its retirement."""

    value_id: UUID
    version: Annotated[int, Field(ge=1)]
    active: Annotated[bool, Field(title="Can be chosen")] = True


@use_case(EDIT_LOOKUPS)
async def add_value(tx: Tx, command: AddValue) -> UUID:
    """Add a value to a list and return its id. Raises NotFound, CodeTaken, InvalidInput,
    MonitoringRefused.
    """
    kind, faults = declared(tx.runtime, command.list), Faults()
    with faults:
        await _require_private(tx, command)
    with faults:
        require_word(kind, command.published_as)
    code = re.sub(r" ", "_", folded(command.label_en))[:60].strip("_")
    same = select(LookupValue.id).where(LookupValue.list == command.list, LookupValue.code == code)
    if not code:
        faults.add(InvalidInput(field="label_en", rule="Enter a label with letters or digits."))
    elif await tx.scalar(same) is not None:
        faults.add(CodeTaken(field="label_en", value=code))
    faults.refuse()
    last = await tx.scalar(select(func.max(LookupValue.sort_order)).where(LookupValue.list == command.list))
    value = LookupValue(
        id=new_id(),
        list=command.list,
        code=code,
        label_en=command.label_en,
        label_fr=command.label_fr,
        sort_order=command.sort_order or int(last or 0) + 10,
        active=True,
        published_as=command.published_as or None,
    )
    tx.session.add(value)
    tx.touched("lookup_value", value.id, "added")
    return value.id


@use_case(EDIT_LOOKUPS)
async def edit_value(tx: Tx, command: EditValue) -> None:
    """Correct or retire a value; homes that have it keep it. Raises EditedMeanwhile, NotFound,
    InvalidInput."""
    faults = Faults()
    with faults:
        await _require_private(tx, command)
    value = await tx.session.get(LookupValue, command.value_id, with_for_update=True)
    if value is None:
        raise NotFound(what="value")
    with faults:
        require_word(declared(tx.runtime, value.list), command.published_as)
    faults.refuse()
    names = ("label_en", "label_fr", "sort_order", "active", "published_as")
    sent = {name: getattr(command, name) for name in names}
    changes = {n: (getattr(value, n), v) for n, v in sent.items() if getattr(value, n) != v}
    if value.version != command.version:
        raise EditedMeanwhile(current=value.version, difference=changes)
    for name, new in sent.items():
        setattr(value, name, new)
    tx.touched("lookup_value", value.id, "edited", changes)


async def _require_private(tx: Tx, value: LabelledValue) -> None:
    labels = (("label_en", value.label_en), ("label_fr", value.label_fr))
    await require_private(tx, Place.LOOKUP_VALUE, labels)
