"""Work on homes: what, by whom, when, at what cost (U7)."""
