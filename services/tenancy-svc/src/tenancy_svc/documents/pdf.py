"""A document as a PDF: the same bytes for the same record, and no letter missing without a note."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, cast

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from tenancy_svc.documents.model import (
    REPLACEMENT,
    Block,
    Document,
    Heading,
    Listing,
    Paragraph,
    Row,
    Rows,
    SignatureLines,
)
from tenancy_svc.documents.translation import Translation, translation

FONT_PACKAGE = "rinoh_typeface_dejavusans"
FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_FAMILY = "DejaVu"
_MARGIN, _FOOT, _LABEL = 20.0, 22.0, 52.0
_BODY, _LINE = 10.0, 5.4
_GREY, _RULE, _INK, _WARNING = (90, 90, 90), (200, 200, 200), (0, 0, 0), (150, 30, 0)
_SHORT = 600
"""Texts up to this many letters stay on one page."""
_PAGES = "\x02pages\x02"
"""A placeholder for the number of pages; no document can contain it, because `shown` replaces controls."""


def pdf_of(document: Document) -> bytes:
    """Return the PDF of a document. A character that the font lacks is a mark, and is named at the end."""
    sheets = _Sheets(document, translation(document.language, dt.UTC))
    sheets.write()
    return bytes(sheets.output())


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """Return the folder of the font's files; the package that holds them is never imported."""
    found = find_spec(FONT_PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(FONT_PACKAGE)
    return Path(found.origin).parent


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """Return the code points that every face of the font can show."""
    known: list[set[int]] = []
    for name in FACES.values():
        with TTFont(font_folder() / name, lazy=True) as face:
            known.append(set(face.getBestCmap()))
    return frozenset(set.intersection(*known))


@lru_cache(maxsize=4096)
def _joins_or_turns(sign: str) -> bool:
    """Whether a character combines with the one before it, or runs from right to left."""
    turns = unicodedata.bidirectional(sign) in {"R", "AL", "AN"}
    return turns or unicodedata.category(sign).startswith("M")


class _Sheets(FPDF):
    """The pages of one document while they are written."""

    def __init__(self, document: Document, words: Translation) -> None:
        super().__init__(format="Letter")
        self.document = document
        self.words = words
        self.missing: Counter[str] = Counter()
        self.set_title(document.title)
        self.set_author(document.author)
        self.set_lang(f"{document.language.value}-CA")
        self.set_creator("Partywall")
        self.set_creation_date(document.made_at)
        self.set_display_mode("default")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, _FOOT)
        for style, name in FACES.items():
            self.add_font(_FAMILY, style, font_folder() / name)
        self.set_font(_FAMILY, "", _BODY)
        self.c_margin = 0
        self.alias_nb_pages(_PAGES)

    def header(self) -> None:
        """Show on every page that the document has no force."""
        if self.document.mark is None:
            return
        self.set_draw_color(*_WARNING)
        self.set_y(10)
        self._print(self.document.mark, style="B", size=9, colour=_WARNING, border=1, align="C")
        self.set_y(self.get_y() + 4)

    def footer(self) -> None:
        """Show on every page what it belongs to, and its number."""
        self.set_y(-15)
        page = self.words._("page %(page)s of %(pages)s", page=self.page_no(), pages=_PAGES)
        self._print(f"{self.document.running} · {page}", size=8, colour=_GREY, align="C")

    def write(self) -> None:  # type: ignore[override]
        """Write the whole document."""
        self.add_page()
        self._print(self.document.title, style="B", size=18)
        self.ln(2)
        for block in self.document.blocks:
            self._block(block)
        if self.missing:
            self._name_missing_letters()

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(block)
            case Rows():
                for row in block.rows:
                    self._row(row)
                self.ln(1)
            case Listing():
                for number, item in enumerate(block.items, 1):
                    self._item(f"{number}.", item)
                self.ln(1)
            case SignatureLines():
                for name in block.names:
                    self._room_to_sign(name, block)

    def _heading(self, heading: Heading) -> None:
        self._keep_together(34)
        self.ln(2 if heading.sub else 5)
        self.start_section(self._known(heading.text), level=int(heading.sub))
        self._print(heading.text, style="B", size=_BODY + 0.5 if heading.sub else 13)
        self.ln(0.5 if heading.sub else 1.5)

    def _paragraph(self, paragraph: Paragraph) -> None:
        indent = 6.0 if paragraph.quoted else 0.0
        short = len(paragraph.text) < _SHORT
        self._keep_together(self._height(paragraph.text, self.epw - indent) if short else 6 * _LINE)
        self._print(paragraph.text, at=_MARGIN + indent)
        self.ln(1.5)

    def _row(self, row: Row) -> None:
        """Write a row whose first line stays beside its label, however long it is."""
        beside = _MARGIN + _LABEL
        fits = self.epw - _LABEL
        height = 6 * _LINE
        if len("".join(row.lines)) < _SHORT:
            beside_it = sum(self._height(line, fits) for line in row.lines)
            height = max(self._height(row.label, _LABEL - 4, "B"), beside_it)
        self._keep_together(height + 2)
        self.set_draw_color(*_RULE)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.ln(0.8)
        top, page = self.get_y(), self.page_no()
        self._print(row.label, style="B", width=_LABEL - 4)
        below = self.get_y()
        self.set_y(top)
        for line in row.lines:
            self._print(line, at=beside)
        if self.page_no() == page:
            self.set_y(max(below, self.get_y()))
        self.ln(0.8)

    def _item(self, number: str, item: str) -> None:
        self._keep_together(2 * _LINE)
        top = self.get_y()
        self._print(number, width=10, colour=_GREY)
        self.set_y(top)
        self._print(item, at=_MARGIN + 10)
        self.ln(0.5)

    def _room_to_sign(self, name: str, block: SignatureLines) -> None:
        self._keep_together(26)
        self.ln(14)
        line = self.get_y()
        self.set_draw_color(*_INK)
        split = self.w - _MARGIN - 50
        self.line(_MARGIN, line, split - 8, line)
        self.line(split, line, self.w - _MARGIN, line)
        self.ln(1)
        top = self.get_y()
        self._print(f"{name} ({block.signature})", width=split - 8 - _MARGIN, size=9)
        below = self.get_y()
        self.set_y(top)
        self._print(block.date, at=split, size=9)
        self.set_y(max(below, self.get_y()))

    def _name_missing_letters(self) -> None:
        missing = sorted(self.missing)
        self._heading(Heading(self.words._("Characters that this file can't show")))
        self._paragraph(
            Paragraph(
                self.words._(
                    "The font of this file lacks the following characters, so %(mark)s stands in their "
                    "place. The record itself contains them, and the page on the desk shows them.",
                    mark=REPLACEMENT,
                )
            )
        )
        for sign in missing:
            name = unicodedata.name(sign, "")
            self._print(f"U+{ord(sign):04X} {name} × {self.missing[sign]}".replace("  ", " "))

    def _keep_together(self, height: float) -> None:
        """Start a new page unless there is room for this height."""
        if self.will_page_break(height):
            self.add_page()

    def _height(self, text: str, width: float, style: str = "") -> float:
        self.set_font(_FAMILY, style, _BODY)
        known = self._known(text)
        self._shape(known)
        lines = self.multi_cell(width, _LINE, known, align="L", dry_run=True, output=MethodReturnValue.LINES)
        return _LINE * len(cast(list[str], lines))

    def _print(
        self,
        text: str,
        *,
        at: float = _MARGIN,
        width: float | None = None,
        style: str = "",
        size: float = _BODY,
        colour: tuple[int, int, int] = _INK,
        align: str = "L",
        border: Literal[0, 1] = 0,
    ) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*colour)
        self.set_x(at)
        known = self._counted(text)
        self._shape(known)
        self.multi_cell(
            width or self.w - _MARGIN - at,
            _LINE * size / _BODY,
            known,
            align=align,
            border=border,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _shape(self, text: str) -> None:
        """Shape a text with letters that join or run from right to left; shaping takes four times as long.

        The sentence around such letters is in English or French, so it runs from left to right.
        """
        self.set_text_shaping(any(_joins_or_turns(sign) for sign in text), direction="ltr")

    def _counted(self, text: str) -> str:
        return self._shown(text, self.missing.update)

    def _known(self, text: str) -> str:
        return self._shown(text, lambda signs: None)

    def _shown(self, text: str, note: Callable[[list[str]], None]) -> str:
        known = letters()
        absent = [sign for sign in text.replace(_PAGES, "") if ord(sign) not in known and sign not in "\n\t"]
        if not absent:
            return text
        note(absent)
        return "".join(REPLACEMENT if sign in absent else sign for sign in text)
