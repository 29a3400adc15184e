"""Judges a text passage by passage: which roles meet in it, and does an assurance take the duty away?
(T3, W3).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tenancy_svc.clause_review import lexicon
from tenancy_svc.clause_review.model import Finding, Review, Rule, Verdict, Words
from tenancy_svc.clause_review.reading import Reading, read

_GRAVITY = {Verdict.PASSED: 0, Verdict.NEEDS_EYES: 1, Verdict.REFUSED: 2}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Passage:
    """A stretch of the plain text; `excepts` when it takes something back from the passage before it."""

    start: int
    end: int
    excepts: bool


@dataclass(frozen=True, slots=True)
class _Roles:
    """Where each role was found in a passage, as spans into the plain text."""

    firm: tuple[tuple[Rule, Span], ...]
    loose: tuple[Span, ...]
    duty: tuple[Span, ...]
    condition: tuple[Span, ...]
    consequence: tuple[Span, ...]
    taking_part: tuple[Span, ...]
    declining: tuple[Span, ...]
    vague: tuple[Span, ...]
    assured: bool
    refers_back: bool


def review_text(text: str) -> Review:
    """Return the verdict on `text` (English or French, or both mixed); never raises, an empty text passes."""
    reading = read(text, lexicon.KNOWN_WORDS)
    plain = lexicon.BENIGN.sub(lambda match: "_" * len(match.group()), reading.plain)
    findings: list[Finding] = []
    spoken_of: Rule | None = None
    freed = False
    for passage in _passages(plain):
        roles = _roles(plain, passage)
        carried = spoken_of if passage.excepts or roles.refers_back or roles.declining else None
        finding = _judge(reading, passage, roles, carried)
        if finding is None and passage.excepts and freed and not roles.assured:
            finding = _finding(
                reading,
                passage,
                Verdict.NEEDS_EYES,
                spoken_of or Rule.UNCLEAR,
                [*roles.duty, *roles.condition],
            )
        if finding is not None:
            findings.append(finding)
        if roles.firm:
            spoken_of = roles.firm[0][0]
        elif (roles.loose and roles.assured) or (roles.taking_part and (roles.loose or roles.assured)):
            spoken_of = Rule.SERVICES
        freed = roles.assured
    gravest = max((finding.verdict for finding in findings), key=_GRAVITY.__getitem__, default=Verdict.PASSED)
    return Review(gravest, tuple(findings))


def _passages(plain: str) -> Iterator[_Passage]:
    """Cut the text at sentence ends and before words that take something back ("unless", "but", "sauf")."""
    begin = 0
    for end in [*(match.start() for match in lexicon.SENTENCE_END.finditer(plain)), len(plain)]:
        cuts = [begin, *(match.start() for match in lexicon.EXCEPTION.finditer(plain, begin, end)), end]
        for number, (start, stop) in enumerate(itertools.pairwise(cuts)):
            if plain[start:stop].strip():
                yield _Passage(start, stop, excepts=number > 0)
        begin = end


def _roles(plain: str, passage: _Passage) -> _Roles:
    whole = plain[passage.start : passage.end]
    remaining, assured = _without_assurances(whole)

    def places(pattern: re.Pattern[str], where: str = remaining) -> tuple[Span, ...]:
        return tuple(
            (passage.start + match.start(), passage.start + match.end())
            for match in pattern.finditer(where)
            if match.group().strip()
        )

    firm = [
        *((Rule.PROGRAMME_RULES, span) for span in places(lexicon.PROGRAMME_RULES)),
        *((Rule.SOBRIETY, span) for span in places(lexicon.SOBRIETY)),
        *((Rule.SERVICES, span) for span in places(lexicon.SERVICES)),
    ]
    return _Roles(
        firm=tuple(firm),
        loose=places(lexicon.SERVICES_LOOSE),
        duty=places(lexicon.OBLIGATION),
        condition=places(lexicon.CONDITION),
        consequence=places(lexicon.CONSEQUENCE),
        taking_part=places(lexicon.TAKING_PART),
        declining=places(lexicon.DECLINING),
        vague=places(lexicon.VAGUE),
        assured=assured,
        refers_back=lexicon.REFERRING_BACK.search(whole) is not None,
    )


def _without_assurances(passage: str) -> tuple[str, bool]:
    """Blank out what frees the tenant, so that only what still binds is read."""
    assured = False
    for pattern in (*lexicon.ASSURING_TO_THE_END, *lexicon.ASSURANCES):
        passage, count = pattern.subn(lambda match: " " * len(match.group()), passage)
        assured = assured or count > 0
    return passage, assured


def _judge(reading: Reading, passage: _Passage, roles: _Roles, carried: Rule | None) -> Finding | None:
    """Return what is wrong with one passage, or None."""
    special = _mixes_the_roles_of_people(reading, passage, roles)
    if special is not None:
        return special
    joined = bool(roles.taking_part or roles.declining)
    rule = roles.firm[0][0] if roles.firm else (Rule.SERVICES if roles.loose and joined else carried)
    words = [
        *(span for _, span in roles.firm),
        *(roles.loose if not roles.firm else ()),
        *roles.duty,
        *roles.condition,
        *roles.consequence,
        *roles.taking_part,
        *roles.declining,
    ]
    binds = bool(roles.duty or roles.condition)
    if rule is not None and _makes_it_depend(roles, rule, joined=joined, binds=binds):
        return _finding(reading, passage, Verdict.REFUSED, rule, words)
    if rule is not None and _leaves_a_doubt(roles, joined=joined, binds=binds):
        return _finding(reading, passage, Verdict.NEEDS_EYES, rule, words)
    if roles.vague and (roles.duty or (roles.condition and roles.consequence)):
        return _finding(reading, passage, Verdict.NEEDS_EYES, Rule.UNCLEAR, [*roles.vague, *words])
    return None


def _makes_it_depend(roles: _Roles, rule: Rule, *, joined: bool, binds: bool) -> bool:
    """Whether a duty or condition to take part, be sober or obey a programme is laid on the tenant."""
    if roles.firm:
        if rule in {Rule.SOBRIETY, Rule.PROGRAMME_RULES} and (
            roles.duty or (roles.condition and roles.consequence)
        ):
            return True
        if joined and roles.duty:
            return True
        if (roles.condition or roles.declining) and roles.consequence and (joined or not roles.assured):
            return True
        return bool(joined and roles.condition and not roles.assured)
    if joined and roles.consequence and (roles.duty or roles.condition or roles.declining):
        # Loose words ("meetings", "the team") or words that point back count only when the home is at stake.
        return bool(binds or roles.declining)
    return False


def _leaves_a_doubt(roles: _Roles, *, joined: bool, binds: bool) -> bool:
    if roles.assured:
        return joined and binds
    return bool(roles.firm) or (joined and binds)


def _mixes_the_roles_of_people(reading: Reading, passage: _Passage, roles: _Roles) -> Finding | None:
    """Find casework doing the landlord's work, and reports about services going to the landlord."""
    plain = reading.plain[passage.start : passage.end]

    def spans(*matches: re.Match[str]) -> list[Span]:
        return [(passage.start + match.start(), passage.start + match.end()) for match in matches]

    caseworker = lexicon.CASEWORKER.search(plain)
    landlord = lexicon.LANDLORD.search(plain)
    task = lexicon.LANDLORDS_WORK.search(plain)
    report = lexicon.REPORTING.search(plain)
    if caseworker and task and caseworker.start() < task.start() and not landlord and not roles.assured:
        negated = re.search(r"\b(?:not|never|no|ne|jamais|aucun\w*)\b", plain)
        if not negated:
            return _finding(
                reading, passage, Verdict.REFUSED, Rule.CASEWORK_ENFORCES, spans(caseworker, task)
            )
    if landlord and report and roles.firm and roles.firm[0][0] is Rule.SERVICES and not roles.assured:
        verdict = Verdict.REFUSED if roles.duty or "consent" in plain else Verdict.NEEDS_EYES
        if re.search(r"\b(?:not|never|ne|jamais)\b", plain):
            verdict = Verdict.NEEDS_EYES
        where = [*spans(report, landlord), roles.firm[0][1]]
        return _finding(reading, passage, verdict, Rule.REPORTS_TO_LANDLORD, where)
    return None


def _finding(reading: Reading, passage: _Passage, verdict: Verdict, rule: Rule, spans: list[Span]) -> Finding:
    words: list[Words] = []
    last_end = -1
    for start, end in sorted(set(spans)):
        if start < last_end:
            continue
        begin, stop = reading.original_span(start, end)
        words.append(Words(reading.original[begin:stop], begin, stop))
        last_end = end
    begin, stop = reading.original_span(passage.start, passage.end)
    return Finding(verdict, rule, reading.original[begin:stop].strip(), tuple(words))
