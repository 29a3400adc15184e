"""Rules for fields on the Front Desk: an administrator's pages, and forms that follow them."""

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Response
from pydantic import BaseModel

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from support_svc.field_rules.commands import ChangeFieldRule, change_field_rule
from support_svc.field_rules.forms import ConfigurableForm, declared_field, forms_of
from support_svc.field_rules.queries import FieldRuleView, field_rule, field_rules, rules_for

router = DeskRouter(prefix="/front-desk/fields")
CommandT = TypeVar("CommandT", bound=BaseModel)


async def ruled_form(
    call: PageCall,
    form: ConfigurableForm,
    model: type[CommandT],
    *,
    record: object = None,
    initial: Any = None,
    fixed: Mapping[str, Any] | None = None,
) -> Form[CommandT]:
    """What `call.form` returns, with the fields that the organisation requires, without those it hides.

    `record` is the key of the one that is changed: it follows the rules of the day on which it began.
    """
    made = await call.form(model, initial=initial, fixed=fixed)
    rules = await call.ask(rules_for, form, record)
    made.follow(demanded=rules.mandatory, left_out=rules.hidden)
    return made


@router.get("", name="field_rules")
async def page(call: DeskCall) -> Response:
    """Every field that can be configured, by form, with its rule today and what is coming."""
    forms = forms_of(call.runtime.features)
    return call.page("field_rules/list.html", forms=forms, lines=await call.ask(field_rules))


@router.get("/{form}/{field}", name="field_rule_change")
async def edit(call: DeskCall, form: str, field: str) -> Response:
    """The form for another rule, and what was chosen before."""
    one = await call.ask(field_rule, form, field)
    initial = {"from_day": call.today, "rule": one.rule}
    return _form(call, one, await call.form(ChangeFieldRule, initial=initial))


@router.post("/{form}/{field}")
async def post(call: DeskCall, form: str, field: str) -> Response:
    """Choose another rule from a day on."""
    one = await call.ask(field_rule, form, field)
    typed = await call.form(ChangeFieldRule, fixed={"form": form, "field": field})
    if await call.carry_out(typed, change_field_rule):
        return call.redirect("field_rules", notice=call._("The rule is changed."))
    return _form(call, one, typed, status=422)


def _form(call: PageCall, one: FieldRuleView, form: Form[ChangeFieldRule], status: int = 200) -> Response:
    of, field = declared_field(call.runtime.features, one.form, one.field)
    return call.page("field_rules/change.html", status=status, form=form, one=one, of=of, field=field)
