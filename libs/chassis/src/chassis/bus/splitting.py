"""Finding what hinders a batch: halves, until the culprit stands alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Hindered(Exception):
    """Acting on some items failed because of one of them; the cause is `__cause__`."""


async def split(
    items: Sequence[T],
    act: Callable[[Sequence[T]], Awaitable[None]],
    set_aside: Callable[[T, BaseException], Awaitable[None]],
) -> None:
    """Act on all items, in order; those that fail even alone are set aside, each exactly once.

    `act` does all of what it's given or nothing, and raises Hindered for the latter; any other error ends the
    work. Of a batch of n with one culprit, about 2·log2(n) attempts are needed; the others are acted on in as
    few pieces.
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
