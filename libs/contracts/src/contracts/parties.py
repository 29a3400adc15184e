"""The register of parties: who takes part, in which capacity, since when (N1).

One signed document in JSON, which every party stores as a file, like a contract; there is no central service.
It has a version, and the digest of the version before it. Who signs is the neighbourhood's own decision: one
key or several, all of which must have signed.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from contracts.seats import Seat
from contracts.words import Closed, Date, Flag, Language, PartyId, PartyKind, Service


class RegisterRefused(ValueError):
    """A register that can't be relied on; the message says why, for an operator."""


_Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f<>]+$"),
]


_NO_KEY = "isn't an Ed25519 public key in base64url"


def _a_key(text: str) -> str:
    try:
        canonical = _encoded(public_key(text).public_bytes_raw())
    except ValueError as wrong:
        raise ValueError(_NO_KEY) from wrong
    if text != canonical:  # the last character has bits to spare: a key must have one name only
        raise ValueError(_NO_KEY)
    return text


class Names(Closed):
    """The name of a party in both languages."""

    en: _Name
    """English."""
    fr: _Name
    """French."""


class Party(Closed):
    """A legal entity that takes part."""

    id: PartyId
    """For example "maple-homes"; never used again for another one."""
    names: Names
    """As pages show it."""
    kinds: Annotated[tuple[PartyKind, ...], Field(min_length=1)]
    """What it is to its neighbours; each kind runs one service."""
    key: Annotated[str, AfterValidator(_a_key)]
    """Its Ed25519 public key, 32 bytes in base64url."""
    since: Date
    """First day on which it takes part."""
    until: Date | None = None
    """Last day on which it takes part; absent while none is agreed."""
    suspended: Flag = False
    """Whether it takes no part for now: nothing reaches it, and what is for it waits (N5)."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len(set(self.kinds)) != len(self.kinds):
            raise ValueError("a kind is named twice")
        if {PartyKind.PROPERTY, PartyKind.SUPPORT} <= set(self.kinds):
            raise ValueError("nobody is a property entity and a support organisation at once (W10)")
        if self.until is not None and self.until < self.since:
            raise ValueError("ends before it begins")
        return self

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The services that it runs."""
        return tuple(Seat(self.id, service) for service in Service if service.kind in self.kinds)

    def name(self, locale: str) -> str:
        """Return its name in the language of a reader, such as "fr" or "fr_CA"."""
        return self.names.fr if locale.startswith(Language.FR) else self.names.en

    def takes_part(self, on: dt.date) -> bool:
        """Whether the day lies within its time, suspended or not."""
        return self.since <= on and (self.until is None or on <= self.until)


class Register(Closed):
    """One version of the register."""

    version: Annotated[int, Field(strict=True, ge=1)]
    """Rises by one with every change."""
    previous: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """`digest` of the version before; absent in the first."""
    parties: tuple[Party, ...]
    """Everybody who takes part or did, in the order of their ids."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        ids = [party.id for party in self.parties]
        if ids != sorted(set(ids)):
            raise ValueError("the parties must be in the order of their ids, each once")
        if (self.version == 1) != (self.previous is None):
            raise ValueError("every version but the first names the one before it")
        return self

    @cached_property
    def _by_id(self) -> dict[str, Party]:
        return {party.id: party for party in self.parties}

    def party(self, id: str) -> Party | None:
        """Return the party with an id, or None."""
        return self._by_id.get(id)

    def of_kind(self, kind: str, on: dt.date) -> tuple[Party, ...]:
        """Return the parties of a kind that take part on a day, suspended ones included."""
        return tuple(party for party in self.parties if kind in party.kinds and party.takes_part(on))

    def seats(self, on: dt.date) -> tuple[Seat, ...]:
        """Return the seats that exist at the broker on a day: those of suspended parties too."""
        return tuple(seat for party in self.parties if party.takes_part(on) for seat in party.seats)

    def suspended(self) -> frozenset[str]:
        """Return the ids of the parties that take no part for now."""
        return frozenset(party.id for party in self.parties if party.suspended)

    @cached_property
    def content(self) -> bytes:
        """The bytes that are signed: JSON without spaces, keys in order, absent values left out."""
        plain = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of `content`, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def followed_by(self, parties: Iterable[Party]) -> Register:
        """Return the next version, with these parties."""
        ordered = tuple(sorted(parties, key=lambda party: party.id))
        return Register(version=self.version + 1, previous=self.digest, parties=ordered)


class Signature(Closed):
    """One signature of a register."""

    key: Annotated[str, AfterValidator(_a_key)]
    """The public key that verifies it."""
    value: str
    """64 bytes in base64url."""


class SignedRegister(Closed):
    """A register with its signatures: the file that every party stores."""

    register_: Annotated[Register, Field(alias="register")]
    """What was signed."""
    signatures: tuple[Signature, ...]
    """By whom."""

    def text(self) -> str:
        """Return the file's text."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key that base64url text is. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(_decoded(text))


def public_text(private: Ed25519PrivateKey) -> str:
    """Return the public key of a private one, in base64url."""
    return _encoded(private.public_key().public_bytes_raw())


def private_key(text: str) -> Ed25519PrivateKey:
    """Return the private key that base64url text is. Raises ValueError."""
    return Ed25519PrivateKey.from_private_bytes(_decoded(text))


def private_text(private: Ed25519PrivateKey) -> str:
    """Return a private key in base64url."""
    return _encoded(private.private_bytes_raw())


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(register: Register, *keys: Ed25519PrivateKey) -> SignedRegister:
    """Return the register signed with each of the keys."""
    signatures = tuple(
        Signature(key=public_text(key), value=_encoded(key.sign(register.content))) for key in keys
    )
    return SignedRegister.model_validate({"register": register, "signatures": signatures})


def verified(text: str | bytes, keys: Sequence[str]) -> Register:
    """Return the register in a file's text, if every one of `keys` signed it.

    `keys` are public keys in base64url, at least one. Raises RegisterRefused.
    """
    if not keys:
        raise RegisterRefused("no key is named whose signature the register of parties must have")
    try:
        document = SignedRegister.model_validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, wrong["loc"])) or "document"
        raise RegisterRefused(f"the register of parties isn't one: {where}: {wrong['msg']}") from error
    register = document.register_
    found = {one.key: one.value for one in document.signatures}
    for key in keys:
        if key not in found:
            raise RegisterRefused(f"the register of parties lacks the signature of the key {key}")
        try:
            public_key(key).verify(_decoded(found[key]), register.content)
        except (InvalidSignature, ValueError) as error:
            raise RegisterRefused(f"the signature of the key {key} doesn't fit the register") from error
    return register


def successor(register: Register, text: str | bytes, keys: Sequence[str]) -> Register:
    """Return the register in a file's text if it may replace `register`, or `register` if it's the same.

    Raises RegisterRefused for an older version, for another one of the same version, for a next version that
    wasn't made from this one, and for one that has forgotten a party: who left stays listed, so that records
    can name it and nobody else gets its id.
    """
    later = verified(text, keys)
    if later.version == register.version and later.digest == register.digest:
        return register
    if later.version <= register.version:
        raise RegisterRefused(
            f"version {later.version} of the register of parties can't follow version {register.version}"
        )
    if later.version == register.version + 1 and later.previous != register.digest:
        raise RegisterRefused(f"version {later.version} of the register of parties was made from another one")
    for party in register.parties:
        if later.party(party.id) is None:
            raise RegisterRefused(f"version {later.version} of the register of parties lacks {party.id}")
    return later


class RegisterFile:
    """The register of parties in a file, read again when the file changes.

    A newer version is taken in while the service runs; one that is refused changes nothing, and `problem`
    says why. Raises RegisterRefused when the first can't be relied on, so that a service doesn't start.
    """

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._path = path
        self._keys = tuple(keys)
        self._seen = self._mark()
        self.problem: str | None = None
        self._register = verified(self._text(), self._keys)

    def _text(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise RegisterRefused(f"the register of parties can't be read: {error.strerror}") from error

    def _mark(self) -> tuple[int, int, int]:
        try:
            state = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (state.st_mtime_ns, state.st_ino, state.st_size)

    @property
    def register(self) -> Register:
        """The newest version that could be verified; each access costs one `stat`."""
        mark = self._mark()
        if mark != self._seen:
            self._seen = mark
            try:
                self._register = successor(self._register, self._text(), self._keys)
            except RegisterRefused as refused:
                self.problem = str(refused)
            else:
                self.problem = None
        return self._register

    def party(self, id: str) -> Party | None:
        """Return the party with an id, or None."""
        return self.register.party(id)

    def of_kind(self, kind: str, on: dt.date) -> tuple[Party, ...]:
        """Return the parties of a kind that take part on a day."""
        return self.register.of_kind(kind, on)
