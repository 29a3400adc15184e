"""Choosing the rule for a field from a day on, and following the rules where something is recorded."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.errors import Faults
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.field_rules.feature import EDIT_FIELD_RULES
from support_svc.field_rules.forms import ConfigurableForm, declared_field
from support_svc.field_rules.model import (
    FieldHidden,
    FieldMandatory,
    FieldRule,
    FieldRuleChosen,
    RuleNotPossible,
)
from support_svc.field_rules.queries import OPTIONAL, day_of, forget_rules, rules_on
from trade.dates import EffectDay

CommandT = TypeVar("CommandT", bound=BaseModel)


class NewFieldRule(BaseModel):
    """What is asked of a field from a day on."""

    rule: FieldRule = Field(title="Rule")
    from_day: EffectDay = Field(title="In force from")


class ChangeFieldRule(NewFieldRule):
    """Another rule for a field of a form from a day on."""

    form: str = Field(max_length=60)
    field: str = Field(max_length=60)


@use_case(EDIT_FIELD_RULES)
async def change_field_rule(tx: Tx, command: ChangeFieldRule) -> UUID:
    """Record what is asked of a field from a day on, which is today or later.

    Records that began before that day follow the rule of the day on which they began. Raises NotFound,
    RuleNotPossible.
    """
    form, field = declared_field(tx.runtime.features, command.form, command.field)
    if command.rule not in field.rules:
        raise RuleNotPossible(field="rule")
    (before,) = await rules_on(tx, form, command.from_day)
    made = FieldRuleChosen(
        id=new_id(), recorded_at=tx.now, recorded_by_name=tx.actor.name, **command.model_dump()
    )
    tx.session.add(made)
    forget_rules(tx)
    changes = {
        "rule": (before.get(field.name, OPTIONAL).rule, command.rule),
        "from_day": (None, command.from_day),
    }
    tx.touched("field_rule", f"{form.code}.{field.name}", "changed", changes)
    return made.id


# ------------------------------------------------- used by the commands of other features
async def follow_field_rules(
    tx: Tx,
    form: ConfigurableForm,
    command: CommandT,
    *,
    before: object = None,
) -> CommandT:
    """Refuse what breaks a rule for a field of the form, all at once, and return the command to carry out.

    A new record follows the rules of today. One that is changed, `before`, follows those of the day on which
    it began; a hidden field that it has keeps its value, which may be repeated. Raises FieldMandatory,
    FieldHidden.
    """
    begun = None if before is None else form.begun(before)
    (rules,) = await rules_on(tx, form, day_of(tx, begun))
    faults = Faults()
    kept: dict[str, Any] = {}
    for name, in_force in rules.items():
        if name not in type(command).model_fields:
            continue  # Only a part of the form can be changed.
        field, value = form.fields[name], getattr(command, name)
        if in_force.rule is FieldRule.MANDATORY and field.is_empty(value):
            faults.add(FieldMandatory(field=name, what=field.label, since=in_force.since))
        elif in_force.rule is FieldRule.HIDDEN:
            recorded = field.default if before is None else getattr(before, name)
            if not field.is_empty(value) and value != recorded:
                faults.add(FieldHidden(field=name, what=field.label, since=in_force.since))
            elif value != recorded:
                kept[name] = recorded
    faults.refuse()
    return command.model_copy(update=kept) if kept else command
