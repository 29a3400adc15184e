"""Columns, orders, places and word lists against plain lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chassis.errors import InvalidInput
from chassis.positions import Whole, position_text, read_position
from column_search import Bounds, By, Columns, Plan, Wordbook

PLAN = Plan(
    codes=("kind",),
    numbers=("height",),
    sets=("marks",),
    texts={"name": lambda row: row["name"]},
    words=lambda row: row["name"].split(),
    shown=lambda row: row["shown"],
)
IDS = [UUID(int=number << 120 | number) for number in range(256)]
ORDER = {
    "height": (By("height"), By("id")),
    "tallest": (By("height", True), By("id")),
    "name": (By("name"), By("id")),
    "last": (By("name", True), By("written_in"), By("id", True)),
}


@some.composite
def trees(draw: some.DrawFn) -> dict[str, Any]:
    return {
        "id": draw(some.sampled_from(IDS)),
        "written_in": str(draw(some.integers(1, 9))),
        "kind": draw(some.sampled_from([None, "fir", 7])),
        "height": draw(some.none() | some.integers(0, 9) | some.just(9 << 40)),
        "marks": draw(some.lists(some.integers(0, 150).map(str), max_size=4)),
        "name": draw(some.sampled_from(["", "elm", "old oak", "old", "yew"])),
        "shown": draw(some.booleans()),
    }


def made(rows: list[dict[str, Any]]) -> tuple[Columns, list[dict[str, Any]]]:
    index, table = Columns(PLAN), {}
    for row in rows:
        index.take([row])
        table[row["id"]] = row
    return index, [row for row in table.values() if row["shown"]]


@given(some.lists(trees(), max_size=40), some.lists(some.sampled_from([None, "fir", 7, "palm"])))
def test_rows_are_found_by_value_by_members_and_by_word(rows: list[Any], kinds: list[Any]) -> None:
    for index, table in [made(rows), (made(rows)[0].compacted(), made(rows)[1])]:

        def ids(mask: Any, index: Columns = index) -> set[UUID]:
            return {index.id_at(at) for at in (mask & index.live).nonzero()[0].tolist()}

        assert len(index) == len(table)
        assert ids(index.having("kind", kinds)) == {row["id"] for row in table if row["kind"] in kinds}
        assert ids(index.with_word("old")) == {row["id"] for row in table if "old" in row["name"]}
        for marks in ([], ["3"], ["3", "149"], ["none such"]):
            wanted = {row["id"] for row in table if set(marks) <= set(row["marks"])}
            assert ids(index.every("marks", marks)) == wanted


@given(
    some.lists(trees(), max_size=40),
    some.none() | some.integers(0, 9) | some.just(8 << 40),
    some.none() | some.integers(0, 9) | some.just(9 << 40),
    some.booleans(),
)
def test_a_range_holds_what_lies_within(
    rows: list[Any], low: int | None, high: int | None, unknown: bool
) -> None:
    index, table = made(rows)
    bounds = Bounds(low, high, unknown)
    found = (index.within("height", bounds) & index.live).nonzero()[0].tolist()
    wanted = {
        row["id"]
        for row in table
        if (
            unknown
            if row["height"] is None
            else (low is None or row["height"] >= low) and (high is None or row["height"] <= high)
        )
    }
    assert {index.id_at(at) for at in found} == wanted
    assert bounds.narrows == (low is not None or high is not None)


def plain(row: dict[str, Any], order: str) -> Any:
    height = row["height"]
    if order in {"height", "tallest"}:
        return (height is None, (height or 0) * (1 if order == "height" else -1), row["id"].int)
    letters = tuple(ord(letter) for letter in row["name"])
    if order == "name":
        return (letters, row["id"].int)
    return ((*(-letter for letter in letters), 1), int(row["written_in"]), -row["id"].int)


@settings(max_examples=200)
@given(some.lists(trees(), max_size=60), some.sampled_from(list(ORDER)), some.integers(0, 12))
def test_pages_of_any_order_lie_between_what_is_before_and_after(
    rows: list[Any], name: str, limit: int
) -> None:
    index, table = made(rows)
    order = ORDER[name]
    whole = [row["id"] for row in sorted(table, key=lambda row: plain(row, name))]

    def ids(**wanted: Any) -> list[UUID]:
        return [index.id_at(at) for at in index.page(index.live, order, limit=limit, **wanted)]

    assert ids() == whole[:limit]
    assert ids(back=True) == whole[::-1][:limit]
    everything = index.page(index.live, order, limit=1000)
    for number, place in enumerate(everything):
        key = index.key(place, order)
        kinds = [type(part) if isinstance(part, str | UUID) else Whole | None for part in key]
        start = read_position(position_text(key), kinds)
        assert ids(start=start) == whole[number + 1 :][:limit]
        assert ids(start=start, back=True) == whole[:number][::-1][:limit]


def test_a_place_of_a_text_that_no_row_has_any_more_still_stands() -> None:
    base = {"written_in": "1", "kind": None, "height": None, "marks": [], "shown": True}
    index = Columns(PLAN)
    index.take([{**base, "id": IDS[at], "name": name} for at, name in enumerate(["ash", "fir", "yew"])])
    order = ORDER["name"]
    for start, after, before in [("beech", [1, 2], [0]), ("a", [0, 1, 2], []), ("zelkova", [], [2, 1, 0])]:
        assert index.page(index.live, order, limit=9, start=(start, IDS[0])) == after
        assert index.page(index.live, order, limit=9, start=(start, IDS[0]), back=True) == before


def test_new_texts_find_their_place_one_by_one_and_by_the_hundred() -> None:
    base = {"written_in": "1", "kind": None, "height": None, "marks": [], "shown": True}
    index, names = Columns(PLAN), [f"{at * 7919 % 1000:03}" for at in range(250)]
    for number, name in enumerate(names[:30]):
        index.take([{**base, "id": IDS[number], "name": name}])
        assert len(index.page(index.live, ORDER["name"], limit=1)) == 1
    index.take([{**base, "id": IDS[at], "name": name} for at, name in enumerate(names) if at >= 30])
    found = index.page(index.live, ORDER["name"], limit=1000)
    assert [index.key(at, ORDER["name"])[0] for at in found] == sorted(names)


def test_an_index_full_of_old_places_asks_to_be_compacted() -> None:
    row = {"written_in": "1", "kind": None, "height": 1, "marks": ["1"], "name": "elm", "shown": True}
    index = Columns(PLAN)
    rows = [{**row, "id": UUID(int=at)} for at in range(20_000)]
    for _ in range(3):
        assert not index.wasteful
        index.take(rows)
    assert index.wasteful
    index = index.compacted()
    assert (index.size, len(index), index.wasteful) == (20_000, 20_000, False)
    index.take([{**row, "id": UUID(int=3), "name": "oak"}])
    assert len(index) == 20_000
    assert int((index.with_word("elm") & index.live).sum()) == 19_999


@pytest.mark.parametrize(
    "text",
    ["", "x", "\0", "W10", "bnVsbA", "WzEsIDJd", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCwgIjAiXQ", "W" * 5000],
)
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_position(text, [Whole, UUID])


def test_a_word_means_itself_what_it_is_part_of_and_what_is_spelt_alike() -> None:
    book = Wordbook()
    for at, text in enumerate(["260 sherbourne st", "26 sherwood ave", "100 jarvis st"]):
        book.add(at, text.split())
    assert book.mask("sherborne", 3).tolist() == [True, False, False]
    assert book.mask("sher", 3).tolist() == [True, True, False]
    assert book.mask("26", 3).tolist() == [False, True, False]
    assert book.mask("s", 3).tolist() == [True, True, True]
    assert not book.mask("nowhere", 3).any()
    assert book.meant("260") == ["260"]
    assert book.meant("sherborn") == ["sherbourne"]
    assert sorted(book.meant("sh")) == ["sherbourne", "sherwood"]
