"""What a review of a clause says: a verdict, the words that caused it, and the policy sentence they break
(T3).
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from tenancy_svc.tables import Base, words


class Verdict(StrEnum):
    """What the review found; ordered from harmless to refused."""

    PASSED = "passed"
    NEEDS_EYES = "needs_eyes"
    REFUSED = "refused"


class Rule(StrEnum):
    """Which part of the separation policy a clause breaks."""

    SERVICES = "services"
    SOBRIETY = "sobriety"
    PROGRAMME_RULES = "programme_rules"
    CASEWORK_ENFORCES = "casework_enforces"
    REPORTS_TO_LANDLORD = "reports_to_landlord"
    UNCLEAR = "unclear"

    @property
    def label(self) -> str:
        """The sentence of the separation policy that the rule stands for (a message id)."""
        return POLICY_SENTENCES[self]


POLICY_SENTENCES: dict[Rule, str] = {
    Rule.SERVICES: "Clients are not required to engage in services to retain housing.",
    Rule.SOBRIETY: "Tenancy is governed solely by lease agreements, not by service participation.",
    Rule.PROGRAMME_RULES: "Tenancy is governed solely by lease agreements, not by service participation.",
    Rule.CASEWORK_ENFORCES: "Case managers do not handle rent, lease enforcement, or eviction-related tasks.",
    Rule.REPORTS_TO_LANDLORD: (
        "Property management is only notified if service issues directly impact tenancy."
    ),
    Rule.UNCLEAR: "Clients are not required to engage in services to retain housing.",
}
"""The sentence of the separation policy that each rule stands for; English is the message id of its
translation.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of the text under review, as they were written; `start` and `end` are offsets into that
    text.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for the verdict: the rule, the passage and the words in it that matter."""

    verdict: Verdict
    rule: Rule
    passage: str
    words: tuple[Words, ...]

    @property
    def policy_sentence(self) -> str:
        """The sentence of the separation policy that the passage breaks, in English (a message id)."""
        return POLICY_SENTENCES[self.rule]

    @property
    def quoted(self) -> str:
        """The words that caused the finding, in the order of the text, joined for one line of a message."""
        return " … ".join(word.text for word in self.words) or self.passage


@dataclass(frozen=True, slots=True)
class Review:
    """The verdict on one text with every finding; `passed` has none."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    @property
    def gravest(self) -> Finding | None:
        """The finding to show first: a refusal before a doubt; None for a text that passed."""
        refused = [finding for finding in self.findings if finding.verdict is Verdict.REFUSED]
        return next(iter(refused or self.findings), None)


class ClauseConditionsTenancy(DomainError):
    """A clause would make the tenancy depend on services (T3, W3)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "clause_conditions_tenancy"
    message: ClassVar[str] = (
        "This can't be part of a lease. The words “{words}” make the tenancy depend on something other than "
        "the lease. The separation policy says: “{sentence}”"
    )


class ReviewedText(Base):
    """A text that was not let through at once: what was found, by whom it was offered (evidence for W3,
    W11).
    """

    __tablename__ = "reviewed_texts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    place: Mapped[str]
    offered_at: Mapped[dt.datetime] = mapped_column(index=True)
    offered_by: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    rule: Mapped[Rule] = mapped_column(words(Rule, "rule"))
    words: Mapped[list[str]]
    text: Mapped[str]
