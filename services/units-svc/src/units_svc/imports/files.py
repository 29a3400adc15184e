"""Opening somebody's table: encoding and delimiter found out, rows read one at a time with their line."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from units_svc.imports.model import FileUnreadable

_CHUNK = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Row:
    """One row and the line of the file on which it begins, the header being line 1."""

    line: int
    cells: list[str]


class TableFile:
    """A CSV file: its header, and its rows as they are asked for. Needs memory for one row at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self.encoding = _encoding(file)
        file.seek(0)
        self._text = io.TextIOWrapper(file, encoding=self.encoding, newline="")
        first = self._text.readline(1 << 17)
        if not first.strip():
            raise FileUnreadable(rule="it is empty")
        self.delimiter = _delimiter(first)
        self._text.seek(0)
        self._reader = csv.reader(self._text, delimiter=self.delimiter)
        self.header = [cell.strip() for cell in self._next() or []]

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows that begin after a line, blank ones left out. Raises FileUnreadable."""
        while True:
            line = self._reader.line_num + 1
            cells = self._next()
            if cells is None:
                return
            if line > after and any(cell.strip() for cell in cells):
                yield Row(line, cells)

    def detach(self) -> None:
        """Let go of the file without closing it."""
        self._text.detach()

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise FileUnreadable(rule=f"line {self._reader.line_num}: {error}") from error


def _encoding(file: BinaryIO) -> str:
    """Return the file's encoding: by its byte order mark, UTF-8 when all of it is, Windows-1252 otherwise."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF")):
        raise FileUnreadable(rule="it isn't a text file; save the table as CSV")
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = start
    try:
        while chunk:
            if b"\x00" in chunk:
                raise FileUnreadable(rule="it isn't a text file; save the table as CSV")
            decoder.decode(chunk)
            chunk = file.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(header: str) -> str:
    outside = "".join(part for index, part in enumerate(header.split('"')) if index % 2 == 0)
    return max(_DELIMITERS, key=outside.count)
