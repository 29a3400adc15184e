"""Holds: one at a time for a home, decided here and nowhere else."""
