"""Landlords: whose homes these are, and whether a lease is drawn up here or elsewhere."""
