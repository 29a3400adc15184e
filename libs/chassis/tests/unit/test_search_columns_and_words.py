"""Bitmaps and word lists against plain sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from chassis.search import Bitmaps, Bounds, Wordbook, descending, positions


@given(some.sets(some.integers(0, 500)), some.integers(-1, 500))
def test_positions_are_those_that_were_set_in_order(taken: set[int], start: int) -> None:
    mask = sum(1 << at for at in taken)
    assert list(positions(mask, start)) == sorted(at for at in taken if at > start)
    assert list(descending(mask)) == sorted(taken, reverse=True)
    assert list(descending(mask, max(start, 0))) == sorted(
        (at for at in taken if at < max(start, 0)), reverse=True
    )


@given(
    some.lists(some.tuples(some.booleans(), some.none() | some.integers(0, 9), some.integers(0, 90))),
    some.none() | some.integers(0, 9),
    some.none() | some.integers(0, 9),
    some.booleans(),
)
def test_a_range_holds_what_lies_within(
    steps: list[tuple[bool, int | None, int]], low: int | None, high: int | None, unknown: bool
) -> None:
    bitmaps, plain = Bitmaps(), set[tuple[int | None, int]]()
    for put, key, at in steps:
        if put:
            bitmaps.put(key, at)
            plain.add((key, at))
        elif (key, at) in plain:
            bitmaps.clear(key, at)
            plain.discard((key, at))
    bounds = Bounds(low, high, unknown)
    wanted = {at for key, at in plain if (unknown if key is None else bounds.holds(key))}
    assert set(positions(bitmaps.within(bounds))) == wanted
    assert bounds.narrows == (low is not None or high is not None)


def test_a_word_means_itself_what_it_is_part_of_and_what_is_spelt_alike() -> None:
    book = Wordbook()
    for at, text in enumerate(["260 sherbourne st", "26 sherwood ave", "100 jarvis st"]):
        book.add(at, text.split())
    assert list(positions(book.mask("sherborne", 3))) == [0]
    assert list(positions(book.mask("sher", 3))) == [0, 1]
    assert list(positions(book.mask("26", 3))) == [1]
    assert list(positions(book.mask("s", 3))) == [0, 1, 2]
    assert book.mask("nowhere", 3) == 0


def test_a_common_word_is_kept_as_bits_and_grows() -> None:
    book = Wordbook()
    for at in range(2_500):
        book.add(at, ["street"])
    assert book.mask("street", 2_500).bit_count() == 2_500
    book.add(2_500, ["street"])
    assert book.mask("street", 2_501).bit_count() == 2_501
