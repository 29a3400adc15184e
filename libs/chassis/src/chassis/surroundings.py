"""The running service, as far as a transaction and its use case may use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.clock import Clock
from chassis.db.database import Database
from chassis.feature import Feature
from chassis.parties import Parties
from chassis.publisher import Publisher
from chassis.register import Register
from chassis.settings import WebSettings


class Surroundings(Protocol):
    """The running service around a transaction; `Runtime` is the only one."""

    @property
    def name(self) -> str:
        """Name of the service."""

    @property
    def entity(self) -> str:
        """The legal entity that runs it."""

    @property
    def settings(self) -> WebSettings:
        """Its settings."""

    @property
    def database(self) -> Database:
        """Its database."""

    @property
    def clock(self) -> Clock:
        """Its clock."""

    @property
    def access(self) -> Access:
        """Who may do what in it."""

    @property
    def publisher(self) -> Publisher:
        """What turns its facts into messages."""

    @property
    def time_zone(self) -> ZoneInfo:
        """The organisation's time zone."""

    @property
    def features(self) -> Sequence[Feature]:
        """What it consists of."""

    @property
    def parties(self) -> Parties:
        """The organisations it deals with."""

    @property
    def register(self) -> Register:
        """The register of staff, as last read from the gateway."""
