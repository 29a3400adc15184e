"""The house rules of ARCHITECTURE.md as functions over a tree of sources, so that tests can plant violations.

Each takes a `Tree` and returns the violations found; an empty list means that the rule holds.
"""

from testkit.house_rules.tree import Tree, Violation

__all__ = ["Tree", "Violation"]
"""The names this package is used by."""
