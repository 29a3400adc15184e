"""Finding people whatever the spelling (C3), and which of them somebody may know of (rows, house rule 8)."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, text, true

from chassis.tx import ReadTx, Tx
from support_svc.access import Permission
from support_svc.clients.model import Client, ClientState, ContactPoint
from support_svc.clients.names import plain_digits, plain_words, searchable_name

LIKENESS = 0.5
"""Word similarity from which two words may be the same name."""

_DATES = (
    re.compile(r"(?P<year>(19|20)\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>(19|20)\d\d)"),
)


def may_see(tx: Tx | ReadTx) -> ColumnElement[bool]:
    """The rows of `Client` that the asker may know of: archived ones need a permission of their own."""
    if tx.runtime.access.permits(tx.actor, Permission.SEE_ARCHIVED):
        return true()
    return Client.state != ClientState.ARCHIVED


async def tolerate_spelling(tx: Tx | ReadTx) -> None:
    """Let `<%` take words of this transaction for the same from `LIKENESS` on."""
    await tx.execute(text(f"SET LOCAL pg_trgm.word_similarity_threshold = {LIKENESS}"))


def matches(query: str) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """The condition under which a client is meant by `query`, and how well: every word, date or number has
    to fit.

    A word fits any part of any name, or one spelt alike; digits fit a telephone number or the client's
    number; a date
    fits the date of birth; something with an @ fits an e-mail address.
    """
    rest = query
    conditions: list[ColumnElement[bool]] = []
    score: ColumnElement[Any] = literal(0.0)
    for pattern in _DATES:
        conditions += [_born(found) for found in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    emails = re.findall(r"\S*@\S*", rest)
    conditions += [_reached_at(f"%{_escaped(email.casefold())}%") for email in emails]
    rest = re.sub(r"\S*@\S*", " ", rest)
    digits = plain_digits(rest)
    if len(digits) >= 3:
        number = Client.number == int(digits) if len(digits) < 10 else false()
        conditions.append(or_(_reached_at(f"%{digits}%"), number))
    for word in plain_words(re.sub(r"[\d+().]+", " ", rest)):
        conditions.append(Client.name_search.like(f"% {word}%") if len(word) < 3 else _called(word))
        score = score + func.word_similarity(word, Client.name_search)
    return and_(true(), *conditions), score


def _called(word: str) -> ColumnElement[bool]:
    """Whether a word is part of a name, nearly spelt like one, or sounds like one (“Smyth” and “Smith”)."""
    return or_(
        Client.name_search.like(f"%{word}%"),
        literal(word).op("<%")(Client.name_search),
        Client.name_sounds.op("&&")(func.sounds_of(word)),
    )


def _born(found: re.Match[str]) -> ColumnElement[bool]:
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return false()
    return Client.date_of_birth == day


def _reached_at(pattern: str) -> ColumnElement[bool]:
    return Client.id.in_(select(ContactPoint.client_id).where(ContactPoint.plain.like(pattern)))


def _escaped(literal_text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", literal_text)


async def alike(
    tx: Tx | ReadTx, given: str, family: str, date_of_birth: date | None, limit: int = 10
) -> list[UUID]:
    """Ids of people who may be the same: names alike in any order, or born on that day with one name alike
    (C3).
    """
    words = plain_words(searchable_name((given, family)))
    if not words:
        return []
    await tolerate_spelling(tx)
    fits = [_called(word) for word in words]
    condition = and_(*fits)
    if date_of_birth is not None:
        unlike = and_(Client.date_of_birth.is_not(None), func.abs(Client.date_of_birth - date_of_birth) > 366)
        condition = or_(and_(condition, ~unlike), and_(Client.date_of_birth == date_of_birth, or_(*fits)))
    score = sum((func.word_similarity(word, Client.name_search) for word in words), start=literal(0.0))
    same_birth = func.coalesce(Client.date_of_birth == date_of_birth, false())
    statement = (
        select(Client.id)
        .where(condition, may_see(tx))
        .order_by(same_birth.desc(), score.desc(), Client.id)
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())
