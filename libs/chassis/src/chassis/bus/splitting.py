"""Finds the item because of which a batch fails, by halving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Hindered(Exception):
    """Acting on some items failed because of one of them; `__cause__` is why."""


async def split(
    items: Sequence[T],
    act: Callable[[Sequence[T]], Awaitable[None]],
    set_aside: Callable[[T, BaseException], Awaitable[None]],
) -> None:
    """Act on all items, in order; those that fail even alone are set aside, each exactly once.

    `act` acts on all of what it's given, or on nothing and raises Hindered; any other error ends the work. A
    batch of n with one failing item takes about 2·log2(n) attempts; the others are acted on in as many parts.
    """
    if not items:
        return
    try:
        await act(items)
    except Hindered as hindered:
        if len(items) == 1:
            await set_aside(items[0], hindered.__cause__ or hindered)
            return
    else:
        return
    middle = len(items) // 2
    await split(items[:middle], act, set_aside)
    await split(items[middle:], act, set_aside)
