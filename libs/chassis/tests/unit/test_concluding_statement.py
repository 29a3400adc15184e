"""How a guarded statement is taken apart and joined with what is written beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chassis.flush import Pending, arguments, bind, parts_of, statement, take_apart


def test_parameters_are_numbered_in_the_order_of_their_first_use() -> None:
    guarded = take_apart("UPDATE t SET a = :two, b = :one WHERE c = :two::int RETURNING id;")
    assert guarded.statement == "UPDATE t SET a = $1, b = $2 WHERE c = $1::int RETURNING id"
    assert guarded.names == ("two", "one")
    assert bind(guarded, {"one": 1, "two": 2, "unused": 3}) == (2, 1)


def test_text_casts_and_comments_are_left_alone() -> None:
    sql = """UPDATE t SET a = 'it''s :not one', "b:c" = x::text -- nor :this, (
             WHERE id = :id RETURNING id"""
    guarded = take_apart(sql)
    assert guarded.names == ("id",)
    assert "'it''s :not one'" in guarded.statement
    assert "x::text" in guarded.statement


def test_a_leading_with_list_is_joined_to_ours() -> None:
    guarded = take_apart(
        "WITH held AS (UPDATE unit SET n = n + 1 WHERE id = :id RETURNING id), "
        "placed AS (INSERT INTO hold (unit) SELECT id FROM held RETURNING id) SELECT id FROM placed"
    )
    assert guarded.ctes.startswith("held AS (UPDATE")
    assert guarded.statement == "SELECT id FROM placed"
    text = statement((("outbox", False),), guarded)
    assert text.startswith("WITH held AS (UPDATE")
    assert "concluded AS (SELECT id FROM placed)" in text
    assert "WHERE EXISTS (SELECT 1 FROM concluded)" in text
    assert text.endswith("SELECT * FROM concluded")
    # The arrays of the outbox follow the one parameter of the statement; a single row needs none.
    assert "$2::uuid[]" in text
    assert "SELECT $2::uuid, $3::text" in statement((("outbox", True),), guarded)


def test_without_a_guard_nothing_is_conditional() -> None:
    text = statement((("audit", True), ("timers", False), ("cancelled", True)))
    assert "EXISTS" not in text
    assert text.endswith("SELECT 1")


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="not a statement"):
        take_apart("VACUUM parcel")


def test_rows_become_one_array_for_each_column_and_a_single_one_stays_as_it_is() -> None:
    pending = Pending()
    assert pending.rows() == []
    at = datetime(2026, 3, 2, tzinfo=UTC)
    pending.timers = {("k", "a"): (at, "{}"), ("k", "b"): (at, "[]"), ("k", "c"): None}
    rows = pending.rows()
    assert parts_of(rows) == (("timers", False), ("cancelled", True))
    assert arguments(rows, (1,)) == [1, ["k", "k"], ["a", "b"], [at, at], ["{}", "[]"], "k", "c"]
