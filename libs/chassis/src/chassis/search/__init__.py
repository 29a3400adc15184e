"""A table as columns in memory: any combination of filters over hundreds of thousands of rows in little time.

The database stays the truth; the index of a process follows it before each search (`following`). It stands on
numpy, which the services that search ask for themselves: the others need not carry it.
"""

from chassis.search.columns import UNKNOWN, Bounds, By, Columns, Groups, Mask, Plan, Row
from chassis.search.following import Follower, GettingReady, Index
from chassis.search.wordbook import Wordbook

__all__ = [
    "UNKNOWN",
    "Bounds",
    "By",
    "Columns",
    "Follower",
    "GettingReady",
    "Groups",
    "Index",
    "Mask",
    "Plan",
    "Row",
    "Wordbook",
]
