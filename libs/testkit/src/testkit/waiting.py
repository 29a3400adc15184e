"""Waiting for what happens in another process, without sleeping longer than it takes."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    check: Callable[[], Awaitable[T]],
    timeout: float = ...,  # noqa: ASYNC109
    *,
    every: float = ...,
) -> T: ...


@overload
async def eventually(
    check: Callable[[], T],
    timeout: float = ...,  # noqa: ASYNC109
    *,
    every: float = ...,
) -> T: ...


async def eventually(
    check: Callable[[], Any],
    timeout: float = 30.0,  # noqa: ASYNC109 - the last failure is raised, which a cancelled scope would lose
    *,
    every: float = 0.05,
) -> Any:
    """Call `check` until it returns without an `AssertionError` and not False, and return its result.

    `check` may be a plain or an async function. After `timeout` seconds its last `AssertionError` is raised;
    any other exception ends the waiting at once.
    """
    deadline = time.monotonic() + timeout
    while True:
        failure: AssertionError
        try:
            outcome = check()
            result = await outcome if inspect.isawaitable(outcome) else outcome
        except AssertionError as error:
            failure = error
        else:
            if result is not False:
                return result
            failure = AssertionError(f"{getattr(check, '__name__', 'check')} was still false")
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {timeout:g} s: {failure}") from failure
        await asyncio.sleep(every)
