"""What a review shows to a reader, and what is recorded of it as evidence (T3, W11)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from deskkit.i18n import N_
from tenancy_svc.fields import Command
from tenancy_svc.tables import Base
from trade.text_review.clauses import Rule, rule_of
from trade.text_review.verdicts import Reason, Sentence, Verdict

POLICY_SENTENCES: dict[Rule, str] = {
    Rule.SERVICES: N_("Clients are not required to engage in services to retain housing."),
    Rule.SOBRIETY: N_("Tenancy is governed solely by lease agreements, not by service participation."),
    Rule.PROGRAMME_RULES: N_("Tenancy is governed solely by lease agreements, not by service participation."),
    Rule.CASEWORK_ENFORCES: N_(
        "Case managers do not handle rent, lease enforcement, or eviction-related tasks."
    ),
    Rule.REPORTS_TO_LANDLORD: N_(
        "Property management is only notified if service issues directly impact tenancy."
    ),
    Rule.UNCLEAR: N_("Clients are not required to engage in services to retain housing."),
    Rule.WATCHES: N_("Client units must remain private; no monitoring equipment may be installed inside."),
}
"""The sentence of the separation policy behind each rule (message ids)."""

REASONS: dict[Reason, str] = {
    Reason.OFF_TOPIC: N_("It speaks of nothing that a condition could be about."),
    Reason.FREES: N_("Its words free the tenant, and the classifier agrees."),
    Reason.BOTH_HARMLESS: N_("Neither its words nor the classifier find a condition."),
    Reason.BOTH_REFUSE: N_("Its words make a condition, and the classifier agrees."),
    Reason.CLASSIFIER_SURE: N_("The classifier is sure that it is a condition."),
    Reason.DISAGREE: N_("Its words and the classifier disagree."),
    Reason.UNSURE: N_("The classifier isn't sure."),
}
"""Why a sentence got its verdict, for a reader (message ids)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of a reviewed text, its verdict and why, and the rule it breaks or may break."""

    text: str
    verdict: Verdict
    reason: Reason
    percent: int
    words: tuple[str, ...]
    rule: Rule | None

    @property
    def why(self) -> str:
        """The reason in words (a message id)."""
        return REASONS[self.reason]

    @property
    def policy_sentence(self) -> str | None:
        """The sentence of the separation policy, in English (a message id); None when it passed."""
        return POLICY_SENTENCES[self.rule] if self.rule is not None else None


def words_of(sentence: Sentence) -> tuple[str, ...]:
    """Return the words of a sentence that decided its verdict."""
    return tuple(words.text for words in sentence.words)


def judged(sentence: Sentence) -> Judged:
    """Return a sentence as pages and the API show it."""
    return Judged(
        text=sentence.text,
        verdict=sentence.verdict,
        reason=sentence.reason,
        percent=sentence.percent,
        words=words_of(sentence),
        rule=None if sentence.verdict is Verdict.PASSED else rule_of(sentence),
    )


class ClauseConditionsTenancy(DomainError):
    """A clause would make the tenancy depend on services (T3, W3)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "clause_conditions_tenancy"
    message: ClassVar[str] = (
        "This can't be part of a lease. The words “{words}” make the tenancy depend on something other than "
        "the lease. The separation policy says: “{sentence}”"
    )


def conditions_tenancy(field: str, sentence: Sentence) -> ClauseConditionsTenancy:
    """Return the refusal of a field because of one sentence, with the policy's sentence that it breaks."""
    return ClauseConditionsTenancy(
        field=field, words=sentence.quoted, sentence=POLICY_SENTENCES[rule_of(sentence)]
    )


class MonitoringRefused(DomainError):
    """A text would place something inside a home that watches the people there (U5, W8)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "monitoring_refused"
    message: ClassVar[str] = (
        "“{words}” would watch people in their home. The policy says: Client units must remain private; "
        "no monitoring equipment may be installed inside. The refusal was recorded."
    )


class ReviewClause(Command):
    """Review a text, in English or French."""

    text: str = Field(min_length=1, max_length=4000, title="Text of the clause")


class RecordRefusal(Command):
    """Record a text that would watch people, the words that decided, and where it was offered."""

    place: str
    text: str
    found: tuple[str, ...]


class ReviewedText(Base):
    """A text that was refused or doubted, what was found, and who offered it (evidence for W3, W11)."""

    __tablename__ = "reviewed_text"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    place: Mapped[str]
    offered_at: Mapped[dt.datetime] = mapped_column(index=True)
    offered_by: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    rule: Mapped[Rule] = mapped_column(words(Rule, "rule"))
    words: Mapped[list[str]]
    text: Mapped[str]
