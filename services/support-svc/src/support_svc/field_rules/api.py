"""Rules for fields through the API."""

from chassis.http import ApiRouter, Call, Created
from support_svc.field_rules.commands import ChangeFieldRule, NewFieldRule, change_field_rule
from support_svc.field_rules.queries import FieldRuleView, field_rule, field_rules

router = ApiRouter(tags=["field rules"])


@router.get("/field-rules")
async def get_field_rules(call: Call) -> list[FieldRuleView]:
    """Every field that the organisation may configure, with its rule today and what was chosen for it.

    The schemas name the rules that a field can have as `x-organisation-may`. A new record without a mandatory
    field is refused as `field_mandatory`, one with a value for a hidden field as `field_hidden`.
    """
    return await call.ask(field_rules)


@router.get("/field-rules/{form}/{field}")
async def get_field_rule(call: Call, form: str, field: str) -> FieldRuleView:
    """One field with its rule today and what was chosen for it."""
    return await call.ask(field_rule, form, field)


@router.post("/field-rules/{form}/{field}/values", status_code=201)
async def post_field_rule(call: Call, form: str, field: str, body: NewFieldRule) -> Created:
    """Choose what is asked of a field from a day on."""
    command = ChangeFieldRule(form=form, field=field, **dict(body))
    return Created(id=await call.perform(change_field_rule, command))
