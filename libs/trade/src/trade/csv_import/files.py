"""A CSV file of unknown encoding and delimiter, read a window at a time, its rows with their lines.

The file is converted to UTF-8 with plain line ends once, when it's received; from then on a position in bytes
is all that is needed to continue reading.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, NamedTuple

from trade.csv_import.problems import TableUnreadable
from trade.texts import N_

_CHUNK = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_NOT_TEXT = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
_MARK = "\x1e"
_MOST_TITLES = 20
_NAMED_DELIMITER = re.compile(rb'"?sep=([,;\t|])"?\n', re.IGNORECASE)
PART = 1 << 18
"""Bytes of a part in which a file is stored."""
WINDOW = 1 << 20
"""Bytes that are read at once; a single row can't be longer."""
MOST_COLUMNS = 1_000


class FileEmpty(TableUnreadable):
    """There is nothing in the file."""

    message = N_("The file is empty.")


class NoRows(TableUnreadable):
    """The file names its columns and has no row."""

    message = N_("The file has no line below the names of its columns.")


class NotText(TableUnreadable):
    """The file is a workbook, an archive, a picture or anything else that isn't text."""

    message = N_("The file isn't a text file; save the table as CSV.")


class TooManyColumns(TableUnreadable):
    """No table of records has so many columns."""

    message = N_("The file has more than {most} columns.")


class RowUnending(TableUnreadable):
    """A quotation mark is never closed, or the row is larger than any record."""

    message = N_("Line {line}: the row doesn't end, or a cell of it is too long.")


class Row(NamedTuple):
    """One row and the line of the file on which it begins, the header being line 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Window:
    """Rows read from a position on, and where the next one begins: so many bytes and lines further."""

    rows: list[Row]
    read: int
    lines: int


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known about a file before its rows are read; they begin at `position`, after `line` lines."""

    encoding: str
    delimiter: str
    header: list[str]
    position: int
    line: int


def opening(file: BinaryIO, suits: Callable[[list[str]], bool] = lambda _: True) -> Opening:
    """Detect a file's encoding, delimiter and header. Raises TableUnreadable when it's no table.

    The header is the first line that `suits`, among the first twenty: what is above it is a title. A first
    line "sep=;" names the delimiter, as Excel writes it.
    """
    encoding = _encoding(file)
    start = b""
    for part in plain_parts(file, encoding):
        start += part
        if len(start) >= WINDOW:
            break
    final = len(start) < WINDOW
    named = _NAMED_DELIMITER.match(start)
    skipped = named.end() if named else 0
    start = start[skipped:]
    first = start.decode("utf-8", errors="ignore").lstrip("\n").partition("\n")[0]
    if not first.strip():
        raise FileEmpty
    usual = _delimiter(first)
    delimiters = [named[1].decode()] if named else sorted(_DELIMITERS, key=lambda one: one != usual)
    delimiter, at = delimiters[0], 0
    for one in delimiters:
        try:
            rows = read_window(start, one, line=0, final=final, most=_MOST_TITLES).rows
        except TableUnreadable:
            continue
        fitting = next((at for at, row in enumerate(rows) if suits([*map(str.strip, row.cells)])), None)
        if fitting is not None:
            delimiter, at = one, fitting
            break
    window = read_window(start, delimiter, line=0, final=final, most=at + 1)
    header = [cell.strip() for cell in window.rows[at].cells]
    if len(header) > MOST_COLUMNS:
        raise TooManyColumns(most=MOST_COLUMNS)
    if final and not read_window(start[window.read :], delimiter, line=window.lines, final=True, most=1).rows:
        raise NoRows
    return Opening(encoding, delimiter, header, skipped + window.read, bool(named) + window.lines)


def all_rows(file: BinaryIO, found: Opening) -> Iterator[list[Row]]:
    """Yield the rows of a file, some at a time, up to one that can't be read."""
    waiting, line, skip = b"", found.line, found.position
    parts = chain(plain_parts(file, found.encoding), (None,))
    try:
        for part in parts:
            if part is not None:
                waiting += part[skip:]
                skip = max(0, skip - len(part))
                if len(waiting) < WINDOW:
                    continue
            window = read_window(waiting, found.delimiter, line=line, final=part is None)
            yield window.rows
            waiting, line = waiting[window.read :], line + window.lines
    except TableUnreadable:
        # Reading the stored file reports it, with the line.
        return


def plain_parts(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the whole file as UTF-8 with plain line ends, `PART` bytes at a time. Raises TableUnreadable."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline=None)
    waiting = bytearray()
    try:
        while chunk := text.read(_CHUNK):
            if "\x00" in chunk:
                raise NotText
            waiting += chunk.encode("utf-8", errors="replace")
            while len(waiting) >= PART:
                yield bytes(waiting[:PART])
                del waiting[:PART]
        if waiting:
            yield bytes(waiting)
    except UnicodeError as error:
        raise NotText from error
    finally:
        text.detach()


def read_window(content: bytes, delimiter: str, *, line: int, final: bool, most: int | None = None) -> Window:
    """Read the whole rows in `content`, at most `most`, blank ones left out; `line` lines come before it.

    Unless it's the `final` part of the file, what follows its last line end belongs to the next window.
    Raises TableUnreadable when not even one row ends in it.
    """
    if not final:
        content = content[: content.rfind(b"\n") + 1]
    lines = content.count(b"\n") + (bool(content) and not content.endswith(b"\n"))
    # The mark is a line of its own: a row that contains it hasn't ended.
    whole = io.StringIO(content.decode("utf-8"), newline="\n")
    reader = csv.reader(chain(whole, [_MARK]), delimiter=delimiter)
    rows: list[Row] = []
    taken = 0
    try:
        for cells in reader:
            if reader.line_num > lines:
                break
            if any(map(str.strip, cells)):
                rows.append(Row(line + taken + 1, cells))
            taken = reader.line_num
            if most is not None and len(rows) >= most:
                break
    except csv.Error as error:
        if not taken:
            raise RowUnending(line=line + 1) from error
    if not taken and (lines or not final):
        raise RowUnending(line=line + 1)
    return Window(rows, len(content) if taken == lines else _length(content, taken), taken)


def _length(content: bytes, lines: int) -> int:
    """Return how many bytes the first `lines` lines have."""
    end = 0
    for _ in range(lines):
        end = content.index(b"\n", end) + 1
    return end


def _encoding(file: BinaryIO) -> str:
    """Return the file's encoding: by its byte order mark, UTF-8 when all of it is, Windows-1252 otherwise."""
    file.seek(0)
    start = file.read(8)
    if start.startswith(_NOT_TEXT):
        raise NotText
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = start
    try:
        while chunk:
            decoder.decode(chunk)
            chunk = file.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(header: str) -> str:
    outside = "".join(part for index, part in enumerate(header.split('"')) if index % 2 == 0)
    return max(_DELIMITERS, key=outside.count)
