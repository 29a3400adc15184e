"""From the cells of a row to a client or a consent: pure, no I/O, one row at a time (C7).

`RowReader.read` returns either the values of the staging table's columns or what is wrong with the row, never
both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from deskkit.i18n import N_
from support_svc.client_imports.mapping import KINDS, ClientMapping, FieldName
from support_svc.clients.model import ClientState, Language, YesNoUnknown
from support_svc.clients.names import plain_digits, searchable_name
from support_svc.consents.model import (
    LANDLORDS_ASKED,
    SERVICE_PARTNERS,
    ConsentType,
    GivenHow,
    Purpose,
)
from trade import letters
from trade.contact import PHONE, international
from trade.csv_import import cells as rules
from trade.csv_import.mapping import Column
from trade.csv_import.notation import Notations
from trade.csv_import.problems import EMPTY, Problem, Wrong
from trade.csv_import.rows import LONGEST_KEY, Memory, TableReader, code_for
from trade.dates import BIRTH, EXPIRY, HAPPENED

SENSITIVE = frozenset({"mental_health", "substance_use", "medical", "health"})
"""Kinds of data that an implied consent never covers, as systems of this sector name them."""
NOTHING = "none"
"""A purpose of another system that none of ours corresponds to."""
_MOST_POINTS = 5
_EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")
_LISTED: tuple[FieldName, ...] = ("phones", "emails", "purposes", "external_ids", "categories")
_DERIVED = (
    "name_search", "gender_id", "indigenous_id", "reached", "client_ref", "purposes", "recipient", "type",
    "given_on", "expires_on", "given_how", "taken_by", "document_reference", "withdrawn_on", "withdrawn_by",
    "given_name",
    "family_name", "preferred_name", "other_names", "date_of_birth", "estimated_age", "estimated_on",
    "disability", "preferred_language", "address_line", "city", "province", "postal_code", "country",
    "comments", "state",
)  # fmt: skip
_NOTHING_STAGED: dict[str, Any] = dict.fromkeys(_DERIVED) | {
    "phones": [],
    "emails": [],
    "reached": [],
    "purposes": [],
    "external_ids": [],
}


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Codes of the look-up lists with their ids, and who can be named in a consent."""

    genders: Mapping[str, UUID]
    indigenous: Mapping[str, UUID]
    gender_codes: Collection[str] = ()
    indigenous_codes: Collection[str] = ()
    landlords: Collection[str] = ()


class RowReader(TableReader):
    """Reads the rows of one file of clients or consents by one mapping, as on the day `today`."""

    mapping: ClientMapping

    def __init__(
        self,
        mapping: ClientMapping,
        header: Sequence[str],
        known: KnownValues,
        today: date,
        notations: Notations | None = None,
    ) -> None:
        self.known = known
        self.today = today
        super().__init__(mapping, header, self._rules(), KINDS, notations)
        self._header = header
        self._of_clients = mapping.records == "client"
        self._lists: dict[str, tuple[Column, list[int]]] = {
            name: (rule, [at for _, at in self.columns.positions(*rule.columns)])
            for name in _LISTED
            if (rule := mapping.fields.get(name)) is not None
        }
        flagged = mapping.flagged
        at = self.columns.positions(flagged.column) if flagged else []
        self._flag = (at[0][0], at[0][1], flagged.contains) if flagged and at else None
        comments = mapping.fields.get("comments")
        where = self.columns.positions(*comments.columns) if comments else []
        self._comments_at = where[0][1] if comments and len(where) == 1 else None
        self._searched: Memory[tuple[str | None, ...], str] = Memory(searchable_name)
        self._folded: Memory[str, str] = Memory(letters.folded)

    def _rules(self) -> dict[str, Callable[..., Any]]:
        known, today = self.known, self.today
        line = _at_most
        return {
            "given_name": rules.label,
            "family_name": rules.label,
            "preferred_name": rules.label,
            "other_names": line(300),
            "date_of_birth": rules.day_of(BIRTH, today),
            "estimated_age": rules.number(0, 120),
            "estimated_on": rules.day_of(HAPPENED, today),
            "gender": rules.listed(known.gender_codes),
            "indigenous": rules.listed(known.indigenous_codes),
            "disability": rules.one_of(YesNoUnknown, {"oui": "yes", "non": "no", "y": "yes", "n": "no"}),
            "preferred_language": rules.one_of(Language, {"english": "en", "anglais": "en", "francais": "fr",
                "french": "fr"}),
            "address_line": line(200),
            "city": line(100),
            "province": line(40),
            "postal_code": line(12),
            "country": rules.country_code,
            "comments": rules.text_of,
            "state": rules.one_of(ClientState),
            "client_ref": line(LONGEST_KEY),
            "shared_with": rules.label,
            "recipient": self._recipient,
            "type": rules.one_of(ConsentType),
            "given_on": rules.day_of(HAPPENED, today),
            "expires_on": rules.day_of(EXPIRY, today),
            "ended_on": rules.day_of(HAPPENED, today),
            "given_how": rules.one_of(GivenHow),
            "taken_by": line(200),
            "withdrawn_by": line(200),
            "document_reference": line(120),
            "withdrawn_on": rules.day_of(HAPPENED, today),
            "status": rules.label,
        }  # fmt: skip

    def read(self, line: int, cells: Sequence[str]) -> dict[str, Any] | list[Problem]:
        """Return the row's values by staging column, or everything that is wrong with it."""
        problems: list[Problem] = []
        values, texts, _ = self.read_fields(line, cells, problems)
        lists = {name: self._list(line, name, cells, problems) for name in self._lists}
        key = self.read_key(line, cells, problems)
        if self._flag is not None:
            column, at, contains = self._flag
            text = cells[at] if at < len(cells) else ""
            if contains in text:
                problems.append(Problem.of(line, column, Wrong("flagged_in_file", _FLAGGED), text.strip()))
        if not problems:
            check = self._check_client if self._of_clients else self._check_consent
            check(line, values, lists, problems)
        if problems:
            return problems
        listed = [",".join(one) for one in lists.values()]
        make = self._client if self._of_clients else self._consent
        staged = make(line, cells, values, lists, key)
        staged["fingerprint"] = self.fingerprint((*texts, *listed, staged["comments"] or "", key or ""))
        return staged

    # ------------------------------------------------------------------ lists in one cell
    def _list(self, line: int, name: str, cells: Sequence[str], problems: list[Problem]) -> list[str]:
        rule, positions = self._lists[name]
        translations = {word.casefold(): code for word, code in rule.values.items()}
        convert = _OF_A_LIST.get(name, rules.label)
        found: dict[str, None] = {}
        stated = False
        for at in positions:
            text = self.words(cells[at]) if at < len(cells) else None
            for word in filter(None, map(str.strip, (text or "").split(rule.separator))):
                if self.words(word) is None:
                    continue
                stated = True
                try:
                    found[convert(code_for(word, translations))] = None
                except Wrong as wrong:
                    problems.append(Problem.of(line, self._header[at], wrong, word))
        if rule.required and not stated:
            problems.append(Problem.of(line, rule.columns[0], Wrong("missing", EMPTY)))
        return list(found)

    def _recipient(self, text: str) -> str:
        if text in (LANDLORDS_ASKED, SERVICE_PARTNERS) or text in self.known.landlords:
            return text
        raise Wrong("not_a_landlord", N_("“{value}” is no landlord that takes part."))

    # ------------------------------------------------------------------ clients
    def _check_client(
        self, line: int, values: dict[str, Any], lists: dict[str, list[str]], problems: list[Problem]
    ) -> None:
        if not self._folded[f"{values['given_name'] or ''} {values['family_name']}"]:
            wrong = Wrong("not_a_name", N_("“{value}” isn't a name."))
            problems.append(Problem.of(line, self.fields["family_name"].column, wrong, values["family_name"]))
        points: tuple[FieldName, ...] = ("phones", "emails")
        for name in points:
            if len(lists.get(name, ())) > _MOST_POINTS:
                column = self.mapping.fields[name].columns[0]
                wrong = Wrong("too_many", N_("There are more than {most} of them."), most=_MOST_POINTS)
                problems.append(Problem.of(line, column, wrong))

    def _client(
        self,
        line: int,
        cells: Sequence[str],
        values: dict[str, Any],
        lists: dict[str, list[str]],
        key: str | None,
    ) -> dict[str, Any]:
        given, family = values["given_name"] or "", values["family_name"]
        name_key = " ".join(sorted(set(self._folded[f"{given} {family}"].split())))
        phones, emails = lists.get("phones", []), lists.get("emails", [])
        reached = [*map(plain_digits, phones), *map(str.casefold, emails)]
        born, age = values["date_of_birth"], values["estimated_age"]
        age = None if born is not None else age
        staged = dict(_NOTHING_STAGED)
        for name in ("preferred_name", "other_names", "disability", "preferred_language", "address_line",
                     "city", "province", "postal_code", "country", "state"):  # fmt: skip
            staged[name] = values[name]
        staged |= {
            "line": line,
            "source_ref": key or _ref(name_key, born, reached),
            "group_key": name_key,
            "given_name": given,
            "family_name": family,
            "date_of_birth": born,
            "estimated_age": age,
            "estimated_on": None if age is None else values["estimated_on"] or self.today,
            "gender_id": self.known.genders.get(values["gender"]),
            "indigenous_id": self.known.indigenous.get(values["indigenous"]),
            "comments": self._comments(cells, values),
            "name_search": self._searched[given, values["preferred_name"], family, values["other_names"]],
            "phones": phones,
            "emails": emails,
            "reached": reached,
            "external_ids": lists.get("external_ids", []),
        }
        return staged

    def _comments(self, cells: Sequence[str], values: dict[str, Any]) -> str | None:
        """Return comments with the lines they were written in; other texts are one line."""
        text: str | None = values["comments"]
        at = self._comments_at
        if text is None or at is None or at >= len(cells):
            return text
        written = "\n".join(part.rstrip() for part in cells[at].strip().splitlines())
        return written.removeprefix("'") if written[:1] == "'" and text[:1] != "'" else written

    # ------------------------------------------------------------------ consents
    def _check_consent(
        self, line: int, values: dict[str, Any], lists: dict[str, list[str]], problems: list[Problem]
    ) -> None:
        def wrong(field: str, rule: str, message: str, value: str | None = None) -> None:
            problems.append(Problem.of(line, self.fields[field].column, Wrong(rule, message), value))

        given = values["given_on"]
        if given is None:
            wrong("given_on", "missing", EMPTY)
            return
        for name in ("expires_on", "ended_on", "withdrawn_on"):
            if values[name] is not None and values[name] < given:
                wrong(name, "ends_before_it_begins", N_("This is before the day on which it was given."))
        status, today = values["status"], self.today
        if status == "withdrawn" and values["withdrawn_on"] is None:
            wrong("withdrawn_on", "withdrawn_when", N_("It was withdrawn, but it doesn't say when."))
        if status == "superseded" and values["ended_on"] is None:
            wrong("ended_on", "superseded_when", N_("It was superseded, but it doesn't say when."))
        if status == "expired" and (values["expires_on"] is None or values["expires_on"] >= today):
            wrong("status", "expired_when", N_("It has expired, but its last day is to come or not known."))
        if status == "pending":
            wrong("status", "not_given_yet", N_("It wasn't given yet."))
        sensitive = SENSITIVE.intersection(lists.get("categories", ()))
        if values["type"] is ConsentType.IMPLIED and sensitive:
            wrong(
                "type", "implied_for_sensitive", N_("An implied consent isn't enough for data about health.")
            )

    def _consent(
        self,
        line: int,
        cells: Sequence[str],
        values: dict[str, Any],
        lists: dict[str, list[str]],
        key: str | None,
    ) -> dict[str, Any]:
        purposes = [one for one in lists.get("purposes", ()) if one != NOTHING]
        if values["shared_with"] == "nobody":
            # What isn't shared is no consent to share.
            purposes = [one for one in purposes if one != Purpose.COORDINATE_SERVICES]
        staged = dict(_NOTHING_STAGED)
        for name in (
            "type",
            "given_on",
            "given_how",
            "taken_by",
            "document_reference",
            "withdrawn_on",
            "withdrawn_by",
        ):
            staged[name] = values[name]
        ends = [day for day in (values["expires_on"], values["ended_on"]) if day is not None]
        staged |= {
            "line": line,
            "source_ref": key,
            "group_key": values["client_ref"],
            "client_ref": values["client_ref"],
            "purposes": purposes,
            "recipient": values["recipient"],
            "given_how": values["given_how"] or GivenHow.WRITTEN,
            "expires_on": min(ends, default=None),
        }
        return staged


_FLAGGED = N_("The file itself marks this line: {value}. Look at it and record what is right at the desk.")


def _at_most(most: int) -> Callable[[str], str]:
    return partial(_line, most)


def _line(most: int, text: str) -> str:
    if len(text) > most:
        raise rules.too_long(most)
    return rules.text_of(text)


def _phone(text: str) -> str:
    found = international(text)
    if found is None:
        raise Wrong("not_a_telephone_number", N_(PHONE))
    return found


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise Wrong("not_an_email", N_("“{value}” isn't an e-mail address."))
    return text


def _purpose(text: str) -> str:
    if text == NOTHING or text in set(Purpose):
        return text
    raise Wrong("unknown_word", N_("“{value}” is none of: {choices}."), choices=sorted(Purpose))


def _external_id(text: str) -> str:
    text = unquote(text)
    source, _, ref = text.partition("/")
    if not source or not ref or len(source) > 60 or len(ref) > 140:
        raise Wrong("not_an_external_id", N_("“{value}” isn't the name of a system, a slash and an id."))
    return text


_OF_A_LIST: dict[str, Callable[[str], str]] = {
    "phones": _phone,
    "emails": _email,
    "purposes": _purpose,
    "external_ids": _external_id,
}


def _ref(name_key: str, born: date | None, reached: Sequence[str]) -> str:
    """Return what names a row that has no key: the name with the birth or, without one, how to reach it."""
    known = born.isoformat() if born is not None else ",".join(sorted(reached))
    return f"~{blake2b(f'{name_key}|{known}'.encode(), digest_size=16).hexdigest()}"
