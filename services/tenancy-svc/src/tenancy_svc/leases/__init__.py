"""Leases in editions that are never overwritten (T4)."""
