"""Homes: buildings, the units in them, their condition, rent and occupancy."""
