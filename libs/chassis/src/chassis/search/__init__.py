"""A table as bitmaps in memory: any combination of filters over hundreds of thousands of rows in
milliseconds.

The database stays the truth; the index of a process follows it before each search (`following`).
"""

from chassis.search.bitmaps import Bitmaps, Bounds, descending, positions
from chassis.search.following import Follower, Index
from chassis.search.wordbook import Wordbook

__all__ = ["Bitmaps", "Bounds", "Follower", "Index", "Wordbook", "descending", "positions"]
