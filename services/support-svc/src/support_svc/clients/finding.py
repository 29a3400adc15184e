"""Finding people whatever the spelling (C3), and which of them somebody may know of (rows, house rule 8).

A typed word is first looked up among the words of all names: spelling is compared with some thousands of
words, whatever the number of clients, and people are then found by the very words of their names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, text, true, union

from chassis.tx import ReadTx, Tx
from support_svc.access import Permission
from support_svc.clients.model import Client, ClientState, ContactPoint, NameWord
from support_svc.clients.names import plain_digits, plain_words, searchable_name

MOST_WORDS = 200
"""Words of names that one typed word is taken for; a part of more names than that is looked for as it is."""
WORDS_LOOKED_AT = 8
SHORT = 3
"""Letters from which a word may stand within a name or be misspelt; a shorter one begins a name."""


class Likeness(IntEnum):
    """How near a name is to what was typed, the nearest first."""

    SAME = 0
    BEGINS = 1
    NEAR = 2
    ALIKE = 3


_KNOWN = text(
    """
    SELECT word, CASE WHEN word = :typed THEN 0 WHEN starts_with(word, :typed) THEN 1
        WHEN similarity(word, :typed) >= 0.5 THEN 2 ELSE 3 END AS likeness
    FROM client_name_word
    WHERE word LIKE :part OR (:few AND CAST(:typed AS text) <% word)
        OR sound = nullif(dmetaphone(:typed), '')
    ORDER BY likeness, similarity(word, :typed) DESC, word
    LIMIT :most
    """
)
# For the rest of the transaction: `<%` takes words for the same from here on; frequent and rare words need
# different plans; and to compare hundreds of words with each client costs more than PostgreSQL believes.
_PREPARED = text(
    "SELECT set_config('pg_trgm.word_similarity_threshold', '0.5', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)"
)
_DATES = (
    re.compile(r"(?P<year>(19|20)\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>(19|20)\d\d)"),
)


def may_see(tx: Tx | ReadTx) -> ColumnElement[bool]:
    """The rows of `Client` that the asker may know of: archived ones need a permission of their own."""
    if tx.runtime.access.permits(tx.actor, Permission.SEE_ARCHIVED):
        return true()
    return Client.state != ClientState.ARCHIVED


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A typed word and the words of names it may stand for; `halves` are two names written as one."""

    typed: str
    known: Sequence[tuple[str, Likeness]]
    halves: Sequence[tuple[str, str]]
    too_many: bool

    def fits(self, likeness: Likeness) -> ColumnElement[bool]:
        """Whether a name of the client is at least that near."""
        conditions = [Client.name_words.contains(list(pair)) for pair in self.halves]
        names = [word for word, its in self.known if its <= likeness]
        if names:
            conditions.append(Client.name_words.overlap(names))
        if self.too_many and likeness is not Likeness.SAME:
            within = likeness > Likeness.BEGINS and len(self.typed) >= SHORT
            conditions.append(Client.name_search.like(f"%{self.typed}%" if within else f"% {self.typed}%"))
        return or_(false(), *conditions)

    def adds(self, likeness: Likeness) -> bool:
        """Say whether more names fit than those that are nearer."""
        if likeness is Likeness.SAME:
            return True
        part = likeness is Likeness.BEGINS or (likeness is Likeness.NEAR and len(self.typed) >= SHORT)
        return (self.too_many and part) or any(its is likeness for _, its in self.known)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search asks for: every word, date or number has to fit."""

    words: Sequence[TypedWord]
    others: Sequence[ColumnElement[bool]]

    def fits(self, likeness: Likeness = Likeness.ALIKE) -> ColumnElement[bool]:
        """Whether a client is meant, all words at least that near."""
        return and_(true(), *self.others, *(word.fits(likeness) for word in self.words))

    def steps(self) -> list[Likeness]:
        """From the nearest on, what is worth asking for."""
        return [each for each in Likeness if not each or any(word.adds(each) for word in self.words)]

    def score(self, name: Any) -> ColumnElement[Any]:
        """How near the whole of a name is."""
        return sum((func.word_similarity(word.typed, name) for word in self.words), start=literal(0.0))


async def meaning(tx: Tx | ReadTx, query: str) -> Meaning:
    """Understand what somebody typed to find a client.

    A word fits any part of any name, or one spelt or sounding alike ("Smyth" and "Smith"); digits fit a
    telephone number or the client's number; a date fits the date of birth; something with an @ fits an
    e-mail address.
    """
    rest = query
    conditions: list[ColumnElement[bool]] = []
    for pattern in _DATES:
        conditions += [_born(found) for found in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    emails = re.findall(r"\S*@\S*", rest)
    conditions += [Client.id.in_(_reached_at(f"%{_escaped(email.casefold())}%")) for email in emails]
    rest = re.sub(r"\S*@\S*", " ", rest)
    digits = plain_digits(rest)
    if len(digits) >= SHORT:
        conditions.append(_numbered(digits))
    return Meaning(await _understood(tx, plain_words(re.sub(r"[\d+().]+", " ", rest))), conditions)


async def _understood(tx: Tx | ReadTx, words: Sequence[str]) -> list[TypedWord]:
    await tx.execute(_PREPARED)
    return [await _one_understood(tx, word) for word in dict.fromkeys(words[:WORDS_LOOKED_AT])]


async def _one_understood(tx: Tx | ReadTx, word: str) -> TypedWord:
    if len(word) < SHORT:
        return TypedWord(word, ((word, Likeness.SAME),), (), too_many=True)
    # Three letters are part of too many names to list them, and nearly part of most.
    few = len(word) > SHORT
    values = {"typed": word, "part": f"%{word}%" if few else word, "few": few, "most": MOST_WORDS + 1}
    rows = [(name, Likeness(likeness)) for name, likeness in await tx.execute(_KNOWN, values)]
    return TypedWord(
        word, rows[:MOST_WORDS], await _halves(tx, word), too_many=not few or len(rows) > MOST_WORDS
    )


async def _halves(tx: Tx | ReadTx, word: str) -> list[tuple[str, str]]:
    """Where a word can be parted into two known names: "annemarie" is Anne-Marie."""
    pairs = [(word[:at], word[at:]) for at in range(SHORT, len(word) - SHORT + 1)]
    if not pairs:
        return []
    parts = {part for pair in pairs for part in pair}
    known = set((await tx.execute(select(NameWord.word).where(NameWord.word.in_(parts)))).scalars())
    return [pair for pair in pairs if known.issuperset(pair)]


def _born(found: re.Match[str]) -> ColumnElement[bool]:
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return false()
    return Client.date_of_birth == day


def _numbered(digits: str) -> ColumnElement[bool]:
    """Whether digits are the client's number or, four or more of them, part of a telephone number."""
    asked = []
    if len(digits) < 10:
        asked.append(select(Client.id).where(Client.number == int(digits)))
    if len(digits) > SHORT:
        asked.append(_reached_at(f"%{digits}%"))
    # As a union, because a condition on two tables joined by "or" reads all of both.
    return Client.id.in_(union(*asked))


def _reached_at(pattern: str) -> Select[UUID]:
    return select(ContactPoint.client_id).where(ContactPoint.plain.like(pattern))


def _escaped(literal_text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", literal_text)


async def alike(
    tx: Tx | ReadTx, given: str, family: str, date_of_birth: date | None, limit: int = 10
) -> list[UUID]:
    """Ids of people who may be the same: names alike in any order, or born on that day with one name alike
    (C3).
    """
    words = await _understood(tx, plain_words(searchable_name((given, family))))
    if not words:
        return []
    meant = Meaning(words, ())
    condition = meant.fits()
    if date_of_birth is not None:
        unlike = and_(Client.date_of_birth.is_not(None), func.abs(Client.date_of_birth - date_of_birth) > 366)
        one_name = or_(*(word.fits(Likeness.ALIKE) for word in words))
        condition = or_(and_(condition, ~unlike), and_(Client.date_of_birth == date_of_birth, one_name))
    same_birth = func.coalesce(Client.date_of_birth == date_of_birth, false())
    statement = (
        select(Client.id)
        .where(condition, may_see(tx))
        .order_by(same_birth.desc(), meant.score(Client.name_search).desc(), Client.id)
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())
