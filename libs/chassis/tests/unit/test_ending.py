"""What runs alongside ends when it's asked to, even when the first request was lost."""

from __future__ import annotations

import asyncio

import pytest

from chassis import ending
from chassis.ending import end


async def _deaf(times: int) -> None:
    """Forget so many cancellations, as `asyncio.wait_for` may before Python 3.12."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                raise


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_AFTER", 0.01)


async def test_a_lost_cancellation_is_repeated() -> None:
    tasks = [asyncio.create_task(_deaf(times)) for times in (0, 1, 3)]
    await asyncio.sleep(0)
    await end(*tasks)
    assert all(task.cancelled() for task in tasks)


async def test_who_ends_others_and_is_cancelled_ends_them_first() -> None:
    deaf = asyncio.create_task(_deaf(2))
    await asyncio.sleep(0)
    ending_it = asyncio.create_task(end(deaf))
    await asyncio.sleep(0)
    ending_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending_it
    assert deaf.cancelled()


async def test_an_error_in_the_last_moment_is_nobodys_any_more() -> None:
    async def fails() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("too late")

    late, done = asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(0))
    await done
    await end(late, done)
    assert isinstance(late.exception(), RuntimeError)
    assert not done.cancelled()
