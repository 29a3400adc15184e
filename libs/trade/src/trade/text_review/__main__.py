"""`python -m trade.text_review train`, `measure`, or `check "a text"`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trade.text_review import clauses, corpus, devices
from trade.text_review.classifier import save
from trade.text_review.corpus import Example
from trade.text_review.features import features
from trade.text_review.reading import plain_form
from trade.text_review.reviewing import Reviewer
from trade.text_review.training import train
from trade.text_review.verdicts import Verdict
from trade.text_review.words import tokens

EACH = 20
"""Sentences made from every pattern of a grammar."""
BY_HAND = 6.0
"""A sentence written by hand weighs this much more than one that a grammar made."""
MOST = 36_000
KINDS = {
    clauses.KIND: (clauses.REVIEWER, clauses.LOOKED_FOR),
    devices.KIND: (devices.REVIEWER, devices.LOOKED_FOR),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """How many sentences of a class in a language got each verdict."""

    kind: str
    held_out: str
    language: str
    label: str
    counts: Counter[Verdict]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    def share(self, verdict: Verdict) -> float:
        """The part that got a verdict, between 0 and 1."""
        return self.counts[verdict] / self.total


def trained_on(kind: str) -> Iterator[Example]:
    """Return every sentence that the classifier of `kind` learns from: none that was held out, or nearly."""
    examples = [example for example in corpus.generated(kind, each=EACH) if not example.held_out]
    apart = corpus.HeldOut([example.text for found in held_out(kind).values() for example in found])
    for example in (*examples, *corpus.written(kind, "training")):
        if not apart.nearly(example.text):
            yield example


def held_out(kind: str) -> dict[str, list[Example]]:
    """Return what it's measured on: sentences written by hand, and families of the grammars it never saw."""
    families = [example for example in corpus.generated(kind, each=EACH) if example.held_out]
    return {"by hand": list(corpus.written(kind, "held_out")), "families": families}


def retrain(kind: str) -> int:
    """Train the classifier of `kind`, write its weights, and return how many sentences it learned from."""
    reviewer, looked_for = KINDS[kind]
    examples = list(trained_on(kind))
    made = Counter(example.label == looked_for for example in examples if not example.by_hand)
    rows = []
    for example in examples:
        found = tokens(plain_form(example.text))
        wanted = example.label == looked_for
        importance = BY_HAND if example.by_hand else sum(made.values()) / 2 / made[wanted]
        rows.append((features(found, reviewer.table.parts(found), reviewer.topics), wanted, importance))
    weights, bias = train(rows, most=MOST)
    save(reviewer.folder / "weights.csv", weights, bias)
    return len(examples)


def measure(kind: str) -> list[Measured]:
    """Return the verdicts on what was held out, by corpus, language and class."""
    reviewer, _ = KINDS[kind]
    found = []
    for name, examples in held_out(kind).items():
        for language in corpus.LANGUAGES:
            for label in dict.fromkeys(example.label for example in examples):
                chosen = [e for e in examples if (e.language, e.label) == (language, label)]
                counts = Counter(reviewer.review(example.text).verdict for example in chosen)
                found.append(Measured(kind, name, language, label, counts))
    return found


def _table(kind: str, measured: Sequence[Measured]) -> Iterator[str]:
    _, looked_for = KINDS[kind]
    yield f"{kind}: held out    language  class        texts  passed  needs eyes  refused"
    for one in measured:
        shares = "".join(f"{one.share(verdict):>9.1%}" for verdict in Verdict)
        yield f"  {one.held_out:<20}{one.language:<10}{one.label:<13}{one.total:>5} {shares}"
    for name in dict.fromkeys(one.held_out for one in measured):
        for language in corpus.LANGUAGES:
            of = {
                one.label: one.counts for one in measured if (one.held_out, one.language) == (name, language)
            }
            wanted = of.pop(looked_for)
            other = sum(of.values(), Counter())
            stopped = wanted[Verdict.REFUSED] + wanted[Verdict.NEEDS_EYES]
            wrongly = other[Verdict.REFUSED] + other[Verdict.NEEDS_EYES]
            refused = wanted[Verdict.REFUSED] + other[Verdict.REFUSED]
            yield (
                f"  {name}, {language}: recall {stopped / sum(wanted.values()):.1%} (refused or shown), "
                f"precision {stopped / (stopped + wrongly):.1%}, of refusals "
                f"{wanted[Verdict.REFUSED] / max(refused, 1):.1%}"
            )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _checked(reviewer: Reviewer, text: str) -> Iterator[str]:
    review = reviewer.review(text)
    yield review.verdict.value
    for sentence in review.sentences:
        yield (
            f"  {sentence.verdict.value:<11}{sentence.percent:>4} %  {sentence.pattern.value:<10}"
            f"{sentence.text}  [{sentence.quoted if sentence.words else ''}]"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked."""
    parser = argparse.ArgumentParser(prog="python -m trade.text_review", description=__doc__)
    parser.add_argument("command", choices=["train", "measure", "check"])
    parser.add_argument("text", nargs="?", default="")
    parser.add_argument("--kind", choices=sorted(KINDS))
    chosen = parser.parse_args(arguments)
    for kind in [chosen.kind] if chosen.kind else sorted(KINDS):
        if chosen.command == "train":
            _say(f"{kind}: trained on {retrain(kind)} sentences")
        elif chosen.command == "measure":
            for line in _table(kind, measure(kind)):
                _say(line)
        else:
            for line in _checked(KINDS[kind][0], chosen.text):
                _say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
