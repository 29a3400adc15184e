"""What a review says: a verdict on a text, and why, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What the review found; ordered from harmless to refused."""

    PASSED = "passed"
    NEEDS_EYES = "needs_eyes"
    REFUSED = "refused"

    @property
    def gravity(self) -> int:
        """0 for passed, 1 for what needs a person's eyes, 2 for refused."""
        return {Verdict.PASSED: 0, Verdict.NEEDS_EYES: 1, Verdict.REFUSED: 2}[self]


class Pattern(StrEnum):
    """The verdict of the words alone, before the classifier is asked."""

    OFF_TOPIC = "off_topic"
    FREES = "frees"
    OPEN = "open"
    BINDS = "binds"


class Reason(StrEnum):
    """Why a sentence got its verdict."""

    OFF_TOPIC = "off_topic"
    FREES = "frees"
    BOTH_HARMLESS = "both_harmless"
    BOTH_REFUSE = "both_refuse"
    CLASSIFIER_SURE = "classifier_sure"
    DISAGREE = "disagree"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of the text under review as they were written; `start` and `end` are offsets into it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its verdict, why, the words that matter, how likely it is what is looked for."""

    text: str
    start: int
    end: int
    verdict: Verdict
    reason: Reason
    pattern: Pattern
    likelihood: float
    words: tuple[Words, ...]
    topics: frozenset[str]

    @property
    def quoted(self) -> str:
        """The words that matter in the order of the text, joined for one line of a message."""
        return " … ".join(word.text for word in self.words) or self.text

    @property
    def percent(self) -> int:
        """The likelihood in whole percent."""
        return round(self.likelihood * 100)


@dataclass(frozen=True, slots=True)
class Review:
    """The verdict on a text: that of its gravest sentence; an empty text passes."""

    sentences: tuple[Sentence, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of a sentence."""
        return max((s.verdict for s in self.sentences), key=lambda v: v.gravity, default=Verdict.PASSED)

    @property
    def gravest(self) -> Sentence | None:
        """The sentence to show first; None for a text that passed."""
        found = [sentence for sentence in self.sentences if sentence.verdict is self.verdict]
        return None if self.verdict is Verdict.PASSED else max(found, key=lambda s: s.likelihood)
