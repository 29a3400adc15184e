"""The mappings that come with a service, and those that somebody sends with a file."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from importing.model import UnknownMapping, readable
from trade.csv_import.mapping import TableMapping, decoded, form_of, parsed, ready_in, text_of_file

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from starlette.datastructures import UploadFile

MappingT = TypeVar("MappingT", bound=TableMapping[Any])


class ReadyMappings(Generic[MappingT]):
    """The mappings of one kind in the folder `mappings` of a package; `template` names the template's."""

    def __init__(self, package: str, kind: type[MappingT], *, template: str) -> None:
        self._package = package
        self._kind = kind
        self.template = template

    @property
    def _folder(self) -> Traversable:
        return files(self._package) / "mappings"

    def parse(self, text: str, *, form: Literal["toml", "json"]) -> MappingT:
        """Return the mapping in `text`. Raises FileUnreadable naming what is wrong with it."""
        with readable():
            return parsed(text, self._kind, form=form)

    @cached_property
    def by_name(self) -> dict[str, MappingT]:
        """The mappings by name."""
        return ready_in(self._folder, lambda text: self.parse(text, form="toml"))

    def named(self, name: str) -> MappingT:
        """Return one of the mappings. Raises UnknownMapping."""
        found = self.by_name.get(name)
        if found is None:
            raise UnknownMapping(name=name, field="mapping")
        return found

    async def chosen(self, name: str | None, file: UploadFile | None) -> MappingT:
        """Return the mapping in a file that was sent, or else the one named, the template's by default.

        Raises FileUnreadable, UnknownMapping.
        """
        return self.named(name or self.template) if file is None else await self.sent(file)

    def text(self, name: str) -> str:
        """Return the file of a mapping, its explanations included. Raises UnknownMapping."""
        self.named(name)
        return (self._folder / f"{name}.toml").read_text(encoding="utf-8")

    def in_file(self, path: Path) -> MappingT:
        """Return the mapping in a `.toml` or `.json` file. Raises FileUnreadable."""
        with readable():
            return parsed(text_of_file(path), self._kind, form=form_of(path.name))

    async def sent(self, file: UploadFile) -> MappingT:
        """Return the mapping in a file that was sent. Raises FileUnreadable."""
        with readable():
            return parsed(decoded(await file.read()), self._kind, form=form_of(file.filename or ""))
