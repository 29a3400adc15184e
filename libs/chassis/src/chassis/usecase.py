"""Use cases and queries: functions that declare the permission they require."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from chassis.tx import Isolation, ReadTx, Tx

Command_contra = TypeVar("Command_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)
Params = ParamSpec("Params")


def name_of(function: Callable[..., Any]) -> str:
    """Return `<feature>.<function>`: the folder that holds the function's module, and its name."""
    parts = function.__module__.split(".")
    return f"{parts[-2] if len(parts) > 1 else parts[-1]}.{function.__name__}"


@dataclass(eq=False)
class UseCase(Generic[Command_contra, Result_co]):
    """A function that changes something, with the permission it requires."""

    function: Callable[[Tx, Command_contra], Awaitable[Result_co]]
    permission: str
    isolation: Isolation = "READ COMMITTED"
    undoable: bool = False
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = name_of(self.function)
        self.__doc__ = self.function.__doc__
        self.__name__ = self.function.__name__
        self.__module__ = self.function.__module__
        self.__wrapped__ = self.function

    async def __call__(self, tx: Tx, command: Command_contra) -> Result_co:
        """Run the bare function inside the caller's transaction."""
        return await self.function(tx, command)

    @cached_property
    def result_type(self) -> TypeAdapter[Any]:
        """The type by which the result is written to and read from the idempotency table."""
        # Only the hint of the result is resolved: a service may import `Tx` for the type checker only.
        bare = SimpleNamespace(__annotations__={"return": self.function.__annotations__["return"]})
        return TypeAdapter(get_type_hints(bare, vars(sys.modules[self.function.__module__]))["return"])


@dataclass(eq=False)
class Query(Generic[Params, Result_co]):
    """A function that only reads, with the permission it requires and the kind of record it shows."""

    function: Callable[Concatenate[ReadTx, Params], Awaitable[Result_co]]
    permission: str
    views: str | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = name_of(self.function)
        self.__doc__ = self.function.__doc__
        self.__name__ = self.function.__name__
        self.__module__ = self.function.__module__
        self.__wrapped__ = self.function

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.function).parameters)[1:]

    def named(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return its arguments by the names of its parameters."""
        return {**dict(zip(self._names, args, strict=False)), **kwargs}

    async def __call__(self, tx: ReadTx, *args: Params.args, **kwargs: Params.kwargs) -> Result_co:
        """Run the bare function inside the caller's read-only transaction."""
        return await self.function(tx, *args, **kwargs)


def use_case(
    permission: str, *, isolation: Isolation = "READ COMMITTED", undoable: bool = False
) -> Callable[[Callable[[Tx, Command_contra], Awaitable[Result_co]]], UseCase[Command_contra, Result_co]]:
    """Declare a function that changes something: `async def verb(tx: Tx, command: C) -> R`.

    With `undoable`, what a person publishes by it waits for a short time, in which it can be undone (X8).
    """

    def declare(
        function: Callable[[Tx, Command_contra], Awaitable[Result_co]],
    ) -> UseCase[Command_contra, Result_co]:
        return UseCase(function, permission, isolation, undoable)

    return declare


def query(
    permission: str, *, views: str | None = None
) -> Callable[[Callable[Concatenate[ReadTx, Params], Awaitable[Result_co]]], Query[Params, Result_co]]:
    """Declare a function that reads: `async def noun(tx: ReadTx, ...) -> R`.

    `views` is the kind of personal record it shows; each call then adds a row to the access log (X3).
    """

    def declare(
        function: Callable[Concatenate[ReadTx, Params], Awaitable[Result_co]],
    ) -> Query[Params, Result_co]:
        return Query(function, permission, views)

    return declare
