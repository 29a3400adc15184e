"""Reviews a text: patterns and a trained classifier judge each sentence; a person does if they disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trade.text_review import classifier, words
from trade.text_review.features import features
from trade.text_review.reading import Reading, Span, Vocabulary, read
from trade.text_review.verdicts import Pattern, Reason, Review, Sentence, Verdict, Words
from trade.text_review.words import Part, Token, tokens, words_of

_DECIDING = 24
"""A word whose weight is this strong is one that decides: slips of the keyboard are read as it."""
_SHORT = 6


_FRENCH = words_of(
    "le la les l un une des du de d et est sont pour dans par sur avec au aux ce se sa "
    "son ses qui que qu il elle ils ne n pas si vous votre nous en ou c j on"
)
_ENGLISH = words_of(
    "the a an of and is are for in by on with to this that it its who he she they not if "
    "you your we or as be at from may will must shall i my no"
)


def is_french(found: Sequence[Token]) -> bool:
    """Whether more of the small words are French than English; a tie is English."""
    return sum(token.word in _FRENCH for token in found) > sum(token.word in _ENGLISH for token in found)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which likelihood on a sentence needs a person's eyes, by the words alone."""

    off_topic: float
    frees: float
    open: float
    binds: float
    refused: float
    sure: float

    def eyes(self, pattern: Pattern) -> float:
        """Return the threshold for the pattern of the words."""
        return {
            Pattern.OFF_TOPIC: self.off_topic,
            Pattern.FREES: self.frees,
            Pattern.OPEN: self.open,
            Pattern.BINDS: self.binds,
        }[pattern]


@dataclass(frozen=True)
class Reviewer:
    """One kind of review: its table of words, its weights, its patterns and its thresholds."""

    folder: Path
    pattern: Callable[[Sequence[Part]], Pattern]
    topics: frozenset[str]
    quotable: frozenset[str]
    english: Thresholds
    french: Thresholds

    @cached_property
    def table(self) -> words.Words:
        """The classes of words."""
        return words.load(self.folder / "words.txt")

    @cached_property
    def model(self) -> classifier.Classifier:
        """The trained weights."""
        return classifier.load(self.folder / "weights.csv")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that are known, from the weights and the table."""
        return vocabulary(self.model.weights, self.table)

    def review(self, text: str) -> Review:
        """Return the verdict on `text`, English or French or both; never raises."""
        reading = read(text, self.vocabulary)
        return Review(tuple(self._sentences(reading)))

    def _sentences(self, reading: Reading) -> list[Sentence]:
        judged: list[Sentence] = []
        before: Span | None = None
        for span in reading.sentences():
            sentence = self._judge(reading, span, span)
            if before is not None and sentence.verdict is not Verdict.REFUSED and self._leans(reading, span):
                joined = self._judge(reading, Span(before.start, span.end), span)
                if joined.verdict.gravity > max(sentence.verdict.gravity, judged[-1].verdict.gravity):
                    sentence = joined
            judged.append(sentence)
            before = span
        return judged

    def _leans(self, reading: Reading, span: Span) -> bool:
        """Whether a sentence means little without the one before it."""
        return len(tokens(reading.plain[span.start : span.end])) <= _SHORT

    def _judge(self, reading: Reading, read_as: Span, shown: Span) -> Sentence:
        plain = reading.plain[read_as.start : read_as.end]
        found = tokens(plain)
        parts = self.table.parts(found)
        pattern = self.pattern(parts)
        likelihood = self.model.probability(features(found, parts, self.topics))
        at = self.french if is_french(found) else self.english
        verdict, reason = _weigh(at, pattern, likelihood)
        start, end = reading.original_span(shown.start, shown.end)
        quotable = [
            part
            for part in parts
            if part.name in self.quotable and shown.start <= read_as.start + part.start < shown.end
        ]
        return Sentence(
            text=reading.original[start:end].strip(),
            start=start,
            end=end,
            verdict=verdict,
            reason=reason,
            pattern=pattern,
            likelihood=likelihood,
            words=() if verdict is Verdict.PASSED else tuple(_quoted(reading, read_as, quotable)),
            topics=frozenset(part.name for part in parts),
        )


def _weigh(at: Thresholds, pattern: Pattern, likelihood: float) -> tuple[Verdict, Reason]:
    if likelihood < at.eyes(pattern):
        harmless = {Pattern.OFF_TOPIC: Reason.OFF_TOPIC, Pattern.FREES: Reason.FREES}
        return Verdict.PASSED, harmless.get(pattern, Reason.BOTH_HARMLESS)
    if pattern is Pattern.BINDS and likelihood >= at.refused:
        return Verdict.REFUSED, Reason.BOTH_REFUSE
    if pattern is Pattern.OPEN and likelihood >= at.sure:
        return Verdict.REFUSED, Reason.CLASSIFIER_SURE
    against = pattern is Pattern.BINDS and likelihood < 0.5
    contrary = against or pattern in {Pattern.OFF_TOPIC, Pattern.FREES}
    return Verdict.NEEDS_EYES, Reason.DISAGREE if contrary else Reason.UNSURE


def vocabulary(weights: Mapping[str, int], table: words.Words) -> Vocabulary:
    """Return the known words of trained weights and a table of classes."""
    known = {name for name in weights if name.isalpha()} | {w for w in table.exact if w.isalpha()}
    deciding = {
        name
        for name in known
        if len(name) > 5 and (abs(weights.get(name, 0)) >= _DECIDING or table.class_of(name) is not None)
    }
    return Vocabulary(frozenset(known), frozenset(deciding))


def _quoted(reading: Reading, span: Span, parts: Sequence[Part]) -> list[Words]:
    """Return the words of `parts` as they were written; neighbours are quoted together."""
    spans: list[list[int]] = []
    for part in parts:
        start, end = span.start + part.start, span.start + part.end
        if spans and start - spans[-1][1] <= 1:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    found = []
    for start, end in spans:
        begin, stop = reading.original_span(start, end)
        found.append(Words(reading.original[begin:stop], begin, stop))
    return found
