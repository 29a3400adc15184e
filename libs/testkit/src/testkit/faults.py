"""Sending every form of a desk wrongly filled in, and reading its messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import httpx

from deskkit.testing import Page, parse_page
from deskkit.testing.pages import fields_of
from testkit.house_rules.texts import faults_of_french
from testkit.ways import Reached

_HIDDEN = frozenset({"hidden", "submit"})
_OURS = frozenset({"_csrf", "form_token", "version"})
_SHORT_DATE = re.compile(r"-(day|month|year)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """The messages of a page for a form that was sent wrongly filled in."""

    path: str
    message: str
    field: str


def empty(_control: Element) -> str | None:
    """Nothing in any field, nothing chosen."""
    return None


def wrong(control: Element) -> str | None:
    """In each field something that it can't hold; what isn't in its list for a choice."""
    if control.tag == "select" or control.get("type") in {"checkbox", "radio"}:
        return "not-in-the-list"
    if _SHORT_DATE.search(control.get("name", "")):
        return "99"
    if control.get("inputmode") in {"numeric", "decimal"}:
        return "many"
    return "x" * 4000 if control.tag == "textarea" else "\u00bf?" * 300


async def faults_of(
    client: httpx.AsyncClient, reached: Iterable[Reached], filling: Callable[[Element], str | None]
) -> list[Fault]:
    """Send each form that has a field once, filled in by `filling`, and return the messages.

    Raises AssertionError for an answer that is a failure of ours.
    """
    found: list[Fault] = []
    sent: set[str] = set()
    for one in reached:
        for form in one.page.root.iter("form"):
            action = form.get("action") or ""
            kind = re.sub(r"[0-9a-f-]{36}", "…", action.split("?")[0])
            if form.get("method", "").lower() != "post" or kind in sent or not _typed(form):
                continue
            sent.add(kind)
            multipart = form.get("enctype") == "multipart/form-data"
            answer = await client.post(
                action,
                data=_filled(form, filling),
                files={"no-file": ("", b"")} if multipart else None,
            )
            assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, f"{action}: {answer.status_code}"
            if "text/html" in answer.headers.get("Content-Type", ""):
                found += _shown(one.path, parse_page(answer.text))
    return found


def _typed(form: Element) -> list[Element]:
    return [
        control
        for control in form.iter()
        if control.tag in {"input", "select", "textarea"}
        and control.get("name")
        and control.get("type") not in _HIDDEN
    ]


def _filled(form: Element, filling: Callable[[Element], str | None]) -> dict[str, Any]:
    typed = {control.get("name", "") for control in _typed(form)}
    values = {name: value for name, value in fields_of(form) if name in _OURS or name not in typed}
    for control in _typed(form):
        text = filling(control)
        if text is not None:
            values[control.get("name", "")] = text
        elif control.get("type") not in {"checkbox", "radio"}:
            values[control.get("name", "")] = ""
    return values


def _shown(path: str, page: Page) -> list[Fault]:
    for part in page.root.iter("div"):
        if "error-summary" in (part.get("class") or "").split():
            links = list(part.iter("li"))
            return [
                Fault(path, _words_of(line), next((a.get("href", "") for a in line.iter("a")), ""))
                for line in links
            ]
    return []


def _words_of(element: Element) -> str:
    """The words of an element; a non-breaking space stays one."""
    return re.sub(r"[ \t\n]+", " ", "".join(element.itertext())).strip(" ")


_ORDERS = r"(?:Enter|Select|Choose|Fill in|Add|Answer)"
_CLAUSE = (
    r"(?:enter|select|is|are|was|agrees|has|have|lives|wants|who|what|when|where|which|why|how|will|whether)"
)
_ILL_SAID: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "en": (
        (re.compile(rf"^{_ORDERS} (?:the )?{_CLAUSE}\b"), "the label isn't the name of a thing"),
        (re.compile(r"\?(?!”)(?=.)"), "a question in the middle of a sentence"),
        (re.compile(r"\b(?:from|to|by|on|until|at|with|in|than)$"), "the sentence isn't finished"),
        (re.compile(r"can't be accepted as it is|can't be read$"), "it doesn't name what is asked for"),
        (re.compile(r"\b1 (?:entries|characters|digits)\b"), "one of many"),
    ),
    "fr": (
        (re.compile(r"\b(?:the|must|and|with|enter|select|is|of)\b", re.IGNORECASE), "English in it"),
        (re.compile(r"ne peut pas être (?:accepté tel quel|lu)"), "it doesn't name what is asked for"),
        (re.compile(r"\b1 (?:éléments|caractères)\b"), "one of many"),
    ),
}
NOT_FOR_PEOPLE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[a-z]+_[a-z]+(?![\w.]*@)"), "a slug"),  # an e-mail address isn't one
    (re.compile(r"%\(|\{\w*\}|\bNone\b(?! of)|\bTrue\b|\bFalse\b|<\w+"), "something for programs"),
)
"""What no text that a person reads may contain."""
_EITHER: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^[^A-ZÀ-Ý“«0-9]"), "it begins small"),
    *NOT_FOR_PEOPLE,
    (re.compile(r"\b(\w{2,})[ \u00a0]\1\b", re.IGNORECASE), "a word twice"),
)


def reads_badly(message: str, language: str) -> list[str]:
    """What is wrong with a message as a sentence to a person; nothing when it reads well."""
    found = [words for pattern, words in (*_EITHER, *_ILL_SAID[language]) if pattern.search(message)]
    return found + (faults_of_french(message) if language == "fr" else [])
