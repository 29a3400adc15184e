"""Inspections: what was looked at in a home, and what was found (U10)."""
