"""Finding people whatever the spelling and the script (C3), and which of them somebody may see.

A typed word is first looked up among the words of all names: spelling is compared with some thousands of
words, whatever the number of clients, and people are then found by the very words of their names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SelectBase,
    Text,
    and_,
    any_,
    false,
    func,
    intersect,
    literal,
    or_,
    select,
    text,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.errors import NotFound
from chassis.tx import ReadTx, Tx
from support_svc.clients.births import births_in
from support_svc.clients.feature import SEE_ARCHIVED
from support_svc.clients.model import (
    Client,
    ClientName,
    ClientState,
    ContactPoint,
    ContactText,
    NameWord,
)
from support_svc.clients.names import PARTICLES, also_meant, plain_digits
from trade import letters

NEAREST_WORDS = 200
"""The most words of names that one typed word may mean, besides all that it is a part of."""
MOST_WORDS = 1000
"""The most words that one typed word may mean in all; if it's part of more, it's searched for as it is."""
WORDS_LOOKED_AT = 8
SHORT = 3
"""The fewest letters of a word that may be inside a name or misspelt; a shorter one begins a name."""
SOUNDING = 6
"""The most letters of a word for which the same sound is enough. A sound is cut after four letters, mostly
consonants: of longer words that share it, such as “Brunetti” and “Brandom”, fewer than half may differ."""


class Likeness(IntEnum):
    """How near a name is to what was typed, the nearest first."""

    SAME = 0
    BEGINS = 1
    NEAR = 2
    ALIKE = 3


# The settings are made before anything is compared, and hold for the rest of the transaction: `<%` takes
# words for the same from here on, and frequent and rare words need different plans. Each way of being near is
# asked for by itself: joined by "or", PostgreSQL would compare the spelling of each word several times.
_KNOWN = text(
    """
    SELECT typed.word, found.word, found.likeness
    FROM unnest(
        CASE WHEN set_config('pg_trgm.word_similarity_threshold', '0.5', true) = '0.5'
            AND set_config('plan_cache_mode', 'force_custom_plan', true) <> ''
            AND set_config('enable_seqscan', 'off', true) <> ''
        THEN CAST(:typed AS text[]) END
    ) AS typed (word)
    CROSS JOIN LATERAL (
        SELECT word, likeness FROM (
            SELECT word, part, likeness, row_number() OVER (ORDER BY likeness, near DESC, word) AS rank
            FROM (
                SELECT word, part, near,
                    CASE WHEN word = typed.word THEN 0 WHEN starts_with(word, typed.word) THEN 1
                    WHEN near >= 0.5 THEN 2 ELSE 3 END AS likeness
                FROM (
                    SELECT word, bool_or(part) AS part, similarity(word, typed.word) AS near
                    FROM (
                        SELECT word, true AS part FROM client_name_word
                        WHERE word LIKE CASE WHEN length(typed.word) > :short
                            THEN '%' || typed.word || '%' ELSE typed.word END
                        UNION ALL SELECT word, false FROM client_name_word
                        WHERE length(typed.word) > :short AND typed.word <% client_name_word.word
                        UNION ALL SELECT word, false FROM client_name_word
                        WHERE sound = nullif(dmetaphone(typed.word), '') AND (
                            greatest(length(word), length(typed.word)) <= :sounding
                            OR 2 * levenshtein(left(word, 100), left(typed.word, 100))
                                < least(greatest(length(word), length(typed.word)), 100)
                        )
                    ) AS candidate
                    GROUP BY word
                ) AS compared
            ) AS judged
        ) AS ranked
        WHERE rank <= :nearest OR part ORDER BY rank LIMIT :most
    ) AS found
    UNION ALL
    SELECT also.typed, client_name_word.word, 2
    FROM unnest(CAST(:also_typed AS text[]), CAST(:also AS text[])) AS also (typed, word)
    JOIN client_name_word ON client_name_word.word = also.word
    """
)
# The same for a transaction outside of which the words were looked up.
_PLANNED_EACH_TIME = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('enable_seqscan', 'off', true)"
)


def may_see(tx: Tx | ReadTx) -> ColumnElement[bool]:
    """Whether the asker may know of the client in the row: archived ones need a permission of their own."""
    return is_visible(true() if sees_archived(tx) else false())


def is_visible(archived_too: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the client in the row may be seen: an archived one if `archived_too`, a merged one never."""
    return and_(
        Client.merged_into.is_(None),
        Client.erased_on.is_(None),
        or_(Client.state != ClientState.ARCHIVED, archived_too),
    )


def sees_archived(tx: Tx | ReadTx) -> bool:
    """Whether the asker may know of archived clients."""
    return tx.runtime.access.permits(tx.actor, SEE_ARCHIVED)


async def require_client(tx: Tx | ReadTx, client_id: UUID) -> None:
    """Refuse with NotFound unless the asker may know of the client.

    What is then written about the client waits for a merge of the record, and is refused after it.
    """
    known = select(Client.id).where(Client.id == client_id, may_see(tx))
    if isinstance(tx, Tx):
        known = known.with_for_update(read=True, key_share=True)
    if await tx.scalar(known) is None:
        raise NotFound(what="client")


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A typed word and the words of names it may stand for."""

    typed: str
    known: Sequence[tuple[str, Likeness]]
    too_many: bool

    def people(self, likeness: Likeness) -> CompoundSelect[UUID] | None:
        """Ids of the clients with a name at least that near; None where `part` alone finds them."""
        part = self.part(likeness)
        names = [
            name for name, its in self.known if its <= likeness and (part is None or part not in f" {name}")
        ]
        found: list[SelectBase] = []
        if part is not None and names:
            found.append(_called_in_part(part))
        if names or part is None:
            found.append(_called(names))
        return union_all(*found) if found else None

    def part(self, likeness: Likeness) -> str | None:
        """What to look for in whole names, where the words that it is a part of are too many to be listed."""
        if not self.too_many or likeness is Likeness.SAME:
            return None
        return self.typed if likeness > Likeness.BEGINS and len(self.typed) >= SHORT else f" {self.typed}"

    @property
    def anybody(self) -> bool:
        """Whether anybody may have such a name."""
        return self.too_many or bool(self.known)

    def adds(self, likeness: Likeness) -> bool:
        """Whether more names fit than those that are nearer."""
        if likeness is Likeness.SAME:
            return True
        part = likeness is Likeness.BEGINS or (likeness is Likeness.NEAR and len(self.typed) >= SHORT)
        return (self.too_many and part) or any(its is likeness for _, its in self.known)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search asks for: every word, date or number has to fit."""

    words: Sequence[TypedWord]
    others: Sequence[ColumnElement[bool]]

    @property
    def nothing(self) -> bool:
        """Whether nothing that was typed can mean anybody: it finds nobody then, never everybody."""
        return not self.words and not self.others

    @property
    def distinctive(self) -> Sequence[TypedWord]:
        """The words without particles that people leave out of surnames, if others are left."""
        return [word for word in self.words if word.typed not in PARTICLES] or self.words

    def fits(self, likeness: Likeness = Likeness.ALIKE) -> ColumnElement[bool]:
        """Whether a client is meant, all words at least that near."""
        if self.nothing:
            return false()
        words = self.distinctive if likeness is Likeness.ALIKE else self.words
        return and_(true(), *self.others, *_fitting(words, likeness))

    def steps(self) -> list[Likeness]:
        """From the nearest on, what is worth asking for."""
        loose = len(self.distinctive) < len(self.words)
        return [
            each
            for each in Likeness
            if not each or (loose and each is Likeness.ALIKE) or any(word.adds(each) for word in self.words)
        ]

    def nearest(self) -> list[Meaning]:
        """What to look for when nobody fits all of it: the surname alone, which is usually last."""
        distinctive = self.distinctive
        if not distinctive or len(self.words) + len(self.others) < 2:
            return []
        return [Meaning([word], ()) for word in reversed(distinctive)]

    def score(self, name: Any) -> ColumnElement[Any]:
        """How near the whole of a name is."""
        return sum((func.word_similarity(word.typed, name) for word in self.words), start=literal(0.0))


async def meaning(tx: Tx | ReadTx, query: str) -> Meaning:
    """Understand what somebody typed to find a client.

    A word fits any part of any name in its own script or in Latin letters, a short form of it, or one spelt
    or sounding alike ("Smyth" and "Smith"); digits fit a telephone number or the client's number; a date
    fits the date of birth; something with an @ fits an e-mail address.
    """
    emails = [email for email in re.findall(r"\S*@\S*", query) if email.strip("@")]
    conditions: list[ColumnElement[bool]] = [
        Client.id.in_(_reached_at(f"%{_escaped(email.casefold())}%")) for email in emails
    ]
    births, rest = births_in(re.sub(r"\S*@\S*", " ", query), tx.today)
    for spans, digits in births:
        born = or_(*(Client.date_of_birth.between(first, last) for first, last in spans))
        conditions.append(or_(born, _numbered(digits)) if digits else born)
    typed = letters.words(rest)
    digits = plain_digits("".join(word for word in typed if word.isdecimal()))
    if len(digits) >= SHORT:
        conditions.append(_numbered(digits))
    return Meaning(await _understood(tx, [word for word in typed if not word.isdecimal()]), conditions)


def _fitting(words: Sequence[TypedWord], likeness: Likeness) -> list[ColumnElement[bool]]:
    """Conditions of the clients who have a name at least that near to each word."""
    people = [(word, word.people(likeness)) for word in words]
    parts = [part for word, ids in people if ids is None and (part := word.part(likeness)) is not None]
    known: list[SelectBase] = [ids for _, ids in people if ids is not None]
    if not known:
        # No index helps to find a part in whole names: their rows depend on the person who asks.
        known, parts = [_called_in_part(part) for part in parts], []
    looked_at = [Client.name_search.like(f"%{part}%") for part in parts]
    # Whose names have all the words is found among the ids; only these clients are read then.
    return [*looked_at, Client.id.in_(intersect(*known) if len(known) > 1 else known[0])] if known else []


async def _understood(tx: Tx | ReadTx, typed: Sequence[str]) -> list[TypedWord]:
    words = list(dict.fromkeys(typed[:WORDS_LOOKED_AT]))
    also = [(word, other) for word in words for other in also_meant(word)]
    values = {
        "typed": [word for word in words if len(word) >= SHORT],
        "also_typed": [word for word, _ in also],
        "also": [other for _, other in also],
        "short": SHORT,
        "sounding": SOUNDING,
        "nearest": NEAREST_WORDS,
        "most": MOST_WORDS + 1,
    }
    known: dict[str, list[tuple[str, Likeness]]] = {}
    for word, name, likeness in await tx.look(_KNOWN, values):
        known.setdefault(word, []).append((name, Likeness(likeness)))
    return [_one_understood(word, known.get(word, [])) for word in words]


def _one_understood(word: str, known: Sequence[tuple[str, Likeness]]) -> TypedWord:
    if len(word) < SHORT:
        return TypedWord(word, ((word, Likeness.SAME), *known), too_many=True)
    # Three letters are part of too many names to list them, and nearly part of most.
    if len(known) > MOST_WORDS:
        return TypedWord(word, known[:NEAREST_WORDS], too_many=True)
    return TypedWord(word, known, too_many=len(word) == SHORT)


def _called(names: Sequence[str]) -> Select[UUID]:
    """Ids of the clients who have one of these words in their names."""
    return select(ClientName.client_id).where(ClientName.word == any_(literal(names, ARRAY(Text))))


def _called_in_part(part: str) -> Select[UUID]:
    """Ids of the clients who have this part in a word of their names, or at its beginning after a space."""
    pattern = f"{part[1:]}%" if part.startswith(" ") else f"%{part}%"
    words = select(NameWord.word).where(NameWord.word.like(pattern))
    return select(ClientName.client_id).where(ClientName.word.in_(words))


def _numbered(digits: str) -> ColumnElement[bool]:
    """Whether digits are the client's number or, four or more of them, part of a telephone number."""
    asked = []
    if len(digits) < 10:
        asked.append(select(func.coalesce(Client.merged_into, Client.id)).where(Client.number == int(digits)))
    if len(digits) > SHORT:
        asked.append(_reached_at(f"%{digits}%"))
    # As a union, because a condition on two tables joined by "or" reads all of both.
    return Client.id.in_(union(*asked))


def _reached_at(pattern: str) -> Select[UUID]:
    texts = select(ContactText.plain).where(ContactText.plain.like(pattern))
    return select(ContactPoint.client_id).where(ContactPoint.plain.in_(texts))


def _escaped(literal_text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", literal_text)


async def alike(
    tx: Tx | ReadTx,
    given: str,
    family: str,
    date_of_birth: date | None,
    *,
    limit: int = 10,
    archived: bool = False,
) -> list[UUID]:
    """Ids of people who may be the same: similar names in any order, or one similar name and that birth (C3).

    With `archived` only those whose record is archived, whether or not the asker may see it: only that there
    is one may then be shown.
    """
    found = await _alike(tx, given, family, date_of_birth)
    if found is None:
        return []
    meant, condition = found
    same_birth = func.coalesce(Client.date_of_birth == date_of_birth, false())
    statement = (
        select(Client.id)
        .where(condition, _is_archived() if archived else may_see(tx))
        .order_by(same_birth.desc(), meant.score(Client.name_search).desc(), Client.id)
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())


async def anybody_alike(
    tx: Tx | ReadTx, given: str, family: str, date_of_birth: date | None
) -> tuple[bool, bool]:
    """Whether there are people who may be the same: one whom the asker may see, and one who is archived (C3).

    They're those whom `alike` finds.
    """
    found = await _alike(tx, given, family, date_of_birth)
    if found is None:
        return False, False
    _, condition = found
    seen, archived = (func.coalesce(func.bool_or(one), false()) for one in (may_see(tx), _is_archived()))
    either = (await tx.execute(select(seen, archived).where(condition))).one()
    return either[0], either[1]


async def _alike(
    tx: Tx | ReadTx, given: str, family: str, date_of_birth: date | None
) -> tuple[Meaning, ColumnElement[bool]] | None:
    """Return what a name means, and whether the client in the row may be the same; None if nobody can be."""
    words = await _understood(tx, letters.words(f"{given} {family}"))
    if not any(word.anybody for word in words):
        return None
    if isinstance(tx, Tx):
        await tx.execute(_PLANNED_EACH_TIME)
    meant = Meaning(words, ())
    condition = meant.fits()
    if date_of_birth is None:
        return meant, condition
    unlike = and_(Client.date_of_birth.is_not(None), func.abs(Client.date_of_birth - date_of_birth) > 366)
    one_name = or_(*(and_(*_fitting([word], Likeness.ALIKE)) for word in words))
    # As a union, because to join them by "or" would mean to read all clients.
    either = union(
        select(Client.id).where(condition, ~unlike),
        select(Client.id).where(Client.date_of_birth == date_of_birth, one_name),
    )
    return meant, Client.id.in_(either)


def _is_archived() -> ColumnElement[bool]:
    unseen = Client.merged_into.is_(None), Client.erased_on.is_(None)
    return and_(*unseen, Client.state == ClientState.ARCHIVED)
