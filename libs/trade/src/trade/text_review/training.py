"""Trains a classifier on our own sentences: logistic regression by averaged stochastic gradient descent."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from trade.text_review.classifier import STEP, logistic, scale

ROUNDS = 24
RATE = 6.0
DECAY = 2e-5
SEEN = 2
"""N-grams that stand in fewer sentences mean nothing."""


def train(examples: Sequence[tuple[Sequence[str], bool, float]], *, most: int) -> tuple[dict[str, int], int]:
    """Return the weights and the bias for (features, whether the sentence is of the class, importance)."""
    counts = Counter(name for found, _, _ in examples for name in found)
    index = {name: i for i, name in enumerate(n for n, count in counts.items() if count >= SEEN)}
    rows = [
        ([index[name] for name in found if name in index], scale(len(found)), wanted, importance)
        for found, wanted, importance in examples
    ]
    weights = [0.0] * len(index)
    summed = [0.0] * len(index)
    bias = bias_sum = 0.0
    draw = random.Random(7)  # noqa: S311 -- the same weights each time
    steps = 0
    for turn in range(ROUNDS):
        draw.shuffle(rows)
        rate = RATE / (1 + turn * 0.35)
        shrink = 1 - DECAY * len(rows)
        for found, divisor, wanted, importance in rows:
            says = bias + sum([weights[i] for i in found]) / divisor
            step = rate * importance * ((1.0 if wanted else 0.0) - logistic(says))
            bias += step * 0.02
            if abs(step) > 1e-4:
                each = step / divisor
                for i in found:
                    weights[i] += each
        weights = [weight * shrink for weight in weights]
        if turn >= ROUNDS // 2:
            steps += 1
            summed = [total + weight for total, weight in zip(summed, weights, strict=True)]
            bias_sum += bias
    mean = {name: summed[i] / steps for name, i in index.items()}
    return _pruned(mean, most), round(bias_sum / steps * STEP)


def _pruned(weights: dict[str, float], most: int) -> dict[str, int]:
    """Return the `most` strongest weights in whole steps; all words stay, for they are the vocabulary."""
    whole = {name: round(weight * STEP) for name, weight in weights.items()}
    words = {name: weight for name, weight in whole.items() if name.isalpha()}
    others = sorted(((abs(w), name) for name, w in whole.items() if name not in words and w), reverse=True)
    return words | {name: whole[name] for _, name in others[: max(0, most - len(words))]}
