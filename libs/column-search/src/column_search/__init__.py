"""Search over a table held in memory as columns: any filters over hundreds of thousands of rows, quickly.

Each process has an index of the table, with one numpy array for each field, in which a row has the same
position in all of them, and a list of all words with the positions at which they occur. Before each search
the index reads the rows written since its last reading, found by their transaction and the snapshot so that
no overlapping commit is missed; a changed row gets a new position at the end, and its old one falls out of
use. A filter compares a whole column at once and gives a true or false for each position, and a typed word
matches the known words that contain it or, if there are none, those with similar trigrams. Filters are
combined, and a page is found by partitioning, so that only the rows that may be on it are sorted, from the
row at which the previous page ended. The database remains the source of truth: an index can be dropped at
any time and is read again.
"""

from column_search.columns import UNKNOWN, Bounds, By, Columns, Groups, Mask, Plan, Row
from column_search.following import Follower, GettingReady, Index
from column_search.wordbook import Wordbook

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
