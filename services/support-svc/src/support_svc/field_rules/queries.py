"""Reading the rules for fields: those in force on a day, and what was chosen when and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import select

from chassis.db.database import Database
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.field_rules.feature import VIEW_FIELD_RULES
from support_svc.field_rules.forms import ConfigurableForm, declared_field, forms_of
from support_svc.field_rules.model import FieldRule, FieldRuleChosen

_ALL = select(
    FieldRuleChosen.form, FieldRuleChosen.field, FieldRuleChosen.rule, FieldRuleChosen.from_day
).order_by(FieldRuleChosen.from_day, FieldRuleChosen.id)
REMEMBERED_FOR = 5.0
"""Seconds for which a process remembers all rules: so long after a change another process may follow the old.

Every record that is made asks for them, and they change a few times a year.
"""
_Chosen = Sequence[tuple[str, FieldRule, date]]
_remembered: WeakKeyDictionary[Database, tuple[float, Mapping[str, _Chosen]]] = WeakKeyDictionary()
_changing: WeakKeyDictionary[Database, float] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class InForce:
    """The rule for a field on a day, and since when; no day for one that was never chosen."""

    rule: FieldRule
    since: date | None


OPTIONAL = InForce(FieldRule.OPTIONAL, None)


@dataclass(frozen=True, slots=True)
class RulesOfForm:
    """The rules for the fields of a form, for a record that began on a day.

    `mandatory` and `hidden` name fields. `unused` are those that a page of the record doesn't show while they
    are empty: they are hidden for the record, or by now.
    """

    mandatory: frozenset[str]
    hidden: frozenset[str]
    unused: frozenset[str]

    def shows(self, name: str, value: object) -> bool:
        """Whether a page of the record shows a field that has this value."""
        return name not in self.unused or value not in (None, "", [], ())

    def lines(self, lines: Iterable[tuple[str, str, object]]) -> list[tuple[str, object]]:
        """Return the lines (label, value) that a page of the record shows, of (field, label, value).

        A line without a name is no field of the form; it's always there.
        """
        return [(label, value) for name, label, value in lines if self.shows(name, value)]


@dataclass(frozen=True, slots=True)
class FieldRuleLine:
    """A rule that was chosen for a field, from which day on, and who chose it."""

    from_day: date
    rule: FieldRule
    recorded_at: datetime
    recorded_by_name: str


@dataclass(frozen=True, slots=True)
class FieldRuleView:
    """A field with its rule today, the rules that it can have, and all that was chosen, the latest first."""

    form: str
    field: str
    rule: FieldRule
    possible: Sequence[FieldRule]
    history: Sequence[FieldRuleLine]

    @property
    def last(self) -> FieldRuleLine | None:
        """What was chosen last."""
        return max(self.history, key=lambda line: line.recorded_at, default=None)

    def coming(self, today: date) -> list[FieldRuleLine]:
        """Return what is chosen for later days, the next one first."""
        return [line for line in reversed(self.history) if line.from_day > today]


def day_of(tx: Tx | ReadTx, begun: date | datetime | None) -> date:
    """Return the day on which a record began, in the organisation's time zone; today for a new one."""
    if isinstance(begun, datetime):
        return begun.astimezone(tx.runtime.time_zone).date()
    return tx.today if begun is None else begun


async def rules_on(tx: Tx | ReadTx, form: ConfigurableForm, *days: date) -> Sequence[Mapping[str, InForce]]:
    """Return for each day the rules for the fields of a form for which anything was chosen."""
    found: list[dict[str, InForce]] = [{} for _ in days]
    for field, rule, from_day in (await _rules(tx)).get(form.code, ()):
        for day, rules in zip(days, found, strict=True):
            if from_day <= day and field in form.fields:
                rules[field] = InForce(rule, from_day)
    return found


async def _rules(tx: Tx | ReadTx) -> Mapping[str, _Chosen]:
    """Return what was chosen by form, the earliest day first, as remembered or as it is now."""
    database, now = tx.runtime.database, monotonic()
    known = _remembered.get(database)
    if known is not None and now - known[0] < REMEMBERED_FOR:
        return known[1]
    rules: dict[str, list[tuple[str, FieldRule, date]]] = {}
    for form, field, rule, from_day in await tx.look(_ALL, {}):
        rules.setdefault(form, []).append((field, FieldRule(rule), from_day))
    if now >= _changing.get(database, 0):
        _remembered[database] = (now, rules)
    return rules


def forget_rules(tx: Tx) -> None:
    """Let this process read the rules each time while a transaction that changes them may be uncommitted."""
    _remembered.pop(tx.runtime.database, None)
    _changing[tx.runtime.database] = monotonic() + REMEMBERED_FOR


@query(VIEW_FIELD_RULES)
async def rules_for(tx: ReadTx, form: ConfigurableForm, record: object = None) -> RulesOfForm:
    """The rules for the fields of a form: of a new record, or of one that exists, by its key."""
    begun: date | datetime | None = None
    if record is not None and form.begins is not None:
        found = await tx.session.get(form.begins.class_, record)
        begun = None if found is None else form.begun(found)
    then, now = await rules_on(tx, form, day_of(tx, begun), tx.today)

    def having(rules: Mapping[str, InForce], rule: FieldRule) -> frozenset[str]:
        return frozenset(name for name, one in rules.items() if one.rule is rule)

    hidden = having(then, FieldRule.HIDDEN)
    return RulesOfForm(having(then, FieldRule.MANDATORY), hidden, hidden | having(now, FieldRule.HIDDEN))


@query(VIEW_FIELD_RULES)
async def field_rules(tx: ReadTx) -> list[FieldRuleView]:
    """Every field that can be configured, by its form, in the order in which features declare them."""
    chosen = await _chosen(tx)
    return [
        _view(tx, form, field, chosen.get((form.code, field), ()))
        for form in forms_of(tx.runtime.features).values()
        for field in form.fields
    ]


@query(VIEW_FIELD_RULES)
async def field_rule(tx: ReadTx, form: str, field: str) -> FieldRuleView:
    """One field. Raises NotFound."""
    declared, _ = declared_field(tx.runtime.features, form, field)
    return _view(tx, declared, field, (await _chosen(tx, form, field)).get((form, field), ()))


async def _chosen(
    tx: ReadTx, form: str | None = None, field: str | None = None
) -> dict[tuple[str, str], list[FieldRuleLine]]:
    statement = select(FieldRuleChosen).order_by(FieldRuleChosen.from_day.desc(), FieldRuleChosen.id.desc())
    if form is not None:
        statement = statement.where(FieldRuleChosen.form == form, FieldRuleChosen.field == field)
    found: dict[tuple[str, str], list[FieldRuleLine]] = {}
    for one in (await tx.execute(statement)).scalars():
        line = FieldRuleLine(one.from_day, one.rule, one.recorded_at, one.recorded_by_name)
        found.setdefault((one.form, one.field), []).append(line)
    return found


def _view(tx: ReadTx, form: ConfigurableForm, field: str, history: Sequence[FieldRuleLine]) -> FieldRuleView:
    rule = next((line.rule for line in history if line.from_day <= tx.today), FieldRule.OPTIONAL)
    return FieldRuleView(form.code, field, rule, form.fields[field].rules, history)
