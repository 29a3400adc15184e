"""Photos of homes: checked by content, made anew without metadata, served safely (U3, U10)."""
