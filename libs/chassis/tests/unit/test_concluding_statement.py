"""How a guarded statement is joined with what is written beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from chassis.flush import Pending, guarded, parameter, parts_of, statement

UNITS = sa.Table("unit", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("n", sa.Integer))
HOLDS = sa.Table("hold", sa.MetaData(), sa.Column("unit", sa.Integer))


def test_every_parameter_has_one_number_however_often_it_is_used() -> None:
    guard = guarded("UPDATE t SET a = :two, b = :one WHERE c = CAST(:two AS int) RETURNING id")
    prepared = statement((), guard)
    assert "UPDATE t SET a = $1, b = $2 WHERE c = CAST($1 AS int) RETURNING id" in prepared.text
    assert prepared.arguments([], {"one": 1, "two": 2, "unused": 3}) == [2, 1]


def test_text_and_casts_are_left_alone() -> None:
    guard = guarded("""UPDATE t SET a = 'it''s', "b" = x::text WHERE id = :id RETURNING id""")
    prepared = statement((), guard)
    assert prepared.names == ("id",)
    assert "'it''s'" in prepared.text
    assert "x::text" in prepared.text


def test_what_a_guarded_statement_writes_stands_beside_ours_at_the_top() -> None:
    held = (
        sa.update(UNITS)
        .where(UNITS.c.id == parameter("id"), UNITS.c.n.in_([1, 2]))
        .values(n=UNITS.c.n + 1)
        .returning(UNITS.c.id)
        .cte("held")
    )
    guard = sa.insert(HOLDS).from_select(["unit"], sa.select(held.c.id)).returning(HOLDS.c.unit)
    prepared = statement((("outbox", False),), guard)
    text = " ".join(prepared.text.split())
    assert text.startswith("WITH held AS (UPDATE")
    assert ", concluded AS (INSERT INTO hold" in text
    assert text.index("concluded AS") < text.index("outbox_rows AS (INSERT INTO outbox")
    assert "WHERE EXISTS (SELECT 1 FROM concluded)" in text
    assert text.endswith("SELECT * FROM concluded")
    assert "AS uuid[])" in text
    assert "AS uuid)" in statement((("outbox", True),), guard).text
    # What the statement says by itself is among its arguments, and what nobody says is refused.
    assert sorted(statement((), guard).arguments([], {"id": 7})) == [1, 1, 2, 7]
    with pytest.raises(KeyError, match="id"):
        statement((), guard).arguments([])


def test_without_a_guard_nothing_is_conditional() -> None:
    text = statement((("audit", True), ("timers", False), ("cancelled", True))).text
    assert "EXISTS" not in text
    assert text.endswith("SELECT 1")


def test_rows_become_one_array_for_each_column_and_a_single_one_stays_as_it_is() -> None:
    pending = Pending()
    assert pending.rows() == []
    at = datetime(2026, 3, 2, tzinfo=UTC)
    pending.timers = {("k", "a"): (at, "{}"), ("k", "b"): (at, "[]"), ("k", "c"): None}
    rows = pending.rows()
    assert parts_of(rows) == (("timers", False), ("cancelled", True))
    guard = guarded("UPDATE t SET a = 1 WHERE id = :id RETURNING id")
    arguments = statement(parts_of(rows), guard).arguments(rows, {"id": 1})
    assert arguments == [1, ["k", "k"], ["a", "b"], [at, at], ["{}", "[]"], "k", "c"]
