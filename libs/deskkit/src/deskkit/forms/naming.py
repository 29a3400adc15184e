"""How the label of a field stands in a sentence about it."""

from __future__ import annotations

from dataclasses import dataclass

_NOT_A_NAME = {
    *("accessible", "active", "agrees", "are", "built", "by", "can", "completed", "did", "do", "does"),
    *("done", "end", "enter", "from", "had", "has", "have", "held", "how", "housed", "if", "in", "include"),
    *("included", "is", "leave", "listed", "lives", "none", "of", "on", "read", "several", "since"),
    *("somebody", "still", "to", "until", "was", "were", "what", "when", "where", "whether"),
    *("which", "who", "whoever", "why", "will", "with"),
}
"""A label that begins with one of these is a phrase, not the name of a thing."""
_UNFINISHED = {"at", "by", "from", "in", "on", "than", "to", "until", "up"}
_DETERMINED = {"a", "an", "each", "its", "the", "their", "this", "your"}
_CAPITALS = {"English", "French", "Indigenous"}


@dataclass(frozen=True, slots=True)
class Named:
    """How a label stands in a sentence: as its first words, within it, and set apart from it."""

    first: str
    within: str
    apart: str
    quoted: bool


def named(label: str, language: str) -> Named:
    """The label as a part of a sentence.

    In English the name of a thing goes without quotation marks ('Date of birth must be …', 'Enter the date
    of birth'), anything else within them ('Enter a date for “Held until”'). French patterns quote each.
    """
    if language == "fr":
        return Named(label, label, label, quoted=False)
    apart = f"“{label}”"
    words = label.lower().split()
    whole = not label or (
        label[0].isupper()
        and words[0] not in _NOT_A_NAME
        and words[-1] not in _UNFINISHED
        and not set(label) & set("?,:._")
    )
    if not whole:
        return Named(apart, apart, apart, quoted=True)
    article = "" if not label or words[0] in _DETERMINED else "the "
    return Named(label, article + _inside(label), apart, quoted=False)


def _inside(label: str) -> str:
    """A label in the middle of a sentence: 'Date of birth' becomes 'date of birth', 'PIN' stays."""
    stays = label[1:2].isupper() or label.split(" ", maxsplit=1)[0] in _CAPITALS
    return label if stays or not label else label[0].lower() + label[1:]
