"""Rules on what is written down: nothing of one machine, and nothing untranslated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from testkit.house_rules.tree import Tree, Violation

# Addresses of package registries and folders of a particular machine, put together from halves, so that this
# file doesn't hold what it looks for.
_TRACES = re.compile(
    "|".join(
        (
            r"https?://(?:[\w.-]*\.)?" + r"(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com)",
            r"--(?:extra-)?" + r"index-url",
            r"--find-" + r"links",
            r"trusted-" + r"host\s",
            r"(?<![\w.-])/opt/" + r"(?:pypi|wheels)",
            r"(?<![\w.-])/" + r"root/",
            r"(?<![\w.-])/work/" + r"(?:main|shared)",
            r"(?<![\w.-])/home/" + r"[a-z]+/",
            r"(?<![\w.-])/tmp/" + r"pw\b",
        )
    )
)
_LARGEST = 2_000_000


def no_traces_of_a_machine(tree: Tree) -> list[Violation]:
    """No tracked file names a package registry, or a folder of the machine it was written on."""
    found: list[Violation] = []
    for path in tree.tracked():
        if path.stat().st_size > _LARGEST:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            traced = _TRACES.search(line)
            if traced:
                found.append(Violation(tree.shown(path), number, f"names {traced.group(0)!r}"))
    return found


def translated(
    texts: Mapping[str, Iterable[str]], translations: Mapping[str, tuple[str, ...]], where: Path
) -> list[Violation]:
    """Every text of a package has a translation that isn't empty; `texts` maps each to where it is used."""
    found: list[Violation] = []
    for text, uses in sorted(texts.items()):
        answer = translations.get(text, ())
        if not answer or not all(form.strip() for form in answer):
            first = next(iter(uses), "")
            found.append(Violation(where, 0, f"no French for {text!r} ({first})"))
    return found


_NARROW_OR_NOT = "\u00a0\u202f"
_TYPOGRAPHY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"«(?![{_NARROW_OR_NOT}])|(?<![{_NARROW_OR_NOT}])»"), "no non-breaking space inside « »"),
    (
        re.compile(rf"(?<![{_NARROW_OR_NOT}\d/:a-z]):|(?<=[a-z]):(?!//)"),
        "no non-breaking space before a colon",
    ),
    (re.compile(rf"[ {_NARROW_OR_NOT}][;!?]"), "a space before ; ! or ?, which Canadian French doesn't have"),
    (re.compile(r"\d (?=\d{3}\b|[$%]|h\b)"), "an ordinary space inside a number or before its sign"),
    (re.compile(r"[\"“”']"), "quotation marks or an apostrophe that French doesn't have"),
    (re.compile(r"\.\.\."), "three full stops instead of an ellipsis"),
)
"""What a French text of ours must not hold, and how that is called."""
_PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


def faults_of_french(text: str) -> list[str]:
    """What a French text breaks of the rules of Canadian French typography."""
    bare = _PLACE.sub("\u2026", text).replace("%%", "\u00a0%")
    return [words for pattern, words in _TYPOGRAPHY if pattern.search(bare)]


def typeset(translations: Mapping[str, tuple[str, ...]], where: Path) -> list[Violation]:
    """Every French text follows the rules of Canadian French typography."""
    return [
        Violation(where, 0, f"{fault}: {form!r}")
        for forms in translations.values()
        for form in forms
        for fault in faults_of_french(form)
    ]
