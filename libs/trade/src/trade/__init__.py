"""What several services of this trade need and none owns: pure functions and types, no database, no web."""
