"""Timers: what is to happen at a moment, stored as rows and fired once, late rather than never."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from chassis.tx import Tx

TimerHandler = Callable[["Tx", str, Mapping[str, Any]], Awaitable[None]]
T = TypeVar("T", bound=Callable[..., Awaitable[None]])


class Timers:
    """The kinds of timers that a service has, each with its one handler.

    A handler runs in the transaction that also deletes the timer: it fires once. To repeat something, the
    handler schedules the same kind and key again.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, TimerHandler] = {}
        self._long: set[str] = set()

    def on(self, kind: str, *, long: bool = False) -> Callable[[T], T]:
        """Register the one handler of a kind: `async def hold_deadline(tx, key, payload)`.

        A `long` one works for seconds: such kinds have a runner of their own, so that no other timer waits
        for them.
        """

        def register(handler: T) -> T:
            if kind in self._handlers:
                raise TypeError(f"timers of kind {kind} have a handler already")
            self._handlers[kind] = handler
            if long:
                self._long.add(kind)
            return handler

        return register

    def include(self, other: Timers) -> None:
        """Add the handlers of another. Raises TypeError for a kind that both handle."""
        for kind, handler in other._handlers.items():
            self.on(kind, long=kind in other._long)(handler)

    def handler(self, kind: str) -> TimerHandler | None:
        """Return the handler of timers of `kind`, or None."""
        return self._handlers.get(kind)

    def kinds(self, *, long: bool) -> list[str]:
        """Return the kinds whose handlers work for seconds, or the others."""
        return [kind for kind in self if (kind in self._long) is long]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._handlers))
