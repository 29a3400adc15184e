"""What a classifier looks at: words, classes of words, their neighbours, what is negated, letters."""

from __future__ import annotations

from collections.abc import Sequence

from trade.text_review.words import Part, Token

_NEAR = 5
_MOST_TOPICS = 4


def features(tokens: Sequence[Token], parts: Sequence[Part], topics: frozenset[str]) -> list[str]:
    """Return what a sentence is judged by, each once; `topics` are the classes that the review is about.

    A word stands for itself, `!word` for a negated one, `a b` for neighbours, `~piece` for letters in a row
    (so a slip of the keyboard changes little); `%` begins what is known of classes of words.
    """
    found: dict[str, None] = {}
    add = found.setdefault
    words = [token.word for token in tokens if token.word.isalnum()]
    for token in tokens:
        if token.negated and token.word.isalnum():
            add("!" + token.word)
    framed = ["^", *words, "$"]
    for i, word in enumerate(words):
        before, after = framed[i], framed[i + 2]
        add(word)
        add(before + " " + word)
        add(before + " " + word + " " + after)
        if i:
            add(before + " _ " + after)
        if len(word) > 4:
            whole = "<" + word + ">"
            for start in range(len(whole) - 3):
                add("~" + whole[start : start + 4])
                add("~" + whole[start : start + 5])
    if words:
        add(words[-1] + " $")
    _of_classes([part.sign for part in parts], found)
    touched = len({part.name for part in parts if not part.negated} & topics)
    for least in range(1, _MOST_TOPICS + 1):
        add(f"%topics {'at least' if touched >= least else 'below'} {least}")
    return list(found)


def _of_classes(signs: list[str], found: dict[str, None]) -> None:
    add = found.setdefault
    framed = ["^", *signs, "$"]
    for i, sign in enumerate(signs):
        add("%" + sign)
        add("%" + framed[i] + "|" + sign)
        add("%" + framed[i] + "|" + sign + "|" + framed[i + 2])
        for other in signs[i + 2 : i + _NEAR]:
            add("%" + sign + ".." + other)
    if signs:
        add("%" + signs[-1] + "|$")
    core = [sign for sign in signs if sign != ","]
    for i, sign in enumerate(core):
        for other in core[i + 1 :]:
            if sign != other:
                add("%" + sign + ">" + other)
