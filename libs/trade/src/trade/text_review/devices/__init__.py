"""Reviews texts about homes: would they put something there that watches the people in it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from trade.text_review.reviewing import Reviewer, Thresholds
from trade.text_review.verdicts import Pattern, Review, Sentence, Verdict
from trade.text_review.words import NOT, Part

KIND = "devices"
LOOKED_FOR = "watching"

TOPICS = frozenset({"CAMERA", "HIDDEN", "SOUND", "SENSOR", "TRACKER", "LOGS", "GLASS", "WATCH", "TELLS"})
"""What watches people, or speaks of watching; a text without any of it hardly places a device."""
_DEVICES = frozenset({"CAMERA", "SOUND", "SENSOR", "TRACKER", "GLASS", "LOGS"})


def pattern(parts: Sequence[Part]) -> Pattern:
    """Judge from the classes of words alone whether a text places a device, or speaks of none."""
    affirmed = {part.name for part in parts if not part.negated}
    negated = {part.name for part in parts if part.negated}
    names = affirmed | negated
    if not names & TOPICS:
        return Pattern.OFF_TOPIC
    if "OWN" in affirmed or "REMOVED" in affirmed or (NOT in names and negated & TOPICS):
        return Pattern.FREES
    devices = affirmed & _DEVICES
    if (
        affirmed & {"HIDDEN", "GLASS", "TRACKER"}
        or (devices and "STAFF" in affirmed)
        or ("SAFETY" not in names and devices and affirmed & {"HOME", "FACING"})
        or ("WATCH" in affirmed and {"STAFF", "PEOPLE"} <= affirmed)
    ):
        return Pattern.BINDS
    return Pattern.OPEN


_AT = Thresholds(off_topic=0.4, frees=0.3, open=0.3, binds=0.3, refused=0.6, sure=0.85)

REVIEWER = Reviewer(
    folder=Path(__file__).parent,
    pattern=pattern,
    topics=TOPICS,
    quotable=TOPICS | {"FACING", "STAFF"},
    english=_AT,
    french=_AT,
)


def review_device(text: str) -> Review:
    """Return the verdict on a text about a home, sentence by sentence.

    >>> review_device("Nanny cam in the living room").verdict
    <Verdict.REFUSED: 'refused'>
    """
    return REVIEWER.review(text)


Finding = tuple[str, str, Sentence]
"""A field, its text, and the gravest sentence of it."""


def sorted_out(texts: Iterable[tuple[str, str | None]]) -> tuple[list[Finding], list[Finding]]:
    """Return which of the texts, given as (field, text), are refused, and which need a person's eyes."""
    refused: list[Finding] = []
    doubtful: list[Finding] = []
    for field, text in texts:
        if text and (gravest := review_device(text).gravest) is not None:
            kind = refused if gravest.verdict is Verdict.REFUSED else doubtful
            kind.append((field, text, gravest))
    return refused, doubtful
