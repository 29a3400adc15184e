"""Reviews clauses of a lease: do they make the tenancy depend on services?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from trade.text_review.reviewing import Reviewer, Thresholds
from trade.text_review.verdicts import Pattern, Review, Sentence
from trade.text_review.words import NOT, Part

KIND = "clauses"
LOOKED_FOR = "conditional"

_SOBER = frozenset({"DRINK", "USE", "SOBER", "TEST"})
_HOUSE = frozenset({"HOURS", "GUEST", "RULES", "FAITH", "WORK", "MONEY", "SEARCH"})
_CARE = frozenset({"CARE", "PROGRAM", "PLAN", "MEETING", "MEDICINE", "HEALTH", "PROGRESS"})
_GIVERS = frozenset({"WORKER", "TEAM"})
TOPICS = _SOBER | _HOUSE | _CARE | _GIVERS
"""What a condition can be about; a sentence without any of it hardly is one."""
_AT_STAKE = frozenset({"END", "LEAVE", "BREACH", "NOTICE", "RENEW", "KEYS"})
_TAKEN_BACK = frozenset(
    {"MUST", "DEPEND", "BREACH", "END", "EFFECT", "RENEW", "REPORT", "DECIDE", "COLLECT", "ENTER"}
)


class Rule(StrEnum):
    """Which part of the separation policy a text breaks; `WATCHES` is what the review of devices finds."""

    SERVICES = "services"
    SOBRIETY = "sobriety"
    PROGRAMME_RULES = "programme_rules"
    CASEWORK_ENFORCES = "casework_enforces"
    REPORTS_TO_LANDLORD = "reports_to_landlord"
    UNCLEAR = "unclear"
    WATCHES = "watches"


def pattern(parts: Sequence[Part]) -> Pattern:
    """Judge from the classes of words alone whether a sentence binds the tenant, or frees from a topic."""
    affirmed = {part.name for part in parts if not part.negated}
    negated = {part.name for part in parts if part.negated}
    names = affirmed | negated
    if not names & TOPICS:
        return Pattern.OFF_TOPIC
    if "EXCEPT" not in names and (
        negated & _TAKEN_BACK or "VOLUNTARY" in affirmed or ("EFFECT" in affirmed and NOT in names)
    ):
        return Pattern.FREES
    about = affirmed & (_SOBER | _CARE | _GIVERS | {"WORK", "FAITH"})
    if about and (
        {"MUST", "TAKEPART"} <= affirmed
        or "DEPEND" in affirmed
        or ("STOP" in affirmed and affirmed & _AT_STAKE)
        or ("IF" in affirmed and affirmed & _AT_STAKE)
        or ("MUST" in affirmed and affirmed & _SOBER)
    ):
        return Pattern.BINDS
    return Pattern.OPEN


REVIEWER = Reviewer(
    folder=Path(__file__).parent,
    pattern=pattern,
    topics=TOPICS,
    quotable=TOPICS
    | _AT_STAKE
    | {"MUST", "DEPEND", "TAKEPART", "STOP", "REPORT", "CONSENT", "RECORDS", "DECIDE", "COLLECT", "IF"},
    english=Thresholds(off_topic=0.45, frees=0.25, open=0.3, binds=0.33, refused=0.6, sure=0.82),
    french=Thresholds(off_topic=0.4, frees=0.2, open=0.25, binds=0.33, refused=0.6, sure=0.82),
)


def review_clause(text: str) -> Review:
    """Return the verdict on a clause, sentence by sentence.

    >>> review_clause("The tenant must attend counselling.").verdict
    <Verdict.REFUSED: 'refused'>
    """
    return REVIEWER.review(text)


def about_services(text: str) -> Sentence | None:
    """Return what in a reason speaks of services, sobriety, programmes or how somebody lives (W3), or None.

    For short reasons of a decision on a home or a tenancy, where there is no harmless way to speak of them.
    """
    gravest = review_clause(text).gravest
    return gravest if gravest is not None and gravest.pattern is not Pattern.OFF_TOPIC else None


def rule_of(sentence: Sentence) -> Rule:
    """Return the part of the policy that a refused or doubtful sentence is about."""
    topics = sentence.topics
    if "LANDLORD" in topics and topics & {"REPORT", "CONSENT", "RECORDS"} and topics & (_CARE | _GIVERS):
        return Rule.REPORTS_TO_LANDLORD
    if "WORKER" in topics and topics & {"COLLECT", "NOTICE", "RENT"} and not topics & {"TAKEPART", "STOP"}:
        return Rule.CASEWORK_ENFORCES
    if topics & _SOBER:
        return Rule.SOBRIETY
    if "RULES" in topics or ("PROGRAM" in topics and "TAKEPART" not in topics):
        return Rule.PROGRAMME_RULES
    if topics & (_CARE | _GIVERS):
        return Rule.SERVICES
    return Rule.PROGRAMME_RULES if topics & _HOUSE else Rule.UNCLEAR
