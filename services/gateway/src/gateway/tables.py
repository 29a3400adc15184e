"""The declarative base of a gateway's own tables."""

from __future__ import annotations

from importlib import import_module

from chassis.db import model_base

Base = model_base()

FEATURES: tuple[str, ...] = ("keys", "staff", "clients", "sessions", "single_sign_on", "landing")
"""The features in the order in which they may know each other: a later one may import an earlier one."""

_WITH_TABLES = ("keys", "staff", "clients", "sessions")


def load_models() -> None:
    """Import every feature's models, so that `Base.metadata` knows all tables."""
    for feature in _WITH_TABLES:
        import_module(f"gateway.{feature}.model")
