"""A logistic regression over n-grams whose weights are a readable table: one n-gram and its weight a line."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STEP = 20
"""Weights are stored as whole numbers, in steps of a twentieth."""
_BIAS = "(bias)"


@dataclass(frozen=True, slots=True)
class Classifier:
    """What each n-gram says for (positive) or against (negative) the class that is looked for."""

    weights: Mapping[str, int]
    bias: int

    def probability(self, found: Sequence[str]) -> float:
        """Return how likely a sentence of these features is of the class, between 0 and 1."""
        get = self.weights.get
        weight = sum([get(name, 0) for name in found])
        return logistic((self.bias + weight / scale(len(found))) / STEP)


def scale(count: int) -> float:
    """Return what the sum of weights is divided by, so that long sentences don't weigh more."""
    return math.sqrt(max(count, 1))


def logistic(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def load(path: Path) -> Classifier:
    """Return the classifier that `save` wrote."""
    with path.open(encoding="utf-8", newline="") as table:
        weights = {name: int(weight) for name, weight in csv.reader(table)}
    return Classifier(weights, weights.pop(_BIAS))


def save(path: Path, weights: Mapping[str, int], bias: int) -> None:
    """Write the weights, the strongest first; known words stay, even those without weight."""
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow([_BIAS, bias])
        for name in sorted(weights, key=lambda name: (-abs(weights[name]), name)):
            writer.writerow([name, weights[name]])
